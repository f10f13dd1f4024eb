"""What settings name again and again: destinations, callers, times, schedules. Each must be one that there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.acd.decision import LEADS
from appliance.acd.rules import check_caller
from appliance.schedule import OFFICE
from appliance.settings import Settings
from appliance.store.problems import Place, Problems, known, nearest, row, shown
from appliance.times import read_when


def check_destination(
    text: str, says: str, settings: Settings, place: Place, problems: Problems, *, words: Sequence[str] = tuple(LEADS)
) -> None:
    """What is named at `place` is a group, a person, or one of `words`; an empty text is told elsewhere."""
    groups = [group.name for group in settings.groups if group.name]
    people = [name for person in settings.people for name in (person.name, person.extension) if name]
    if not text or text in groups or text in words:
        return
    called_so = sum(person.name == text for person in settings.people)
    if called_so > 1:
        told = f"{says} {shown(text)}, but {called_so} people are called so: write the extension instead."
        problems.tell(place, told)
    elif text not in people and not _excused(text, settings, problems):
        close = nearest(text, [*groups, *people, *words])
        where = "which is not in [[groups]]" if not words else "which is no group, no person and no word for a way on"
        problems.tell(place, f"{says} {shown(text)}, {where}: {_meant(close, groups, text)}.")


def _meant(close: str, groups: Sequence[str], text: str) -> str:
    return f'did you mean "{close}"' if close else known("groups", text, groups)


def _excused(text: str, settings: Settings, problems: Problems) -> bool:
    """Might it be the name of a group or person that could not be read?"""
    groups = [row("groups", number, key="name") for number in range(1, len(settings.groups) + 1)]
    key = "extension" if text.isdecimal() else "name"
    people = [row("people", number, key=key) for number in range(1, len(settings.people) + 1)]
    return problems.excuses(text, "groups", *groups) or problems.excuses(text, "people", *people)


def check_schedule(
    name: str, settings: Settings, place: Place, problems: Problems, *, also: Sequence[str] = ()
) -> None:
    """The schedule that is named at `place` is there; an empty name is none."""
    names = [*also, *(schedule.name for schedule in settings.schedules if schedule.name)]
    if name and name not in names and not _schedule_excused(name, settings, problems):
        words = f"{place.key} names {shown(name)}, which is not in [[schedules]]: {known('schedules', name, names)}."
        problems.tell(place, words)


def _schedule_excused(name: str, settings: Settings, problems: Problems) -> bool:
    rows = [row("schedules", number, key="name") for number in range(1, len(settings.schedules) + 1)]
    return problems.excuses(name, "schedules", *rows)


def check_times(texts: Sequence[str], settings: Settings, place: Place, problems: Problems) -> None:
    """Each is hours of the week, or a schedule, or "open" or "closed"."""
    names = {"open", "closed", OFFICE, *(schedule.name for schedule in settings.schedules)}
    for text in texts:
        if text not in names and not _schedule_excused(text, settings, problems):
            check_text(text, read_when, place, problems, 'or the name of one of [[schedules]], "open" or "closed"')


def check_callers(texts: Sequence[str], place: Place, problems: Problems) -> None:
    """Each can be told from others when they call."""
    for text in texts:
        check_text(text, check_caller, place, problems)


def check_text(text: str, read: Callable[[str], object], place: Place, problems: Problems, more: str = "") -> None:
    """A text can be read, which says otherwise what to write instead."""
    try:
        read(text)
    except ValueError as wrong:
        problems.tell(place, f"{place.key} has {shown(text)}: {', '.join(filter(None, (str(wrong), more)))}.")
