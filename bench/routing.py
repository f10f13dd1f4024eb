"""How long a decision about a caller takes, with many contacts, rules and forms: in time of the processor."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from datetime import time as time_of
from functools import partial

from appliance.acd.decision import Asked, Routing
from appliance.call import CallerId, Presentation
from appliance.contactbook import ContactBook
from appliance.contacts import Contact, Importance, Relation
from appliance.numbers import read_number
from appliance.routingsettings import WHAT, AtTimes, FormSettings, RuleSettings
from appliance.settings import GroupSettings, Hours, LineSettings, MenuSettings, PersonSettings, Settings
from bench.figures import COUNTRY, Figure

CONTACTS, RULES, PEOPLE = 10_000, 200, 20
DECISIONS = 2000
MOST_S = 0.0002
MOST_TO_ASK_S = 0.000005


def routing_figures() -> list[Figure]:
    """One decision, of strangers and contacts; and whether a colleague takes a call, which is asked far more often."""
    dice = random.Random(1)
    settings, book = _office(dice), ContactBook(COUNTRY, _contacts(dice))
    routing = Routing(settings, partial(read_number, country=COUNTRY))
    asked = [_call(book, settings, dice) for _ in range(DECISIONS)]
    routing.decide(asked[0])  # which loads the holidays of the year, as a box does when it starts
    began = time.process_time()
    plans = [routing.decide(one) for one in asked]
    decision_s = (time.process_time() - began) / DECISIONS
    began = time.process_time()
    for plan in plans:
        for person in settings.people:
            routing.may_be_offered(person.extension, plan.caller, plan.moment)
    willing_s = (time.process_time() - began) / DECISIONS / PEOPLE
    conditions = f"{CONTACTS:,} contacts, {RULES} rules of five callers, {PEOPLE} phone forms; {DECISIONS} callers"
    return [
        Figure("a routing decision", "at most 0.2 ms", f"{decision_s * 1e3:.3f} ms", decision_s <= MOST_S, conditions),
        Figure(
            "does one colleague take one caller",
            "at most 5 µs",
            f"{willing_s * 1e6:.1f} µs",
            willing_s <= MOST_TO_ASK_S,
            conditions,
        ),
    ]


def _number(dice: random.Random) -> str:
    return f"+48{dice.choice(('22', '60', '12', '50'))}{dice.randrange(10**7):07}"


def _contacts(dice: random.Random) -> list[Contact]:
    return [
        Contact(
            f"Contact {id}",
            numbers=(_number(dice), _number(dice)),
            importance=dice.choice(list(Importance)),
            relation=dice.choice(list(Relation)),
            operator=str(100 + dice.randrange(PEOPLE)),
            id=id,
        )
        for id in range(1, CONTACTS + 1)
    ]


def _office(dice: random.Random) -> Settings:
    days = tuple(((time_of(8), time_of(12)), (time_of(13), time_of(17))) for _ in range(5))
    form = FormSettings(
        quiet=("mon-fri 13:00-14:00",),
        never=tuple(_number(dice) for _ in range(5)),
        only=(AtTimes(("sellers",), ("wed 10:00-12:00",)),),
        always=("vip",),
    )
    kinds = ("mobile", "sellers", "withheld", "vip")
    rules = tuple(
        RuleSettings(
            f"rule {number}",
            (*(_number(dice) for _ in range(2)), _number(dice)[:8] + "*", _number(dice)[:7] + "*", dice.choice(kinds)),
            dice.choice(WHAT),
            when=("mon-fri 10:00-12:00",) if number % 2 else (),
            unless=() if number % 2 else ("open",),
            head_start_s=10.0,
        )
        for number in range(RULES)
    )
    return Settings(
        "Northwind",
        COUNTRY,
        lines=(LineSettings("Line 1", "p"),),
        people=tuple(PersonSettings(f"Person {n}", str(100 + n), form=form) for n in range(PEOPLE)),
        groups=(GroupSettings("sales", tuple(str(100 + n) for n in range(PEOPLE))),),
        menu=MenuSettings((("1", "sales"), ("2", "Person 1"), ("3", "seller")), "sales"),
        hours=Hours((*days, (), ())),
        rules=rules,
    )


def _call(book: ContactBook, settings: Settings, dice: random.Random) -> Asked:
    """A caller of whom half are contacts, at any moment of a year."""
    moment = datetime(2026, 1, 1) + timedelta(minutes=dice.randrange(365 * 24 * 60))
    known = book.get(dice.randrange(1, CONTACTS + 1)) if dice.random() < 0.5 else None
    number = known.numbers[0] if known is not None else _number(dice)
    caller_id = CallerId(number, presentation=Presentation.SHOWN)
    return Asked(settings.lines[0], 1, caller_id, moment, known)
