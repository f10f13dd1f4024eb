"""The announced wait: who is ahead, who is there, what has been learned; and it never grows (R11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from appliance.acd.distribution import Distribution
from appliance.acd.estimate import Estimate, minutes
from appliance.acd.queue import Place, Queue
from appliance.acd.staff import Presence, Staff
from appliance.call import Announced, CallerId, CallRecord, Outcome, TransferAttempt, TransferResult, Wait
from appliance.settings import GroupSettings, PersonSettings, Settings, WaitingSettings

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)
WAITING = WaitingSettings(talk_s=180.0, wrap_up_s=0.0)
TAKEN, BUSY, NO_ANSWER = TransferResult.TAKEN, TransferResult.BUSY, TransferResult.NO_ANSWER


class Office:
    """Staff, groups, queue and estimate, without lines."""

    def __init__(self, *groups: GroupSettings, people: int = 2) -> None:
        persons = tuple(PersonSettings(f"Person {n}", str(10 + n)) for n in range(1, people + 1))
        self.staff = Staff(persons, WAITING)
        self.queue = Queue()
        self.estimate = Estimate(WAITING)
        settings = Settings("Example", people=persons, groups=groups, waiting=WAITING)
        self.distribution = Distribution(settings, self.staff, self.queue)

    def tries(self, extension: str, result: TransferResult, now: float, seconds: float = 10.0) -> None:
        """An attempt is over at `now`."""
        self.staff.tried(extension, result, 99, now, self.moment(now))
        self.estimate.tried(extension, result, seconds, now, self.moment(now))

    def place(self, call: int, now: float) -> Place:
        """What this caller is told now."""
        ticket = self.queue.get(call)
        assert ticket is not None
        return self.estimate.place(
            ticket, self.queue, lambda one: self.distribution.could_ever_serve(one, now), now, self.moment(now)
        )

    @staticmethod
    def moment(now: float) -> datetime:
        return MOMENT + timedelta(seconds=now)


def all_talk(people: int = 2, since: float = 0.0) -> Office:
    office = Office(people=people)
    for number in range(1, people + 1):
        office.tries(str(10 + number), TAKEN, since)
    return office


def queued(office: Office, callers: int, group: str = "") -> None:
    for call in range(1, callers + 1):
        office.queue.take(call, group, float(call))


def test_a_free_colleague_means_less_than_a_minute() -> None:
    office = Office()
    queued(office, 1)
    place = office.place(1, 40.0)
    assert (place.position, place.low_min, place.high_min) == (1, 0, 1)


def test_nobody_is_told_that_a_colleague_is_free_before_they_can_be() -> None:
    """Who took a call a moment ago is not tried for three minutes, so it takes at least as long."""
    office = all_talk()
    queued(office, 1)
    place = office.place(1, 1.0)
    assert place.low_min >= 2
    assert place.low_min <= 3 <= place.high_min


def test_whoever_stands_further_back_is_told_a_longer_wait() -> None:
    office = all_talk()
    queued(office, 9)
    told = [office.place(call, 10.0) for call in (1, 3, 5, 7, 9)]
    assert [place.position for place in told] == [1, 3, 5, 7, 9]
    middles = [place.low_min + place.high_min for place in told]
    assert all(one < other for one, other in pairwise(middles))


def test_more_people_shorten_the_wait() -> None:
    few, many = all_talk(2), all_talk(6)
    queued(few, 6)
    queued(many, 6)
    assert many.place(6, 10.0).high_min < few.place(6, 10.0).high_min


def test_somebody_whose_telephone_rings_in_vain_is_not_counted_on() -> None:
    office = Office()
    office.tries("11", TAKEN, 0.0)
    office.tries("12", NO_ANSWER, 0.0)
    queued(office, 1)
    with_both = office.place(1, 1.0).high_min
    for now in (60.0, 120.0):
        office.tries("12", NO_ANSWER, now)
    office.tries("11", TAKEN, 121.0)
    office.queue.take(2, "", 121.0)
    office.queue.leave(1)
    assert office.place(2, 122.0).high_min > with_both


def test_people_who_are_not_in_are_not_counted_on() -> None:
    one, two = all_talk(), all_talk()
    two.staff.set_presence("12", Presence.LUNCH, None)
    queued(one, 4)
    queued(two, 4)
    assert two.place(4, 10.0).high_min > one.place(4, 10.0).high_min


def test_who_helps_out_later_is_counted_on_from_then_on() -> None:
    """R13: the other group helps a caller who has waited for two minutes; it is known beforehand."""
    alone = Office(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",)))
    helped = Office(GroupSettings("sales", ("11",), overflow="service"), GroupSettings("service", ("12",)))
    for office in (alone, helped):
        office.tries("11", TAKEN, 0.0)
        queued(office, 3, "sales")
    assert helped.place(3, 5.0).high_min < alone.place(3, 5.0).high_min


def test_callers_for_other_people_are_not_ahead() -> None:
    office = Office(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",)))
    office.tries("11", TAKEN, 0.0)
    office.tries("12", TAKEN, 0.0)
    for call in range(1, 6):
        office.queue.take(call, "service", float(call))
    office.queue.take(6, "sales", 6.0)
    office.queue.take(7, "sales", 7.0)
    assert office.place(6, 10.0).high_min < office.place(5, 10.0).high_min
    assert office.place(7, 10.0).position == 2


def test_who_matters_more_is_told_a_shorter_wait() -> None:
    """R9: with a head start they stand before others, who are no longer ahead of them."""
    office = all_talk()
    queued(office, 6)
    office.queue.take(7, "", 10.0, head_start_s=600.0)
    assert office.place(7, 11.0).high_min < office.place(6, 11.0).high_min


def test_those_ahead_may_lose_patience() -> None:
    patient, hasty = all_talk(), all_talk()
    for _ in range(50):
        patient.estimate.left(200.0, served=True)
        hasty.estimate.left(50.0, served=False)
    queued(patient, 8)
    queued(hasty, 8)
    assert hasty.place(8, 10.0).high_min < patient.place(8, 10.0).high_min


@given(st.lists(st.tuples(st.sampled_from([TAKEN, BUSY, NO_ANSWER]), st.floats(1.0, 600.0)), max_size=15))
def test_neither_the_longest_wait_nor_the_range_ever_grows(attempts: list[tuple[TransferResult, float]]) -> None:
    """Whatever happens while somebody waits: bad luck does not make them hear a longer wait than before."""
    office, now = all_talk(), 1.0
    queued(office, 4)
    told = [office.place(4, now)]
    for result, seconds in attempts:
        now += seconds
        office.tries("11", result, now)
        told.append(office.place(4, now))
    assert all(then.high_min <= first.high_min for first, then in pairwise(told))
    assert all(then.high_min - then.low_min <= first.high_min - first.low_min for first, then in pairwise(told))
    assert all(0 <= place.low_min < place.high_min for place in told)


def test_what_was_told_is_kept_for_the_call() -> None:
    office = all_talk()
    queued(office, 1)
    first, then = office.place(1, 41.0), office.place(1, 91.0)
    ticket = office.queue.get(1)
    assert ticket is not None
    told = [(one.after_s, one.low_min, one.high_min) for one in ticket.told]
    assert told == [(40.0, first.low_min, first.high_min), (90.0, then.low_min, then.high_min)]


@given(st.lists(st.floats(0.0, 3000.0), min_size=32, max_size=32))
def test_most_futures_end_in_the_range_that_is_told(waits_s: list[float]) -> None:
    low, high = minutes(sorted(waits_s))
    assert sum(60 * low <= wait_s <= 60 * high for wait_s in waits_s) >= 0.8 * 32


def test_the_range_is_as_short_as_it_can_be_or_a_minute_longer_where_its_middle_is_nearer() -> None:
    assert minutes([45.0] * 32) == (0, 1)
    assert minutes([61.0] * 32) == (0, 2)
    assert minutes([145.0] * 32) == (2, 3)
    assert minutes([130.0] * 32) == (1, 3)


def test_a_range_is_told_even_where_only_a_minute_is_left_to_promise() -> None:
    assert minutes([400.0] * 32, Announced(300.0, 0, 1)) == (0, 1)


def calls_of_yesterday(talk_s: float) -> list[CallRecord]:
    """An office whose one colleague is busy until `talk_s` after each call, with somebody always waiting."""
    records = []
    for number in range(40):
        began = MOMENT - timedelta(days=7) + timedelta(seconds=number * (talk_s + 20.0))
        attempts = (
            TransferAttempt(began + timedelta(seconds=talk_s - 10.0), "11", "Anna", BUSY, 5.0),
            TransferAttempt(began + timedelta(seconds=talk_s + 20.0), "11", "Anna", TAKEN, 10.0),
        )
        record = CallRecord(number, "Line 1", began, CallerId(), 1, 1.0, outcome=Outcome.TRANSFERRED)
        records.append(replace(record, waits=(Wait("", 100.0),), transfers=attempts))
    return records


def test_after_a_restart_the_box_knows_again_what_the_ledger_knows() -> None:
    """R11: an office with long conversations tells longer waits from the first call on."""
    new, old = Office(people=1), Office(people=1)
    old.estimate.learn(calls_of_yesterday(600.0), 0.0, MOMENT)
    for office in (new, old):
        office.tries("11", TAKEN, 0.0)
        queued(office, 3)
    assert old.place(3, 5.0).low_min > 1.5 * new.place(3, 5.0).low_min
