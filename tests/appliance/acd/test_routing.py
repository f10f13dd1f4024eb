"""What is decided about a caller, and the sentence why (R2 to R9, R27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from appliance.acd.decision import Asked, Routing, decide
from appliance.acd.routing import Closed, Destination, Familiar, Leads, Plan
from appliance.call import CallerId, Presentation
from appliance.contacts import Contact, Importance, LastServed, Relation
from appliance.routingsettings import (
    CallersSettings,
    Elsewhere,
    FormSettings,
    OnCallSettings,
    RuleSettings,
)
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    Hours,
    LanguagesSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    ScheduleSettings,
    Settings,
)

WORKDAYS = Hours((((time(8), time(12)), (time(13), time(16))),) * 5 + ((), ()))
WORKSHOP = ScheduleSettings("workshop", Hours((((time(6), time(10)),),) * 7))
TUESDAY = datetime(2026, 11, 24, 10, 0)
NOON = TUESDAY.replace(hour=12, minute=30)
NIGHT = TUESDAY.replace(hour=22)
LINE, REPAIRS = LineSettings("1", "p"), LineSettings("2", "q", company="Southwind", department="repairs")
ANNA, BORIS = PersonSettings("Anna", "101"), PersonSettings("Boris", "102")
JAN = Contact("Jan", importance=Importance.VIP, relation=Relation.CUSTOMER, operator="102", language="pl")
OFFICE = Settings(
    "Northwind",
    people=(ANNA, BORIS, PersonSettings("Clara", "103", protected=True)),
    groups=(GroupSettings("sales", ("101",), "service"), GroupSettings("service", ("102",))),
    menu=MenuSettings((("1", "sales"), ("2", "Boris"), ("3", "seller")), "sales"),
    menus=(MenuSettings((("1", "service"), ("2", "by name")), "Anna", "repairs"),),
    hours=WORKDAYS,
    lines=(LINE, REPAIRS),
)


def plan(
    number: str = "+48225550100",
    moment: datetime = TUESDAY,
    line: LineSettings = LINE,
    contact: Contact | None = None,
    last: LastServed | None = None,
    **changes: object,
) -> Plan:
    shown = Presentation.SHOWN if number else Presentation.WITHHELD
    asked = Asked(line, 1, CallerId(number, presentation=shown), moment, contact, last)
    return Routing(replace(OFFICE, **changes)).decide(asked)  # type: ignore[arg-type]


def rule(what: str, **more: object) -> dict[str, tuple[RuleSettings, ...]]:
    return {"rules": (RuleSettings("the rule", ("+4822*",), what, **more),)}  # type: ignore[arg-type]


# ---------------------------------------------------------------- lines, menus, languages


def test_each_line_may_be_another_company_with_another_menu() -> None:
    assert (plan().company, plan().department) == ("Northwind", "")
    repairs = plan(line=replace(REPAIRS, menu="repairs"))
    assert (repairs.company, repairs.department) == ("Southwind", "repairs")
    assert repairs.menu == (("1", Destination(Leads.GROUP, "service")), ("2", Destination(Leads.BY_NAME)))
    assert repairs.default == "101"


def test_a_menu_leads_to_groups_people_and_ways_on() -> None:
    assert [leads for _, leads in plan().menu] == [
        Destination(Leads.GROUP, "sales"),
        Destination(Leads.PERSON, "102"),
        Destination(Leads.SELLER),
    ]
    assert "1 sales, 2 Boris, 3 seller; without a key they go to sales" in plan().why


def test_a_line_of_one_group_has_no_menu() -> None:
    sales = plan(line=replace(LINE, group="sales"))
    assert sales.goes_to == Destination(Leads.GROUP, "sales")
    assert 'Calls on the line "1" go to sales' in sales.why


def test_who_presses_nothing_goes_to_the_default_or_the_first_group() -> None:
    assert plan(menu=MenuSettings()).default == "sales"
    assert plan(menu=MenuSettings((("1", "service"),), "service")).default == "service"
    assert plan(menu=MenuSettings(), groups=()).default == ""


def test_the_language_is_the_contacts_else_the_lines_else_asked_for() -> None:
    menu = LanguagesSettings((("1", "pl"), ("2", "en")))
    assert plan(contact=JAN, languages=menu).language == "pl"
    assert plan(line=replace(LINE, language="pl")).language == "pl"
    asked = plan(languages=menu)
    assert (asked.language, asked.languages) == ("en", menu.choices)
    assert plan(languages=menu, callers=CallersSettings(ask_language=False)).languages == ()
    assert plan("101", languages=menu).languages == (), "colleagues are not asked"


def test_nobody_is_spoken_to_in_a_language_that_has_no_words() -> None:
    klingon = replace(JAN, language="xx")
    assert plan(contact=klingon).language == "en"
    assert plan(languages=LanguagesSettings((("1", "pl"), ("2", "xx")))).languages == ()


# ---------------------------------------------------------------- hours


def test_lunch_is_closed_and_opens_after_it() -> None:
    told = plan(moment=NOON)
    assert (told.open, told.closed, told.opens) == (False, Closed.LUNCH, NOON.replace(hour=13, minute=0))
    assert "Closed because it is lunch time" in told.why and "It opens at 13:00." in told.why


def test_a_line_may_have_hours_of_its_own() -> None:
    early = replace(LINE, schedule="workshop")
    assert plan(moment=TUESDAY.replace(hour=7), line=early, schedules=(WORKSHOP,)).open
    assert not plan(moment=TUESDAY.replace(hour=11), line=early, schedules=(WORKSHOP,)).open


def test_who_is_on_call_depends_on_the_hour() -> None:
    rota = (OnCallSettings("Boris", ("sat,sun",)), OnCallSettings("Anna"))
    weekday, saturday = plan(moment=NIGHT, on_call=rota), plan(moment=NIGHT.replace(day=28), on_call=rota)
    assert weekday.on_call and weekday.on_call.name == "Anna"
    assert saturday.on_call and saturday.on_call.name == "Boris"
    assert plan(on_call=rota[:1]).on_call is None
    assert "Anna is on call for emergencies." in weekday.why and "on call" not in plan(on_call=rota).why


def test_a_group_that_is_closed_sends_its_callers_to_the_one_that_helps() -> None:
    groups = (replace(OFFICE.groups[0], schedule="workshop"), OFFICE.groups[1])
    line = replace(LINE, group="sales")
    helped = plan(line=line, moment=TUESDAY.replace(hour=11), groups=groups, schedules=(WORKSHOP,))
    assert helped.goes_to == Destination(Leads.GROUP, "service")
    alone = (replace(groups[0], overflow=""), groups[1])
    closed = plan(line=line, moment=TUESDAY.replace(hour=11), groups=alone, schedules=(WORKSHOP,))
    assert (closed.open, closed.opens) == (False, TUESDAY.replace(day=25, hour=6))
    assert "sales takes no calls now" in closed.why.lower()


# ---------------------------------------------------------------- rules


def test_who_is_not_wanted_hears_a_phrase_and_reaches_nobody() -> None:
    told = plan(**rule("turn away", says="write-to-us"))
    assert told.blocked == "write-to-us"
    assert told.goes_to is None and told.familiar is None
    assert 'Rule "the rule" turns them away with "write-to-us".' in told.why
    assert plan("+48600", **rule("turn away")).blocked == ""


def test_some_are_put_through_while_the_office_is_closed() -> None:
    told = plan(moment=NIGHT, **rule("put through", to="Boris"))
    assert told.open and told.goes_to == Destination(Leads.PERSON, "102")
    assert 'but rule "the rule" puts them through at any time' in told.why


def test_some_are_told_that_the_office_is_closed_until_the_rule_is_over() -> None:
    told = plan(**rule("closed", when=("tue 09:00-11:00",)))
    assert (told.open, told.opens) == (False, TUESDAY.replace(hour=11))


def test_some_are_only_called_back_open_or_closed() -> None:
    assert plan(**rule("callback")).goes_to == Destination(Leads.CALLBACK)
    assert plan(moment=NIGHT, **rule("callback")).goes_to == Destination(Leads.CALLBACK)


def test_some_go_past_the_menu_but_not_past_the_hours() -> None:
    assert plan(**rule("send", to="service")).goes_to == Destination(Leads.GROUP, "service")
    assert plan(**rule("send", to="information")).goes_to == Destination(Leads.INFORMATION)
    closed = plan(moment=NIGHT, **rule("send", to="service"))
    assert not closed.open and closed.goes_to is None


# ---------------------------------------------------------------- who knows them, and how long they wait


def test_who_looks_after_a_contact_is_offered_first() -> None:
    assert plan(contact=JAN).familiar == Familiar(Routing(OFFICE).people["102"])
    assert "first offered Boris, who looks after them" in plan(contact=JAN).why


def test_who_helped_lately_is_offered_for_some_days() -> None:
    monday = TUESDAY.replace(day=23)
    told = plan(last=LastServed("101", monday))
    assert told.familiar and (told.familiar.person.name, told.familiar.helped) == ("Anna", monday)
    assert plan(last=LastServed("101", TUESDAY.replace(month=10, day=1))).familiar is None
    assert plan(last=LastServed("101", TUESDAY), callers=CallersSettings(familiar_days=0)).familiar is None
    assert plan(last=LastServed("199", monday)).familiar is None, "who has left is offered to nobody"


def test_who_takes_no_calls_now_is_not_offered() -> None:
    quiet = replace(BORIS, form=FormSettings(quiet=("09:00-11:00",)))
    assert plan(contact=JAN, people=(ANNA, quiet)).familiar is None


def test_head_starts_add_up_and_are_told() -> None:
    assert plan(contact=JAN).head_start_s == 600 + 60 + 30
    assert plan("101").head_start_s == 0
    told = plan(**rule("priority", head_start_s=300.0))
    assert told.head_start_s == 330
    assert '330 s longer (from outside 30 s and rule "the rule" 300 s)' in told.why
    assert plan(contact=JAN, **rule("priority", head_start_s=3600.0)).head_start_s == 3600, "nobody more than an hour"


def test_calls_for_the_director_wait_less() -> None:
    routing = Routing(OFFICE)
    assert (routing.more_for("103"), routing.more_for("101"), routing.more_for("sales")) == (120.0, 0.0, 0.0)


def test_a_colleague_is_known_by_the_extension() -> None:
    assert plan("101").caller.internal
    assert not plan("+48101").caller.internal
    ringing = Routing(OFFICE).decide(Asked(LINE, 1, CallerId(), TUESDAY, internal=True))
    assert ringing.caller.internal and ringing.internal


# ---------------------------------------------------------------- phone forms


def test_a_form_sends_some_callers_elsewhere() -> None:
    form = FormSettings(elsewhere=(Elsewhere("service", "repairs", ("+4822*",)),))
    people = (replace(ANNA, form=form), BORIS)
    told = plan(line=replace(LINE, group="Anna"), people=people)
    assert told.goes_to == Destination(Leads.GROUP, "service")
    assert "Which leads on to service, by the hours or the form of Anna" in told.why
    assert plan("+48600", line=replace(LINE, group="Anna"), people=people).goes_to == Destination(Leads.PERSON, "101")


def test_who_may_call_at_any_time_is_put_through_while_the_office_is_closed() -> None:
    people = (ANNA, replace(BORIS, form=FormSettings(always=("vip",))))
    told = plan(contact=JAN, moment=NIGHT, people=people)
    assert told.open and told.goes_to == Destination(Leads.PERSON, "102")
    assert "Boris takes them at any time, by the form" in told.why


def test_quiet_hours_are_told_as_a_meeting() -> None:
    quiet = replace(ANNA, form=FormSettings(quiet=("09:00-11:00",)))
    told = plan(line=replace(LINE, group="Anna"), people=(quiet,))
    assert "Anna has quiet hours until 11:00, so they are told of a meeting." in told.why


def test_the_form_says_whose_callers_are_asked_what_it_is_about() -> None:
    people = (
        replace(ANNA, form=FormSettings(may_ask=("matter",))),
        replace(BORIS, form=FormSettings(may_ask=("name",))),
    )
    told = plan(people=people, handover=HandoverSettings(ask_matter=True))
    assert (told.asks_matter("101"), told.asks_matter("102"), told.asks_matter("sales")) == (True, False, True)
    assert Routing(replace(OFFICE, people=people)).people["102"].protected, "names are asked by screening"


def test_circles_of_forms_and_groups_lead_to_an_end() -> None:
    def to(whom: str) -> FormSettings:
        return FormSettings(elsewhere=(Elsewhere(whom, "", ("everybody",)),))

    people = (replace(ANNA, form=to("102")), replace(BORIS, form=to("Anna")))
    assert plan(line=replace(LINE, group="Anna"), people=people).goes_to == Destination(Leads.PERSON, "102")


# ---------------------------------------------------------------- what every plan has


def test_ringback_is_over_after_its_longest_pause_and_a_second() -> None:
    assert decide(OFFICE, LINE, 1, CallerId(), TUESDAY).ringback_over_s == 5.0


@pytest.mark.parametrize("withheld", ["", "garbage", "0" * 40])
def test_whatever_the_network_sends_there_is_a_plan(withheld: str) -> None:
    assert plan(withheld).why
