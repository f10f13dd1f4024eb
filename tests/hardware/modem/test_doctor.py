"""`frontdesk doctor` looks at every emulated modem, at ports that are no modem, and at dialogues from the field."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tty
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import ScaledClock, SystemClock, VirtualClock
from appliance.settings import LineSettings
from appliance.signals.countries import country
from hardware.find import FoundPort
from hardware.modem.advice import RULES, SLOW_MS, advice_for
from hardware.modem.dialects import DIALECTS
from hardware.modem.doctor import NOWHERE, Premises, examine, look_at, look_at_one, ports_to_look_at, went_well
from hardware.modem.port import SerialPort
from hardware.modem.processes import holders, is_running
from hardware.modem.report import NAMES, Callers, Duplex, Report, State, Wire, as_json, block
from hardware.modem.transcript import Replay, read_transcript
from hardware.simulated.modemfaults import Faults
from hardware.simulated.profiles import PROFILES, Profile
from hardware.simulated.world import PlannedModem, World

DIALOGUES = Path(__file__).parents[2] / "transcripts" / "doctor"
POLAND = Premises(country("pl"))


@contextlib.contextmanager
def plugged_in(*modems: PlannedModem, clock: ScaledClock | SystemClock) -> Iterator[World]:
    """A world with these modems, and nobody in it who calls."""
    world = World(clock, country="pl", modems=modems)
    world.start()
    try:
        yield world
    finally:
        world.stop()


def seen(profile: Profile, premises: Premises = POLAND, faults: Faults = Faults()) -> tuple[Report, World]:  # noqa: B008
    """The report on one modem, and the world that it was in."""
    clock = ScaledClock(math.inf)
    with plugged_in(PlannedModem(profile, faults=faults), clock=clock) as world:
        found = FoundPort(world.lines[0], profile.usb_id, product=profile.product)
        return look_at_one(found, clock, premises), world


@pytest.fixture(scope="module")
def visits() -> Mapping[str, tuple[Report, World]]:
    """Every kind of modem, examined at the same time."""
    clock = ScaledClock(math.inf)
    with plugged_in(*map(PlannedModem, PROFILES.values()), clock=clock) as world:
        ports = [
            (FoundPort(path, profile.usb_id, product=profile.product), True)
            for path, profile in zip(world.lines, PROFILES.values(), strict=True)
        ]
        reports = look_at(ports, clock, POLAND)
    return {name: (report, world) for name, report in zip(PROFILES, reports, strict=True)}


@pytest.fixture
def silent_port() -> Iterator[Path]:
    """A port at which nobody answers."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    yield Path(path)
    os.close(master)


def quirks(report: Report) -> set[str]:
    return {each.quirk for each in report.advice} - {""}


# ---------------------------------------------------------------- every kind of modem


@pytest.mark.parametrize("name", PROFILES)
def test_every_modem_is_recognised_and_described(name: str, visits: Mapping[str, tuple[Report, World]]) -> None:
    report, _ = visits[name]
    profile = PROFILES[name]
    assert report.dialect == name
    assert report.state is (State.VOICE if DIALECTS[name].voice else State.DATA)
    assert report.round_trip_ms is not None
    low, high = profile.latency_s
    assert low * 1000 <= report.round_trip_ms <= high * 1000 + 20
    if report.state is State.VOICE:
        number = int(report.sample_format.removeprefix("+VSM=").partition(",")[0])
        assert number in profile.samples
        assert [entry.partition(" ")[0] for entry in report.formats] == [
            line.partition(",")[0] for line in profile.parameters["+VSM"].test
        ]
        assert report.hook == f"AT+VLS={profile.line_label}"
        assert [way.used for way in report.flash].count(True) == 1


@pytest.mark.parametrize("name", PROFILES)
def test_no_modem_goes_off_hook_dials_or_is_changed_for_good(
    name: str, visits: Mapping[str, tuple[Report, World]]
) -> None:
    """R34, R35: somebody may be talking on that line."""
    _, world = visits[name]
    record = world.modems[list(PROFILES).index(name)].record
    typed = [command.upper() for _, command in record.commands]
    assert not record.hooks
    assert not record.digits
    assert not [each for each in typed if "D" in each.partition("+")[0].replace("&D", "") or "&W" in each]
    assert typed[-1] == "Z"


def test_a_voltage_tells_of_the_line(visits: Mapping[str, tuple[Report, World]]) -> None:
    report, _ = visits["cx93001"]
    assert (report.line, report.line_volts) == (Wire.CONNECTED, 48.0)
    assert visits["usr5637"][0].line is Wire.UNTOLD


@pytest.mark.parametrize(
    ("volts", "wire", "to_do"), [("1.4", Wire.NONE, True), ("7.5", Wire.IN_USE, False), ("24.0", Wire.CONNECTED, False)]
)
def test_a_line_that_is_dead_or_in_use_is_told(volts: str, wire: Wire, to_do: bool) -> None:
    profile = PROFILES["cx93001"]
    report, _ = seen(profile.but(texts={"-TRV": volts}))
    assert report.line is wire
    assert report.to_do is to_do


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cx93001", {"Q8", "Q21"}),
        ("zoom3095", {"Q3", "Q8", "Q21"}),
        ("cx-rd02", {"Q5", "Q8", "Q21"}),
        ("usr5637", {"Q2", "Q10", "Q11"}),
        ("usr5637-old", {"Q1", "Q2", "Q10", "Q11"}),
    ],
)
def test_each_quirk_is_told_with_its_number(
    name: str, expected: set[str], visits: Mapping[str, tuple[Report, World]]
) -> None:
    report, _ = visits[name]
    assert quirks(report) == expected
    assert all(f"({quirk})" in block(report) for quirk in expected)


def test_caller_id_that_was_switched_off_in_the_factory_is_switched_on_by_the_settings() -> None:
    """Q5."""
    report, _ = seen(PROFILES["cx-rd02"])
    assert report.caller_id is Callers.FACTORY_OFF
    assert 'modem_setup = ["AT!4886=00"]' in block(report)
    clock = ScaledClock(math.inf)
    with plugged_in(PlannedModem(PROFILES["cx-rd02"]), clock=clock) as world:
        line = LineSettings("Line 1", world.lines[0], modem_setup=("AT!4886=00",))
        report = look_at_one(FoundPort(line.port, "0572:1324"), clock, replace(POLAND, lines=(line,)))
    assert report.caller_id is Callers.SWITCHED_ON
    assert not report.to_do


def test_a_modem_that_refuses_caller_id_needs_another_one() -> None:
    report, _ = seen(PROFILES["cx93001"].but(unknown=frozenset({"+VCID"})))
    assert report.caller_id is Callers.REFUSED
    assert report.to_do


def test_a_voice_modem_that_refuses_voice_mode_is_told_as_broken() -> None:
    """Q1b."""
    report, _ = seen(PROFILES["usr5637"], faults=Faults(error_to="+FCLASS=8"))
    assert report.state is State.DATA
    assert "Q1b" in quirks(report)
    assert report.to_do


def test_a_country_that_the_modem_does_not_know_is_told() -> None:
    profile = PROFILES["cx93001"].but(texts={"+GCI=?": "+GCI: (00,B4,B5)"})
    report, _ = seen(profile)
    assert report.country_listed is False
    assert "8A (pl)" in block(report)
    assert report.to_do
    assert seen(profile, Premises(country("uk")))[0].country_listed is True
    assert seen(profile, NOWHERE)[0].country_listed is None


def test_a_modem_that_is_slow_to_answer_has_its_plug_looked_at() -> None:
    """Q22."""
    report, _ = seen(PROFILES["cx93001"].but(latency_s=(0.3, 0.3)))
    assert report.round_trip_ms is not None
    assert report.round_trip_ms > SLOW_MS
    assert "Q22" in quirks(report)


def test_a_modem_of_which_nobody_knows_duplex_is_not_said_to_have_it(
    visits: Mapping[str, tuple[Report, World]],
) -> None:
    assert visits["cx93001"][0].duplex is Duplex.UNKNOWN
    assert visits["usr5637"][0].duplex is Duplex.NO


@pytest.mark.parametrize(("slow", "late_s"), [("E", 1.1), ("Z", 2.6), ("+GMI9", 2.3)])
def test_an_answer_that_comes_too_late_is_not_taken_for_that_of_another_question(slow: str, late_s: float) -> None:
    """Q22: behind a slow hub, or in a virtual machine."""
    report, _ = seen(PROFILES["cx93001"], faults=Faults(late_ok=slow, late_ok_s=late_s))
    assert report.dialect == "cx93001"
    assert report.answers["AT+FCLASS=?"] == "0,1,1.0,2,8"
    assert report.answers["AT+VSM=?"].startswith("0,")


# ---------------------------------------------------------------- ports that are no modem


def test_a_silent_port_costs_less_than_six_seconds(silent_port: Path) -> None:
    clock = SystemClock()
    began = clock.now()
    report = look_at_one(FoundPort(str(silent_port)), clock)
    assert clock.now() - began < 6.0
    assert (report.state, report.talks) == (State.SILENT, False)
    assert report.to_do


class Receiver:
    """A GPS receiver: it talks all the time, and listens to nobody."""

    path = "gps"

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def write(self, data: bytes) -> None:
        pass

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        self._clock.run(min(until, self._clock.now() + 0.1))
        return b"$GPGGA,092725.00,4717.11399,N,00833.91590,E,1,08,1.01,499.6,M,48.0,M,,*5B\r\n"


def test_what_talks_without_being_a_modem_is_left_in_peace() -> None:
    clock = VirtualClock(datetime(2026, 11, 25, 9, 0))
    begun = clock.now()
    report = examine(Receiver(clock), clock, Report("gps", "gps", asked=True))
    assert clock.now() - begun < 6.0
    assert (report.state, report.talks) == (State.SILENT, True)
    assert "GPS" in block(report)


def test_a_port_nobody_asked_for_may_stay_silent(silent_port: Path) -> None:
    report = look_at_one(FoundPort(str(silent_port)), SystemClock(), asked=False)
    assert report.state is State.SILENT
    assert not report.to_do


def test_half_a_modem_is_known_by_its_plug(silent_port: Path) -> None:
    report = look_at_one(FoundPort(str(silent_port), "047e:2892"), SystemClock())
    assert [each.to_do for each in report.advice] == [True]
    assert "Windows" in report.advice[0].sentence


def test_a_port_that_is_not_there_is_told() -> None:
    report = look_at_one(FoundPort("/dev/ttyNOWHERE7"), SystemClock())
    assert report.state is State.MISSING
    assert report.to_do


def test_a_file_that_is_no_serial_port_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir", encoding="utf-8")
    report = look_at_one(FoundPort(str(tmp_path / "letter.txt")), SystemClock())
    assert report.state is State.UNUSABLE
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "Dear Sir"


def test_a_line_that_the_receptionist_answers_on_is_not_disturbed() -> None:
    clock = ScaledClock(math.inf)
    with plugged_in(PlannedModem(PROFILES["cx93001"]), clock=clock) as world:
        waiter = clock.waiter("receptionist")
        port = SerialPort(world.lines[0], clock, waiter)
        report = look_at_one(FoundPort(world.lines[0]), clock)
        assert report.state is State.TAKEN
        assert not world.modems[0].record.commands
        port.close()
        waiter.close()


def test_a_modem_that_is_unplugged_meanwhile_is_told() -> None:
    clock = ScaledClock(math.inf)
    with plugged_in(PlannedModem(PROFILES["cx93001"], faults=Faults()), clock=clock) as world:

        class Unplugger:
            """The port, whose modem is pulled out at the fifth command."""

            path = world.lines[0]
            commands = 0

            def write(self, data: bytes) -> None:
                self.commands += 1
                if self.commands == 5:
                    world.stop()
                port.write(data)

            def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
                return port.wait(until, for_bytes=for_bytes)

        waiter = clock.waiter("doctor")
        port = SerialPort(world.lines[0], clock, waiter)
        report = examine(Unplugger(), clock, Report(port.path, port.path))
        port.close()
        waiter.close()
    assert report.state is State.VANISHED
    assert quirks(report) == {"Q20"}


def test_programs_that_hold_a_port_are_named_where_the_kernel_tells(tmp_path: Path) -> None:
    port = tmp_path / "ttyACM0"
    port.touch()
    for number, name in ((7, "ModemManager"), (8, "cat")):
        (tmp_path / "proc" / str(number) / "fd").mkdir(parents=True)
        (tmp_path / "proc" / str(number) / "comm").write_text(f"{name}\n", encoding="utf-8")
    (tmp_path / "proc" / "7" / "fd" / "3").symlink_to(port)
    (tmp_path / "link").symlink_to(port)
    proc = tmp_path / "proc"
    assert holders(str(tmp_path / "link"), proc) == ("ModemManager (process 7)",)
    assert holders(str(tmp_path / "other"), proc) == ()
    assert is_running("ModemManager", proc)
    assert not is_running("minicom", proc)
    report = look_at_one(FoundPort(str(port)), SystemClock(), proc=proc)
    assert report.state is State.TAKEN
    assert "apt-get remove modemmanager" in block(report)


def test_the_receptionist_itself_is_no_reason_to_worry() -> None:
    report = Report("/dev/ttyACM0", "usb:1-1", state=State.TAKEN, held_by=("frontdesk (process 9)",))
    [advice] = advice_for(report)
    assert not advice.to_do


def test_a_right_that_is_missing_names_the_group() -> None:
    [advice] = advice_for(Report("/dev/ttyACM0", "usb:1-1", "0572:1340", state=State.FORBIDDEN))
    assert "dialout" in advice.sentence


# ---------------------------------------------------------------- words


def test_every_dialect_has_a_name_for_people() -> None:
    assert NAMES.keys() == DIALECTS.keys()


def test_sentences_can_be_read_over_the_phone() -> None:
    for rule in RULES:
        assert rule.sentence.endswith((".", "}", "modemmanager")), rule.sentence
        assert not {"error", "invalid", "null"} & set(rule.sentence.lower().replace(":", " ").split()), rule.sentence


def test_the_name_that_stays_is_told_and_the_one_that_changes_is_not() -> None:
    report = Report("/dev/ttyACM0", "usb:1-1.2", state=State.VOICE, dialect="cx93001", name="Conexant")
    report = replace(report, advice=advice_for(report))
    assert 'port = "usb:1-1.2"' in block(report)
    assert "Q20" in quirks(report)


def test_one_port_under_two_names_is_looked_at_once(silent_port: Path, tmp_path: Path) -> None:
    (tmp_path / "modem").symlink_to(silent_port)
    ports = ports_to_look_at([str(silent_port), str(tmp_path / "modem"), "usb:9-9.9"])
    assert [(found.path, asked) for found, asked in ports] == [(str(silent_port), True), ("usb:9-9.9", True)]


def test_a_port_of_the_settings_that_is_not_there_is_told(silent_port: Path, tmp_path: Path) -> None:
    (tmp_path / "modem").symlink_to(silent_port)
    lines = (LineSettings("Line 1", str(tmp_path / "modem")), LineSettings("Line 2", "usb:9-9.9"))
    premises = Premises(lines=lines)
    found = FoundPort(str(silent_port))
    assert premises.line_at(found) is lines[0]
    assert premises.not_among([found]) == [FoundPort("usb:9-9.9")]
    assert [port for port, asked in ports_to_look_at((), premises) if asked][-1] == FoundPort("usb:9-9.9")
    report = look_at_one(FoundPort("usb:9-9.9"), SystemClock(), premises)
    assert report.state is State.MISSING
    assert "Line 2" in block(report)


def test_a_console_that_somebody_uses_is_nobodys_trouble() -> None:
    console = Report("/dev/ttyAMA0", "/dev/ttyAMA0", state=State.TAKEN, held_by=("agetty (process 5)",))
    assert [each.to_do for each in advice_for(console)] == [False]
    assert [each.to_do for each in advice_for(replace(console, asked=True))] == [True]
    assert [each.to_do for each in advice_for(replace(console, usb_id="0572:1340"))] == [True]


def test_a_voice_modem_with_nothing_to_do_is_well() -> None:
    well = Report("a", "a", state=State.VOICE)
    broken = replace(well, advice=advice_for(replace(well, line=Wire.NONE)))
    assert went_well([well])
    assert not went_well([])
    assert not went_well([well, broken])
    assert not went_well([replace(well, state=State.SILENT)])


# ---------------------------------------------------------------- from the field


def begun(told: Mapping[str, Any]) -> Report:
    """What was known of a port before its modem was spoken with."""
    return Report(
        told["path"], told["stable_name"], told["usb_id"], told["product"], told["asked"], told["settings_line"],
        modem_setup=tuple(told["modem_setup"]), modem_manager=told["modem_manager"],
    )  # fmt: skip


@pytest.mark.parametrize("dialogue", sorted(DIALOGUES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_modem_that_was_understood_once_stays_understood(dialogue: Path) -> None:
    """Every bug in the field becomes a dialogue here."""
    [told] = json.loads(dialogue.with_suffix(".json").read_text(encoding="utf-8"))
    clock = VirtualClock(datetime(2026, 11, 25, 9, 0))
    modem = Replay(read_transcript(dialogue), clock, told["path"])
    wanted = told["country_wanted"].partition("(")[2].rstrip(")")
    report = examine(modem, clock, begun(told), country(wanted) if wanted else None)
    [found] = json.loads(as_json([report]))
    assert found.pop("round_trip_ms") == pytest.approx(told.pop("round_trip_ms"), abs=1)
    assert found == told
    assert modem.left == 0
