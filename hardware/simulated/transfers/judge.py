"""Judging an office: the PBX's truth about every caller against the office's records and cards.

A caller whom we cut off counts as served only if a card was filed within a second; one who hung up themselves while
the box served them must have a card (R23), unless nobody could know: they had already been handed over.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

from appliance.call import HangUpSign, Outcome
from appliance.cards import CardKind
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Caller, End, Kind, Where
from hardware.simulated.eventport import Port, PortState
from hardware.simulated.pbxprofile import RecallShows
from hardware.simulated.transfers.drawing import Drawn
from hardware.simulated.transfers.report import Fate, Report

AT_ONCE_S = 1.0
"""A card for whoever was cut off must be there so soon."""
FLASH_NOTICED_S = 15.0
"""The same where a flash cut them off, which shows only when the way back has been tried; if a reply has gone astray,
when the line has been without an act for ten seconds."""
ON_HOOK_WITHIN_S = 2.0
"""After a call is over its line is on-hook within this time (R37)."""
EMPTY_S = 60.0
"""A line with nobody at the far end, who has told so, is noticed within this time."""
LAST_WORDS_S = 180.0
"""So long it may take to offer a callback to nobody, and to say goodbye."""
ON_HOLD = (Where.HOLD, Where.WHISPER)
FORGOTTEN_ON_HOLD_S = 90.0
"""No extension is tried and nobody is told of a caller for so long: the box has forgotten who is on hold."""
OWN_CALL_S = 300.0
"""A call of the box's own that began so shortly before the end may go on."""
PROMISES = (CardKind.CALLBACK, CardKind.MESSAGE)


GLARE_S = 1.0
"""By then the office knows that a caller is there whom it did not expect."""


class Judge:
    """Watches one office and writes into the report."""

    def __init__(self, drawn: Drawn, office: EventOffice, report: Report) -> None:
        self._drawn = drawn
        self._office = office
        self._report = report
        self._name = f"office {report.offices} ({drawn.make})"
        self._calls: dict[Caller, list[tuple[int, float]]] = {}
        self._complained: set[str] = set()
        office.pbx.connected = self._connected

    def _connected(self, caller: Caller, port: Port) -> None:
        """Caller and box hear one another: from now on this call of the office is theirs."""
        number = self._office.call_of[port.name]
        if self._office.begun[number].outgoing:  # they rang just when the box took the line: the call of theirs follows
            self._office.clock.at(self._office.clock.now() + GLARE_S, partial(self._have_met, caller, port))
            return
        calls = self._calls.setdefault(caller, [])
        calls.append((number, self._office.clock.now()))
        believed, true = self._office.begun[number].caller_id.number, caller.visitor.caller_id.number
        own = Where.RETURNING not in caller.way or self._drawn.habits.recall_shows is RecallShows.CALLER
        if believed and true and believed != true and own and not caller.without_pause:
            self._report.mistaken += 1
            self._complain(f"{true} was taken for {believed}")

    def _have_met(self, caller: Caller, port: Port) -> None:
        if caller.port is port:
            self._connected(caller, port)

    def _complain(self, sentence: str) -> None:
        self._report.complain(f"{self._name}, {self._office.clock.now():.0f} s: {sentence}")

    # ------------------------------------------------------------ now and then

    def look(self) -> None:
        """Is a line off-hook that should not be?"""
        now = self._office.clock.now()
        for line in self._office.lines.values():
            port = self._office.pbx.ports[line.name]
            if line.on_hook_after_s > ON_HOOK_WITHIN_S:
                self._off_hook(line.name, "was off-hook too long after a call")
            elif now - port.empty_since > self._may_be_empty_s(port):
                self._off_hook(line.name, f"is off-hook with nobody there since {port.empty_since:.1f} s")

    def _may_be_empty_s(self, port: Port) -> float:
        """How long until a line with nobody there is noticed: at once where there is a sign, else by the limits."""
        settings = self._drawn.settings
        told = port.last is not None and port.last.visitor.sign is not HangUpSign.SILENCE and not port.last.unnoticed
        if told and settings.pbx.recall_tone:
            return EMPTY_S
        return settings.waiting.longest_s + LAST_WORDS_S

    def _off_hook(self, line: str, how: str) -> None:
        about = f"{line} {how}"
        if about not in self._complained:
            self._complained.add(about)
            self._report.left_off_hook += 1
            self._complain(about)

    # ------------------------------------------------------------ in the end

    def close(self) -> None:
        """Say of every caller what became of them."""
        report, pbx = self._report, self._office.pbx
        fates = report.by_make.setdefault(self._drawn.make, Counter())
        for caller in pbx.callers:
            fate = self._fate(caller)
            report.fates[fate] += 1
            fates[fate] += 1
            if fate is Fate.LOST:
                self._complain(f"{self._story(caller)}: LOST")
            elif fate is Fate.LEFT_BY_CALLER and self._is_forgotten(caller):
                report.forgotten += 1
                self._complain(f"{self._story(caller)}: no card")
        for port in pbx.ports.values():
            if port.state is not PortState.ON_HOOK and not self._calls_out(port):
                self._off_hook(port.name, "is off-hook in the end")
        report.offered_twice += len(pbx.offered_twice)
        for sentence in pbx.offered_twice:
            self._complain(sentence)
        report.said_astray += len(pbx.astray)
        for sentence in pbx.astray:
            self._complain(sentence)
        report.happened.update(pbx.happened)

    def _calls_out(self, port: Port) -> bool:
        """Is the box just calling somebody on this line?"""
        record = self._office.begun[self._office.call_of[port.name]]
        age_s = (self._office.clock.today() - record.started).total_seconds()
        return record.outgoing and age_s < OWN_CALL_S

    def _fate(self, caller: Caller) -> Fate:
        if any(desk.kind is Kind.PERSON for desk in caller.reached):
            return Fate.TRANSFERRED
        if caller.ended is None or (caller.where in ON_HOLD and caller.waited_s > FORGOTTEN_ON_HOLD_S):
            return Fate.LOST
        if self._is_promised(caller) or self._was_thanked(caller):
            return Fate.SERVED_OTHERWISE
        if caller.ended is End.DROPPED:
            within_s = FLASH_NOTICED_S if caller.cut_by_flash else AT_ONCE_S
            return Fate.SERVED_OTHERWISE if self._has_card(caller, within_s) else Fate.LOST
        if caller.reached and not self._may_meet_machines(caller):
            return Fate.SERVED_OTHERWISE if self._has_card(caller, AT_ONCE_S) else Fate.LOST
        return Fate.LEFT_BY_CALLER

    def _is_promised(self, caller: Caller) -> bool:
        numbers = {number for number, _ in self._calls.get(caller, ())}
        return any(card.call in numbers and card.kind in PROMISES for card in self._office.cards)

    def _was_thanked(self, caller: Caller) -> bool:
        numbers = {number for number, _ in self._calls.get(caller, ())}
        return any(record.number in numbers and record.outcome is Outcome.INFORMED for record in self._office.finished)

    def _has_card(self, caller: Caller, within_s: float) -> bool:
        calls = self._calls.get(caller, ())
        numbers, since = {number for number, _ in calls}, max((at for _, at in calls), default=0.0)
        cards = zip(self._office.cards, self._office.cards_at, strict=True)
        return any(card.call in numbers and since <= at <= caller.ended_at + within_s for card, at in cards)

    def _may_meet_machines(self, caller: Caller) -> bool:
        """Where no key is asked for, or none means yes, whatever answers has the call."""
        handover = self._drawn.settings.handover
        ways = {person.extension: person.handover for person in self._drawn.settings.people}
        return handover.no_key == "take" or any(
            (ways[desk.number] or handover.way) != "briefed" for desk in caller.reached
        )

    def _is_forgotten(self, caller: Caller) -> bool:
        """They hung up while they were with us, and nobody will call them back."""
        numbers = {number for number, _ in self._calls.get(caller, ())}
        if caller.where not in (Where.OFFICE, *ON_HOLD) or self._has_card(caller, 1e9):
            return False
        outcomes = {record.number: record.outcome for record in self._office.finished}
        handed_over = outcomes.get(max(numbers)) is Outcome.TRANSFERRED
        unknown = caller.unnoticed or caller.visitor.sign is HangUpSign.SILENCE
        return not (handed_over and (unknown or caller.where in ON_HOLD))

    def _story(self, caller: Caller) -> str:
        who = caller.visitor.caller_id.number or "without a number"
        way = ", ".join(where.value for where in caller.way)
        end = f"{caller.ended.value} at {caller.ended_at:.0f} s" if caller.ended is not None else "is still there"
        calls = ", ".join(str(number) for number, _ in self._calls.get(caller, ()))
        return f"caller {who} of {caller.came_at:.0f} s (calls {calls or 'none'}): {way}; {end}"
