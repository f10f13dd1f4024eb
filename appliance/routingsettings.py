"""Who is let in, when, and where they go: what the owner decides about callers (R2 to R9), and the phone form (R27).

Frozen values with their defaults, as in `appliance.settings`, which holds them. Times, days, callers and destinations
are kept as the owner wrote them; `appliance.times` and `appliance.acd.rules` read them. Seconds are `_s`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """One rule about callers (R7). It holds for who is one of `callers`, on `lines`, at times `when` but not `unless`.

    The first rule that holds decides; only those that give priority let the next ones be asked, too. Empty `lines` and
    `when` mean: always. `what` is one of `WHAT`; `to` names where the caller goes, `says` what one hears who is not
    wanted, and `head_start_s` is what priority adds to the time waited.
    """

    name: str
    callers: tuple[str, ...]
    what: str
    lines: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    to: str = ""
    says: str = "not-wanted"
    head_start_s: float = 0.0


WHAT = ("accept", "turn away", "closed", "callback", "put through", "send", "priority")
"""What a rule can do with a caller:

"accept" as if there were no rules; "turn away" with a phrase; "closed": told that the office is closed; "callback":
only called back; "put through" at any time, also while closed; "send" past the menu; "priority": wait less.
"""


@dataclass(frozen=True, slots=True)
class OnCallSettings:
    """Who is called in an emergency while the office is closed, and at what times; none given: always (R3)."""

    person: str
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrioritySettings:
    """By how many seconds longer a caller counts as having waited than they have (R9).

    What fits is added up. It is finite, so whoever has waited so much longer is first all the same, and nobody starves.
    """

    vip_s: float = 600.0
    important_s: float = 180.0
    customer_s: float = 60.0
    prospect_s: float = 0.0
    outside_s: float = 30.0
    """External callers before internal ones; the other way round with 0 here and a number in `inside_s`."""
    inside_s: float = 0.0
    director_s: float = 120.0
    """Calls for somebody protected."""


@dataclass(frozen=True, slots=True)
class CallersSettings:
    """What is made of knowing who calls (R5)."""

    familiar_days: int = 30
    """For so many days a caller is offered whoever dealt with them last; 0: never."""
    seller_words: str = ""
    """What sellers hear (R6); empty: a phrase of ours."""
    ask_language: bool = True
    """Ask callers for their language where it is not known and the settings name several (R4)."""


@dataclass(frozen=True, slots=True)
class HolidaySettings:
    """Is the office closed on the public holidays of its country, and of which `region` of it ("BY" in Germany)?"""

    closed: bool = True
    region: str = ""


# ---------------------------------------------------------------- the phone form


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Calls that are for somebody else: what they are about, who calls, and where they go. No callers: all may."""

    to: str
    matter: str = ""
    callers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtTimes:
    """Callers who are put through at certain times."""

    callers: tuple[str, ...]
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormSettings:
    """The ten questions that each person answers, as they answered them (R27). Unanswered ones change nothing."""

    reasons: tuple[str, ...] = ()
    """1. Why do people call me?"""
    elsewhere: tuple[Elsewhere, ...] = ()
    """2. Which calls go to colleagues or other departments?"""
    may_ask: tuple[str, ...] = ()
    """3. What may reception ask: "name", "matter"?"""
    quiet: tuple[str, ...] = ()
    """4. My quiet hours."""
    never: tuple[str, ...] = ()
    """5. Whom never to put through?"""
    only: tuple[AtTimes, ...] = ()
    """6. Whom only at certain hours?"""
    always: tuple[str, ...] = ()
    """7. Whom at any time?"""
    private: tuple[AtTimes, ...] = ()
    """8. Who calls in private, and when is that welcome?"""
    best_reached: tuple[str, ...] = ()
    """9. When am I best reached?"""
    best_to_call: tuple[str, ...] = ()
    """10. When is it best for me to call others?"""

    @property
    def answered(self) -> bool:
        """Has any question been answered?"""
        return self != UNANSWERED


UNANSWERED = FormSettings()
