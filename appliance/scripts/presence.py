"""A colleague says where they are and when they are back, with the keys of a telephone (R15, R31)."""

from __future__ import annotations

from datetime import datetime, timedelta

from appliance.acd.staff import Person, Presence
from appliance.acts import Collect, Moment
from appliance.scripts.verbs import ask, say
from appliance.staffacts import TellPresence

PLACES = {"1": Presence.IN, "2": Presence.MEETING, "3": Presence.LUNCH, "4": Presence.AWAY}
TOLD = {
    Presence.IN: "staff-is-in",
    Presence.MEETING: "staff-is-in-meeting",
    Presence.LUNCH: "staff-is-at-lunch",
    Presence.AWAY: "staff-is-away",
    Presence.OUT: "staff-is-out",
}
TODAY, TOMORROW = "8", "9"
"""The other days are 1 for Monday to 7 for Sunday."""
NOT_KNOWN = "*"
TRIES = 3


async def read_back(presence: Presence, until: datetime | None = None) -> None:
    """Tell a colleague where they said they are, and until when."""
    back = "" if until is None else until.isoformat(timespec="minutes")
    await say(TOLD[presence], opens=back, now=(await Moment()).isoformat(timespec="minutes"))


async def arrange_presence(person: Person) -> None:
    """Ask where they will be and until when, write it down, and read it back. Silence changes nothing."""
    presence = PLACES.get(await ask(("staff-presence", {}), keys="".join(PLACES)))
    if presence is None:
        await say("staff-unchanged")
        return
    if presence is Presence.IN:
        answered, until = True, None
    else:
        answered, until = await ask_until(presence)
    if not answered:
        await say("staff-unchanged")
        return
    await TellPresence(person.extension, presence, until)
    await read_back(presence, until)


async def ask_until(presence: Presence) -> tuple[bool, datetime | None]:
    """The moment at which they are in again. `(True, None)`: they do not know; `(False, None)`: nothing was said."""
    for _ in range(TRIES):
        await say("staff-time")
        keyed = await Collect(4, 8.0, 3.0)
        if keyed == NOT_KNOWN:
            return True, None
        day = TODAY
        if keyed and time_of(keyed) and presence is Presence.AWAY:
            day = await ask(("staff-day", {}), keys="123456789")
            if not day:
                return False, None
        until = moment_of(keyed, day, await Moment())
        if until is not None:
            return True, until
        if keyed:
            await say("staff-time-past" if time_of(keyed) else "staff-no-such-time")
    return False, None


def time_of(keyed: str) -> tuple[int, int] | None:
    """Hour and minute from four keys, as "1330"; `None`: there is no such time of day."""
    if len(keyed) != 4 or not keyed.isascii() or not keyed.isdigit():
        return None
    hour, minute = int(keyed[:2]), int(keyed[2:])
    return (hour, minute) if hour < 24 and minute < 60 else None


def moment_of(keyed: str, day: str, now: datetime) -> datetime | None:
    """The local moment that is meant at `now`; `None`: there is no such time, or it has passed.

    A day of the week is the next one of its name, so today's own name is in a week.
    """
    time = time_of(keyed)
    if time is None:
        return None
    days = {TODAY: 0, TOMORROW: 1}.get(day, (int(day) - 1 - now.weekday() - 1) % 7 + 1)
    moment = (now + timedelta(days=days)).replace(hour=time[0], minute=time[1], second=0, microsecond=0)
    return moment if moment > now else None
