"""What must fit together in what the owner says of handing over: refusals, and parties for calls of three (R18, R19).

Every problem is one sentence for the owner, as in `appliance.store.settings`.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import NoReturn

from appliance.acd.threeway import possible
from appliance.faults import BadSettings
from appliance.settings import REFUSALS, HandoverSettings, Settings

MOST_REFUSALS = 6
"""The keys 2 to 7; 1 takes the call, 9 wants a message, 0 passes it on."""
MOST_PARTIES = 8


def checked_handover(settings: Settings) -> HandoverSettings:
    """The table [handover], its parties by number. Raises `BadSettings` for what cannot be said, or not be joined."""
    _check_refusals(settings.handover.refusals)
    return replace(settings.handover, conference_parties=_parties(settings))


def _wrong(words: str) -> NoReturn:
    raise BadSettings(f"In [handover], {words}")


def _check_refusals(refusals: tuple[str, ...]) -> None:
    """Each is a phrase known by its name, or something to be spoken as it stands."""
    if not 1 <= len(refusals) <= MOST_REFUSALS:
        _wrong(f"refusals has {len(refusals)} phrases: write one to {MOST_REFUSALS}.")
    for text in refusals:
        if not text:
            _wrong("one of refusals is empty: write what the caller shall hear, or take it out.")
        if " " not in text and text not in REFUSALS:
            _wrong(f'refusals has "{text[:40]}": write one of {", ".join(REFUSALS)}, or a whole sentence of your own.')


def _parties(settings: Settings) -> tuple[str, ...]:
    """Who may be added to a call of three: by extension, name, or as one of the outside numbers (R35)."""
    parties = settings.handover.conference_parties
    if not parties:
        return ()
    if len(parties) > MOST_PARTIES:
        _wrong(f"conference_parties has {len(parties)} parties: write {MOST_PARTIES} at most.")
    if not possible(settings.pbx):
        _wrong(
            "conference_parties names somebody, but this PBX cannot join three: it has no conference_code in [pbx], or "
            'fetches callers back by "hang up". Ask its installer, or take conference_parties out.'
        )
    numbers = tuple(_number_of(who, settings) for who in parties)
    for number in numbers:
        if numbers.count(number) > 1:
            _wrong(f"conference_parties has {number} twice: write it once.")
    return numbers


def _number_of(who: str, settings: Settings) -> str:
    numbers = (*settings.outside_numbers, *(person.extension for person in settings.people))
    if who in numbers:
        return who
    named = [person.extension for person in settings.people if person.name == who]
    if len(named) == 1:
        return named[0]
    if named:
        _wrong(f"conference_parties names {who}, but {len(named)} people are called so: write the extension instead.")
    close = difflib.get_close_matches(who, [*numbers, *(person.name for person in settings.people)], n=1, cutoff=0.5)
    advice = f'did you mean "{close[0]}"' if close else "add it to one of them first"
    _wrong(f'conference_parties names "{who[:40]}", who is in neither [[people]] nor outside_numbers: {advice}.')
