"""Schedules, rules, menus and phone forms in the settings: every fault is told with its place (R3 to R7, R27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from appliance.acd.decision import Asked, Routing
from appliance.call import CallerId
from appliance.faults import BadSettings
from appliance.settings import LineSettings
from appliance.store.plainform import plain_from
from appliance.store.settings import examined, settings_from

ANNA, BORIS = {"name": "Anna", "extension": "101"}, {"name": "Boris", "extension": "102"}
OFFICE: dict[str, Any] = {
    "company": "A",
    "lines": [{"name": "Line 1", "port": "a"}],
    "people": [ANNA, BORIS],
    "groups": [{"name": "sales", "people": ["101"]}],
    "schedules": [{"name": "shop", "hours": {"monday": "08:00-12:00"}}],
    "menus": [{"name": "night", "1": "sales", "default": "sales"}],
}
RULE = {"name": "r", "callers": ["+4822*"], "what": "callback"}


def form(**answers: Any) -> dict[str, Any]:
    return {"people": [{**ANNA, "form": answers}, BORIS]}


def line(**more: Any) -> dict[str, Any]:
    return {"lines": [{"name": "Line 1", "port": "a", **more}]}


def season(name: str, days: str) -> dict[str, Any]:
    return {"name": name, "days": days, "hours": {"monday": "08:00-12:00"}}


WHOLE: dict[str, Any] = {
    "special_days": [{"days": "12-24 to 01-02", "name": "Break"}, {"days": "2026-12-30", "hours": ["08:00-10:00"]}],
    "seasons": [{"name": "summer", "days": "06-15 to 08-31", "hours": {"monday": "07:00-15:00"}, "schedule": "shop"}],
    "holidays": {"closed": True, "region": "BY"},
    "country": "de",
    "languages": {"1": "pl", "2": "en"},
    "menu": {"1": "Anna", "2": "102", "3": "wrong number", "default": "Boris"},
    "rules": [
        {**RULE, "when": ["shop", "open", "mon-fri 08:00-10:00"], "unless": ["closed"], "lines": ["Line 1"]},
        {**RULE, "what": "send", "to": "seller"},
        {**RULE, "what": "priority", "head_start_s": 60},
        {**RULE, "callers": ["everybody"], "what": "turn away", "says": "We have all we need, thank you."},
    ],
    "on_call": [{"person": "Anna", "when": ["sat,sun"]}, {"person": "102"}],
    "information": ["We are at 5 Long Street.", "Parking is behind the house."],
}


def test_what_can_be_said_is_read_and_written_again() -> None:
    plain = (
        OFFICE
        | WHOLE
        | form(never=["+48225550199"], quiet=["13:00-14:00"], only=[{"callers": ["vip"], "when": ["wed"]}])
    )
    settings = settings_from(plain)
    assert settings_from(plain_from(settings)) == settings
    assert settings.menus[0].name == "night" and settings.languages.choices == (("1", "pl"), ("2", "en"))
    assert settings.people[0].form.only[0].callers == ("vip",)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    # schedules, seasons, days
    "schedule of a reserved name": (
        {"schedules": [{"name": "open", "hours": {"monday": "08:00-12:00"}}]},
        '[[schedules]] number 1 (open), name = "open" is what the office\'s own hours are called',
    ),
    "schedule without hours": ({"schedules": [{"name": "x"}]}, "hours is missing"),
    "schedule never open": (
        {"schedules": [{"name": "x", "hours": {"monday": "closed"}}]},
        "In [schedules.hours] of [[schedules]] number 1, every day is closed",
    ),
    "schedule of no name": (
        line(schedule="shpo"),
        'schedule names "shpo", which is not in [[schedules]]: did you mean "shop"',
    ),
    "season of no days": (
        {"seasons": [{"name": "s", "days": "June", "hours": {"monday": "08:00-12:00"}}]},
        'In [[seasons]] number 1 (s), days has "June": write for example',
    ),
    "season hours that overlap": (
        {"seasons": [{"name": "s", "days": "06-01", "hours": {"monday": ["08:00-12:00", "11:00-13:00"]}}]},
        "In [seasons.hours] of [[seasons]] number 1, monday has hours that overlap",
    ),
    "two seasons that overlap": (
        {"seasons": [season("a", "12-01 to 02-01"), season("b", "01-15 to 03-01")]},
        'In [[seasons]] number 2 (b), days = "01-15 to 03-01" overlaps with the season a (12-01 to 02-01)',
    ),
    "the same day twice": (
        {"special_days": [{"days": "12-24"}, {"days": "12-24", "hours": ["08:00-10:00"]}]},
        "says again what number 1 says",
    ),
    "day that does not exist": ({"special_days": [{"days": "02-30"}]}, "there is no such day in the calendar"),
    "day of overlapping hours": (
        {"special_days": [{"days": "12-24", "hours": ["08:00-12:00", "11:00-13:00"]}]},
        "hours has 08:00-12:00 and 11:00-13:00, which overlap",
    ),
    "day of backward hours": (
        {"special_days": [{"days": "12-24", "hours": ["12:00-08:00"]}]},
        "they end before they begin",
    ),
    "days of three years": ({"special_days": [{"days": "2026-01-01 to 2028-12-31"}]}, "longer than a year"),
    "region of no country": (
        {"holidays": {"region": "ZZ"}, "country": "de"},
        'region = "ZZ" is not known in "de": there are',
    ),
    # menus and languages
    "menu key to nowhere": (
        {"menu": {"1": "salse", "default": "sales"}},
        '"1" leads to "salse", which is no group, no person',
    ),
    "menu of lines to nowhere": (
        {"menus": [{"name": "night", "1": "selller", "default": "sales"}]},
        'In [[menus]] number 1 (night), "1" leads to "selller", which is no group, no person and no word for a way on:'
        ' did you mean "seller"',
    ),
    "menu of lines without a name": ({"menus": [{"1": "sales", "default": "sales"}]}, "name is missing"),
    "menu of lines without keys": ({"menus": [{"name": "night", "default": "sales"}]}, "there is no key in it"),
    "two menus of one name": ({"menus": OFFICE["menus"] * 2}, "In [[menus]] number 2 (night), name is there twice"),
    "menu default that is a way on": ({"menu": {"1": "sales", "default": "message"}}, '"default" leads to "message"'),
    "line of a menu that is not there": (
        line(menu="nigth"),
        'menu names "nigth", which is not in [[menus]]: did you mean "night"',
    ),
    "line of a menu and a group": (line(menu="night", group="sales"), "there are a menu and a group"),
    "line of a language without words": (line(language="xx"), 'language is "xx", in which nobody is spoken to yet'),
    "languages without words": ({"languages": {"1": "pl", "2": "xx"}}, 'In [languages], "2" is "xx"'),
    "languages of two keys": ({"languages": {"12": "pl"}}, '"12" is no key of a telephone'),
    # rules
    "rule for nobody": ({"rules": [{**RULE, "callers": []}]}, "In [[rules]] number 1 (r), callers is empty"),
    "rule for what is nobody": (
        {"rules": [{**RULE, "callers": ["custommers"]}]},
        'callers has "custommers": write a number',
    ),
    "rule that does nothing known": (
        {"rules": [{**RULE, "what": "block"}]},
        'what = "block" does not fit: write "accept" or',
    ),
    "rule at no time": ({"rules": [{**RULE, "when": ["shpo"]}]}, 'when has "shpo": write for example'),
    "rule on no line": ({"rules": [{**RULE, "lines": ["Line 9"]}]}, 'lines names "Line 9", which is not in [[lines]]'),
    "rule that sends nowhere": ({"rules": [{**RULE, "what": "send"}]}, "to is missing"),
    "rule that sends to nobody": (
        {"rules": [{**RULE, "what": "send", "to": "Ana"}]},
        'to names "Ana", which is no group',
    ),
    "rule that turns away to somebody": ({"rules": [{**RULE, "what": "turn away", "to": "sales"}]}, "take to out"),
    "rule of no priority": ({"rules": [{**RULE, "what": "priority"}]}, "head_start_s is missing"),
    "rule of priority without end": ({"rules": [{**RULE, "what": "priority", "head_start_s": 1e9}]}, "out of range"),
    "rule of an unknown phrase": (
        {"rules": [{**RULE, "what": "turn away", "says": "nope"}]},
        'says = "nope" is not known',
    ),
    "five hundred rules and one": ({"rules": [RULE] * 501}, "there are 501 rules: write 500 at most"),
    "stranger on call": (
        {"on_call": [{"person": "Ana"}]},
        'person names "Ana", who is not in [[people]]: did you mean "Anna"',
    ),
    "information of nothing": ({"information": [""]}, "one sentence of information is empty"),
    # forms
    "form of nobody": (form(never=["nobody"]), 'In [people.form] of [[people]] number 1 (Anna), never has "nobody"'),
    "form that contradicts": (
        form(never=["+4822*"], always=["+48225550100"]),
        "Anna wants calls from +48225550100 never, and at any time: keep one of the two",
    ),
    "form at no time": (form(quiet=["noon"]), 'quiet has "noon": write for example'),
    "form without hours": (form(only=[{"callers": ["vip"], "when": []}]), "only must say who and when"),
    "form without callers": (form(private=[{"when": ["wed"]}]), "callers is missing"),
    "form back to oneself": (form(elsewhere=[{"to": "Anna"}]), "elsewhere leads back to Anna"),
    "form to a way on": (form(elsewhere=[{"to": "seller"}]), 'elsewhere leads to "seller"'),
    "form asks too much": (form(may_ask=["age"]), 'may_ask = "age" does not fit: write "name" or "matter"'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_sentence_with_its_place(fault: str) -> None:
    change, words = FAULTS[fault]
    with pytest.raises(BadSettings) as refused:
        settings_from(OFFICE | change)
    (told,) = refused.value.problems
    assert words in told and told.endswith((".", "?"))


def test_a_rule_to_which_nobody_ever_comes_is_advice() -> None:
    rules = [{**RULE, "name": "all", "callers": ["everybody"]}, RULE]
    (advice,) = examined(OFFICE | {"rules": rules}).advice
    assert advice.startswith('In [[rules]] number 2 (r), the rule "all" above it decides about all of its callers')
    assert examined(OFFICE | {"rules": rules[::-1]}).advice == ()


def test_being_best_reached_in_quiet_hours_is_advice() -> None:
    (advice,) = examined(OFFICE | form(quiet=["09:00-11:00"], best_reached=["mon 10:00-12:00"])).advice
    assert "Anna is best reached Monday 10:00-12:00, but has quiet hours then" in advice


JUNK = ("", "x", "open", "sales", "Anna", "101", 0, -1, 1e308, True, [], {}, ["x"], [1], [[]], {"name": "x"},
        "24:00-24:00", "02-29 to 02-28", "2026-02-29", "mon-", "everybody", "+*", "??????", "fri-mon 23:00-01:00",
        "9999-12-31", "callback", "a" * 300)  # fmt: skip


def places(plain: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in settings at which something is written."""
    if path:
        yield path
    for key in plain if isinstance(plain, dict) else range(len(plain)) if isinstance(plain, list) else ():
        yield from places(plain[key], (*path, key))


def changed(plain: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same with another value at one place."""
    if not path:
        return value
    copy = plain.copy()
    copy[path[0]] = changed(plain[path[0]], path[1:], value)
    return copy


@examples(max_examples=80)
@given(some.data())
def test_whatever_is_written_is_told_or_every_caller_has_a_plan(data: some.DataObject) -> None:
    plain = OFFICE | WHOLE | form(never=["+48225550199"], quiet=["13:00-14:00"], elsewhere=[{"to": "sales"}])
    path = data.draw(some.sampled_from(list(places(plain))))
    try:
        settings = settings_from(changed(plain, path, data.draw(some.sampled_from(JUNK))))
    except BadSettings as refused:
        assert all(problem.endswith((".", "?")) for problem in refused.problems)
        return
    assert settings_from(plain_from(settings)) == settings
    routing = Routing(settings)
    for line in settings.lines or (LineSettings("", ""),):
        assert routing.decide(Asked(line, 1, CallerId("+48225550199"), datetime(2026, 11, 25, 10))).why


def test_a_name_that_could_not_be_read_is_not_also_unknown() -> None:
    with pytest.raises(BadSettings) as refused:
        settings_from(OFFICE | {"groups": [{"name": 5, "people": ["101"]}], "menus": [], **line(group="five")})
    assert len(refused.value.problems) == 1
