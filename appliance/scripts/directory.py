"""Whom a caller wants, keyed in: letters of a name, an extension, or their own customer number (R6).

Nobody learns here who works in the office: a name must be begun, and only people of the office can be reached by an
extension (R35). A customer is not called by their name: whoever keys in a number need not be that customer.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import Collect, Doing, FindByName, IdentifyCustomer, WhoIsThere
from appliance.scripts.verbs import EXIT, Prompt, ask, say

TRIES = 2
LONGEST_NAME, LONGEST_EXTENSION, LONGEST_CUSTOMER_NUMBER = 12, 8, 20
KEY_S, BETWEEN_S = 8.0, 3.0
"""How long to wait for the first key, and from one to the next."""
MOST_NAMES = 5
"""Among more than so many people nobody finds theirs by listening."""


async def keyed(question: str, most: int) -> str:
    """Ask for several keys, ended by hash or a pause. `EXIT` alone is the wish for somebody who answers."""
    await say(question)
    return await Collect(most, KEY_S, BETWEEN_S)


async def find_by_name() -> str:
    """The extension of the person whose name begins with the letters keyed in; `EXIT`, or nothing for nobody."""
    await Doing("looking for a name")
    for _ in range(TRIES):
        keys = await keyed("by-name", LONGEST_NAME)
        if keys in ("", EXIT):
            return keys
        people = await FindByName(keys)
        if len(people) == 1:
            return people[0].extension
        if 1 < len(people) <= MOST_NAMES:
            return await which(people)
        await say("by-name-too-many" if people else "by-name-nobody")
    return ""


async def which(people: tuple[Person, ...]) -> str:
    """Several have such a name: one key for each."""
    by_key = {str(key): person for key, person in enumerate(people, 1)}
    menu: list[Prompt] = [("menu-choice", {"key": key, "group": person.name}) for key, person in by_key.items()]
    key = await ask(*menu, keys="".join(by_key) + EXIT)
    return by_key[key].extension if key in by_key else key


async def find_by_extension() -> str:
    """The extension keyed in, if a person has it; `EXIT`, or nothing for nobody."""
    await Doing("keying in an extension")
    for _ in range(TRIES):
        extension = await keyed("extension-enter", LONGEST_EXTENSION)
        if extension in ("", EXIT) or await WhoIsThere(extensions=(extension,)):
            return extension
        await say("extension-nobody")
    return ""


async def identify_customer() -> Plan | str:
    """The plan for the customer whose number is keyed in; `EXIT`, or nothing for nobody."""
    await Doing("keying in a customer number")
    for _ in range(TRIES):
        digits = await keyed("customer-number", LONGEST_CUSTOMER_NUMBER)
        if digits in ("", EXIT):
            return digits
        if theirs := await IdentifyCustomer(digits):
            await say("customer-number-thanks")
            return theirs
        await say("customer-number-unknown")
    return ""
