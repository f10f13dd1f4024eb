"""The one-key menu as people write it: each line is a key and a group, `default` is for who presses nothing (R6)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.settings import MenuSettings
from appliance.store.problems import SHOWN, Place, Problems
from appliance.store.values import text_from


def menu_from(plain: object, place: Place, problems: Problems) -> MenuSettings:
    """Read the menu."""
    here = Place("[menu]")
    if not isinstance(plain, Mapping):
        problems.doubt(here)
        place.wrong('menu must be a table: write [menu] on a line of its own, below it "1" = "sales".')
    groups = {}
    for key, group in plain.items():
        with problems.noting(group):
            if key != "default" and not re.fullmatch("[0-9*#]", key):
                here.at(key).wrong(
                    f'"{key[:SHOWN]}" is no key of a telephone: write one of "0" to "9", "*", "#", or default.'
                )
            groups[key] = text_from(group, here.at(f'"{key}"'))
    default = groups.pop("default", "")
    return MenuSettings(choices=tuple(groups.items()), default=default)


def plain_menu(menu: MenuSettings) -> dict[str, str]:
    """Write the menu again."""
    return dict(menu.choices) | ({"default": menu.default} if menu.default else {})
