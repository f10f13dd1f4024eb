"""Rules about callers: who is turned away, put through at any time, sent somewhere, or waits less (R7, R9).

Callers are named by number, by the beginning of it ("+4822*", "?" is any digit), or by what they are ("mobile",
"customers", "withheld" and the other `KINDS` of `appliance.acd.caller`). The rules of an office are asked from the top,
and the first that holds decides, so an exception stands above what it is an exception of.

Asking must not take longer because there are many rules: `CallerLists` knows every list of callers by exact number, by
prefix and by kind, so that a decision looks only at the rules that name this caller.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from appliance.acd.caller import KINDS, Caller
from appliance.routingsettings import RuleSettings
from appliance.schedule import Calendar, Times

PATTERN = re.compile(r"\+?[0-9?]{2,18}\*?|\+?[0-9?]\*")
ADVICE = f'write a number as "+48225550100", its beginning as "+4822*", or one of: {", ".join(KINDS)}'


def check_caller(text: str) -> None:
    """Can callers be named like this?

    Raises:
        ValueError: no; its text is what to write instead.
    """
    if text not in KINDS and not PATTERN.fullmatch(_plain(text)):
        raise ValueError(ADVICE)


def _plain(text: str) -> str:
    """The same without what people write between digits."""
    return re.sub(r"(?<=[0-9?+)])[ ./()-]+(?=[0-9?*(])|[()]", "", text)


# ---------------------------------------------------------------- who is on which list


class CallerLists:
    """Lists of callers, by their number from 0, so that those on which somebody is are found at once.

    `normal` brings a whole telephone number into its one form.
    """

    def __init__(self, lists: Iterable[Sequence[str]], normal: Callable[[str], str]) -> None:
        self._kinds: dict[str, set[int]] = defaultdict(set)
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._prefixes: dict[str, list[tuple[int, re.Pattern[str]]]] = defaultdict(list)
        for number, callers in enumerate(lists):
            for text in callers:
                self._add(number, text, normal)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})

    def _add(self, number: int, text: str, normal: Callable[[str], str]) -> None:
        check_caller(text)
        plain = _plain(text)
        if text in KINDS:
            self._kinds[text].add(number)
        elif plain[-1] == "*" or "?" in plain:
            prefix = re.split(r"[?*]", plain, maxsplit=1)[0]
            whole = re.escape(plain).replace(r"\?", "[0-9]").replace(r"\*", ".*")
            self._prefixes[prefix].append((number, re.compile(whole)))
        else:
            self._exact[plain].add(number)
            self._exact[normal(plain)].add(number)

    def of(self, caller: Caller) -> set[int]:
        """The numbers of the lists on which this caller is."""
        found: set[int] = set()
        for kind in caller.kinds:
            found |= self._kinds.get(kind, set())
        if caller.number:
            found |= self._exact.get(caller.number, set())
            for length in self._lengths:
                for number, whole in self._prefixes.get(caller.number[:length], ()):
                    if number not in found and whole.fullmatch(caller.number):
                        found.add(number)
        return found


# ---------------------------------------------------------------- the rules


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a caller: the one that decides, if any, and those that only make the wait shorter."""

    rule: RuleSettings | None = None
    priority: tuple[RuleSettings, ...] = ()
    over: datetime | None = None
    """When the one that decides does not hold any more, if its times tell."""

    @property
    def what(self) -> str:
        """What the rule that decides does with the caller; empty where there is none."""
        return "" if self.rule is None else self.rule.what


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: RuleSettings
    lines: frozenset[str] = field(default_factory=frozenset)
    when: Times | None = None
    unless: Times | None = None

    def holds(self, line: str, moment: datetime) -> bool:
        if self.lines and line not in self.lines:
            return False
        if self.when is not None and not self.when.hold(moment):
            return False
        return self.unless is None or not self.unless.hold(moment)

    def over(self, moment: datetime) -> datetime | None:
        """When it does not hold any more, if it has hours."""
        ends = (self.when.end(moment) if self.when else None, self.unless.begin(moment) if self.unless else None)
        return min((end for end in ends if end is not None), default=None)


class Rules:
    """All rules of the office. Raises `ValueError` for settings that the store would not have let pass."""

    def __init__(self, rules: Sequence[RuleSettings], calendar: Calendar, normal: Callable[[str], str]) -> None:
        self._rules = [
            _Compiled(rule, frozenset(rule.lines), calendar.times(rule.when), calendar.times(rule.unless))
            for rule in rules
        ]
        self._lists = CallerLists((rule.callers for rule in rules), normal)

    def verdict(self, caller: Caller, line: str, moment: datetime) -> Verdict:
        """What they say of this caller, who calls on `line` at this local moment."""
        priority: list[RuleSettings] = []
        for number in sorted(self._lists.of(caller)):
            compiled = self._rules[number]
            if not compiled.holds(line, moment):
                continue
            if compiled.rule.what != "priority":
                over = compiled.over(moment) if compiled.rule.what == "closed" else None
                return Verdict(compiled.rule, tuple(priority), over)
            priority.append(compiled.rule)
        return Verdict(None, tuple(priority))
