"""What must fit together among people: extensions, and who stands in for whom (R13, R18).

People may be named by name or by extension, wherever a setting names one; the office knows them by extension.

Two who are each other's deputies are what every small office has: deputies are asked once each, in their order, so
nobody goes round in it. A longer ring that nobody outside stands in for is still harmless, but somebody has probably
been forgotten: that is advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from appliance.pin import PIN, kept_form
from appliance.settings import PersonSettings, Settings
from appliance.store.problems import Place, Problems, doubles, known, row, shown

LONGEST_PAIR = 2
"""Two people who help each other are no ring."""
MOST_DEPUTIES = 20


def check_people(settings: Settings, problems: Problems) -> None:
    """Every person has an extension of their own, and helpers who exist."""
    owners: dict[str, int] = {}
    for number, person in enumerate(settings.people, 1):
        place = row("people", number, person.name)
        if person.extension in owners:
            first = owners[person.extension]
            problems.tell(
                place.at("extension"),
                f"extension {person.extension} is already that of {settings.people[first - 1].name}: "
                "give each person an extension of their own.",
                row("people", first, key="extension"),
            )
        owners.setdefault(person.extension, number)
        _check_deputies(person, settings.people, place.at("deputies"), problems)
        _check_assistant(person, settings.people, place.at("assistant"), problems)
    _advise_on_rings(settings.people, problems)


def _check_deputies(person: PersonSettings, people: Sequence[PersonSettings], place: Place, problems: Problems) -> None:
    if len(person.deputies) > MOST_DEPUTIES:
        problems.tell(place, f"deputies has {len(person.deputies)} people: write {MOST_DEPUTIES} at most.")
        return
    check_named(person.deputies, people, place, problems)
    deputies = [extension_of(who, people) for who in person.deputies]
    if doubles(deputies) or (person.extension and person.extension in deputies):
        problems.tell(place, f"deputies names {person.name} or somebody twice: write each colleague once.")


def _check_assistant(
    person: PersonSettings, people: Sequence[PersonSettings], place: Place, problems: Problems
) -> None:
    if not person.assistant:
        return
    check_named([person.assistant], people, place, problems)
    if person.extension and extension_of(person.assistant, people) == person.extension:
        problems.tell(place, "assistant names the same person: name somebody else, or take the line out.")


def _advise_on_rings(people: Sequence[PersonSettings], problems: Problems) -> None:
    """Whose deputies' deputies lead back to themselves and to nobody else."""
    names = {one.extension: one.name for one in people}
    helpers = {one.extension: [extension_of(who, people) for who in one.deputies[:MOST_DEPUTIES]] for one in people}
    helped: dict[str, list[str]] = {extension: [] for extension in names}
    for extension, deputies in helpers.items():
        for deputy in filter(None, deputies):
            helped[deputy].append(extension)
    told: set[str] = set()
    for number, person in enumerate(people, 1):
        ring = [] if person.extension in told else _reached(person.extension, helpers)
        if len(ring) > LONGEST_PAIR and set(ring) <= set(_reached(person.extension, helped)):
            told |= set(ring)
            who = ", ".join(names[extension] for extension in ring)
            problems.advise(
                row("people", number, person.name, "deputies"),
                f"deputies leads back to {person.name} only ({who}): when all of them are away nobody stands in.",
            )


def _reached(start: str, leads: Mapping[str, Sequence[str]]) -> list[str]:
    """Everybody to whom one comes from `start`, in that order; `start` itself if one comes back."""
    reached: dict[str, None] = {}
    left = [start]
    while left:
        following = [who for who in leads.get(left.pop(0), ()) if who and who not in reached]
        reached |= dict.fromkeys(following)
        left += dict.fromkeys(following)
    return list(reached)


# ---------------------------------------------------------------- people by name or extension


def extension_of(who: str, people: Sequence[PersonSettings]) -> str:
    """The extension of the one person who has this name or extension; empty where it is nobody or several."""
    if any(person.extension == who for person in people):
        return who
    found = [person.extension for person in people if person.name == who]
    return found[0] if len(found) == 1 else ""


def check_named(who: Sequence[str], people: Sequence[PersonSettings], place: Place, problems: Problems) -> None:
    """Each of these, who are named at `place`, is one of the people."""
    extensions, names = {person.extension for person in people}, [person.name for person in people]
    for one in who:
        if one in extensions or names.count(one) == 1 or problems.full:
            continue
        if one in names:
            words = (
                f"{place.key} names {one}, but {names.count(one)} people are called so: write the extension instead."
            )
            problems.tell(place, words)
        elif not _excused(one, people, problems):
            there = [word for person in people for word in (person.name, person.extension) if word]
            words = f"{place.key} names {shown(one)}, who is not in [[people]]: {known('people', one, there)}."
            problems.tell(place, words)


def _excused(who: str, people: Sequence[PersonSettings], problems: Problems) -> bool:
    """Might it be somebody whose name or extension could not be read?"""
    key = "extension" if who.isdecimal() else "name"
    rows = (row("people", number, key=key) for number in range(1, len(people) + 1))
    return problems.excuses(who, "people", *rows)


# ---------------------------------------------------------------- once all is well


def with_extensions(settings: Settings) -> Settings:
    """Name everybody by extension, and keep of a PIN only its hash (R31)."""
    return replace(settings, people=tuple(_settled(person, settings.people) for person in settings.people))


def _settled(person: PersonSettings, people: Sequence[PersonSettings]) -> PersonSettings:
    return replace(
        person,
        deputies=tuple(extension_of(who, people) for who in person.deputies),
        assistant=person.assistant and extension_of(person.assistant, people),
        pin=kept_form(person.pin) if PIN.fullmatch(person.pin) else person.pin,
    )
