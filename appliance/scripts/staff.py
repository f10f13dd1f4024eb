"""A colleague calls the box: where they are, who waits, the next caller, the greeting, their messages (R31).

They are known by the extension they call from, which came as caller ID, or as keys of the PBX right after our answer
(follow-on ID); or they have keyed in the staff code and now say their extension. Nothing is told or done before the
PIN. A telephone is all they need, so every menu says itself again, and silence ends in goodbye.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person, Presence
from appliance.acts import Collect, Doing, Ending, Play, SpeakLanguage, WhoIsThere, sentence
from appliance.call import Outcome
from appliance.pin import PinVerdict
from appliance.scripts.greeting import arrange_greeting
from appliance.scripts.messages import hear_messages
from appliance.scripts.mycards import hear_cards
from appliance.scripts.presence import arrange_presence, read_back
from appliance.scripts.verbs import LAST_WORD_S, ask, rest_of, say
from appliance.speller import LONGEST_WAIT_MIN
from appliance.staffacts import CheckPin, TellPresence, WantNext, WhoWaits

LONGEST_EXTENSION, LONGEST_PIN = 8, 8
TRIES = 3
"""So many wrong PINs end the call."""
MOST_THINGS = 20
"""So many things done in one call are enough: the line is needed for callers."""
KEY_S, BETWEEN_S = 8.0, 4.0
"""How long to wait for the first key of a number and from one to the next."""
TOGETHER_S = 0.6
"""Keys that the PBX sends by itself come faster than that."""
ORDINARY = "9"
"""Keyed in place of the PIN: they want to speak to somebody, like any other caller."""


# ---------------------------------------------------------------- who is it


async def follow_on(plan: Plan) -> str:
    """The keys that came right after our answer, where this PBX sends the extension that calls in this way.

    Not awaited for callers whose number is known already.
    """
    if not plan.pbx.follow_on_s or plan.caller_id.number:
        return ""
    return await Collect(LONGEST_EXTENSION, plan.pbx.follow_on_s, TOGETHER_S, end="", silence_counts=False)


async def colleague_at(extension: str) -> Person | None:
    """The colleague with this extension, if they may use the box by telephone."""
    found = await WhoIsThere(extensions=(extension,)) if extension else ()
    return found[0].person if found and found[0].person.has_pin else None


def key_of_caller(keys: str, plan: Plan) -> str:
    """Of keys that came right after our answer, what a caller may have pressed: one key, or the staff code.

    Several other keys are what a PBX sends for somebody whom we do not know.
    """
    return keys if len(keys) == 1 or keys == plan.staff_code else ""


async def keyed_code(plan: Plan, early: str) -> bool:
    """Where there is no menu: did the keys that cut the greeting short, or came before it, make up the staff code?"""
    code = plan.staff_code
    return bool(code) and code.startswith(early) and await rest_of(code, early)


async def attend_unknown(plan: Plan) -> Outcome | None:
    """Who has keyed in the staff code says their extension, then the PIN. `None`: they said none after all."""
    await Doing("telling who they are")
    for _ in range(2):
        await say("staff-extension")
        extension = await Collect(LONGEST_EXTENSION, KEY_S, BETWEEN_S)
        if extension:
            return await attend(plan, extension, await colleague_at(extension))
    return None


async def one_of_us(plan: Plan, keys: str) -> Outcome | None:
    """Serve a colleague who is known by their caller ID, by the `keys` that the PBX sent, or by how it rang; `None`:
    this is none, or somebody who wants to be treated like any caller.
    """
    colleague = plan.colleague or await colleague_at(keys)
    if colleague:
        return await attend(plan, colleague.extension, colleague, known=True)
    return await attend_unknown(plan) if plan.internal else None


async def attend(plan: Plan, extension: str, person: Person | None, *, known: bool = False) -> Outcome | None:
    """Ask for the PIN and do what they want. `None`: they would rather be treated like any other caller.

    `known` is who calls from their own extension: whatever becomes of this, nobody need call them back.
    """
    if known:
        await Ending(Outcome.STAFF)
    await SpeakLanguage("")  # the office's own, whatever was chosen before
    await Doing("keying in a PIN")
    match await prove(extension, person if known else None):
        case PinVerdict.RIGHT if person is not None:
            await Ending(Outcome.STAFF)
            await Doing(f"serving {person.name}")
            (standing,) = await WhoIsThere(extensions=(extension,))
            await read_back(standing.presence, standing.until)
            return await serve(plan, person)
        case PinVerdict.LOCKED:
            await say("staff-locked")
        case None:
            await Ending(Outcome.ABANDONED)
            return None
    return await take_leave(Outcome.STAFF if known else Outcome.INFORMED)


async def prove(extension: str, person: Person | None) -> PinVerdict | None:
    """Three tries at the PIN, and two at silence; `None`: no PIN but the key for ordinary callers."""
    asked = sentence("staff-pin", person=person.name) if person else sentence("staff-pin-only")
    silent = 0
    for _ in range(TRIES):
        await Play((asked,))
        pin = await Collect(LONGEST_PIN, KEY_S, BETWEEN_S)
        if pin == ORDINARY:
            return None
        if not pin:
            silent += 1
            if silent == 2:
                break
            continue
        verdict = await CheckPin(extension, pin)
        if verdict is not PinVerdict.WRONG:
            return verdict
        await say("staff-pin-not-known")
    return PinVerdict.WRONG


# ---------------------------------------------------------------- what they want


async def serve(plan: Plan, person: Person) -> Outcome:
    """One thing after the other, until they hang up or say nothing more."""
    for _ in range(MOST_THINGS):
        match await ask(("staff-menu", {}), keys="1234567"):
            case "1":
                await come_or_go(person)
            case "2":
                await arrange_presence(person)
            case "3":
                await tell_who_waits(person)
            case "4":
                if await WantNext():
                    await say("staff-next")
                    return await take_leave(Outcome.STAFF)
                await say("staff-nobody-waits")
            case "5":
                await arrange_greeting(plan, person)
            case "6":
                await hear_messages(person)
            case "7":
                if await hear_cards(person):
                    return Outcome.STAFF
            case _:
                break
    return await take_leave(Outcome.STAFF)


async def come_or_go(person: Person) -> None:
    """Who is in logs out; who is not, for whatever reason, is in again."""
    (standing,) = await WhoIsThere(extensions=(person.extension,))
    presence = Presence.OUT if standing.presence is Presence.IN else Presence.IN
    await TellPresence(person.extension, presence)
    await read_back(presence)


async def tell_who_waits(person: Person) -> None:
    """How many, how long the longest, and whom key 4 would bring."""
    line = await WhoWaits(person.extension)
    if line is None:
        await say("staff-nobody-waits")
        return
    minutes = round(line.longest_s / 60)
    longest = sentence("staff-longest", high=minutes) if minutes else sentence("staff-longest-under")
    if minutes > LONGEST_WAIT_MIN:
        longest = sentence("staff-longest-over")
    first = sentence("staff-first", name=line.first.name, number=line.first.number)
    await Play((sentence("staff-waiting", count=line.count), longest, first))


async def take_leave(outcome: Outcome) -> Outcome:
    """Goodbye; the colleague hangs up first, so that their telephone is free at once (R20)."""
    await Ending(outcome)
    await Doing("saying goodbye")
    await say("staff-goodbye")
    await Collect(1, LAST_WORD_S, silence_counts=False)
    return outcome
