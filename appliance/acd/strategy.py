"""Which of several free people gets the next call (R8). A strategy is given them in the order of the group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.acd.staff import Colleague
from appliance.settings import GroupSettings

Strategy = Callable[[Sequence[Colleague], float], Colleague]
"""Choose one of those who are free at that moment (seconds of the clock); there is at least one."""


def longest_idle(free: Sequence[Colleague], now: float = 0.0) -> Colleague:
    """The one whose last call ended longest ago; among those who had none, the first of the group."""
    return min(free, key=lambda colleague: colleague.idle_since)


def fixed_order(free: Sequence[Colleague], now: float = 0.0) -> Colleague:
    """The first of the group who is free."""
    return free[0]


def fewest_calls(free: Sequence[Colleague], now: float = 0.0) -> Colleague:
    """The one who took the fewest calls today; among equals the longest idle."""
    return min(free, key=lambda colleague: (colleague.calls_today, colleague.idle_since))


class RoundRobin:
    """One after the other, whoever was asked last goes to the end; who is not free is passed over."""

    def __init__(self, people: Sequence[str]) -> None:
        self._people = list(people)

    def __call__(self, free: Sequence[Colleague], now: float = 0.0) -> Colleague:
        chosen = min(free, key=lambda colleague: self._people.index(colleague.person.extension))
        self._people.remove(chosen.person.extension)
        self._people.append(chosen.person.extension)
        return chosen


class BestSkill:
    """The best at `skill`, but not always the same one: the calls they took lately count against their level.

    A level of 6 and one call of just now weighs as a level of 3 without any; among equals the longest idle is chosen.
    """

    def __init__(self, skill: str) -> None:
        self._skill = skill

    def __call__(self, free: Sequence[Colleague], now: float) -> Colleague:
        return max(free, key=lambda colleague: (self._weight(colleague, now), -colleague.idle_since))

    def _weight(self, colleague: Colleague, now: float) -> float:
        return colleague.person.level(self._skill) / (1.0 + colleague.load(now))


def strategy_of(group: GroupSettings) -> Strategy:
    """The strategy that the settings name for this group."""
    match group.strategy:
        case "fixed order":
            return fixed_order
        case "round robin":
            return RoundRobin(group.people)
        case "fewest calls":
            return fewest_calls
        case "best skill":
            return BestSkill(group.skill or group.name)
        case _:
            return longest_idle
