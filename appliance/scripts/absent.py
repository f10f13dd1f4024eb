"""Presence first: nobody is put through to somebody who is not there (R15, R13).

Callers are told where the person is and when they are back, and choose what they prefer. Lunch is told as a meeting.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Presence, Standing
from appliance.acts import Doing, Moment, Offer, TakeTicket, WhoIsThere
from appliance.scripts.elsewhere import Choice, choice_of
from appliance.scripts.verbs import ask, say
from appliance.scripts.waiting import CHOICES, somebody_in

TOLD = {
    Presence.MEETING: "person-in-meeting",
    Presence.LUNCH: "person-in-meeting",
    Presence.AWAY: "person-away",
    Presence.OUT: "person-away",
}


async def somebody_there(plan: Plan, group: str) -> Offer | Choice | None:
    """Make sure that somebody of `group` is in. `None`: so it is, or the caller waits all the same.

    Where nobody is, a caller of one person hears where they are; the group that helps out takes over where there is
    one, else the caller is asked. An `Offer` is a deputy who can take the call now.
    """
    people = await WhoIsThere(group)
    if not people or somebody_in(people):
        return None
    if len(people) == 1:
        await tell(people[0])
    other = plan.overflow_of(group)
    if other and somebody_in(await WhoIsThere(other)) and await TakeTicket(other):
        return None
    if len(people) > 1:
        await say("nobody-in")
    return await prefer(plan, tuple(extension for who in people for extension in who.person.deputies))


async def tell(who: Standing) -> None:
    """Where they are, politely, and when they are back."""
    back = "" if who.until is None else who.until.isoformat(timespec="minutes")
    now = (await Moment()).isoformat(timespec="minutes")
    await say(TOLD[who.presence], person=who.person.name, opens=back, now=now)


async def prefer(plan: Plan, deputies: tuple[str, ...]) -> Offer | Choice | None:
    """Ask what the caller would like: wait (`None`), a callback, a message, or somebody else, `deputies` first."""
    await Doing("choosing what to do")
    return await choice_of(await ask(("come-back-choices", {}), keys=CHOICES), plan, deputies)
