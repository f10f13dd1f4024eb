"""Who takes which caller at this hour: forms and hours, as those ask who offer calls and tell callers (R15, R27)."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from appliance.acd.caller import Caller
from appliance.acd.decision import Routing
from appliance.acd.forms import Reason
from appliance.acd.queue import Ticket
from appliance.acd.staff import Colleague, Presence, Standing
from appliance.call import Call
from appliance.clock import Clock


class Willingness:
    """Asks the routing at the present moment. Where everybody takes every call it is not asked at all."""

    def __init__(self, routing: Routing, clock: Clock) -> None:
        self._clock = clock
        self.take_up(routing)

    def take_up(self, routing: Routing) -> None:
        """From now on this routing decides."""
        self._routing = routing
        self._particular = routing.particular
        self._changes_at = -math.inf

    def takes(self, who: Colleague, ticket: Ticket) -> bool:
        """Does this colleague take the caller who holds this ticket now?

        Whoever came while the group took calls is served also after its hours.
        """
        if not self._particular:
            return True
        moment = self._clock.today()
        came = moment - timedelta(seconds=self._clock.now() - ticket.taken)
        if not self._routing.group_is_open(ticket.group, ticket.caller, came):
            return False
        return self._routing.may_be_offered(who.person.extension, ticket.caller, moment)

    def next_change(self) -> float:
        """When (in seconds of the clock) somebody may take a caller whom they do not take now."""
        if not self._particular:
            return math.inf
        now = self._clock.now()
        if now >= self._changes_at:
            moment = self._clock.today()
            change = self._routing.next_change(moment)
            wait_s = math.inf if change is None else (_wall(change) - _wall(moment)).total_seconds()
            self._changes_at = now + wait_s
        return self._changes_at

    def standing(self, who: Colleague, call: Call, group: str = "") -> Standing:
        """How it stands with a colleague for this caller, who hears of a meeting where the colleague wants no call."""
        standing = who.standing(self._clock.now())
        if not self._particular or standing.presence is not Presence.IN:
            return standing
        extension, caller = who.person.extension, call.caller or Caller()
        refusal = self._routing.refusal(extension, caller, self._clock.today(), group)
        if refusal is None:
            return standing
        presence = Presence.AWAY if refusal.reason is Reason.OFF else Presence.MEETING
        return Standing(who.person, presence, refusal.until, free=False)


def _wall(moment: datetime) -> datetime:
    """What the clock on the wall shows then."""
    return moment.replace(tzinfo=None)
