"""The demonstration office: its settings, its staff, the people who call, and what must be true of each of them
afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from random import Random

from appliance.call import Presentation
from appliance.cards import Card
from appliance.settings import (
    GroupSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
    WebSettings,
)
from hardware.simulated.exchange import Release
from hardware.simulated.people import Caller, Staff
from hardware.simulated.story import CallerStory, silences

EVERY_S = 32.0
"""A call about so often: two lines are then mostly busy, and sometimes somebody waits."""
FIRST_CALL_S = 4.0

STAFF = (
    Staff("Anna Kowalska", "11", 4.0, 25.0, "Good morning, Anna Kowalska speaking. How can I help you?"),
    Staff("Bartek Lis", "12", 6.0, 35.0, "Sales, this is Bartek.", on_the_phone=((0.0, 70.0), (200.0, 260.0))),
    Staff("Celina Mazur", "21", 5.0, 30.0, "Service desk, Celina Mazur, hello."),
    Staff("Dorota Zając", "22", answers_after_s=None),
)
POSITIONS = {"11": "sales", "12": "sales", "21": "service", "22": "service"}

CAST = (
    Caller("225550101", "Jan Buyer", presses=((5.0, "1"),), chats="Hello, I would like to buy a lamp.", chat_s=14.0),
    Caller("501600700", "", presses=((6.0, "2"),), chats="Hello, my printer is on strike.", chat_s=16.0),
    Caller(chats="Good morning, it is me again.", chat_s=12.0),
    Caller("602700800", "Ola Busy", presses=((6.0, "1"), (16.0, "2"), (20.0, "1"), (24.0, "1")), chat_s=12.0),
    Caller(
        "225550105",
        "Piotr Message",
        says=((27.0, "This is Piotr. Please tell the workshop that my car is ready. Thank you, goodbye."),),
        presses=((6.0, "2"), (16.0, "3")),
        hangs_up_after_s=45.0,
        chat_s=12.0,
    ),
    Caller(
        presentation=Presentation.WITHHELD, presses=((6.0, "1"),), chats="I'd rather not say who I am.", chat_s=10.0
    ),
    Caller("225550107", "Ewa Hurry", presses=((5.0, "1"),), hangs_up_after_s=20.0, release=Release.LOOP, chat_s=9.0),
    Caller("225550108", "Patient Pawel", presses=((7.0, "2"),), chats="At last. Hello!", chat_s=15.0),
)
"""Who calls, over and over; each time with another number at its end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one caller, in words, and whether the office did right by them."""

    order: int
    who: str
    what: str
    lost: bool
    dead_air_s: float

    @property
    def well(self) -> bool:
        """Neither lost nor left in dead air."""
        return not self.lost and not self.dead_air_s


def demo_settings(ports: Sequence[str], web_port: int, company: str = "Northwind Lamps") -> Settings:
    """An office on these serial ports; its PBX and people are those of `STAFF`."""
    return Settings(
        company=company,
        country="pl",
        operator="11",
        lines=tuple(LineSettings(f"Line {n}", port) for n, port in enumerate(ports, 1)),
        people=tuple(PersonSettings(who.name, who.extension, POSITIONS[who.extension]) for who in STAFF),
        groups=(GroupSettings("sales", ("11", "12"), "service"), GroupSettings("service", ("21", "22"), "sales")),
        menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
        waiting=WaitingSettings(talk_s=30.0, retry_s=10.0),
        web=WebSettings(port=web_port),
    )


def demo_callers(count: int, seed: int) -> tuple[Caller, ...]:
    """`count` callers; the same seed gives the same ones at the same moments."""
    rng = Random(seed)
    callers = []
    at_s = FIRST_CALL_S
    for index in range(count):
        model = CAST[index % len(CAST)]
        number = model.number and f"{model.number[:-2]}{(int(model.number[-2:]) + 11 * (index // len(CAST))) % 100:02d}"
        callers.append(replace(model, number=number, at_s=at_s, ring_patience_s=180.0))
        at_s += EVERY_S * rng.uniform(0.6, 1.4)
    return tuple(callers)


def judge(story: CallerStory, cards: Collection[Card], abandoned: Collection[str]) -> Verdict:
    """Was this caller served, promised something, or did they leave by themselves with a card made? Else they are
    lost.
    """
    who = story.name or story.number or "unknown caller"
    promised = {card.number: card for card in cards if card.number}
    dead_air_s = sum(last - first for first, last in silences(story))
    if story.talked_to:
        return Verdict(story.order, who, f"talked to {', '.join(story.talked_to)}", False, dead_air_s)
    card = promised.get(story.number)
    if card is not None:
        return Verdict(story.order, who, f"{story.ended_how}; a card was made: {card.kind.value}", False, dead_air_s)
    anonymous = not story.number and story.ended_how == "hung up"
    return Verdict(story.order, who, story.ended_how, not anonymous, dead_air_s)
