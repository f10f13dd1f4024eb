"""What must be true of every caller and every ring after a soak (R23): nobody is lost, each ring has its record."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.call import CallRecord, Outcome
from appliance.cards import Card
from hardware.simulated.exchange import Release
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.legs import Where
from hardware.simulated.story import CallerStory

SAME_MOMENT_S = 10.0
"""A line and its record tell the moment of the answer so close together; no two calls of a line are."""
NOTICED_WITHIN_S = 3.5
"""By then the slowest sign, a tone, is recognised."""
LOST, IN_VAIN = "lost", "rang in vain"
RING_PERIOD_S, SAME_CALL_S, ANOTHER_CALL_S = 5.0, 0.01, 10.0
"""One call rings in this rhythm; after so long a pause, two periods, ringing is another call for certain."""


@dataclass(frozen=True, slots=True)
class Books:
    """The office's books after a soak; `zero` is the wall time at which the clock stood at 0."""

    records: Sequence[CallRecord]
    cards: Sequence[Card]
    zero: datetime

    def began_s(self, record: CallRecord) -> float:
        """When this call began, in seconds of the clock."""
        return (record.started - self.zero).total_seconds()

    def of(self, story: CallerStory, began: float) -> CallRecord | None:
        """The record of the call that this caller made: on the line that answered them, and at that moment.

        The program knows of the answer by its result, which may have been late, or lost and asked for again. Somebody
        without a number who rings when another one has just given up is taken for them.
        """
        line = next((f"Line {int(s.extension[1:])}" for s in story.segments if s.where is Where.OFFICE), "")
        if story.answered_at is None or not line:
            return None
        answered = [
            (abs(self.began_s(record) + record.answer_s - began - story.answered_at), record)
            for record in self.records
            if record.answer_s is not None and record.line == line
            if not story.number or record.caller_id.number in ("", story.number)
        ]
        nearest = min(answered, key=lambda found: found[0], default=(math.inf, None))
        return nearest[1] if nearest[0] <= SAME_MOMENT_S else None


def judge_callers(
    stories: Sequence[CallerStory],
    books: Books,
    began: float,
    troubles: Sequence[tuple[float, float]],
    releases: Sequence[Release],
    deaf: Collection[str],
) -> tuple[Counter[str], list[str]]:
    """How everybody was served, and who was lost.

    `troubles` are the times in which a line could not answer, `releases` the signs that the callers leave in their
    order, `deaf` the lines whose modem hears nothing while it speaks.
    """
    carded = {card.number for card in books.cards if card.number}
    calls_carded = {call for card in books.cards for call in (card.call, *card.calls)}
    served: Counter[str] = Counter()
    lost = []
    for story in stories:
        record = books.of(story, began)
        how = _how(story, record, carded, calls_carded)
        if how == LOST and record is not None and _left_unseen(story, releases[story.order - 1], record.line in deaf):
            how = "hung up without a sign that the modem could hear, and was handed over"
        if how == IN_VAIN and _overlaps(troubles, began + story.began, began + story.ended_at):
            how = "rang while a line was broken, so the office's own telephones rang (R37)"
        served[how] += 1
        if how in (LOST, IN_VAIN):
            near = [
                (round(books.began_s(r), 1), r.line, r.caller_id.number, r.answer_s, r.outcome and r.outcome.value)
                for r in books.records
                if began + story.began - 12.0 <= books.began_s(r) <= began + story.ended_at + 12.0
            ]
            release = releases[story.order - 1].value
            lost.append(
                f"caller {story.order} {how} ({release}); {story.told()}; record {record}; records near: {near}"
            )
    return served, lost


def _overlaps(spans: Sequence[tuple[float, float]], since: float, until: float) -> bool:
    return any(first <= until and since <= last for first, last in spans)


def _left_unseen(story: CallerStory, release: Release, deaf: bool) -> bool:
    """Could nobody at the line know that this caller had gone when they were handed over?

    Some leave no sign; a modem that is deaf while it speaks knows of busy tone only; and what comes in the moment
    before the flash is noticed too late.
    """
    if story.ended_how != "hung up":
        return False
    unheard = release is Release.SILENCE or (deaf and release in (Release.LOOP, Release.DIAL_TONE))
    flashed = next((hook.at for hook in story.hooks if not hook.off_hook and hook.at >= story.ended_at), math.inf)
    return unheard or flashed - story.ended_at < NOTICED_WITHIN_S


def _how(story: CallerStory, record: CallRecord | None, carded: set[str], calls_carded: set[int]) -> str:
    if story.talked_to:
        return "talked to a colleague"
    if (story.number and story.number in carded) or (record is not None and record.number in calls_carded):
        return "has a card"
    if story.ended_how == "heard busy tone":
        return "met busy lines"
    if story.answered_at is None:
        return "gave up within two rings" if story.rings <= 1 else IN_VAIN
    if story.ended_how == "hung up" and story.segments[-1].where in (Where.HOLD, Where.RINGING_COLLEAGUE):
        return "hung up while a colleague's telephone rang"
    if record is not None and not record.caller_id.number and record.outcome is Outcome.INFORMED:
        return "gave no number when asked for one, and was thanked"
    if not story.number and record is not None and record.outcome is not None:
        return "left no number and has a record"
    return LOST


def judge_rings(modem: FakeModem, line: str, books: Books) -> str:
    """A complaint if a line that was left in peace has more or fewer records than calls that rang on it."""
    least, most = calls_that_rang(list(modem.record.rings), [at for at, off_hook in modem.record.hooks if off_hook])
    written = sum(record.line == line for record in books.records)
    return "" if least <= written <= most else f"{line}: {least} to {most} calls rang, {written} are in the book"


def calls_that_rang(bursts: Sequence[float], lifted: Sequence[float]) -> tuple[int, int]:
    """How many calls these bursts of ringing belong to, at the least and at the most.

    An answer or a pause tells two calls apart. Where one caller gives up and the PBX lets the next one ring at once,
    the rhythm is broken, which a line need not notice.
    """
    least = most = 0
    last = -math.inf
    for burst in bursts:
        answered = any(last < at <= burst for at in lifted)
        least += answered or burst - last > ANOTHER_CALL_S
        most += answered or abs(burst - last - RING_PERIOD_S) > SAME_CALL_S
        last = burst
    return least, most


def judge_book(books: Books) -> list[str]:
    """Every record is finished, and none is there twice."""
    unfinished = [f"call {r.number} on {r.line} has no outcome" for r in books.records if r.outcome is None]
    numbers = Counter(record.number for record in books.records)
    return unfinished + [
        f"call {number} is in the book {count} times" for number, count in numbers.items() if count > 1
    ]
