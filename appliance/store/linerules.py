"""What must fit together in what the owner says of the lines: names, ports, lengths, commands for the modem (R32)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from appliance.settings import LineSettings, PbxSettings, Settings
from appliance.store.problems import Place, Problems, row, shown
from appliance.store.ranges import RANGES

MODEM_COMMAND = re.compile(
    r"AT(?:[+\-#*%](?!FCLASS|V[LT]S|V[TR]X|VTR|CLS|VLS)[A-Z0-9]+(?:=[A-Z0-9.,]*)?"
    r"|![0-9A-F]+=[0-9A-F]+|:U[0-9A-F]+,[0-9A-F]+|&[A-CE-VX-Z][0-9]?|S[0-9]+=[0-9]+|[LMX][0-9])"
)
"""One command that changes how a modem works. Nothing that takes the line or dials can be among them (R35)."""
LONGEST_MODEM_COMMAND = 50
MOST_MODEM_COMMANDS = 10


def check_lines(settings: Settings, problems: Problems) -> None:
    """Every line has a name and a port of its own, and can be what it says."""
    for number, line in enumerate(settings.lines, 1):
        place = row("lines", number, line.name)
        _check_apart(line, settings.lines[: number - 1], place, problems)
        _check_lengths(line, place, problems)
        _check_modem(line, place.at("modem_setup"), problems)


def _check_apart(line: LineSettings, earlier: Sequence[LineSettings], place: Place, problems: Problems) -> None:
    if any(line.name == other.name for other in earlier):
        problems.tell(place.at("name"), "name is taken by an earlier line: give each line a name of its own.")
    taken = next((number for number, other in enumerate(earlier, 1) if line.port == other.port), 0)
    if taken:
        whose = earlier[taken - 1].name or f"line {taken}"
        problems.tell(
            place.at("port"),
            f"port {line.port} is already that of {whose}: give each line its own port.",
            row("lines", taken, key="port"),
        )


def _check_lengths(line: LineSettings, place: Place, problems: Problems) -> None:
    for length in ("flash_ms", "dtmf_on_ms", "dtmf_off_ms"):
        low, high = RANGES[PbxSettings, length]
        if 0 < getattr(line, length) < low:
            words = f"{length} is out of range: write {low:g} to {high:g}, or 0 for what [pbx] says."
            problems.tell(place.at(length), words)


def _check_modem(line: LineSettings, place: Place, problems: Problems) -> None:
    if len(line.modem_setup) > MOST_MODEM_COMMANDS:
        problems.tell(place, f"modem_setup is too long: write at most {MOST_MODEM_COMMANDS} commands.")
        return
    for command in line.modem_setup:
        if len(command) > LONGEST_MODEM_COMMAND or not MODEM_COMMAND.fullmatch(command):
            advice = 'write single commands in capitals that take no line and dial nothing, as "AT!4886=00"'
            problems.tell(place, f"modem_setup has {shown(command)}: {advice}.")
