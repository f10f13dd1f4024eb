"""Reads the plain form of settings into the dataclasses of `appliance.settings`, and back.

It is made of tables, lists, texts and numbers. The dataclasses say which tables and keys there are. What a type cannot
say stands in `appliance.store.ranges`; a type that people write in a way of its own has its reader and writer in
`FORMS`. The reader goes on after every fault: in the place of a value that could not be read stands its default, or an
empty one, and `Problems` knows the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from appliance.settings import Hours, LanguagesSettings, MenuSettings, Settings
from appliance.store.hoursform import hours_from, plain_hours
from appliance.store.menuform import languages_from, menu_from, plain_languages, plain_menu
from appliance.store.problems import Place, Problems, inner, row, shown
from appliance.store.ranges import RANGES, SHAPES, Shape
from appliance.store.values import number_from, refuse_unknown, text_from, yes_or_no_from

Plain = dict[str, Any]

MOST_IN_A_LIST = 1000
"""More people, lines or numbers than any office of ours has."""

FORMS: dict[type, tuple[Callable[[object, Place, Problems], Any], Callable[[Any], object]]] = {
    Hours: (hours_from, plain_hours),
    MenuSettings: (menu_from, plain_menu),
    LanguagesSettings: (languages_from, plain_languages),
}
"""Types with a form of their own: how it is read, and how it is written again. A reader gives up with `Misread`."""


# ---------------------------------------------------------------- plain form to settings


def settings_in(plain: Mapping[Any, Any], problems: Problems) -> Settings:
    """Read all settings; what could not be read is in `problems`."""
    settings: Settings = _table(Settings, plain, Place(""), problems)
    problems.note_missing()
    return settings


def _table(kind: type[Any], plain: Mapping[Any, Any], place: Place, problems: Problems) -> Any:
    """Read the table at `place` into the dataclass `kind`."""
    hints = get_type_hints(kind)
    refuse_unknown(plain, hints, place, problems)
    values = {}
    for field in fields(kind):
        spot = place.at(field.name)
        values[field.name] = _without(field, hints[field.name])
        if field.name in plain:
            with problems.noting(plain[field.name]):
                values[field.name] = _given(kind, field, hints[field.name], plain[field.name], spot, problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.missing(spot, f"{field.name} is missing: add a line {_example(field)}.")
    return kind(**values)


def _given(kind: type[Any], field: Field[Any], hint: Any, plain: object, place: Place, problems: Problems) -> Any:
    value = _value(kind, hint, plain, place, problems)
    if value == "" and field.default != "":
        place.wrong(f"{field.name} is empty: write something between the quotation marks, or {_example(field)}.")
    return value


def _without(field: Field[Any], hint: Any) -> Any:
    """What stands for a value that is not given or could not be read."""
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    return (get_origin(hint) or hint)()


def _value(kind: type[Any], hint: Any, plain: object, place: Place, problems: Problems) -> Any:
    """Read one value of the type `hint`, which belongs to `place.key` of the dataclass `kind`."""
    if hint in FORMS:
        return FORMS[hint][0](plain, place, problems)
    if hint is bool:
        return yes_or_no_from(plain, place)
    if hint is str:
        return text_from(plain, place, SHAPES.get((kind, place.key)))
    if hint in (int, float):
        return number_from(hint, plain, place, RANGES[kind, place.key])
    if get_origin(hint) is tuple:
        return _several(get_args(hint)[0], plain, place, problems, SHAPES.get((kind, place.key)))
    return _inner_table(hint, plain, place, problems)


def _inner_table(kind: type[Any], plain: object, place: Place, problems: Problems) -> Any:
    """Read a table that is there once, as [pbx] or [pbx.status]."""
    name, of = inner(place)
    here = Place(f"[{name}]{of}")
    if not isinstance(plain, Mapping):
        problems.doubt(here)
    if isinstance(plain, list):
        place.wrong(f"[[{name}]] can be there only once: write [{name}] in single brackets.")
    if not isinstance(plain, Mapping):
        place.wrong(f"{place.key} must be a table: write [{name}] on a line of its own.")
    return _table(kind, plain, here, problems)


def _several(
    kind: type[Any], plain: object, place: Place, problems: Problems, shape: Shape | None = None
) -> tuple[Any, ...]:
    """Read a list of texts, or the tables that are written with double brackets."""
    if not isinstance(plain, list):
        if is_dataclass(kind):
            place.wrong(f"{place.key} is not given as a list: write [[{place.key}]] in double brackets, once for each.")
        place.wrong(f'{place.key} = {place.shown(plain)} must be a list: write {place.key} = ["…", "…"].')
    if len(plain) > MOST_IN_A_LIST:
        place.wrong(f"{place.key} has {len(plain)} entries: write {MOST_IN_A_LIST} at most.")
    if kind is str:
        return _texts(plain, place, problems, shape)
    return tuple(_row(kind, item, number, place, problems) for number, item in enumerate(plain, 1))


def _texts(plain: list[object], place: Place, problems: Problems, shape: Shape | None) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in plain):
        place.wrong(f'each of {place.key} must be in quotation marks: write {place.key} = ["101", "102"].')
    texts = []
    for item in plain:
        with problems.noting(item):
            texts.append(text_from(item, place, shape))
    return tuple(texts)


def _row(kind: type[Any], plain: object, number: int, place: Place, problems: Problems) -> Any:
    """Read one of the tables that are there several times. The number of every other stays what it is in the file."""
    name, of = inner(place)
    here = row(name, number, plain.get("name") if isinstance(plain, Mapping) else None, of=of)
    if isinstance(plain, Mapping):
        return FORMS[kind][0](plain, here, problems) if kind in FORMS else _table(kind, plain, here, problems)
    problems.misread(here, f"{shown(plain)} is no table: write [[{name}]] on a line of its own.", plain)
    problems.doubt(place)
    return kind(**{field.name: _without(field, get_type_hints(kind)[field.name]) for field in fields(kind)})


def _example(field: Any) -> str:
    words = {"company": "Our Company", "name": "Anna", "port": "/dev/ttyACM0", "extension": "101", "days": "12-24"}
    if field.name == "people":
        return 'people = ["101", "102"]'
    default = field.default if isinstance(field.default, str) else words.get(field.name, "…")
    return f'{field.name} = "{default}"'


# ---------------------------------------------------------------- settings to plain form


def plain_from(settings: Settings) -> Plain:
    """Write settings in their plain form; `appliance.store.settings.settings_from` reads it back."""
    plain: Plain = _plain(settings)
    return plain


def _plain(value: Any) -> Any:
    if type(value) in FORMS:
        return FORMS[type(value)][1](value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
