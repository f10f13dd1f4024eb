"""Whatever the settings and whoever calls: a decision leads on, and its explanation is the same (R5, R7, R27)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from appliance.acd.decision import LEADS, Asked, Routing
from appliance.acd.explain import explain
from appliance.acd.routing import Leads
from appliance.call import CallerId, Presentation
from appliance.contacts import Contact, Importance, LastServed, Relation
from appliance.routingsettings import WHAT, AtTimes, Elsewhere, FormSettings, OnCallSettings, RuleSettings
from appliance.settings import (
    GroupSettings,
    Hours,
    LanguagesSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    ScheduleSettings,
    SeasonSettings,
    Settings,
    SpecialDaySettings,
)
from appliance.store.plainform import plain_from
from appliance.store.settings import settings_from

NUMBERS = ("+48225550100", "+48225550199", "+48600100200", "101", "102", "", "7")
CALLERS = some.sampled_from(["+4822*", "+48225550100", "+4860010020?", "everybody", "vip", "customers", "unknown",
                             "withheld", "no number", "internal", "outside", "mobile", "10?"])  # fmt: skip
TIMES = some.lists(some.sampled_from(["08:00-12:00", "mon-fri", "22:00-06:00", "shop", "open", "closed"]), max_size=2)
NAMES = ("Anna", "102", "Clara")
TO = some.sampled_from(("sales", "service", *NAMES))
several = some.lists(CALLERS, min_size=1, max_size=3, unique=True).map(tuple)
times = TIMES.map(tuple)
some_times = TIMES.filter(bool).map(tuple)

hours = some.tuples(*[some.sampled_from([(), ((time(8), time(12)), (time(13), time(17))), ((time(0), time.max),)])] * 7)
forms = some.builds(
    FormSettings,
    quiet=times,
    never=some.sampled_from([(), ("+48225550199",)]),
    always=some.sampled_from([(), ("vip",), ("+48600100200",)]),
    only=some.sampled_from([(), (AtTimes(("sellers",), ("wed",)),)]),
    elsewhere=some.sampled_from([(), (Elsewhere("service", "", ("customers",)),)]),
    may_ask=some.sampled_from([(), ("name",), ("matter",)]),
)
people = some.tuples(*[
    some.builds(PersonSettings, some.just(name), some.just(extension), form=forms,
                schedule=some.sampled_from(["", "shop"]))
    for name, extension in (("Anna", "101"), ("Boris", "102"), ("Clara", "103"))
])  # fmt: skip
groups = some.tuples(*[
    some.builds(GroupSettings, some.just(name), some.just(("101", "102")), overflow=some.just(other),
                schedule=some.sampled_from(["", "shop"]))
    for name, other in (("sales", "service"), ("service", "sales"))
])  # fmt: skip
menus = some.builds(
    MenuSettings,
    some.dictionaries(some.sampled_from("123456789"), some.one_of(TO, some.sampled_from(list(LEADS)))).map(
        lambda keys: tuple(keys.items())
    ),
    TO,
)


@some.composite
def rules(draw: some.DrawFn) -> RuleSettings:
    what = draw(some.sampled_from(WHAT))
    return RuleSettings(
        draw(some.sampled_from("abc")),
        draw(several),
        what,
        lines=draw(some.sampled_from([(), ("1",)])),
        when=draw(times),
        unless=draw(times),
        to=draw(TO) if what in ("send", "put through") else "",
        head_start_s=300.0 if what == "priority" else 0.0,
    )


offices = some.builds(
    Settings,
    some.just("Northwind"),
    lines=some.builds(
        LineSettings, some.just("1"), some.just("p"), schedule=some.sampled_from(["", "shop"]),
        group=some.one_of(some.just(""), TO), language=some.sampled_from(["", "pl"]),
    ).map(lambda line: (line,)),
    people=people,
    groups=groups,
    menu=menus,
    languages=some.sampled_from([LanguagesSettings(), LanguagesSettings((("1", "pl"), ("2", "en")))]),
    hours=hours.map(Hours),
    schedules=hours.filter(any).map(lambda week: (ScheduleSettings("shop", Hours(week)),)),
    seasons=hours.filter(any).map(lambda week: (SeasonSettings("winter", "12-01 to 02-28", Hours(week)),)),
    special_days=some.sampled_from([(), (SpecialDaySettings("12-24 to 01-02", "Break"),)]),
    on_call=some.sampled_from([(), (OnCallSettings("Anna", ("sat,sun",)), OnCallSettings("Boris"))]),
    rules=some.lists(rules(), max_size=4).map(tuple),
)  # fmt: skip
contacts = some.one_of(
    some.none(),
    some.builds(
        Contact,
        some.just("Jan"),
        language=some.sampled_from(["", "pl", "xx"]),
        importance=some.sampled_from(Importance),
        relation=some.sampled_from(Relation),
        operator=some.sampled_from(["", "101", "199"]),
    ),
)
moments = some.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))


@some.composite
def calls(draw: some.DrawFn) -> tuple[Routing, Asked]:
    settings = draw(offices)
    moment = draw(moments)
    last = draw(some.sampled_from([None, LastServed("102", moment - timedelta(days=2))]))
    presentation = draw(some.sampled_from(Presentation))
    caller_id = CallerId(draw(some.sampled_from(NUMBERS)), presentation=presentation)
    return Routing(settings), Asked(settings.lines[0], 7, caller_id, moment, draw(contacts), last)


@examples(max_examples=60)
@given(calls(), some.sampled_from(["", "1", "5", "#"]))
def test_every_caller_has_a_way_on_and_the_explanation_is_the_decision(call: tuple[Routing, Asked], key: str) -> None:
    routing, asked = call
    plan = routing.decide(asked)
    found = explain(routing, asked, key)
    assert found.plan == plan and found.why.startswith(plan.why) and found.what
    assert plan.why.endswith(".") and plan.why[0].isupper()
    if plan.blocked:
        assert plan.goes_to is None and plan.familiar is None
        assert "turns them away" in plan.why
    elif not plan.open:
        assert plan.closed is not None and plan.familiar is None
        assert plan.goes_to is None or plan.goes_to.leads is Leads.CALLBACK
    else:
        assert plan.closed is None and plan.opens is None
        assert plan.goes_to is not None or plan.menu or plan.default, "somebody is there for them"
    if plan.opens is not None:
        assert plan.opens > asked.moment
    assert 0 <= plan.head_start_s <= 3600


@examples(max_examples=30)
@given(calls())
def test_the_first_rule_is_kept_whatever_else_is_said(call: tuple[Routing, Asked]) -> None:
    routing, asked = call
    first = RuleSettings("first", ("everybody",), "turn away")
    settings = routing.settings
    blocked = Routing(settings_with(settings, first)).decide(asked)
    assert blocked.blocked == "not-wanted" and blocked.goes_to is None
    any_time = Routing(settings_with(settings, RuleSettings("first", ("everybody",), "put through"))).decide(asked)
    assert any_time.open and any_time.closed is None and not any_time.blocked, "never told that it is closed"


def settings_with(settings: Settings, first: RuleSettings) -> Settings:
    return Settings(
        **{name: getattr(settings, name) for name in Settings.__slots__} | {"rules": (first, *settings.rules)}
    )


@examples(max_examples=30)
@given(calls())
def test_nobody_is_offered_a_caller_whom_their_form_never_takes(call: tuple[Routing, Asked]) -> None:
    routing, asked = call
    caller = routing.decide(asked).caller
    for person in routing.settings.people:
        for group in ("sales", "service", person.extension):
            takes = routing.may_be_offered(person.extension, caller, asked.moment, group)
            assert takes is (routing.refusal(person.extension, caller, asked.moment, group) is None)
            if caller.number in person.form.never:
                assert not takes
        assert routing.instead(person.extension, caller, asked.moment)


@examples(max_examples=25)
@given(offices)
def test_such_settings_are_stored_and_read_again(settings: Settings) -> None:
    read = settings_from(plain_from(settings))
    assert plain_from(read) == plain_from(settings)
