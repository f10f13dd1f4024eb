"""Whether there can be the modems and boards that the settings name; nothing is opened for it.

The checks are of the kind of `appliance.store.rules`, for whoever runs the lines.
"""

from __future__ import annotations

from appliance.faults import BadSettings
from appliance.settings import LineSettings, Settings
from appliance.store.problems import Place, Problems, row
from hardware.fxo.board import is_board, load_board
from hardware.modem.dialects import dialect


def check_any_line(settings: Settings, problems: Problems) -> None:
    """There is a line to answer."""
    if not settings.lines:
        place = Place("", "lines")
        problems.tell(place, "the settings name no line: add a [[lines]] table with the port of a modem.")


def check_dialects(settings: Settings, problems: Problems) -> None:
    """Every kind of modem that is named is known."""
    for number, line in enumerate(settings.lines, 1):
        try:
            if line.dialect != "auto":
                dialect(line.dialect)
        except BadSettings as wrong:
            problems.tell(row("lines", number, line.name, "dialect"), _sentence(wrong))


def check_boards(settings: Settings, problems: Problems) -> None:
    """The boards are known, and no two lines want the same pin."""
    owners: dict[int, str] = {}
    for number, line in enumerate(settings.lines, 1):
        place = row("lines", number, line.name, "port")
        try:
            gpios = _gpios_of(line)
        except BadSettings as wrong:
            problems.tell(place, _sentence(wrong))
            continue
        taken = sorted(gpios & owners.keys())
        if taken:
            words = f"the line wants GPIO{taken[0]}, which is already taken by {owners[taken[0]]}"
            problems.tell(place, f"{words}: give each line a board with pins of its own.")
        owners |= dict.fromkeys(gpios - owners.keys(), line.name or f"line {number}")


def _gpios_of(line: LineSettings) -> set[int]:
    """The pins that a line works, by their GPIO numbers. Raises `BadSettings` where its board cannot be."""
    gpios = {line.reset_gpio} - {0}
    if is_board(line.port):
        board = load_board(line.port)
        gpios |= {pin.gpio for pin in board.pins.values()} | set(board.sound.gpios)
    return gpios


def _sentence(wrong: BadSettings) -> str:
    """What is wrong and what to do, as the rest of a sentence that begins with its place."""
    problem, advice = (words[:1].lower() + words[1:] for words in (wrong.problem.rstrip("."), wrong.advice))
    return f"{problem}: {advice}"


CHECKS = (check_any_line, check_dialects, check_boards)
"""All of them."""
