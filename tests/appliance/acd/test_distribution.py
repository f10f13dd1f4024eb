"""Who gets whom: strategies, those who help out, the person who knows the caller, and head starts (R8, R9, R13)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.acd.distribution import Distribution
from appliance.acd.queue import Queue
from appliance.acd.staff import REST_S, Presence, Staff
from appliance.call import TransferAttempt, TransferResult
from appliance.settings import STRATEGIES, GroupSettings, PersonSettings, Settings, WaitingSettings

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANNA, BORIS, CELINA = "101", "102", "103"
PEOPLE = (
    PersonSettings("Anna", ANNA, deputies=(CELINA,), skills=("sales 9",)),
    PersonSettings("Boris", BORIS, skills=("sales 4",), languages=("de",)),
    PersonSettings("Celina", CELINA, pin="4711"),
)


class Office:
    """Groups, staff and queue, without lines."""

    def __init__(self, *groups: GroupSettings, waiting: WaitingSettings | None = None) -> None:
        waiting = waiting or WaitingSettings(talk_s=60.0, wrap_up_s=0.0)
        settings = Settings("Example", people=PEOPLE, groups=groups, waiting=waiting)
        self.staff = Staff(PEOPLE, waiting)
        self.queue = Queue()
        self.distribution = Distribution(settings, self.staff, self.queue)
        self.staff.come_back(MOMENT)

    def offered(self, now: float) -> list[tuple[int, str]]:
        """Who is offered whom at this moment; every offer is booked, as the office does it."""
        pairs = []
        waiting = {ticket.call for ticket in self.queue}
        for ticket, colleague in self.distribution.offers(waiting.__contains__, now):
            waiting.remove(ticket.call)
            self.staff.offer(colleague.person.extension, ticket.call, MOMENT)
            pairs.append((ticket.call, colleague.person.extension))
        return pairs

    def serve(self, call: int, now: float, group: str = "sales", until: float | None = None) -> str:
        """One caller comes, is offered somebody who takes the call, and they talk `until` then."""
        self.queue.take(call, group, now)
        [(_, extension)] = self.offered(now)
        self.queue.leave(call)
        self.staff.tried(extension, TransferResult.TAKEN, call, now, MOMENT)
        if until is not None:
            self.staff.has_hung_up(extension, until, MOMENT)
        return extension


def sales(strategy: str, people: tuple[str, ...] = (ANNA, BORIS), **more: object) -> GroupSettings:
    return GroupSettings("sales", people, strategy=strategy, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------ strategies (R8)


@pytest.mark.parametrize(
    ("strategy", "served"),
    [
        ("longest idle", [ANNA, BORIS, ANNA, BORIS]),
        ("fixed order", [ANNA, ANNA, ANNA, ANNA]),
        ("round robin", [ANNA, BORIS, ANNA, BORIS]),
        ("fewest calls", [ANNA, BORIS, ANNA, BORIS]),
        ("best skill", [ANNA, ANNA, BORIS, ANNA]),
    ],
)
def test_callers_who_come_one_by_one_are_given_to_people_as_the_strategy_says(strategy: str, served: list[str]) -> None:
    office = Office(sales(strategy))
    assert [office.serve(call, 100.0 * call, until=100.0 * call + 50.0) for call in range(1, 5)] == served


def test_round_robin_passes_over_who_is_busy_but_does_not_lose_their_turn() -> None:
    office = Office(sales("round robin", (ANNA, BORIS, CELINA)))
    assert office.serve(1, 0.0, until=1.0) == ANNA
    office.staff.tried(BORIS, TransferResult.BUSY, 9, 1.0, MOMENT)
    assert office.serve(2, 2.0, until=3.0) == CELINA
    assert office.serve(3, 100.0, until=101.0) == BORIS


def test_fewest_calls_counts_those_of_today_only() -> None:
    office = Office(sales("fewest calls"))
    for call in range(1, 4):
        office.staff.tried(ANNA, TransferResult.TAKEN, call, 0.0, MOMENT)
    assert office.serve(4, 1000.0) == BORIS
    office.staff.come_back(MOMENT + timedelta(days=1))
    assert office.serve(5, 90_000.0) == ANNA


def test_what_was_taken_today_before_a_restart_is_counted() -> None:
    office = Office(sales("fewest calls"))
    yesterday = MOMENT - timedelta(days=1)
    before = [
        TransferAttempt(MOMENT, ANNA, "Anna", TransferResult.TAKEN, 9.0),
        TransferAttempt(MOMENT, BORIS, "Boris", TransferResult.NO_ANSWER, 9.0),
        TransferAttempt(yesterday, BORIS, "Boris", TransferResult.TAKEN, 9.0),
        TransferAttempt(MOMENT, "999", "who has left", TransferResult.TAKEN, 9.0),
    ]
    office.staff.have_taken(before)
    assert office.serve(1, 0.0) == BORIS


def test_the_best_is_given_calls_until_the_load_makes_another_better_and_rest_makes_them_best_again() -> None:
    office = Office(sales("best skill"))
    first = Counter(office.serve(call, 60.0 * call, until=60.0 * call + 1.0) for call in range(12))
    assert first[ANNA] > first[BORIS] > 0
    assert office.serve(99, 20_000.0) == ANNA


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(data=st.data())
def test_whoever_is_free_is_offered_and_nobody_twice(strategy: str, data: st.DataObject) -> None:
    """R8: no caller waits while somebody of their group is free, and nobody is offered two calls at once."""
    office = Office(sales(strategy, (ANNA, BORIS, CELINA)))
    busy = data.draw(st.sets(st.sampled_from([ANNA, BORIS, CELINA])))
    callers = data.draw(st.integers(0, 6))
    for extension in busy:
        office.staff.tried(extension, TransferResult.TAKEN, 90, 0.0, MOMENT)
    for call in range(callers):
        office.queue.take(call, "sales", float(call))
    pairs = office.offered(10.0)
    assert [call for call, _ in pairs] == list(range(min(callers, 3 - len(busy))))
    assert len({extension for _, extension in pairs} | busy) == len(pairs) + len(busy)


# ------------------------------------------------------------ who helps out (R13)


def test_deputies_take_the_calls_of_a_group_in_which_nobody_is() -> None:
    office = Office(sales("longest idle", (ANNA,)))
    office.staff.set_presence(ANNA, Presence.AWAY, None)
    office.queue.take(1, "sales", 0.0)
    assert office.offered(0.0) == [(1, CELINA)]


def test_the_group_that_helps_out_is_asked_when_a_caller_has_waited_long_enough() -> None:
    office = Office(
        sales("longest idle", (ANNA,), overflow="service", overflow_after_s=90.0), GroupSettings("service", (BORIS,))
    )
    office.staff.tried(ANNA, TransferResult.TAKEN, 9, 0.0, MOMENT)
    office.queue.take(1, "sales", 0.0)
    assert office.distribution.next_change(0.0) == 90.0
    assert office.offered(30.0) == []
    office.staff.tried(ANNA, TransferResult.TAKEN, 9, 60.0, MOMENT)
    assert office.offered(90.0) == [(1, BORIS)]


def test_it_is_asked_at_once_where_neither_the_group_nor_its_deputies_are_there() -> None:
    office = Office(sales("longest idle", (ANNA,), overflow="service"), GroupSettings("service", (BORIS,)))
    for extension in (ANNA, CELINA):
        office.staff.set_presence(extension, Presence.OUT, None)
    office.queue.take(1, "sales", 0.0)
    assert office.offered(0.0) == [(1, BORIS)]


def test_groups_that_help_one_another_in_a_circle_are_each_asked_once() -> None:
    circle = (
        sales("longest idle", (ANNA,), overflow="service", overflow_after_s=0.0),
        GroupSettings("service", (BORIS,), overflow="sales", overflow_after_s=0.0),
    )
    office = Office(*circle)
    office.queue.take(1, "sales", 0.0)
    ticket = next(iter(office.queue))
    assert [who.person.extension for who in office.distribution.could_serve(ticket, 0.0)] == [ANNA, BORIS]


# ------------------------------------------------------------ the person who knows the caller (R4, R5)


def test_a_caller_is_kept_for_who_knows_them_and_then_given_to_anybody() -> None:
    office = Office(sales("longest idle"))
    office.staff.tried(BORIS, TransferResult.TAKEN, 9, 0.0, MOMENT)
    office.queue.take(1, "sales", 0.0).prefers = BORIS
    assert office.offered(59.0) == []
    assert office.distribution.next_change(59.0) == 60.0
    assert office.offered(59.9) == []
    assert office.offered(60.0)[0][0] == 1


def test_who_knows_them_takes_them_even_from_outside_the_group() -> None:
    office = Office(sales("longest idle", (ANNA,)))
    office.queue.take(1, "sales", 0.0).prefers = CELINA
    assert office.offered(0.0) == [(1, CELINA)]


def test_nobody_waits_for_somebody_who_is_not_in() -> None:
    office = Office(sales("longest idle"))
    office.staff.set_presence(CELINA, Presence.LUNCH, None)
    office.queue.take(1, "sales", 0.0).prefers = CELINA
    assert office.offered(0.0) == [(1, ANNA)]


def test_a_caller_is_kept_for_those_who_speak_their_language() -> None:
    office = Office(sales("longest idle"))
    office.queue.take(1, "sales", 0.0).language = "de"
    office.queue.take(2, "sales", 1.0).language = "pl"
    assert office.offered(1.0) == [(1, BORIS), (2, ANNA)]


# ------------------------------------------------------------ head starts (R9)


def test_a_caller_with_a_head_start_passes_those_who_came_shortly_before() -> None:
    queue = Queue()
    queue.take(1, "sales", 0.0)
    vip = queue.take(2, "sales", 100.0, head_start_s=300.0)
    assert [ticket.call for ticket in queue] == [2, 1]
    assert queue.position(vip) == 1


@given(st.lists(st.tuples(st.floats(0, 1000), st.sampled_from([0.0, 60.0, 300.0])), max_size=30), st.floats(0, 1000))
def test_nobody_starves(others: list[tuple[float, float]], mine: float) -> None:
    """R9: whoever comes later than the largest head start after me is served after me, whoever they are."""
    queue = Queue()
    ticket = queue.take(0, "sales", mine)
    for call, (since, head_start_s) in enumerate(others, 1):
        queue.take(call, "sales", since, head_start_s=head_start_s)
    before = [other for other in queue if other.turn < ticket.turn]
    assert all(other.since <= mine + 300.0 for other in before)
    assert queue.position(ticket) <= 1 + sum(1 for since, _ in others if since <= mine + 300.0)


# ------------------------------------------------------------ who never answers (R8)


def test_who_does_not_answer_call_after_call_is_logged_out_and_the_board_says_so() -> None:
    office = Office(waiting=WaitingSettings(log_out_after=3))
    for call in range(3):
        assert not office.staff.log_out_unanswered(CELINA, MOMENT)
        office.staff.tried(CELINA, TransferResult.NO_ANSWER, call, 100.0 * call, MOMENT)
    assert office.staff.log_out_unanswered(CELINA, MOMENT)
    assert office.staff[CELINA].presence is Presence.OUT
    [fault] = office.staff.faults()
    assert "Celina did not answer 3 calls in a row" in fault.problem
    assert office.staff.come_back(MOMENT + timedelta(days=1)) == []
    office.staff.set_presence(CELINA, Presence.IN, None)
    assert list(office.staff.faults()) == []


def test_who_cannot_log_in_by_telephone_is_in_again_after_a_quarter_of_an_hour() -> None:
    office = Office(waiting=WaitingSettings(log_out_after=1))
    office.staff.tried(ANNA, TransferResult.NO_ANSWER, 1, 0.0, MOMENT)
    assert office.staff.log_out_unanswered(ANNA, MOMENT)
    assert office.staff.next_change(0.0, lambda: MOMENT) <= REST_S
    assert office.staff.come_back(MOMENT + timedelta(seconds=REST_S - 1)) == []
    assert [who.person.name for who in office.staff.come_back(MOMENT + timedelta(seconds=REST_S))] == ["Anna"]
    assert list(office.staff.faults()) == []


def test_busy_and_taken_calls_between_are_answers() -> None:
    office = Office(waiting=WaitingSettings(log_out_after=2))
    for result in (TransferResult.NO_ANSWER, TransferResult.BUSY, TransferResult.NO_ANSWER, TransferResult.TAKEN):
        office.staff.tried(ANNA, result, 1, 0.0, MOMENT)
        assert not office.staff.log_out_unanswered(ANNA, MOMENT)


def test_a_transfer_that_never_reached_the_extension_says_nothing_of_who_sits_there() -> None:
    office = Office(waiting=WaitingSettings(log_out_after=2))
    for result in (TransferResult.NO_ANSWER, TransferResult.NO_DIAL_TONE, TransferResult.NO_ANSWER):
        office.staff.tried(ANNA, result, 1, 0.0, MOMENT)
    assert office.staff.log_out_unanswered(ANNA, MOMENT)
