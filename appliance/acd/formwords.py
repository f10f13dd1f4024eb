"""The phone form in plain words, and what in it does not go together (R27)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from appliance.acd.caller import EVERYBODY, KINDS
from appliance.acd.inwords import callers_in_words, listed, times_in_words
from appliance.routingsettings import FormSettings
from appliance.settings import PersonSettings
from appliance.times import WeekSpan, read_when


def in_words(person: PersonSettings) -> list[str]:
    """What follows from the form of this person, a sentence for each answer; empty: nothing was answered."""
    return list(_sentences(person.name, person.form))


def _sentences(name: str, form: FormSettings) -> Iterator[str]:
    if form.reasons:
        yield f"People call {name} about {listed(form.reasons)}."
    for one in form.elsewhere:
        about = f" about {one.matter}" if one.matter else ""
        who = f" from {callers_in_words(one.callers)}" if one.callers else ""
        sorted_by = "" if one.callers else "; the box cannot tell what a call is about, so colleagues pass these on"
        yield f"Calls for {name}{about}{who} go to {one.to}{sorted_by}."
    if form.may_ask:
        yield f"Callers for {name} are asked for their {listed(form.may_ask)}."
    if form.quiet:
        yield f"{name} has quiet hours: {times_in_words(form.quiet)}; callers are told of a meeting."
    if form.never:
        yield f"Never put through to {name}: {callers_in_words(form.never)}."
    for at in form.only:
        when, who = times_in_words(at.when), callers_in_words(at.callers)
        yield f"Put through to {name} only at certain hours ({when}): {who}."
    if form.always:
        who = callers_in_words(form.always)
        yield f"Put through to {name} at any time, in quiet hours and while the office is closed, too: {who}."
    for at in form.private:
        yield f"Private calls for {name} are welcome {times_in_words(at.when)}: {callers_in_words(at.callers)}."
    if form.best_reached:
        yield f"{name} is best reached {times_in_words(form.best_reached)}."
    if form.best_to_call:
        yield f"{name} calls others best {times_in_words(form.best_to_call)}."


# ---------------------------------------------------------------- what does not go together


def contradictions(person: PersonSettings) -> list[str]:
    """What this person has answered that cannot hold at once, in sentences that say what to keep."""
    return [*_about_callers(person.name, person.form), *_about_asking(person)]


def doubts(person: PersonSettings) -> list[str]:
    """What this person has answered that can be followed, but is hardly meant so."""
    return list(_about_hours(person.name, person.form))


def _about_callers(name: str, form: FormSettings) -> Iterator[str]:
    only = tuple(caller for one in form.only for caller in one.callers)
    private = tuple(caller for one in form.private for caller in one.callers)
    answers = (
        ("never", form.never, "at any time", form.always),
        ("never", form.never, "at certain hours", only),
        ("never", form.never, "in private", private),
    )
    for one, these, other, those in answers:
        for text in _in_both(these, those):
            yield f"{name} wants calls from {callers_in_words([text])} {one}, and {other}: keep one of the two."
    for text in _in_both(form.always, (*only, *private)):
        if text not in form.never:
            whom = callers_in_words([text])
            yield f"{name} wants calls from {whom} at any time, and only at certain hours: keep one of the two."


def _in_both(wide: Sequence[str], narrow: Sequence[str]) -> list[str]:
    """Callers of `narrow` who are all among those of `wide`, each once."""
    return [text for text in dict.fromkeys(narrow) if any(covers(other, text) for other in wide)]


def covers(wide: str, narrow: str) -> bool:
    """Is every caller whom `narrow` names also one whom `wide` names?"""
    if wide in (narrow, EVERYBODY):
        return True
    if wide in KINDS or narrow in KINDS:
        return False
    digit = re.escape(wide.rstrip("*")).replace(r"\?", "[0-9?]") + ("[0-9?]*[*]?" if wide.endswith("*") else "")
    return re.fullmatch(digit, narrow) is not None


def _about_hours(name: str, form: FormSettings) -> Iterator[str]:
    for text in form.best_reached:
        if any(_meet(one, other) for one, other in product(_spans([text]), _spans(form.quiet))):
            yield f"{name} is best reached {times_in_words([text])}, but has quiet hours then: change one of the two."


def _spans(texts: Sequence[str]) -> list[WeekSpan]:
    """Hours of the week among these; schedules are left out, and so is what cannot be read."""
    found = []
    for text in texts:
        try:
            found.append(read_when(text))
        except ValueError:
            continue
    return found


def _meet(one: WeekSpan, other: WeekSpan) -> bool:
    """Do they share a moment? They do where one begins in the other."""
    begins = any(other.holds(day, one.span[0]) for day in one.days)
    return begins or any(one.holds(day, other.span[0]) for day in other.days)


def _about_asking(person: PersonSettings) -> Iterator[str]:
    form = person.form
    if person.protected and form.may_ask and "name" not in form.may_ask:
        yield (
            f"Callers for {person.name} are asked who they are, because protected = true, but may_ask does not have"
            ' "name": add it, or write protected = false.'
        )
