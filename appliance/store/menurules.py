"""What must fit together in the one-key menu, and with the code that colleagues key in beside it (R6, R31)."""

from __future__ import annotations

from appliance.settings import Settings
from appliance.store.grouprules import check_group
from appliance.store.problems import Place, Problems

CLOSED_KEYS = "12"
"""What callers may press when the office is closed (`appliance.scripts.closed`)."""

_MENU = Place("[menu]")


def check_menu(settings: Settings, problems: Problems) -> None:
    """Every key leads to a group that is there, and so does no key."""
    menu = settings.menu
    for key, group in (*menu.choices, ("default", menu.default)):
        check_group(group, f'"{key}" leads to', settings, _MENU.at(f'"{key}"'), problems)
        if key != "default" and not group:
            problems.tell(_MENU.at(f'"{key}"'), f'"{key}" leads nowhere: write a group, or take the line out.')
    if menu.choices and not menu.default and not settings.operator:
        problems.tell(
            _MENU.at('"default"'),
            f'nobody is there for callers who press nothing: add a line default = "{menu.choices[0][1]}".',
            Place("", "operator"),
        )


def check_staff_code(settings: Settings, problems: Problems) -> None:
    """The code of the staff is keyed in where callers choose from the menu, so no choice may begin like it."""
    code = settings.staff_code
    taken = {key for key, _ in settings.menu.choices} | set(CLOSED_KEYS)
    if code and code[0] in taken:
        words = f'staff_code begins with "{code[0]}", which callers press in a menu: begin it with another key, as "*".'
        problems.tell(Place("", "staff_code"), words)
