"""Taking a callback: number, time and matter, as a caller lives through it (R21, R22)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from appliance.acd.routing import Destination, Leads
from appliance.call import Outcome
from appliance.cards import Promise
from appliance.scripts.callback import hour_of
from appliance.settings import GroupSettings, Hours, LineSettings, PersonSettings, Settings, WaitingSettings

WEEKDAYS = ((time(8), time(12)), (time(13), time(16)))
OFFICE = Settings(
    company="Northwind",
    country="pl",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11"),),
    groups=(GroupSettings("sales", ("11",)),),
    hours=Hours((*(WEEKDAYS,) * 5, (), ())),
    waiting=WaitingSettings(longest_queue=0),
)
AS_CALLED, OF_THEIR_OWN = {"callback-confirm-number": "1"}, {"callback-confirm-number": "2"}
MATTER = "matters/call-000001.wav"


def on_tuesday(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def asking(stage: Any, party: Any, planned: Callable[..., None]) -> Callable[..., Any]:
    """A caller for whom there is no place in the queue wants to be called back, and presses these keys."""

    def call(keys: dict[str, str], *, silent: bool = False, **more: float) -> Any:
        planned(goes_to=Destination(Leads.GROUP, "sales"))
        caller = party("caller", {"closed-choices": "1", **keys}, silent=silent)
        return stage(OFFICE, party("11"), caller=caller).call(**more)

    return call


def test_the_number_shown_is_confirmed_by_one_key_and_the_matter_is_on_the_card(asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "1"})
    (card,) = office.cards
    assert (card.number, card.when, card.recording) == ("225550101", "as soon as possible", MATTER)
    assert card.promise is Promise.GIVEN
    assert card.promised - card.due == timedelta(hours=3), "two hours of opening time, and lunch"
    assert office.record.outcome is Outcome.CALLBACK and office.heard("callback-promised")


@pytest.mark.parametrize(
    ("key", "when", "due", "until"),
    [
        ("2", "this afternoon", on_tuesday(13), on_tuesday(16)),
        ("3", "tomorrow morning", on_tuesday(8, day=25), on_tuesday(12, day=25)),
    ],
)
def test_the_time_they_choose_is_one_at_which_somebody_is_there(
    key: str, when: str, due: datetime, until: datetime, asking: Callable[..., Any]
) -> None:
    (card,) = asking({**AS_CALLED, "callback-when": key}).cards
    assert (card.when, card.due, card.promised) == (when, due, until)


def test_an_hour_of_their_own_is_read_back_with_its_day(asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "4", "callback-hour": "0930 "})
    (card,) = office.cards
    assert card.due == on_tuesday(9, 30, day=25)
    assert office.values("callback-promised-at")[0]["opens"] == "2026-11-25T09:30+00:00"


def test_an_hour_at_which_nobody_is_there_may_be_corrected_once(asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "4", "callback-hour": "1230 1500 "})
    (card,) = office.cards
    assert card.due == on_tuesday(15) and office.heard("callback-no-such-hour")


def test_who_names_no_time_that_can_be_kept_is_called_as_soon_as_possible(asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "4", "callback-hour": "2500 9999 "})
    assert [card.when for card in office.cards] == ["as soon as possible"]


def test_a_number_that_is_keyed_in_is_read_back(asking: Callable[..., Any]) -> None:
    keys = {**OF_THEIR_OWN, "callback-enter-number": "501600700 ", "callback-number-readback": "1"}
    office = asking(keys)
    assert office.values("callback-number-readback") == [{"number": "501600700"}]
    assert [(card.number, card.called_from) for card in office.cards] == [("501600700", "225550101")]


@pytest.mark.parametrize("odd", ["50160070", "112", "7001234567", "5016007001234567"])
def test_a_number_that_does_not_exist_in_this_country_may_be_corrected_once(
    odd: str, asking: Callable[..., Any]
) -> None:
    keys = {**OF_THEIR_OWN, "callback-enter-number": f"{odd} 501600700 ", "callback-number-readback": "1"}
    office = asking(keys)
    assert office.heard("callback-number-odd")
    assert [card.number for card in office.cards] == ["501600700"]


def test_who_keeps_to_a_number_that_we_do_not_know_is_believed(asking: Callable[..., Any]) -> None:
    """Our tables may be older than their telephone."""
    keys = {**OF_THEIR_OWN, "callback-enter-number": "50160070 50160070 ", "callback-number-readback": "1"}
    assert [card.number for card in asking(keys).cards] == ["50160070"]


def test_who_corrects_the_number_twice_is_called_where_they_call_from(asking: Callable[..., Any]) -> None:
    keys = {**OF_THEIR_OWN, "callback-enter-number": "501600700 501600701 ", "callback-number-readback": "22"}
    assert [card.number for card in asking(keys).cards] == ["225550101"]


def test_who_says_nothing_of_their_matter_has_a_card_without_a_recording(asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "1"}, silent=True)
    assert [card.recording for card in office.cards] == [""]


@pytest.mark.parametrize("seconds", range(4, 60, 2))
def test_who_hangs_up_at_any_moment_leaves_a_card_with_what_is_known(seconds: int, asking: Callable[..., Any]) -> None:
    office = asking({**AS_CALLED, "callback-when": "3"}, leaves_after_s=float(seconds))
    (card,) = office.cards
    assert card.number == "225550101"
    if office.heard("ask-matter"):
        assert card.when == "tomorrow morning"
    assert office.record.outcome in (Outcome.CALLBACK, Outcome.ABANDONED)


@pytest.mark.parametrize(
    ("keys", "hour"),
    [("9", time(9)), ("0930", time(9, 30)), ("930", time(9, 30)), ("2359", time(23, 59)), ("15", time(15))],
)
def test_an_hour_may_be_keyed_in_as_people_write_it(keys: str, hour: time) -> None:
    assert hour_of(keys) == hour


@pytest.mark.parametrize("keys", ["", "24", "2400", "0960", "12345", "*9", "99"])
def test_what_is_no_hour_is_none(keys: str) -> None:
    assert hour_of(keys) is None


@pytest.mark.parametrize(("when", "kept"), [("1", True), ("2", False)])
def test_who_asks_for_it_while_waiting_is_told_that_they_keep_their_place(
    when: str, kept: bool, stage: Any, party: Any, changed: Callable[..., Settings]
) -> None:
    """R14: only who wants to be called as soon as possible."""
    settings = changed(OFFICE, "waiting", longest_queue=5)
    caller = party("caller", {"come-back-choices": "2", **AS_CALLED, "callback-when": when})
    office = stage(settings, party("11"), caller=caller).engaged("11").call(seconds=400.0)
    assert office.heard("callback-keeps-place") == kept
    assert len(office.cards) == 1
