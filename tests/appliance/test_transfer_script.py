"""The hand-over, act by act: what the box does on the line for everything that it can hear there (R15 to R17, R33)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.acd.decision import decide
from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import (
    Act,
    AskBriefing,
    AskFlash,
    AwaitRecall,
    Brief,
    Briefed,
    Dial,
    Flash,
    Hear,
    Heard,
    Moment,
    Play,
    ReportFlash,
    ReportTransfer,
)
from appliance.call import Briefing, CallerId, FlashPlan, FlashResult, Presentation, TransferResult
from appliance.flashes import Flashes
from appliance.scripts.briefing import whisper
from appliance.scripts.transfer import transfer
from appliance.settings import HandoverSettings, LineSettings, PbxSettings, PersonSettings, Settings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANNA = Person("Anna", "11", "sales")
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
LINE = LineSettings("Line 1", "a")
PROVEN = PbxSettings(flash_proven=True)


def office(pbx: PbxSettings = PROVEN, **handover: Any) -> Settings:
    people = (PersonSettings("Anna", "11", "sales"),)
    return Settings("Northwind", lines=(LINE,), people=people, pbx=pbx, handover=HandoverSettings(**handover))


class Stage:
    """The line and the office in one: hears what the test says, one thing for each time it listens."""

    def __init__(
        self, settings: Settings, *heard: Heard, briefed: Briefed | Sequence[Briefed] = (), recalled: bool = True
    ) -> None:
        self.plan: Plan = decide(settings, LINE, 1, JAN, NOON)
        self.acts: list[Act[Any]] = []
        self.flashes = Flashes(settings)
        self._heard: Iterator[Heard] = iter(heard)
        self._briefed = iter([briefed] if isinstance(briefed, Briefed) else briefed)
        self._recalled = recalled

    def transfer(self, person: Person = ANNA) -> TransferResult:
        """Play the hand-over to its end."""
        script = transfer(person, self.plan)
        reply: Any = None
        while True:
            try:
                act = script.send(reply)
            except StopIteration as end:
                assert isinstance(end.value, TransferResult)
                assert next(self._heard, None) is None, "something was not listened to"
                return end.value
            self.acts.append(act)
            reply = self._reply(act)

    def _reply(self, act: Act[Any]) -> Any:
        match act:
            case Hear():
                return next(self._heard) if act.wanted else Heard.NOTHING
            case AskFlash():
                return self.flashes.plan("Line 1")
            case ReportFlash(length_ms, result):
                return self.flashes.tried("Line 1", length_ms, result) and None
            case Moment():
                return NOON
            case AskBriefing():
                return Briefing(JAN, 130.0, 2, "matters/call-000001.wav")
            case Brief():
                return next(self._briefed)
            case AwaitRecall():
                return self._recalled
            case Play():
                return True
        return None

    @property
    def hook(self) -> list[tuple[int, int]]:
        """Times and length of the flashes."""
        return [(act.times, act.length_ms) for act in self.acts if isinstance(act, Flash)]

    @property
    def dialled(self) -> list[str]:
        return [act.digits for act in self.acts if isinstance(act, Dial)]


TONE, RINGS, BUSY, THERE = Heard.DIAL_TONE, Heard.RINGBACK, Heard.BUSY, Heard.NO_TONE


# ---------------------------------------------------------------- the ways (R16, R17)


def test_blind_leaves_as_soon_as_the_number_is_dialled() -> None:
    stage = Stage(office(way="blind"), TONE)
    assert stage.transfer() is TransferResult.LEFT
    assert stage.dialled == ["11"] and stage.hook == [(1, 100)]


def test_ring_leaves_when_it_rings_and_stays_when_it_is_busy() -> None:
    assert Stage(office(way="ring"), TONE, RINGS).transfer() is TransferResult.LEFT
    busy = Stage(office(way="ring"), TONE, BUSY, THERE)
    assert busy.transfer() is TransferResult.BUSY
    assert len(busy.hook) == 2, "the caller is fetched back"


def test_a_busy_extension_is_camped_on_only_where_the_owner_allows_it() -> None:
    settings = office(replace(PROVEN, camp_on=True), way="ring")
    assert Stage(settings, TONE, BUSY).transfer() is TransferResult.LEFT


def test_answered_waits_for_somebody_to_answer() -> None:
    assert Stage(office(way="answered"), TONE, RINGS, Heard.VOICE).transfer() is TransferResult.TAKEN
    assert Stage(office(way="answered"), TONE, Heard.ANSWERED).transfer() is TransferResult.TAKEN


def test_a_person_may_have_a_way_of_their_own() -> None:
    stage = Stage(office(way="briefed"), TONE)
    assert stage.transfer(replace(ANNA, handover="blind")) is TransferResult.LEFT


@pytest.mark.parametrize(
    ("key", "result"),
    [("1", TransferResult.TAKEN), ("2", TransferResult.REFUSED), ("3", TransferResult.MESSAGE)],
)
def test_the_briefed_colleague_decides_by_a_key(key: str, result: TransferResult) -> None:
    back = () if result is TransferResult.TAKEN else (THERE,)
    assert Stage(office(), TONE, RINGS, Heard.VOICE, *back, briefed=Briefed(key)).transfer() is result


@pytest.mark.parametrize(
    ("no_key", "result"),
    [("take", TransferResult.TAKEN), ("back", TransferResult.REFUSED), ("message", TransferResult.MESSAGE)],
)
def test_no_key_is_treated_as_the_site_says(no_key: str, result: TransferResult) -> None:
    back = () if result is TransferResult.TAKEN else (THERE,)
    stage = Stage(office(no_key=no_key), TONE, RINGS, Heard.VOICE, *back, briefed=Briefed())
    assert stage.transfer() is result


def test_a_colleague_who_puts_the_phone_down_while_being_briefed_has_not_taken_the_call() -> None:
    stage = Stage(office(), TONE, RINGS, Heard.VOICE, THERE, briefed=Briefed(gone=True))
    assert stage.transfer() is TransferResult.NO_ANSWER


def test_a_fax_on_the_extension_is_nobody() -> None:
    assert Stage(office(), TONE, RINGS, Heard.FAX, THERE).transfer() is TransferResult.MACHINE


def test_the_whisper_says_who_about_what_how_long_and_how_often() -> None:
    told = whisper(Briefing(JAN, 130.0, 2, "matters/call-000001.wav"))
    assert [sentence.key for sentence in told] == ["brief-caller", "recording", "brief-waited", "brief-calls-today"]
    assert dict(told[2].values) == {"high": 2}
    assert [sentence.key for sentence in whisper(Briefing(CallerId(), 5.0, 1))] == ["brief-caller"]
    assert whisper(Briefing(JAN, 2400.0, 1))[1].key == "brief-waited-over"


# ---------------------------------------------------------------- the way back (T6)


@pytest.mark.parametrize(
    ("recipe", "hook", "dialled"),
    [
        ("flash", (1, 100), ["11"]),
        ("flash flash", (2, 100), ["11"]),
        ("flash 1", (1, 100), ["11", "1"]),
        ("flash flash *1", (2, 100), ["11", "*1"]),
    ],
)
def test_each_pbx_has_its_own_way_back(recipe: str, hook: tuple[int, int], dialled: list[str]) -> None:
    stage = Stage(office(replace(PROVEN, back_from_busy=recipe)), TONE, BUSY, THERE)
    assert stage.transfer() is TransferResult.BUSY
    assert stage.hook == [(1, 100), hook]
    assert stage.dialled == dialled


def test_each_reason_may_have_its_own_way_back() -> None:
    pbx = replace(PROVEN, back_from_no_answer="flash flash", back_from_reorder="flash 2", back_from_refusal="flash 3")
    unanswered = Stage(office(pbx), TONE, RINGS, Heard.NOTHING, THERE)
    assert unanswered.transfer() is TransferResult.NO_ANSWER
    assert unanswered.hook[-1][0] == 2
    wrong = Stage(office(pbx), TONE, Heard.CONGESTION, THERE)
    assert wrong.transfer() is TransferResult.UNOBTAINABLE
    assert wrong.dialled[-1] == "2"
    refused = Stage(office(pbx), TONE, RINGS, Heard.VOICE, THERE, briefed=Briefed("2"))
    refused.transfer()
    assert refused.dialled[-1] == "3"


@pytest.mark.parametrize(
    ("there", "result"),
    [
        ([THERE], TransferResult.BUSY),
        ([Heard.DIAL_TONE], TransferResult.CALLER_GONE),
        ([], TransferResult.CALLER_GONE),
    ],
)
def test_where_only_hanging_up_brings_the_caller_back_the_pbx_rings_here_again(
    there: list[Heard], result: TransferResult
) -> None:
    """Unless they give up while it rings, and there is dial tone, or it does not ring at all."""
    stage = Stage(office(replace(PROVEN, back_from_busy="hang up")), TONE, BUSY, *there, recalled=bool(there))
    assert stage.transfer() is result
    assert AwaitRecall(40.0, (JAN.number, "11")) in stage.acts


@pytest.mark.parametrize(("puts_down", "result"), [(True, TransferResult.REFUSED), (False, TransferResult.TAKEN)])
def test_where_hanging_up_would_join_them_whoever_refuses_is_asked_to_put_the_phone_down_first(
    puts_down: bool, result: TransferResult
) -> None:
    pbx = replace(PROVEN, back_from_refusal="hang up")
    back = (THERE,) if puts_down else ()
    stage = Stage(office(pbx), TONE, RINGS, Heard.VOICE, *back, briefed=[Briefed("2"), Briefed(gone=puts_down)])
    assert stage.transfer() is result
    asked = [act for act in stage.acts if isinstance(act, Brief)][-1]
    assert [sentence.key for sentence in asked.sentences] == ["brief-put-down"]
    assert any(isinstance(act, AwaitRecall) for act in stage.acts) is puts_down


def test_a_way_back_that_failed_is_tried_once_more_and_then_the_caller_has_gone() -> None:
    again = Stage(office(), TONE, BUSY, BUSY, THERE)
    assert again.transfer() is TransferResult.BUSY
    gone = Stage(office(), TONE, BUSY, Heard.CONGESTION, Heard.CONGESTION)
    assert gone.transfer() is TransferResult.CALLER_GONE
    report = gone.acts[-1]
    assert isinstance(report, ReportTransfer) and report.result is TransferResult.CALLER_GONE


# ---------------------------------------------------------------- the flash (T1, R33)


def test_a_flash_too_short_is_repeated_longer_and_the_length_is_remembered() -> None:
    stage = Stage(office(way="blind"), Heard.NOTHING, TONE, THERE, TONE)
    assert stage.transfer() is TransferResult.LEFT
    assert stage.hook == [(1, 100), (1, 140), (1, 140), (1, 140)], "longer, then back once to prove it, then for good"
    assert stage.flashes.plan("Line 1") == FlashPlan(140, proven=True)


def test_a_line_on_which_no_flash_works_keeps_its_caller() -> None:
    stage = Stage(office(), Heard.NOTHING, Heard.NOTHING)
    assert stage.transfer() is TransferResult.NO_DIAL_TONE
    assert stage.dialled == [], "nothing is dialled into a conversation (R34)"


def test_the_first_flash_of_a_line_is_proven_by_going_back_before_anything_is_dialled() -> None:
    stage = Stage(office(PbxSettings(), way="blind"), TONE, THERE, TONE)
    assert stage.transfer() is TransferResult.LEFT
    kinds = [type(act) for act in stage.acts if isinstance(act, Flash | Dial)]
    assert kinds == [Flash, Flash, Flash, Dial]


def test_a_flash_that_cuts_callers_off_is_noticed_with_the_first_caller_and_made_shorter() -> None:
    stage = Stage(office(PbxSettings(flash_ms=200)), TONE, TONE)
    assert stage.transfer() is TransferResult.FLASH_TOO_LONG
    assert stage.dialled == []
    assert stage.flashes.plan("Line 1") == FlashPlan(140, proven=False)


def test_a_caller_who_has_hung_up_is_not_taken_for_a_wrong_flash() -> None:
    stage = Stage(office(PbxSettings()), TONE, Heard.CONGESTION)
    assert stage.transfer() is TransferResult.CALLER_GONE
    assert stage.flashes.plan("Line 1").length_ms == 100


def test_a_pbx_without_recall_tone_is_given_a_second() -> None:
    stage = Stage(office(replace(PROVEN, recall_tone=False), way="blind"))
    assert stage.transfer() is TransferResult.LEFT
    waits = [act for act in stage.acts if isinstance(act, Hear)]
    assert [wait.seconds for wait in waits] == [1.0]


def test_without_recall_tone_the_way_back_is_tried_once_for_a_second_flash_sounds_like_a_caller() -> None:
    stage = Stage(office(replace(PROVEN, recall_tone=False)), BUSY, Heard.CONGESTION)
    assert stage.transfer() is TransferResult.CALLER_GONE


def test_an_unproven_flash_is_tried_by_the_way_back_from_where_nobody_has_answered() -> None:
    """On a Centrex line two flashes would fetch the caller back and put them on hold again (facts, 6.6)."""
    stage = Stage(office(PbxSettings(back_from_refusal="flash flash"), way="blind"), TONE, THERE, TONE)
    assert stage.transfer() is TransferResult.LEFT
    assert stage.hook == [(1, 100)] * 3


@pytest.mark.parametrize(
    ("recalled", "heard", "result"),
    [
        (True, (TONE, THERE, TONE), TransferResult.LEFT),
        (True, (TONE, Heard.DIAL_TONE), TransferResult.FLASH_TOO_LONG),
        (False, (TONE,), TransferResult.FLASH_TOO_LONG),
    ],
)
def test_where_hanging_up_is_the_only_way_back_the_first_flash_is_tried_by_it(
    recalled: bool, heard: tuple[Heard, ...], result: TransferResult
) -> None:
    ways = {f"back_from_{why}": "hang up" for why in ("busy", "no_answer", "refusal", "reorder")}
    stage = Stage(office(replace(PbxSettings(), **ways), way="blind"), *heard, recalled=recalled)  # type: ignore[arg-type]
    assert stage.transfer() is result


def test_whom_nobody_answers_and_the_pbx_does_not_bring_back_is_left_there() -> None:
    settings = office(replace(PROVEN, back_from_no_answer="hang up"))
    stage = Stage(settings, TONE, RINGS, Heard.NOTHING, recalled=False)
    assert stage.transfer() is TransferResult.LEFT


def test_the_code_for_holding_is_dialled_before_the_extension() -> None:
    stage = Stage(office(replace(PROVEN, hold_code="20"), way="blind"), TONE)
    stage.transfer()
    assert stage.dialled == ["20", "11"]


@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ([(100, FlashResult.TOO_SHORT)], "no dial tone came after a hook flash of 100 ms"),
        ([(100, FlashResult.TOO_SHORT), (140, FlashResult.WORKED)], "of 100 ms did not work, one of 140 ms does"),
        ([(100, FlashResult.TOO_LONG)], "cut a caller off"),
        ([(100, FlashResult.WORKED)], None),
    ],
)
def test_the_office_is_told_what_is_wrong_with_the_flash(
    lengths: list[tuple[int, FlashResult]], told: str | None
) -> None:
    flashes = Flashes(office(PbxSettings()))
    faults = [flashes.tried("Line 1", length_ms, result) for length_ms, result in lengths]
    if told is None:
        assert faults[-1] is None
    else:
        assert faults[-1] is not None and told in faults[-1].problem and faults[-1].advice


def test_a_flash_stays_within_the_window_of_the_pbx() -> None:
    flashes = Flashes(office(PbxSettings(flash_min_ms=80, flash_max_ms=160)))
    for _ in range(5):
        flashes.tried("Line 1", flashes.plan("Line 1").length_ms, FlashResult.TOO_SHORT)
    assert flashes.plan("Line 1").length_ms == 160
    for _ in range(9):
        flashes.tried("Line 1", flashes.plan("Line 1").length_ms, FlashResult.TOO_LONG)
    assert flashes.plan("Line 1").length_ms == 80
