"""The phone form: whom each person takes at what hour, in plain words, and what contradicts (R27, R15)."""

from __future__ import annotations

from datetime import datetime

import pytest

from appliance.acd.caller import Caller, caller_of
from appliance.acd.decision import AsSent
from appliance.acd.forms import Forms, Reason
from appliance.acd.formwords import contradictions, covers, doubts, in_words
from appliance.call import CallerId
from appliance.contacts import Contact, Importance, Relation
from appliance.routingsettings import AtTimes, Elsewhere, FormSettings
from appliance.schedule import Calendar
from appliance.settings import PersonSettings, Settings

FORM = FormSettings(
    reasons=("offers", "prices"),
    elsewhere=(Elsewhere("102", "invoices", ("+4861*",)), Elsewhere("service", "repairs")),
    may_ask=("name", "matter"),
    quiet=("mon-fri 13:00-14:00",),
    never=("+48225550199",),
    only=(AtTimes(("sellers",), ("wed 10:00-12:00", "wed 13:30-13:45")),),
    always=("vip",),
    private=(AtTimes(("+48600100200",), ("15:00-16:00",)),),
    best_reached=("mon-fri 09:00-11:00",),
    best_to_call=("mon-fri 14:00-15:00",),
)
ANNA = PersonSettings("Anna", "101", form=FORM)
SETTINGS = Settings("A", people=(ANNA, PersonSettings("Boris", "102")))
FORMS = Forms(SETTINGS.people, Calendar(SETTINGS), lambda text: text)


def number(text: str, contact: Contact | None = None) -> Caller:
    return caller_of(CallerId(text), AsSent(text), contact)


STRANGER = number("+48225550100")
VIP = number("+48225550111", Contact("Jan", importance=Importance.VIP))
SELLER = number("+48225550122", Contact("Shop", relation=Relation.SELLER))
PRIVATE = number("+48600100200")


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute)


@pytest.mark.parametrize(
    ("caller", "moment", "reason", "until"),
    [
        (STRANGER, at(12, 59), None, None),
        (STRANGER, at(13, 0), Reason.QUIET, at(14)),
        (STRANGER, at(14, 0), None, None),
        (STRANGER, at(13, 30, day=28), None, None),
        (number("+48225550199"), at(10), Reason.NEVER, None),
        (VIP, at(13, 30), None, None),
        (SELLER, at(11), None, None),
        (SELLER, at(13, 30), None, None),
        (SELLER, at(12), Reason.NOT_NOW, at(13, 30)),
        (SELLER, at(12, day=26), Reason.NOT_NOW, datetime(2026, 12, 2, 10)),
        (PRIVATE, at(15, 30), None, None),
        (PRIVATE, at(10), Reason.NOT_NOW, at(15)),
    ],
)
def test_whom_anna_takes_and_when(caller: Caller, moment: datetime, reason: Reason | None, until: datetime) -> None:
    refusal = FORMS.refusal("101", caller, moment)
    assert (refusal.reason if refusal else None) is reason
    assert refusal is None or refusal.until == until
    assert FORMS.may_be_offered("101", caller, moment) is (reason is None)


def test_who_has_no_form_takes_everybody() -> None:
    assert FORMS.may_be_offered("102", number("+48225550199"), at(3))
    assert FORMS.may_be_offered("999", STRANGER, at(3))


def test_a_rule_of_the_office_goes_through_quiet_hours_but_not_through_never() -> None:
    put_through = Caller("+48225550100", at_any_time=True)
    assert FORMS.may_be_offered("101", put_through, at(13, 30))
    assert not FORMS.may_be_offered("101", Caller("+48225550199", at_any_time=True), at(10))


def test_some_calls_go_elsewhere() -> None:
    assert FORMS.elsewhere("101", number("+48615550100")) == "102"
    assert FORMS.elsewhere("101", STRANGER) == "", "what a call is about nobody can tell by the number"
    assert FORMS.elsewhere("102", number("+48615550100")) == ""


def test_who_takes_a_caller_at_any_time_is_known() -> None:
    assert list(FORMS.at_any_time(VIP)) == ["101"]
    assert list(FORMS.at_any_time(STRANGER)) == []
    everybody = PersonSettings("Eve", "103", form=FormSettings(always=("everybody",), never=("+48225550100",)))
    forms = Forms((everybody,), Calendar(SETTINGS), lambda text: text)
    assert list(forms.at_any_time(STRANGER)) == [], "never counts more"


def test_hours_of_a_person_are_kept_but_for_those_who_may_call_at_any_time() -> None:
    late = PersonSettings("Eve", "103", schedule="closed days", form=FormSettings(always=("vip",)))
    assert Forms((late,), Calendar(SETTINGS), lambda text: text).may_be_offered("103", VIP, at(3))


# ---------------------------------------------------------------- in plain words


def test_the_form_is_told_in_plain_words() -> None:
    assert in_words(ANNA) == [
        "People call Anna about offers and prices.",
        "Calls for Anna about invoices from numbers that begin with +4861 go to 102.",
        "Calls for Anna about repairs go to service; the box cannot tell what a call is about, so colleagues pass"
        " these on.",
        "Callers for Anna are asked for their name and matter.",
        "Anna has quiet hours: Monday to Friday 13:00-14:00; callers are told of a meeting.",
        "Never put through to Anna: +48225550199.",
        "Put through to Anna only at certain hours (Wednesday 10:00-12:00 and Wednesday 13:30-13:45): sellers.",
        "Put through to Anna at any time, in quiet hours and while the office is closed, too: VIPs.",
        "Private calls for Anna are welcome 15:00-16:00: +48600100200.",
        "Anna is best reached Monday to Friday 09:00-11:00.",
        "Anna calls others best Monday to Friday 14:00-15:00.",
    ]
    assert in_words(PersonSettings("Boris", "102")) == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (FormSettings(never=("+4822*",), always=("+48225550100",)), "from +48225550100 never, and at any time"),
        (FormSettings(never=("everybody",), always=("vip",)), "from VIPs never, and at any time"),
        (
            FormSettings(never=("sellers",), only=(AtTimes(("sellers",), ("wed",)),)),
            "from sellers never, and at certain hours",
        ),
        (
            FormSettings(never=("+48600*",), private=(AtTimes(("+48600100200",), ("wed",)),)),
            "from +48600100200 never, and in private",
        ),
        (
            FormSettings(always=("customers",), only=(AtTimes(("customers",), ("wed",)),)),
            "from customers at any time, and only at certain hours",
        ),
    ],
)
def test_contradictions_are_pointed_out_in_words(form: FormSettings, words: str) -> None:
    (told,) = contradictions(PersonSettings("Anna", "101", form=form))
    assert told == f"Anna wants calls {words}: keep one of the two."


def test_who_is_protected_has_names_asked() -> None:
    (told,) = contradictions(PersonSettings("Anna", "101", protected=True, form=FormSettings(may_ask=("matter",))))
    assert 'may_ask does not have "name"' in told


def test_a_form_without_contradictions_is_left_in_peace() -> None:
    assert contradictions(ANNA) == []
    assert doubts(ANNA) == []
    assert contradictions(PersonSettings("Anna", "101", form=FormSettings(never=("+4822*",), always=("vip",)))) == []


def test_being_best_reached_in_quiet_hours_is_doubted() -> None:
    form = FormSettings(quiet=("22:00-07:00",), best_reached=("mon 06:00-06:30", "mon 08:00-09:00"))
    (told,) = doubts(PersonSettings("Anna", "101", form=form))
    assert told.startswith("Anna is best reached Monday 06:00-06:30, but has quiet hours then")


@pytest.mark.parametrize(
    ("wide", "narrow", "does"),
    [
        ("+4822*", "+48225550100", True),
        ("+4822*", "+48225*", True),
        ("+48225*", "+4822*", False),
        ("+482?555", "+4822555", True),
        ("everybody", "vip", True),
        ("vip", "everybody", False),
        ("sellers", "+4822*", False),
    ],
)
def test_one_way_of_naming_callers_covers_another(wide: str, narrow: str, does: bool) -> None:
    assert covers(wide, narrow) is does
