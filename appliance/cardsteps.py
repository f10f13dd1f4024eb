"""What can happen to a card: each step gives the card as it is afterwards, and the line of its history (R24, R26).

Pure: nothing is kept here, and no step overwrites what was written before. `by` is the extension of who does it, empty
for the box itself. Not reached means: again on the next day that the office works.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from appliance.cards import (
    IN_VAIN,
    MOST_CALLS,
    MOST_TEXT,
    OF_CALLERS,
    Action,
    Card,
    CardKind,
    Entry,
    Promise,
    Repeat,
    Result,
    State,
)
from appliance.duetimes import OpenTimes, next_working_day

Step = tuple[Card, Entry]

LONGEST_AHEAD_S = 10 * 366 * 86_400.0
"""No card is put further into the future."""


def made(card: Card, by: str = "", told: str = "") -> Step:
    """A new card, with its number `card.id`; `told` is what else there is to know of how it came about."""
    calls = card.calls or ((card.call,) if card.call else ())
    card = replace(card, matter=card.matter[:MOST_TEXT], calls=calls)
    if card.promised and card.promise is Promise.NONE:
        card = replace(card, promise=Promise.GIVEN)
    return _step(card, card.made, Action.MADE, by, text=_told(card, told), call=card.call, recording=card.recording)


def may_join(old: Card, new: Card) -> bool:
    """Can what makes `new` be added to the open card `old` of the same caller (R23)?

    A message is not given up for another recording, for it has to be heard; what the staff have written down is theirs.
    """
    if old.kind is CardKind.TASK or new.kind is CardKind.TASK:
        return False
    return not (old.kind is CardKind.MESSAGE and new.recording not in ("", old.recording))


def joined(old: Card, new: Card, told: str = "") -> Step:
    """The same caller again: the card stays one, becomes as binding as the more binding of the two, and knows more.

    A new wish of the caller counts, a call that was only abandoned changes none.
    """
    wish = new.kind in (CardKind.CALLBACK, CardKind.MESSAGE)
    kind = min(old.kind, new.kind, key=_binding)
    card = replace(
        old,
        kind=kind,
        name=old.name or new.name,
        company=old.company or new.company,
        contact=old.contact or new.contact,
        number=new.number if wish and new.number else old.number,
        matter=old.matter or new.matter,
        recording=new.recording if new.recording and (wish or not old.recording) else old.recording,
        called_from=new.called_from or old.called_from,
        group=new.group or old.group,
        person=old.person or new.person,
        urgent=old.urgent or new.urgent,
        calls=(*old.calls, *((new.call,) if new.call and new.call not in old.calls else ()))[-MOST_CALLS:],
    )
    if wish:
        card = replace(_due_at(card, new.due_at), when=new.when)
        if new.promised:
            card = replace(card, promised=new.promised, promise=Promise.GIVEN)
    elif _seconds(new.due_at, card.due_at) > 0.0 and old.kind not in (
        CardKind.CALLBACK,
        CardKind.MESSAGE,
        CardKind.TASK,
    ):
        card = _due_at(card, new.due_at)
    text, due = _told(new, told), card.due_at
    return _step(card, new.made, Action.CALLED_AGAIN, text=text, call=new.call, recording=new.recording, due=due)


def called(card: Card, at: datetime, by: str, result: Result, text: str, hours: OpenTimes) -> Step:
    """Somebody has called them. In vain: the card moves to the next working day; reached: the promise is kept."""
    if result in IN_VAIN:
        card = _due_at(card, next_working_day(hours, at))
    if result is Result.REACHED:
        card = _settled(replace(card, last_contact=at), at)
    return _step(card, at, Action.CALLED, by, text=text, result=result, due=card.due_at)


def noted(card: Card, at: datetime, by: str, text: str) -> Step:
    """Somebody writes something down; where the matter was not known yet, this is it."""
    text = text[:MOST_TEXT]
    return _step(replace(card, matter=card.matter or text), at, Action.NOTED, by, text=text)


def moved(card: Card, at: datetime, by: str, due: datetime) -> Step:
    """The card goes behind another divider. `ValueError` for a time that is too far away."""
    return _moved(card, at, by, due, Action.MOVED)


def snoozed(card: Card, at: datetime, by: str, seconds: float) -> Step:
    """Not now: so many seconds later, counted from now. `ValueError` where that is less than one, or too many."""
    if not 1.0 <= seconds <= LONGEST_AHEAD_S:
        raise ValueError("put off by how long?")
    # Counted on the clock, not on the wall: ten minutes are ten minutes when summer time begins, too.
    due = datetime.fromtimestamp(at.timestamp() + seconds, at.tzinfo)
    return _moved(card, at, by, due, Action.SNOOZED)


def handed(card: Card, at: datetime, by: str, to: str) -> Step:
    """The card is another's from now on; what has come due is due for them now, so that they are told of it."""
    card = replace(card, person=to, taken_by="")
    if _seconds(card.due_at, at) > 0.0:
        card = _due_at(card, at)
    return _step(card, at, Action.HANDED, by, text=to, due=card.due_at)


def taken(card: Card, at: datetime, by: str) -> Step:
    """Somebody says that they see to it."""
    return _step(replace(card, person=by, taken_by=by), at, Action.TAKEN, by)


def promised(card: Card, at: datetime, by: str, until: datetime) -> Step:
    """Somebody has told them until when it will be done (R26). `ValueError` for a time that is not to come."""
    if not 0.0 < _seconds(at, until) <= LONGEST_AHEAD_S:
        raise ValueError("a promise needs a time to come")
    card = replace(card, promised=until, promise=Promise.GIVEN)
    if _seconds(until, card.due_at) > 0.0:
        card = _due_at(card, until)
    return _step(card, at, Action.PROMISED, by, text=until.isoformat(timespec="minutes"), due=card.due_at)


def broken(card: Card, at: datetime) -> Step:
    """The promised time has passed, and nothing was done."""
    assert card.promised is not None
    return _step(replace(card, promise=Promise.BROKEN), at, Action.BROKEN, text=card.promised.isoformat())


def repeats(card: Card, at: datetime, by: str, repeat: Repeat | None) -> Step:
    """From now on the card comes back, or no longer."""
    text = "not any more" if repeat is None else f"every {repeat.every} {repeat.unit.value}"
    return _step(replace(card, repeat=repeat), at, Action.REPEATS, by, text=text)


def finished(card: Card, at: datetime, by: str, reason: str, *, call: int = 0, for_good: bool = False) -> Step:
    """It is done, for this `reason`. A recurring card comes back when its time comes, unless it is done `for_good`."""
    reason = reason[:MOST_TEXT] or "done"
    card = _settled(card, at)
    if card.repeat is not None and not for_good:
        card = replace(_due_at(card, card.repeat.after(card.due_at, at)), promise=Promise.NONE, promised=None)
    else:
        card = replace(card, state=State.DONE, reason=reason, closed=at)
    return _step(card, at, Action.DONE, by, text=reason, due=None if card.done else card.due_at, call=call)


def served(card: Card, at: datetime, reason: str, call: int) -> Step:
    """Somebody has talked with this caller (R23): what only waited for that is done, all else knows of it."""
    card = replace(card, last_contact=at)
    if card.kind in OF_CALLERS:
        return finished(card, at, "", reason, call=call, for_good=True)
    return _step(card, at, Action.NOTED, text=reason, call=call)


def reopened(card: Card, at: datetime, by: str) -> Step:
    """It was not done after all: due at once."""
    card = replace(_due_at(card, at), state=State.OPEN, reason="", closed=None)
    return _step(card, at, Action.REOPENED, by, due=at)


# ---------------------------------------------------------------- how it is done


def _step(card: Card, at: datetime, action: Action, by: str = "", text: str = "", **more: Any) -> Step:
    card = replace(card, entries=card.entries + 1)
    return card, Entry(card.id, card.entries, at, action, by, text[:MOST_TEXT], **more)


def _due_at(card: Card, due: datetime) -> Card:
    """Each due time is told of once; the same one is not told again."""
    return replace(card, due=due, reminded=None) if _seconds(card.due_at, due) else card


def _moved(card: Card, at: datetime, by: str, due: datetime, action: Action) -> Step:
    if _seconds(at, due) > LONGEST_AHEAD_S:
        raise ValueError("no card is put off for longer than ten years")
    card = _due_at(card, due)
    return _step(card, at, action, by, due=due)


def _settled(card: Card, at: datetime) -> Card:
    """A promise is kept if its time has not passed."""
    if card.promise is not Promise.GIVEN or card.promised is None:
        return card
    return replace(card, promise=Promise.BROKEN if _seconds(card.promised, at) > 0.0 else Promise.KEPT)


def _seconds(start: datetime, end: datetime) -> float:
    """From one moment to another as a clock counts, whatever hour the wall shows."""
    return end.timestamp() - start.timestamp()


def _told(card: Card, told: str) -> str:
    return f"{card.kind.value}; {told}" if told else card.kind.value


def _binding(kind: CardKind) -> int:
    order = (CardKind.CALLBACK, CardKind.MESSAGE, *OF_CALLERS[1:], CardKind.TASK)
    return order.index(kind)
