"""`frontdesk doctor fxo:NAME`: what is wrong with a HAT is found, and told with one sentence of advice."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import ScaledClock, Waiter
from appliance.main import main
from appliance.signals.countries import country
from hardware.fxo.board import Wire
from hardware.fxo.doctor import HatReport, look_at_hat
from hardware.modem.doctor import told, went_well
from hardware.modem.report import as_json
from hardware.simulated.fakehat import FakeHat, HatFaults
from hardware.simulated.people import Caller
from hardware.simulated.plugs import hats_of
from hardware.simulated.world import PlannedHat, World

USB = "fxo:ch1817-usb"
Look = Callable[..., HatReport]


class StandingClock(ScaledClock):
    """Time stands still until the doctor comes."""

    def __init__(self) -> None:
        super().__init__(math.inf)
        self._held = self.waiter("until the doctor comes")

    def waiter(self, name: str) -> Waiter:
        seat = super().waiter(name)
        if name.startswith("doctor"):
            self._held.close()
        return seat


@pytest.fixture
def look() -> Iterator[Look]:
    """Let the doctor look at a HAT with these faults."""
    worlds: list[World] = []

    def look_at(
        faults: HatFaults = HatFaults(),  # noqa: B008 - frozen
        before: Callable[[FakeHat], None] | None = None,
        modules: Path = Path("/nowhere"),
        **world: Any,
    ) -> HatReport:
        clock = StandingClock()
        made = World(clock, country="pl", modems=[PlannedHat(USB, faults)], keep_audio=False, **world)
        worlds.append(made)
        made.start()
        (hat,) = made.modems
        if before is not None:
            before(hat)
        report = look_at_hat(HatReport(USB, USB, asked=True), clock, hats_of(made), country("pl"), modules)
        assert not hat.record.hooks or not hat.record.hooks[-1][1], "the doctor leaves the line on-hook"
        return report

    yield look_at
    for world in worlds:
        world.stop()


def to_do(report: HatReport) -> list[str]:
    return [each.sentence for each in report.advice if each.to_do]


def test_a_hat_that_is_well_has_nothing_to_do(look: Look) -> None:
    report = look()
    assert to_do(report) == []
    assert went_well([report])
    assert (report.current, report.current_after, report.dial_tone) == (True, False, True)
    assert report.flash_ms == pytest.approx(100.0, abs=1.0)
    assert -20.0 < report.dial_tone_dbm0 < -5.0
    assert -25.0 < report.echo_db < -10.0
    assert report.noise_dbm0 < -60.0
    words = told([report])
    for fact in ("Hook closes", "Dial tone", "Echo", "Sound under way", "GPIO22", "CH1817-type module"):
        assert fact in words
    assert "To see the ring pin move" in words


def test_its_report_can_be_read_by_programs(look: Look) -> None:
    (report,) = json.loads(as_json([look()]))
    assert (report["path"], report["state"], report["current"]) == (USB, "line module (FXO HAT)", True)
    assert {"wire": "loop", "gpio": 22, "active": False, "changes": 0} in report["pins"]


@pytest.mark.parametrize(
    ("faults", "word"),
    [
        (HatFaults(hook_stuck=True), "hook does not close"),
        (HatFaults(stuck={Wire.LOOP: True}), "If that is not so, check the pins"),
        (HatFaults(stuck={Wire.LINE_PRESENT: False}), "grey cable"),
        (HatFaults(hear_db=-30.0), "too soft"),
        (HatFaults(hear_db=+12.0), "too loud"),
        (HatFaults(hear_db=-90.0), "No dial tone"),
        (HatFaults(speak_db=-90.0), "Nothing we say reaches the line"),
        (HatFaults(late_s=0.1), "Sound takes too long"),
        (HatFaults(overruns_at=(2.0,)), "Sound was lost"),
        (HatFaults(unplug_at=0.0), "USB plug"),
        (HatFaults(deaf_at=0.5), "No dial tone"),
    ],
)
def test_what_is_wrong_is_found_and_told(faults: HatFaults, word: str, look: Look) -> None:
    report = look(faults)
    assert any(word in sentence for sentence in to_do(report)), report.advice
    assert not went_well([report])


@pytest.mark.parametrize(
    ("before", "word"),
    [(FakeHat.cut_cable, "grey cable"), (FakeHat.lift_handset, "another telephone on this line is in use")],
)
def test_a_line_that_is_not_free_is_left_alone(before: Any, word: str, look: Look) -> None:
    """R34: nobody's conversation is broken into."""
    report = look(before=before)
    assert any(word in sentence for sentence in to_do(report))
    assert report.current is None


def test_a_line_that_rings_is_left_alone_and_its_ring_pin_is_seen_to_move(look: Look) -> None:
    report = look(callers=[Caller("225550101", at_s=0.2)])
    assert report.why_not_taken == "somebody is calling"
    (ring,) = [pin for pin in report.pins if pin.wire == "ring"]
    assert ring.changes > 20


@pytest.mark.parametrize(("told", "matters"), [("Y\n", True), ("N\n", False)])
def test_a_kernel_that_leaves_the_pin_of_a_killed_program_as_it_is_should_be_told_otherwise(
    told: str, matters: bool, look: Look, tmp_path: Path
) -> None:
    """R37: Raspberry Pi OS does so unless `strict_gpiod` is set."""
    setting = tmp_path / "pinctrl_rp1" / "parameters" / "persist_gpio_outputs"
    setting.parent.mkdir(parents=True)
    setting.write_text(told)
    assert any("strict_gpiod" in sentence for sentence in to_do(look(modules=tmp_path))) is matters


def test_the_command_names_the_board_that_is_missing(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    assert main(["doctor", "fxo:none", "--home", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "There is no board called none" in out
    assert "fxo:ch1817-usb" in out
