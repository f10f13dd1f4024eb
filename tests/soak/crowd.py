"""Who calls in a soak, and who sits in the office: everybody behaves at random, and the same for the same seed.

Callers wait, press keys that make sense and keys that do not, leave callbacks and messages, show a number or none, give
up while it rings, and hang up at any moment; the PBX tells of that in every way it may.
"""

from __future__ import annotations

import math
from random import Random

from appliance.call import Presentation
from hardware.simulated.exchange import Release
from hardware.simulated.people import Caller, Staff

CALL_EVERY_S = 5.5
"""A call about so often: most of eleven lines are then busy, and sometimes all of them."""
NAMES = ("Jan", "Ola", "", "Ewa", "Piotr", "")
"""Few, because each has a voice in which sentences are spoken and kept."""
SENTENCES = ("Hello, I would like to buy a lamp.", "Please tell the workshop that my car is ready. Thank you.")
KEYS = "1234567890*#"
LONGEST_STAY_S = 200.0
"""Nobody waits longer than this, so that a soak comes to its end."""
RELEASES = tuple(Release)


def staff(seed: int, length_s: float) -> tuple[Staff, ...]:
    """Five people: quick, slow, often on the phone, never there, and one who wants no calls."""
    rng = Random(f"staff {seed}")
    spans: list[tuple[float, float]] = []
    at = 20.0
    while at < length_s:
        until = at + rng.uniform(10.0, 60.0)
        spans.append((at, until))
        at = until + rng.uniform(10.0, 60.0)
    return (
        Staff("Anna", "11", answers_after_s=3.0, talks_s=20.0, says="Hello, this is Anna."),
        Staff("Bartek", "12", answers_after_s=8.0, talks_s=30.0, says="Sales, this is Bartek."),
        Staff("Celina", "21", 4.0, 25.0, says="Service desk, hello.", on_the_phone=tuple(spans)),
        Staff("Dorota", "22", answers_after_s=None),
        Staff("Edek", "13", do_not_disturb=True),
    )


def callers(seed: int, length_s: float) -> list[Caller]:
    """Everybody who calls in `length_s` seconds, in the order of their calls; no number twice."""
    rng = Random(f"callers {seed}")
    found: list[Caller] = []
    at = 8.0
    while at < length_s:
        found.append(_caller(rng, at, f"22{seed % 100:02}{len(found):05}"))
        at += rng.expovariate(1 / CALL_EVERY_S)
    return found


def _caller(rng: Random, at_s: float, number: str) -> Caller:
    shown = rng.choices(("shown", "none", "withheld"), (0.8, 0.1, 0.1))[0]
    patient = rng.random() < 0.45
    return Caller(
        number=number if shown == "shown" else "",
        name=rng.choice(NAMES) if shown == "shown" else "",
        at_s=at_s,
        presentation=Presentation.WITHHELD if shown == "withheld" else Presentation.SHOWN,
        presses=_presses(rng),
        says=((rng.uniform(20.0, 60.0), rng.choice(SENTENCES)),) if rng.random() < 0.3 else (),
        hangs_up_after_s=LONGEST_STAY_S if patient else rng.uniform(0.3, 110.0),
        release=rng.choice(RELEASES),
        ring_patience_s=rng.uniform(1.0, 12.0) if rng.random() < 0.1 else 60.0,
        chats=SENTENCES[0] if rng.random() < 0.5 else "",
        chat_s=rng.uniform(4.0, 40.0) if rng.random() < 0.9 else math.inf,
    )


def _presses(rng: Random) -> tuple[tuple[float, str], ...]:
    """The menu, and later a callback, a message, whatever comes to their mind, or nothing at all."""
    menu = ((rng.uniform(2.0, 12.0), rng.choice("112239")),) if rng.random() < 0.8 else ()
    later = rng.choices(("nothing", "callback", "message", "anything"), (0.35, 0.25, 0.2, 0.2))[0]
    began = rng.uniform(20.0, 70.0)
    if later == "callback":
        return (*menu, *((began + step * 8.0, key) for step, key in enumerate("2111")))
    if later == "message":
        return (*menu, *((began + step * 9.0, "3") for step in range(3)))
    if later == "anything":
        return (*menu, *sorted((rng.uniform(0.5, 100.0), rng.choice(KEYS)) for _ in range(rng.randint(2, 15))))
    return menu
