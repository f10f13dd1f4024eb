"""What must fit together in menus, and with the code that colleagues key in beside them (R4, R6, R31)."""

from __future__ import annotations

from appliance.languages import languages
from appliance.settings import MenuSettings, Settings
from appliance.store.placerules import check_destination
from appliance.store.problems import Place, Problems, known, row, shown

ALWAYS_KEYS = "0123"
"""What callers may press whatever the menu is: when the office is closed (`appliance.scripts.closed`), and for somebody
who answers."""

_MENU = Place("[menu]")


def check_menu(settings: Settings, problems: Problems) -> None:
    """Every key of every menu leads somewhere, and so does no key."""
    _check_keys(settings.menu, settings, _MENU, problems)
    names = [menu.name for menu in settings.menus]
    for number, menu in enumerate(settings.menus, 1):
        place = row("menus", number, menu.name)
        if menu.name and menu.name in names[: number - 1]:
            problems.tell(place.at("name"), "name is there twice: give each menu a name of its own.")
        if not menu.choices:
            problems.tell(place, 'there is no key in it: add a line "1" = "sales".')
        _check_keys(menu, settings, place, problems)


def _check_keys(menu: MenuSettings, settings: Settings, place: Place, problems: Problems) -> None:
    for key, leads in menu.choices:
        spot = place.at(f'"{key}"')
        check_destination(leads, f'"{key}" leads to', settings, spot, problems)
        if not leads:
            problems.tell(spot, f'"{key}" leads nowhere: write a group, or take the line out.')
    default = place.at("default")
    check_destination(menu.default, '"default" leads to', settings, default, problems, words=())
    if menu.choices and not menu.default and not settings.operator:
        problems.tell(
            default,
            f'nobody is there for callers who press nothing: add a line default = "{menu.choices[0][1]}".',
            Place("", "operator"),
        )


def check_lines_lead_on(settings: Settings, problems: Problems) -> None:
    """The menu, the group and the language of every line are there."""
    names = [menu.name for menu in settings.menus if menu.name]
    rows = [row("menus", number, key="name") for number in range(1, len(settings.menus) + 1)]
    for number, line in enumerate(settings.lines, 1):
        place = row("lines", number, line.name)
        if line.menu and line.menu not in names and not problems.excuses(line.menu, "menus", *rows):
            words = f"menu names {shown(line.menu)}, which is not in [[menus]]: {known('menus', line.menu, names)}."
            problems.tell(place.at("menu"), words)
        check_destination(line.group, "group names", settings, place.at("group"), problems, words=())
        if line.menu and line.group:
            words = "there are a menu and a group: callers of this line get the one or the other, so take one out."
            problems.tell(place.at("menu"), words, place.at("group"))
        _check_language(line.language, place.at("language"), problems)


def check_languages(settings: Settings, problems: Problems) -> None:
    """Callers can only choose languages in which they can be spoken to (R4)."""
    place = Place("[languages]")
    for key, language in settings.languages.choices:
        _check_language(language, place.at(f'"{key}"'), problems)
    if len(settings.languages.choices) == 1:
        problems.advise(place, "there is one language only, so callers are not asked: add another, or take it out.")


def _check_language(language: str, place: Place, problems: Problems) -> None:
    if language and language not in languages():
        there = ", ".join(f'"{one}"' for one in sorted(languages()))
        problems.tell(place, f"{place.key} is {shown(language)}, in which nobody is spoken to yet: there are {there}.")


def check_staff_code(settings: Settings, problems: Problems) -> None:
    """The code of the staff is keyed in where callers choose from a menu, so no choice may begin like it."""
    code = settings.staff_code
    menus = (settings.menu, *settings.menus)
    taken = {key for menu in menus for key, _ in menu.choices} | set(ALWAYS_KEYS)
    taken |= {key for key, _ in settings.languages.choices}
    if code and code[0] in taken:
        words = f'staff_code begins with "{code[0]}", which callers press in a menu: begin it with another key, as "*".'
        problems.tell(Place("", "staff_code"), words)
