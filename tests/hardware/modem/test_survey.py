"""A survey of an emulated modem runs to its end, and measures what that modem is like."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import ScaledClock, SystemClock
from appliance.faults import PortTaken
from appliance.signals.countries import country
from hardware.find import FoundPort
from hardware.modem.doctor import Premises
from hardware.modem.port import SerialPort
from hardware.modem.rig import Codes
from hardware.modem.survey import WENT_WELL, WENT_WRONG, run_survey
from hardware.modem.survey_steps import STEPS, spans
from hardware.simulated.exchange import Release
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, Staff
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World

NUMBER = "48221234567"
KEYS_AT_S = (2.0, 4.0, 6.0, 8.0, 10.0, 18.0, 20.0, 22.0, 24.0, 26.0)
STAFF = (
    Staff("Anna", "11", answers_after_s=None),
    Staff("Bert", "12", on_the_phone=((0.0, math.inf),)),
)


class Person:
    """Somebody with a mobile telephone who does what they are asked for; `answers` come before that."""

    def __init__(self, world: World, answers: Mapping[str, str] | None = None) -> None:
        self.asked: list[str] = []
        self.told: list[str] = []
        self._world = world
        self._answers = answers or {}

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    def ask(self, question: str) -> str:
        self.asked.append(question)
        for part, answer in self._answers.items():
            if part in question:
                return answer
        if "ring four times" in question:
            self._call(Caller(NUMBER, "JAN KOWALSKI", ring_patience_s=21.0))
        elif "press 1 2 3 4 5" in question:
            self._call(Caller(NUMBER, presses=tuple(zip(KEYS_AT_S, "1234512345", strict=True))))
        elif "Hang up five seconds" in question:
            self._call(Caller(NUMBER, hangs_up_after_s=6.0, release=Release.LOOP_BUSY))
        elif "call the line now" in question:
            self._call(Caller(NUMBER))
        elif found := re.search(r"Flash of (\w+) ms \((\w+)", question):
            return self._hears(found[1], found[2])
        elif "Type a" in question:
            return {"free": "11", "busy": "12", "wrong": ""}[question.split()[2]]
        return ""

    def _call(self, caller: Caller) -> None:
        self._world.place(caller)

    def _hears(self, asked_ms: str, method: str) -> str:
        """A flash that the exchange took for one gives music; a longer one ends the call."""
        made_ms = self._world.modems[0].record.flashes_ms[-1][1] if method != "hook" else float(asked_ms)
        return "m" if made_ms <= PbxProfile().flash_max_ms - 50 else "t"


def surveyed(name: str, folder: Path, answers: Mapping[str, str] | None = None) -> tuple[dict[str, Any], Person, World]:
    """The results of a whole survey, by step."""
    clock = ScaledClock(math.inf)
    world = World(clock, country="pl", modems=[PlannedModem(PROFILES[name])], staff=STAFF, keep_audio=False)
    world.start()
    try:
        person = Person(world, answers)
        found = FoundPort(world.lines[0], PROFILES[name].usb_id)
        ended = run_survey(found, clock, Premises(country("pl")), folder, person.ask, person.tell)
        assert ended == WENT_WELL
        assert not world.modems[0].record.hooks or world.modems[0].record.hooks[-1][1] is False
    finally:
        world.stop()
    results = json.loads((folder / "survey.json").read_text(encoding="utf-8"))
    assert results["modem"]["dialect"] == name
    return results["steps"], person, world


Surveys = Mapping[str, tuple[dict[str, Any], Person, World, Path]]


@pytest.fixture(scope="module")
def surveys(tmp_path_factory: pytest.TempPathFactory) -> Surveys:
    """Whole surveys of modems that differ."""
    made = {}
    for name in ("cx93001", "usr5637", "zoom3095", "si24xx", "mt9234mu"):
        folder = tmp_path_factory.mktemp(name)
        made[name] = (*surveyed(name, folder), folder)
    return made


def measured(surveys: Surveys, name: str, step: str) -> dict[str, Any]:
    """What a step found out."""
    result: dict[str, Any] = surveys[name][0][step]
    assert result["state"] == "done", result
    found: dict[str, Any] = result["measured"]
    return found


ALL = pytest.mark.parametrize("name", ["cx93001", "usr5637", "zoom3095", "si24xx", "mt9234mu"])


@ALL
def test_every_step_comes_to_its_end(name: str, surveys: Surveys) -> None:
    steps = surveys[name][0]
    assert list(steps) == [step.key for step in STEPS]
    assert {result["state"] for result in steps.values()} == {"done"}


@ALL
def test_the_buffer_is_measured(name: str, surveys: Surveys) -> None:
    found = measured(surveys, name, "buffer")
    assert found["held_bytes"] == pytest.approx(PROFILES[name].tx_buffer_bytes, abs=320)
    assert found["underrun_reported_after_s"] == pytest.approx(found["sound_written_s"], abs=0.04)


@ALL
def test_the_flashes_that_are_made_are_the_ones_of_the_modems_record(name: str, surveys: Surveys) -> None:
    tries = measured(surveys, name, "flashes")["tries"]
    taken = [each["asked_ms"] for each in tries if each["taken"] and each["method"] != "HOOK"]
    made_ms = [made for _, made in surveys[name][2].modems[0].record.flashes_ms]
    once = [made for made, before in zip(made_ms, [0.0, *made_ms], strict=False) if made != before]
    assert once == [float(asked) if asked else 700.0 for asked in taken]
    assert ("TONE_LIST" in {each["method"] for each in tries if each["taken"]}) is (
        name in ("cx93001", "zoom3095", "mt9234mu")
    )


@ALL
def test_a_flash_that_the_exchange_takes_is_told_from_one_that_ends_the_call(name: str, surveys: Surveys) -> None:
    tries = measured(surveys, name, "flashes")["tries"]
    for each in tries:
        if each["taken"] and each["method"] == "HOOK":
            assert each["took_s"] * 1000 >= each["asked_ms"]
        if each["taken"]:
            assert each["dial_tone_heard"]
            assert each["person"] == ("m" if 0 < each["asked_ms"] <= 200 else "t")


@ALL
def test_duplex_and_echo_are_those_of_the_modem(name: str, surveys: Surveys) -> None:
    found = measured(surveys, name, "echo")
    assert found["duplex"] is ("+VTR" in PROFILES[name].actions)
    if found["duplex"]:
        assert found["echo_loss_db"] == pytest.approx(-PROFILES[name].echo_db, abs=0.5)


@ALL
def test_keys_are_counted_in_silence_and_while_we_play(name: str, surveys: Surveys) -> None:
    found = measured(surveys, name, "keys")
    assert found["in_silence"]["pressed"] == found["while_playing"]["pressed"] == "12345"
    gaps = [moment for moment, _ in found["in_silence"]["pressed_at_s"]]
    assert [later - earlier for earlier, later in pairwise(gaps)] == pytest.approx([2.0] * 4, abs=0.1)
    assert found["in_silence"]["codes_at_s"][-1][1] == "~"


@ALL
def test_gains_are_the_ones_that_the_modem_lists(name: str, surveys: Surveys) -> None:
    found = measured(surveys, name, "gains")
    for gain in ("+VGR", "+VGT"):
        assert f"({found[f'{gain} takes']})" == PROFILES[name].parameters[gain].takes


@ALL
def test_ringing_and_caller_id_are_timed(name: str, surveys: Surveys) -> None:
    reported = measured(surveys, name, "ring")["reported_at_s"]
    rings = [moment for moment, what in reported if what == "ring"]
    assert rings[1:4] == pytest.approx([5.0, 10.0, 15.0], abs=0.1)
    assert "caller ID: number" in {what for _, what in reported}


def test_a_handset_that_was_not_lifted_is_found_out(surveys: Surveys) -> None:
    """Q10."""
    assert [code for _, code in measured(surveys, "usr5637", "off-hook")["stray_codes_at_s"]] == ["H"]
    assert measured(surveys, "cx93001", "off-hook")["stray_codes_at_s"] == []


def test_dial_tone_is_heard_by_us_and_reported_by_those_that_report_it(surveys: Surveys) -> None:
    for name, reports in (("cx93001", True), ("mt9234mu", False)):
        found = measured(surveys, name, "off-hook")
        assert [what for _, what in found["heard_at_s"]] == ["dial tone"]
        assert ("d" in {code for _, code in found["reported_at_s"]}) is reports


def test_a_modem_that_overlooks_the_stop_code_is_found_out(surveys: Surveys) -> None:
    """Q3."""
    found = measured(surveys, "zoom3095", "stop-codes")
    assert found["+VRX DLE ! after 1 DLE"]["to_result_s"] is None
    assert found["+VRX DLE ! after 3 DLE"]["to_result_s"] < 0.1
    assert measured(surveys, "cx93001", "stop-codes")["+VRX DLE ! after 1 DLE"]["to_result_s"] < 0.1


def test_what_is_not_yet_played_is_thrown_away_by_a_flush(surveys: Surveys) -> None:
    found = measured(surveys, "cx93001", "stop-codes")["flush"]
    assert found["without_s"] > 0.15
    assert found["with_s"] < 0.1


def test_a_hang_up_is_reported_by_those_that_can(surveys: Surveys) -> None:
    """Q11."""
    for name, signs in (("cx93001", {"l", "b"}), ("usr5637", {"b"}), ("mt9234mu", set())):
        found = measured(surveys, name, "far-end")
        assert {code for _, code in found["reported_at_s"]} == signs
        assert "busy" in {what for _, what in found["heard_at_s"]}


def test_busy_is_reported_and_ringback_is_only_heard(surveys: Surveys) -> None:
    found = measured(surveys, "cx93001", "dialling")
    assert [what for _, what in found["free"]["heard_at_s"]] == ["ringback"]
    assert found["free"]["reported_at_s"] == []
    assert {code for _, code in found["busy"]["reported_at_s"]} == {"b"}


def test_what_a_reset_forgets_is_found_out(surveys: Surveys) -> None:
    """Q6."""
    found = measured(surveys, "cx93001", "forgetting")
    assert found["AT+VCID? after ATH"] == "1"
    assert found["AT+VCID? after ATZ"] == "0"
    assert found["AT+VTD? after leaving voice mode"] != found["AT+VTD? when set"]


@ALL
def test_only_what_was_typed_is_dialled(name: str, surveys: Surveys) -> None:
    """R35."""
    record = surveys[name][2].modems[0].record
    pairs = [tone for tone in record.tones if tone[1] and tone[2]]
    assert "".join(key for _, key in record.digits) == ("" if pairs else "1112")
    assert len(pairs) in (0, 4)


@ALL
def test_nothing_in_the_folder_tells_who_called(name: str, surveys: Surveys) -> None:
    """R36."""
    files = sorted(surveys[name][3].iterdir())
    assert [path.suffix for path in files] == [".txt", ".json"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert NUMBER not in text
        assert "KOWALSKI" not in text
    assert "0" * len(NUMBER) in files[0].read_text(encoding="utf-8")


# ---------------------------------------------------------------- the helper


BEGIN = "Enter: begin"
"""A part of the question before each step."""


def test_steps_can_be_skipped_and_the_rest_is_done_the_next_time(tmp_path: Path) -> None:
    steps, person, _ = surveyed("cx93001", tmp_path, {BEGIN: "s"})
    assert {result["state"] for result in steps.values()} == {"skipped"}
    world_of_one_step = {BEGIN: "q"}
    again, person, _ = surveyed("cx93001", tmp_path, world_of_one_step)
    assert again == steps
    assert any("goes on from here" in sentence for sentence in person.told)


class Leaving(Person):
    """Presses Ctrl-C at a certain question."""

    def __init__(self, world: World, at: str) -> None:
        super().__init__(world)
        self._leaves_at = at

    def ask(self, question: str) -> str:
        if self._leaves_at in question:
            raise KeyboardInterrupt
        return super().ask(question)


def test_a_helper_who_leaves_in_a_call_leaves_the_line_on_hook_and_can_go_on(tmp_path: Path) -> None:
    """R37."""
    clock = ScaledClock(math.inf)
    world = World(clock, country="pl", modems=[PlannedModem(PROFILES["cx93001"])], staff=STAFF, keep_audio=False)
    world.start()
    try:
        found, premises = FoundPort(world.lines[0], "0572:1340"), Premises(country("pl"))
        leaving = Leaving(world, "What do you hear")
        assert run_survey(found, clock, premises, tmp_path, leaving.ask, leaving.tell) == WENT_WELL
        hooks = world.modems[0].record.hooks
        assert hooks[-1][1] is False
        before = json.loads((tmp_path / "survey.json").read_text(encoding="utf-8"))["steps"]
        assert list(before)[-1] == "keys"
        person = Person(world)
        assert run_survey(found, clock, premises, tmp_path, person.ask, person.tell) == WENT_WELL
    finally:
        world.stop()
    after = json.loads((tmp_path / "survey.json").read_text(encoding="utf-8"))["steps"]
    assert {key: after[key] for key in before} == before
    assert after["far-end"]["state"] == "done"
    assert sum(BEGIN in question for question in person.asked) == len(STEPS) - len(before)


def test_a_step_without_a_call_is_told_and_the_next_one_goes_on(tmp_path: Path) -> None:
    steps, _, _ = surveyed("cx93001", tmp_path, {"call the line now": "s", "ring four times": "", "Type a": ""})
    assert steps["far-end"] == {
        "title": "The caller hangs up",
        "state": "could not be measured",
        "why": "the helper could not call",
    }
    assert steps["ring"]["why"] == "no call came within a minute"
    assert steps["off-hook"]["state"] == "done"


def test_a_modem_without_voice_is_asked_what_it_can_answer(tmp_path: Path) -> None:
    steps, _, _ = surveyed("no-voice", tmp_path)
    assert steps["identity"]["measured"]["answers"]["ATI3"]
    assert steps["echo"]["why"] == "this modem has no voice"
    assert steps["ring"]["state"] == "done"


def test_a_port_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    clock = SystemClock()
    world = World(clock, country="pl", modems=[PlannedModem(PROFILES["cx93001"])])
    waiter = clock.waiter("receptionist")
    port = SerialPort(world.lines[0], clock, waiter)
    with pytest.raises(PortTaken):
        run_survey(FoundPort(world.lines[0]), clock, Premises(), tmp_path, input, str)
    port.close()
    waiter.close()
    world.stop()


def test_a_port_without_a_modem_ends_the_survey_in_words(tmp_path: Path) -> None:
    clock = SystemClock()
    world = World(clock, country="pl", modems=[PlannedModem(PROFILES["cx93001"])])  # its time never begins
    told: list[str] = []
    assert run_survey(FoundPort(world.lines[0]), clock, Premises(), tmp_path, input, told.append) == WENT_WRONG
    world.stop()
    assert "no modem answers" in told[0]
    assert not (tmp_path / "survey.json").exists()


def test_codes_are_found_however_the_bytes_are_cut() -> None:
    codes = Codes()
    assert [code for piece in (b"\x80\x10", b"b\x10\x10d\x10\x10\x10", b"u\x10\x03") for code in codes.feed(piece)] == [
        "b", "u",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words"), [((), ""), ((0,), "0"), ((0, 121, 122, 123), "0,121-123"), ((1, 2, 5), "1-2,5")]
)
def test_many_numbers_are_told_as_spans(values: tuple[int, ...], words: str) -> None:
    assert spans(values) == words
