"""Who is reminded of which card, and when: once, in their hours, one thing at a time, and somebody always (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from appliance.cards import Card, CardKind
from appliance.notices import OFFICE
from appliance.reminding import MOST_IN_ONE, PEACE_S, DueCard, Reminding, Whereabouts, remindings

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
HOUR_S = 3600.0
ANNA, BORIS, CLARA = "101", "102", "103"


def card(id: int, person: str = ANNA, due: datetime = NOON, deputy: str = "") -> Card:
    return Card(
        id, CardKind.CALLBACK, NOON - timedelta(days=1), "501234567", id=id, person=person, due=due, deputy=deputy
    )


@dataclass
class Office:
    """Anna, whose deputy is Boris, and Clara; and what each of them was told."""

    places: dict[str, Whereabouts] = field(default_factory=dict)
    told: list[tuple[datetime, str, int, datetime]] = field(default_factory=list)

    def where(self, extension: str, moment: datetime) -> Whereabouts:
        return self.places.get(extension, Whereabouts.HERE)

    def deputies(self, extension: str) -> Sequence[str]:
        return {ANNA: (BORIS,)}.get(extension, ())

    def when(self, card: DueCard, to: str) -> datetime | None:
        times = [at for at, who, id, due in self.told if (who, id, due) == (to, card.id, card.due_at)]
        return max(times, default=None)

    def last(self, to: str) -> datetime | None:
        return max((at for at, who, _, _ in self.told if who == to), default=None)

    def look(self, *cards: Card, at: datetime = NOON) -> list[Reminding[Card]]:
        """Look round once; what is told is remembered."""
        due = [card for card in cards if card.due_at <= at]
        found = list(remindings(due, self, self, at, HOUR_S))
        self.told += [(at, one.to, card.id, card.due_at) for one in found for card in one.cards]
        return found

    def day(self, *cards: Card, hours: float = 10.0) -> list[tuple[float, str, tuple[int, ...]]]:
        """Look round every half minute: at which minute who was told of which cards."""
        looks = (
            (seconds, self.look(*cards, at=NOON + timedelta(seconds=seconds)))
            for seconds in range(0, int(hours * HOUR_S), 30)
        )
        return [
            (seconds / 60, one.to, tuple(card.id for card in one.cards)) for seconds, found in looks for one in found
        ]


def test_who_keeps_a_card_is_told_of_it_then_the_deputies_then_the_office_each_once() -> None:
    told = Office().day(card(1, deputy=CLARA))
    assert told == [(0, ANNA, (1,)), (60, CLARA, (1,)), (120, BORIS, (1,)), (180, OFFICE, (1,))]


def test_a_card_that_is_put_off_is_told_again_at_its_new_time_and_not_before() -> None:
    office = Office()
    office.look(card(1))
    later = replace(card(1), due=NOON + timedelta(hours=2))
    assert office.look(later, at=NOON + timedelta(minutes=119)) == []
    [again] = office.look(later, at=NOON + timedelta(hours=2))
    assert (again.to, again.instead_of) == (ANNA, "")


def test_whoever_is_away_is_left_alone_and_the_deputy_told_at_once() -> None:
    office = Office({ANNA: Whereabouts.AWAY})
    [told] = office.look(card(1), card(2))
    assert (told.to, told.instead_of, [one.id for one in told.cards]) == (BORIS, ANNA, [1, 2])


def test_whoever_is_in_a_meeting_is_told_when_they_are_back_or_the_deputy_after_a_while() -> None:
    office = Office({ANNA: Whereabouts.BACK_SOON})
    assert office.look(card(1)) == []
    assert office.look(card(1), at=NOON + timedelta(minutes=59)) == []
    office.places[ANNA] = Whereabouts.HERE
    assert [one.to for one in office.look(card(1), at=NOON + timedelta(minutes=59))] == [ANNA]
    stays_away = Office({ANNA: Whereabouts.BACK_SOON})
    assert [told[:2] for told in stays_away.day(card(1), hours=1.5)] == [(60, BORIS)]


def test_nobody_is_told_outside_their_hours_and_everybody_when_they_begin() -> None:
    office = Office(dict.fromkeys([ANNA, BORIS, OFFICE], Whereabouts.OFF))
    assert office.day(card(1), card(2, person=""), hours=1) == []
    office.places.clear()
    told = office.look(card(1), card(2, person=""), at=NOON + timedelta(hours=15))
    assert {one.to: [card.id for card in one.cards] for one in told} == {ANNA: [1], OFFICE: [2]}


def test_several_cards_that_are_due_are_one_reminder_and_the_next_leaves_some_peace() -> None:
    office = Office()
    first, second, third = card(1), card(2), card(3, due=NOON + timedelta(seconds=30))
    assert [told[1:] for told in office.day(first, second, third, hours=0.5)] == [(ANNA, (1, 2)), (ANNA, (3,))]
    assert office.told[-1][0] - NOON >= timedelta(seconds=PEACE_S)


def test_what_somebody_does_for_others_does_not_come_together_with_their_own() -> None:
    office = Office({ANNA: Whereabouts.AWAY})
    told = office.day(card(1), card(2, person=BORIS), hours=0.5)
    assert [(who, cards) for _, who, cards in told] == [(BORIS, (2,)), (BORIS, (1,))]


def test_a_clock_that_was_hours_ahead_leaves_nobody_without_reminders() -> None:
    office = Office()
    office.look(card(1, due=NOON), at=NOON + timedelta(hours=3))
    assert [told[:2] for told in office.day(card(2), hours=0.5)] == [(0, ANNA)], "the clock is right again"


def test_a_card_of_somebody_who_works_here_no_longer_comes_to_the_office() -> None:
    office = Office({"199": Whereabouts.AWAY})
    assert [one.to for one in office.look(card(1, person="199"))] == [OFFICE]


@given(
    st.lists(st.tuples(st.sampled_from(["", ANNA, BORIS, CLARA]), st.integers(0, 180)), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from([ANNA, BORIS, CLARA]), st.sampled_from(list(Whereabouts))), max_size=12),
)
def test_whatever_people_do_no_card_is_told_twice_early_or_to_who_is_not_there_and_none_is_forgotten(
    due: list[tuple[str, int]], moves: list[tuple[str, Whereabouts]]
) -> None:
    office = Office()
    cards = [card(n, person, NOON + timedelta(minutes=after)) for n, (person, after) in enumerate(due, 1)]
    for minute in range(0, 12 * 60, 5):
        if minute % 60 == 0 and moves:
            who, where = moves.pop()
            office.places[who] = where
        at = NOON + timedelta(minutes=minute)
        told = office.look(*cards, at=at)
        assert len({one.to for one in told}) == len(told), "two at once"
        assert all(office.where(one.to, at) is Whereabouts.HERE for one in told)
    assert all(at >= due_at for at, _, _, due_at in office.told)
    assert len({(who, id) for _, who, id, _ in office.told}) == len(office.told), "told twice"
    off = {who for who, where in office.places.items() if where is Whereabouts.OFF}
    assert {id for _, _, id, _ in office.told} >= {one.id for one in cards if one.person not in off}


def test_a_hundred_cards_are_told_a_few_at_a_time() -> None:
    told = Office().day(*(card(id) for id in range(1, 101)), hours=1.0)
    assert [len(cards) for _, _, cards in told] == [MOST_IN_ONE] * (100 // MOST_IN_ONE)
    assert sorted(id for _, _, cards in told for id in cards) == list(range(1, 101))
