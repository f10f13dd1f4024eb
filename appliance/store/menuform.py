"""Menus as people write them: each line is a key and where it leads (R4, R6)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.settings import LanguagesSettings, MenuSettings
from appliance.store.problems import SHOWN, Place, Problems
from appliance.store.values import text_from

KEY = re.compile("[0-9*#]")


def menu_from(plain: object, place: Place, problems: Problems) -> MenuSettings:
    """Read a menu: [menu], or one of [[menus]], which has a name. `default` is for who presses nothing."""
    named = bool(place.table)
    here, words = (place, ("default", "name")) if named else (Place("[menu]"), ("default",))
    if not isinstance(plain, Mapping):
        problems.doubt(here)
        place.wrong('menu must be a table: write [menu] on a line of its own, below it "1" = "sales".')
    found = {}
    for key, leads in plain.items():
        with problems.noting(leads):
            if key not in words:
                _check_key(key, here, words)
            found[key] = text_from(leads, here.at(key if key in words else f'"{key}"'))
    if named and not found.get("name"):
        problems.missing(here.at("name"), 'name is missing: add a line name = "repairs".')
    default, name = found.pop("default", ""), found.pop("name", "")
    return MenuSettings(choices=tuple(found.items()), default=default, name=name)


def plain_menu(menu: MenuSettings) -> dict[str, str]:
    """Write a menu again."""
    words = {"default": menu.default, "name": menu.name}
    return dict(menu.choices) | {key: word for key, word in words.items() if word}


def languages_from(plain: object, place: Place, problems: Problems) -> LanguagesSettings:
    """Read the menu of languages."""
    here = Place("[languages]")
    if not isinstance(plain, Mapping):
        problems.doubt(here)
        place.wrong('languages must be a table: write [languages] on a line of its own, below it "1" = "pl".')
    found = {}
    for key, language in plain.items():
        with problems.noting(language):
            _check_key(key, here, ())
            found[key] = text_from(language, here.at(f'"{key}"'))
    return LanguagesSettings(tuple(found.items()))


def plain_languages(languages: LanguagesSettings) -> dict[str, str]:
    """Write the menu of languages again."""
    return dict(languages.choices)


def _check_key(key: str, here: Place, words: tuple[str, ...]) -> None:
    if not KEY.fullmatch(key):
        others = "".join(f", or {word}" for word in words)
        here.at(key).wrong(f'"{key[:SHOWN]}" is no key of a telephone: write one of "0" to "9", "*", "#"{others}.')
