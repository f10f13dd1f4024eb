"""What must fit together among people: extensions, and who stands in for whom (R13, R18).

People may be named by name or by extension, wherever a setting names one; the office knows them by extension.

Two who are each other's deputies are what every small office has: deputies are asked once each, in their order, so
nobody goes round in it. A longer ring that nobody outside stands in for is still harmless, but somebody has probably
been forgotten: that is advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.pin import PIN, kept_form
from appliance.settings import PersonSettings, Settings
from appliance.store.problems import Place, Problems, doubles, known, row, shown

LONGEST_PAIR = 2
"""Two people who help each other are no ring."""


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
    helpers = {one.extension: [extension_of(who, people) for who in one.deputies] for one in people}
    names = {one.extension: one.name for one in people}
    told: set[str] = set()
    for number, person in enumerate(people, 1):
        ring = _reached(person.extension, helpers)
        if person.extension in told or len(ring) <= LONGEST_PAIR:
            continue
        if all(person.extension in _reached(other, helpers) for other in ring):
            told |= set(ring)
            who = ", ".join(names[extension] for extension in ring)
            problems.advise(
                row("people", number, person.name, "deputies"),
                f"deputies leads back to {person.name} only ({who}): when all of them are away nobody stands in.",
            )


def _reached(start: str, helpers: dict[str, list[str]]) -> list[str]:
    """Everybody to whom deputies lead from `start`, in the order in which one comes to them."""
    reached = list(dict.fromkeys(who for who in helpers.get(start, ()) if who))
    for who in reached:
        reached += [further for further in helpers.get(who, ()) if further and further not in reached]
    return reached


# ---------------------------------------------------------------- people by name or extension


def extension_of(who: str, people: Sequence[PersonSettings]) -> str:
    """The extension of the one person who has this name or extension; empty where it is nobody or several."""
    if any(person.extension == who for person in people):
        return who
    found = [person.extension for person in people if person.name == who]
    return found[0] if len(found) == 1 else ""


def check_named(who: Sequence[str], people: Sequence[PersonSettings], place: Place, problems: Problems) -> None:
    """Each of these, who are named at `place`, is one of the people."""
    names = [word for person in people for word in (person.name, person.extension) if word]
    for one in who:
        key = "extension" if one.isdecimal() else "name"
        rows = [row("people", number, key=key) for number in range(1, len(people) + 1)]
        called_so = sum(person.name == one for person in people)
        if one in names and called_so > 1 and not any(person.extension == one for person in people):
            words = f"{place.key} names {one}, but {called_so} people are called so: write the extension instead."
            problems.tell(place, words)
        elif one not in names and not problems.excuses(one, "people", *rows):
            words = f"{place.key} names {shown(one)}, who is not in [[people]]: {known('people', one, names)}."
            problems.tell(place, words)


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
