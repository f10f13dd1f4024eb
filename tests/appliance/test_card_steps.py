"""What can happen to a card, and what is written into its history (R23, R24, R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance import cardsteps
from appliance.cards import Action, Card, CardKind, Promise, Repeat, Result, State, Unit
from appliance.schedule import Schedule
from appliance.settings import Hours

WARSAW = ZoneInfo("Europe/Warsaw")
WEEKDAYS = ((time(8), time(12)), (time(13), time(16)))
HOURS = Schedule(Hours((*(WEEKDAYS,) * 5, (), ())))
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=WARSAW)
MONDAY_EIGHT = datetime(2026, 11, 30, 8, 0, tzinfo=WARSAW)
CARD, _ = cardsteps.made(Card(7, CardKind.CALLBACK, FRIDAY, "+48225550101", "Jan", id=3))


def test_who_is_not_reached_on_friday_is_called_on_monday_morning() -> None:
    for result in (Result.NOT_REACHED, Result.BUSY):
        card, entry = cardsteps.called(CARD, FRIDAY, "101", result, "", HOURS)
        assert (card.due_at, card.state) == (MONDAY_EIGHT, State.OPEN)
        assert (entry.action, entry.by, entry.result, entry.due) == (Action.CALLED, "101", result, MONDAY_EIGHT)


def test_who_is_reached_is_known_to_have_been_and_the_card_stays_where_it_is() -> None:
    card, _ = cardsteps.called(CARD, FRIDAY, "101", Result.REACHED, "wants an offer", HOURS)
    assert (card.last_contact, card.due_at, card.done) == (FRIDAY, CARD.due_at, False)


def test_the_lines_of_a_history_are_numbered_and_none_is_written_over() -> None:
    card, entries = CARD, []
    for number, text in enumerate(("one", "two", "three")):
        card, entry = cardsteps.noted(card, FRIDAY + timedelta(minutes=number), "101", text)
        entries.append(entry)
    assert [(entry.number, entry.text) for entry in entries] == [(2, "one"), (3, "two"), (4, "three")]
    assert (card.matter, card.entries) == ("one", 4)


def test_a_second_call_that_was_given_up_adds_a_line_and_keeps_what_was_promised() -> None:
    again = Card(8, CardKind.ABANDONED, FRIDAY + timedelta(hours=1), "+48225550101")
    promised, _ = cardsteps.promised(CARD, FRIDAY, "101", FRIDAY + timedelta(minutes=40))
    card, entry = cardsteps.joined(promised, again)
    assert (card.kind, card.calls, card.promised) == (CardKind.CALLBACK, (7, 8), promised.promised)
    assert (entry.action, entry.call, entry.text) == (Action.CALLED_AGAIN, 8, "caller hung up waiting")


def test_a_promise_takes_the_place_of_a_call_that_was_only_given_up() -> None:
    """A promise comes before a call that was only abandoned."""
    abandoned = replace(CARD, kind=CardKind.ABANDONED)
    tomorrow = FRIDAY + timedelta(days=3)
    wish = Card(9, CardKind.CALLBACK, FRIDAY, "+48225550109", when="Monday morning", due=tomorrow, promised=tomorrow)
    card, _ = cardsteps.joined(abandoned, wish)
    assert (card.kind, card.when, card.due, card.number) == (CardKind.CALLBACK, "Monday morning", tomorrow, wish.number)
    assert card.promise is Promise.GIVEN


def test_two_messages_are_two_cards_and_what_staff_have_written_is_theirs() -> None:
    first = replace(CARD, kind=CardKind.MESSAGE, recording="messages/call-000007.wav")
    assert not cardsteps.may_join(first, replace(first, recording="messages/call-000008.wav"))
    assert not cardsteps.may_join(replace(CARD, kind=CardKind.TASK), CARD)
    assert cardsteps.may_join(first, replace(CARD, kind=CardKind.ABANDONED))


@pytest.mark.parametrize(("late_s", "promise"), [(-1, Promise.KEPT), (0, Promise.KEPT), (1, Promise.BROKEN)])
def test_a_promise_is_kept_until_its_last_second(late_s: int, promise: Promise) -> None:
    until = FRIDAY + timedelta(minutes=40)
    card, _ = cardsteps.promised(CARD, FRIDAY, "101", until)
    done, _ = cardsteps.finished(card, until + timedelta(seconds=late_s), "101", "done")
    assert (done.promise, done.state, done.reason) == (promise, State.DONE, "done")


def test_a_promise_that_was_broken_stays_so_when_it_is_done_at_last() -> None:
    card, _ = cardsteps.promised(CARD, FRIDAY, "101", FRIDAY + timedelta(minutes=40))
    card, entry = cardsteps.broken(card, FRIDAY + timedelta(minutes=41))
    done, _ = cardsteps.finished(card, FRIDAY + timedelta(hours=2), "101", "done")
    assert (entry.action, done.promise) == (Action.BROKEN, Promise.BROKEN)


def test_a_card_of_every_six_months_comes_back_until_it_is_closed_for_good() -> None:
    card, _ = cardsteps.repeats(replace(CARD, due=FRIDAY), FRIDAY, "101", Repeat(6, Unit.MONTHS, 27))
    card, entry = cardsteps.finished(card, FRIDAY, "101", "sent the list")
    in_may = datetime(2027, 5, 27, 10, 0, tzinfo=WARSAW)
    assert (card.state, card.due, entry.text, entry.due) == (State.OPEN, in_may, "sent the list", in_may)
    assert in_may.utcoffset() != FRIDAY.utcoffset(), "the same hour on the wall, though it is summer time"
    closed, _ = cardsteps.finished(card, in_may, "101", "no customer any more", for_good=True)
    assert closed.state is State.DONE


def test_a_monthly_card_of_the_thirty_first_keeps_its_day_through_february() -> None:
    due, months = datetime(2027, 1, 31, 9, tzinfo=WARSAW), Repeat(1, Unit.MONTHS, 31)
    days = []
    for _ in range(3):
        due = months.after(due, due)
        days.append((due.month, due.day))
    assert days == [(2, 28), (3, 31), (4, 30)]


def test_nobody_can_put_a_card_off_to_where_it_is_never_found() -> None:
    for far in (cardsteps.LONGEST_AHEAD_S + 1.0, 0.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="put off"):
            cardsteps.snoozed(CARD, FRIDAY, "101", far)
    with pytest.raises(ValueError, match="ten years"):
        cardsteps.moved(CARD, FRIDAY, "101", FRIDAY.replace(year=2100))
    with pytest.raises(ValueError, match="to come"):
        cardsteps.promised(CARD, FRIDAY, "101", FRIDAY)


def test_ten_minutes_are_ten_minutes_in_the_night_when_summer_time_ends() -> None:
    before = datetime(2026, 10, 25, 2, 55, tzinfo=WARSAW)
    card, _ = cardsteps.snoozed(CARD, before, "101", 600.0)
    assert card.due_at.timestamp() - before.timestamp() == 600.0
    assert card.due_at.strftime("%H:%M") == "02:05"


def test_a_due_time_that_changes_is_told_of_anew_and_the_same_one_is_not() -> None:
    told = replace(CARD, reminded=FRIDAY, due=FRIDAY)
    assert cardsteps.moved(told, FRIDAY, "101", FRIDAY)[0].reminded == FRIDAY
    assert cardsteps.moved(told, FRIDAY, "101", MONDAY_EIGHT)[0].reminded is None
    later = FRIDAY + timedelta(minutes=5)
    handed, _ = cardsteps.handed(told, later, "101", "102")
    assert (handed.due, handed.reminded) == (later, None), "the colleague has not been told yet"


def test_what_was_not_done_after_all_is_due_again() -> None:
    done, _ = cardsteps.finished(CARD, FRIDAY, "101", "done")
    card, entry = cardsteps.reopened(done, MONDAY_EIGHT, "102")
    assert (card.state, card.due, card.closed, entry.action) == (State.OPEN, MONDAY_EIGHT, None, Action.REOPENED)


def test_who_was_served_needs_no_callback_but_their_message_is_still_to_be_heard() -> None:
    """R23: closed by itself, with its reason."""
    served, entry = cardsteps.served(CARD, MONDAY_EIGHT, "put through to Anna", 12)
    assert (served.state, served.reason, entry.call) == (State.DONE, "put through to Anna", 12)
    message, _ = cardsteps.served(replace(CARD, kind=CardKind.MESSAGE), MONDAY_EIGHT, "put through to Anna", 12)
    assert (message.state, message.last_contact) == (State.OPEN, MONDAY_EIGHT)
