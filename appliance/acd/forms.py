"""The phone form: what each person has answered to ten questions is the routing to them (R27).

For one person one thing decides, in this order: whom they never want, whom they (or a rule of the office) want put
through at any time, who may call at certain hours (their private callers among them), quiet hours, their schedule. So a
call at an hour of which the form says that it is welcome is welcome in quiet hours, too. Callers are told of a meeting,
whatever the reason (R15).

`Forms` is asked for every caller who waits and every colleague who is free, so it looks up each caller only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from appliance.acd.caller import Caller
from appliance.acd.rules import CallerLists
from appliance.routingsettings import UNANSWERED
from appliance.schedule import Calendar, Schedule, Times
from appliance.settings import PersonSettings

MOST_REMEMBERED = 256
"""Callers whose lists are kept; more cannot be waiting."""


class Reason(Enum):
    """Why somebody does not take a call now."""

    NEVER = "never wants this caller"
    NOT_NOW = "takes this caller only at certain hours"
    QUIET = "has quiet hours"
    OFF = "takes no calls at this hour"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody does not take this call: why, and until when; `None`: it will not change within a week."""

    reason: Reason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """One form, with the numbers of its lists of callers."""

    never: int
    always: int
    at_times: tuple[tuple[int, Times], ...]
    elsewhere: tuple[tuple[int, str], ...]
    quiet: Times | None
    schedule: Schedule | None

    def reason(self, on: frozenset[int], caller: Caller, moment: datetime) -> Reason | None:
        """Why this caller, who is `on` these lists, is not put through."""
        if self.never in on:
            return Reason.NEVER
        if self.always in on or caller.at_any_time:
            return None
        welcome = [times.hold(moment) for number, times in self.at_times if number in on]
        if welcome:
            return None if any(welcome) else Reason.NOT_NOW
        if self.quiet is not None and self.quiet.hold(moment):
            return Reason.QUIET
        return Reason.OFF if self.schedule is not None and not self.schedule.open_at(moment) else None

    def until(self, reason: Reason, on: frozenset[int], moment: datetime) -> datetime | None:
        """When it will be different."""
        match reason:
            case Reason.NOT_NOW:
                begins = [times.begin(moment) for number, times in self.at_times if number in on]
                return min((begin for begin in begins if begin is not None), default=None)
            case Reason.QUIET:
                return None if self.quiet is None else self.quiet.end(moment)
            case Reason.OFF:
                return None if self.schedule is None else self.schedule.next_opening(moment)
        return None

    def edges(self, moment: datetime) -> Iterator[datetime | None]:
        """When an hour that it names begins or ends next."""
        yield from (times.next_edge(moment) for _, times in self.at_times)
        if self.quiet is not None:
            yield self.quiet.next_edge(moment)
        if self.schedule is not None:
            yield self.schedule.next_opening(moment)


class Forms:
    """The forms of all people. Raises `ValueError` for settings that the store would not have let pass."""

    def __init__(self, people: Sequence[PersonSettings], calendar: Calendar, normal: Callable[[str], str]) -> None:
        lists: list[Sequence[str]] = []
        self._forms = {
            person.extension: _compiled(person, calendar, lists)
            for person in people
            if person.form != UNANSWERED or person.schedule
        }
        self._at_any_time = {form.always: extension for extension, form in self._forms.items()}
        self._lists = CallerLists(lists, normal)
        self._known: dict[Caller, frozenset[int]] = {}

    @property
    def any(self) -> bool:
        """Has anybody filled in a form, or hours of their own?"""
        return bool(self._forms)

    def _on(self, caller: Caller) -> frozenset[int]:
        """The lists on which this caller is."""
        known = self._known.get(caller)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[caller] = frozenset(self._lists.of(caller))
        return known

    def may_be_offered(self, extension: str, caller: Caller, moment: datetime) -> bool:
        """Does the person at `extension` take this caller at this local moment?"""
        form = self._forms.get(extension)
        return form is None or form.reason(self._on(caller), caller, moment) is None

    def refusal(self, extension: str, caller: Caller, moment: datetime) -> Refusal | None:
        """Why they do not, and until when; `None`: they do."""
        form = self._forms.get(extension)
        reason = None if form is None else form.reason(self._on(caller), caller, moment)
        if form is None or reason is None:
            return None
        return Refusal(reason, form.until(reason, self._on(caller), moment))

    def next_change(self, moment: datetime) -> datetime | None:
        """When somebody may take other callers than at this moment, within a week."""
        times = [edge for form in self._forms.values() for edge in form.edges(moment) if edge is not None]
        return min(times, default=None)

    def elsewhere(self, extension: str, caller: Caller) -> str:
        """Where calls of this caller for the person at `extension` go, in the words of the form; "": to nobody else."""
        form = self._forms.get(extension)
        if form is None or not form.elsewhere:
            return ""
        on = self._on(caller)
        return next((to for number, to in form.elsewhere if number in on), "")

    def at_any_time(self, caller: Caller) -> Iterator[str]:
        """The extensions of those who take this caller at any time."""
        on = self._on(caller)
        return (
            extension
            for number, extension in self._at_any_time.items()
            if number in on and self._forms[extension].never not in on
        )


def _compiled(person: PersonSettings, calendar: Calendar, lists: list[Sequence[str]]) -> _Form:
    """The form of one person; what it lists is added to `lists`."""
    form = person.form

    def number_of(callers: Sequence[str]) -> int:
        lists.append(callers)
        return len(lists) - 1

    hours = [(one.callers, calendar.times(one.when)) for one in (*form.only, *form.private)]
    return _Form(
        never=number_of(form.never),
        always=number_of(form.always),
        at_times=tuple((number_of(callers), times) for callers, times in hours if times is not None),
        elsewhere=tuple((number_of(one.callers), one.to) for one in form.elsewhere if one.callers),
        quiet=calendar.times(form.quiet),
        schedule=calendar.schedule(person.schedule) if person.schedule else None,
    )
