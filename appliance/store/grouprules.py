"""What must fit together in groups: who is in them, and which group helps which (R8, R13).

Groups may help one another in a circle, as sales and service do in a small office: each is asked once. A group has no
digits for a name, for a caller may also wait for one person, who is known by an extension.
"""

from __future__ import annotations

from dataclasses import replace

from appliance.settings import GroupSettings, Settings
from appliance.store.peoplerules import check_named, extension_of
from appliance.store.problems import Place, Problems, doubles, known, row, shown


def check_groups(settings: Settings, problems: Problems) -> None:
    """Every group has a name of its own, people who exist, and an overflow that leads on."""
    names = [group.name for group in settings.groups]
    for number, group in enumerate(settings.groups, 1):
        place = row("groups", number, group.name)
        if group.name in names[: number - 1]:
            problems.tell(place.at("name"), "name is there twice: give each group a name of its own.")
        if group.name.isdecimal():
            words = f'name = {shown(group.name)} looks like an extension: write a word, for example "sales".'
            problems.tell(place.at("name"), words)
        _check_members(group, settings, place.at("people"), problems)
        if group.overflow and group.overflow == group.name:
            words = "overflow names the group itself: name another group, or take the line out."
            problems.tell(place.at("overflow"), words)
        check_group(group.overflow, "overflow names", settings, place.at("overflow"), problems)


def _check_members(group: GroupSettings, settings: Settings, place: Place, problems: Problems) -> None:
    if not group.people:
        words = 'people is empty: write who is in this group, for example people = ["101", "102"].'
        problems.tell(place, words)
    check_named(group.people, settings.people, place, problems)
    for extension in doubles(extension_of(who, settings.people) for who in group.people):
        problems.tell(place, f"people has {extension} twice: write each person once.")


def check_group(name: str, says: str, settings: Settings, place: Place, problems: Problems) -> None:
    """The group that somebody names at `place` is there; an empty name is none."""
    if not name or problems.full:
        return
    names = [group.name for group in settings.groups if group.name]
    rows = (row("groups", number, key="name") for number in range(1, len(settings.groups) + 1))
    if name not in names and not problems.excuses(name, "groups", *rows):
        words = f"{says} {shown(name)}, which is not in [[groups]]: {known('groups', name, names)}."
        problems.tell(place, words)


def with_members(settings: Settings) -> Settings:
    """Name the people of groups by extension, as the office knows them."""
    people = settings.people
    groups = (replace(one, people=tuple(extension_of(who, people) for who in one.people)) for one in settings.groups)
    return replace(settings, groups=tuple(groups))
