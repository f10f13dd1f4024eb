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
from hardware.simulated.legs import Where
from hardware.simulated.people import Caller, Staff
from hardware.simulated.story import CallerStory, silences

EVERY_S = 20.0
"""A call about so often: two lines are then mostly busy, and sometimes somebody waits."""
FIRST_CALL_S = 4.0

LET_ME_SEE = (
    "Of course, let me see. I have it here on my desk, one moment please. Yes, that is quite all right, we can do that "
    "for you tomorrow before noon, and somebody will give you a ring when it is ready. Is there anything else I can do?"
)
"""What staff of few parts say to everybody."""

STAFF = (
    Staff("Anna Kowalska", "11", 4.0, 50.0, f"Good morning, Anna Kowalska speaking. How can I help you? {LET_ME_SEE}"),
    Staff(
        "Bartek Lis",
        "12",
        6.0,
        35.0,
        f"Sales, this is Bartek. {LET_ME_SEE}",
        on_the_phone=((0.0, 90.0), (150.0, 220.0)),
    ),
    Staff("Celina Mazur", "21", 5.0, 45.0, f"Service desk, Celina Mazur, hello. {LET_ME_SEE}"),
    Staff("Dorota Zając", "22", answers_after_s=None),
)
POSITIONS = {"11": "sales", "12": "sales", "21": "service", "22": "service"}

CAST = (
    Caller("225550101", "Jan Buyer", presses=((5.0, "1"),), chats="Hello, I would like to buy a lamp.", chat_s=32.0),
    Caller(
        "602700800",
        "Ola Callback",
        presses=((6.0, "1"), (34.0, "2"), (43.0, "1"), (51.0, "1")),
        hangs_up_after_s=66.0,
        chat_s=25.0,
    ),
    Caller("501600700", "", presses=((6.0, "2"),), chats="Hello, my printer is on strike.", chat_s=28.0),
    Caller(chats="Good morning, it is me again.", chat_s=30.0),
    Caller(
        "225550105",
        "Piotr Message",
        says=((31.0, "This is Piotr. Please tell the workshop that my car is ready. Thank you, goodbye."),),
        presses=((6.0, "1"), (21.0, "3")),
        hangs_up_after_s=48.0,
        chat_s=25.0,
    ),
    Caller(
        presentation=Presentation.WITHHELD, presses=((6.0, "2"),), chats="I'd rather not say who I am.", chat_s=20.0
    ),
    Caller(
        "225550107", "Ewa Hurry", presses=((5.0, "1"),), hangs_up_after_s=24.0, release=Release.LOOP_BUSY, chat_s=25.0
    ),
    Caller("225550108", "Patient Pawel", presses=((7.0, "1"),), chats="At last. Hello!", chat_s=30.0),
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
        waiting=WaitingSettings(talk_s=40.0, retry_s=10.0),
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


def judge(story: CallerStory, cards: Collection[Card]) -> Verdict:
    """Was this caller served, promised something, or did they leave by themselves with a card made? Else they are lost.

    A caller who hangs up while the PBX holds them for a colleague leaves no sign on any line, and so no card; and
    whoever hangs up without having shown a number cannot be called back.
    """
    who = story.name or story.number or "unknown caller"
    dead_air_s = sum(last - first for first, last in silences(story))
    card = next((card for card in cards if card.number and card.number == story.number), None)
    left = story.ended_how == "hung up"
    unseen = bool(story.segments) and story.segments[-1].where is Where.HOLD
    if story.talked_to:
        what, lost = f"talked to {', '.join(story.talked_to)}", False
    elif card is not None:
        what, lost = f"{story.ended_how}; a card was made: {card.kind.value}", False
    elif left and unseen:
        what, lost = "hung up while a colleague's telephone rang", False
    else:
        what, lost = story.ended_how, not (left and not story.number)
    return Verdict(story.order, who, what, lost, dead_air_s)
