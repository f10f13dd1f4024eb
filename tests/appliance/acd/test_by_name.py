"""Dialling by name on the keys of a telephone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.acd.byname import find_by_name
from appliance.acd.staff import Person

PEOPLE = tuple(
    Person(name, str(number))
    for number, name in enumerate(
        ("Anna Nowak", "Łukasz Żółć", "Jürgen Müller", "Ana-Maria Ott", "Bo Ann", "Weiß", "Œuvrard"), 101
    )
)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("2662", ["Anna Nowak", "Bo Ann"]),
        ("66925", ["Anna Nowak"]),
        ("669252662", ["Anna Nowak"]),
        ("266", ["Bo Ann", "Anna Nowak"]),
        ("262", ["Ana-Maria Ott", "Bo Ann"]),
        ("9652", ["Łukasz Żółć"]),
        ("585279", ["Łukasz Żółć"]),
        ("685537", ["Jürgen Müller"]),
        ("6835537", ["Jürgen Müller"]),
        ("93477", ["Weiß"]),
        ("63", ["Œuvrard"]),
        ("68", ["Ana-Maria Ott", "Jürgen Müller"]),
        ("2", []),
        ("", []),
        ("26*", []),
        ("1", []),
        ("9999", []),
        ("2" * 21, []),
    ],
)
def test_keys_find_people_by_first_or_last_name(keys: str, names: list[str]) -> None:
    assert sorted(person.name for person in find_by_name(keys, PEOPLE)) == sorted(names)


def test_a_whole_name_comes_before_the_beginning_of_one() -> None:
    assert [person.name for person in find_by_name("266", PEOPLE)] == ["Bo Ann", "Anna Nowak"]


@given(some.text(max_size=30), some.text(max_size=30))
def test_whatever_is_keyed_or_called_nobody_is_found_twice(keys: str, name: str) -> None:
    found = find_by_name(keys, (*PEOPLE, Person(name, "200")))
    assert len({person.extension for person in found}) == len(found)
