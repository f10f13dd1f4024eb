"""What must fit together in what the owner says of handing over: refusals, parties for calls of three (R18, R19)."""

from __future__ import annotations

from dataclasses import replace

from appliance.acd.threeway import possible
from appliance.settings import REFUSALS, Settings
from appliance.store.peoplerules import extension_of
from appliance.store.problems import Place, Problems, doubles, nearest

MOST_REFUSALS = 6
"""The keys 2 to 7; 1 takes the call, 9 wants a message, 0 passes it on."""
MOST_PARTIES = 8

_REFUSALS = Place("[handover]", "refusals")
_PARTIES = Place("[handover]", "conference_parties")
_NEEDED = tuple(Place("[pbx]", key) for key in ("conference_code", "back_from_busy", "back_from_no_answer",
                                                "back_from_refusal", "back_from_reorder"))  # fmt: skip


def check_refusals(settings: Settings, problems: Problems) -> None:
    """Each is a phrase known by its name, or something to be spoken as it stands."""
    refusals = settings.handover.refusals
    if not 1 <= len(refusals) <= MOST_REFUSALS:
        problems.tell(_REFUSALS, f"refusals has {len(refusals)} phrases: write one to {MOST_REFUSALS}.")
        return
    for text in refusals:
        if not text:
            problems.tell(_REFUSALS, "one of refusals is empty: write what the caller shall hear, or take it out.")
        elif " " not in text and text not in REFUSALS:
            advice = f"write one of {', '.join(REFUSALS)}, or a whole sentence of your own"
            problems.tell(_REFUSALS, f'refusals has "{text[:40]}": {advice}.')


def check_parties(settings: Settings, problems: Problems) -> None:
    """Who may be added to a call of three is one of the people, or of the outside numbers (R35)."""
    parties = settings.handover.conference_parties
    if not parties:
        return
    if len(parties) > MOST_PARTIES:
        problems.tell(_PARTIES, f"conference_parties has {len(parties)} parties: write {MOST_PARTIES} at most.")
        return
    if not possible(settings.pbx):
        problems.tell(
            _PARTIES,
            "conference_parties names somebody, but this PBX cannot join three: it has no conference_code in [pbx], or "
            'fetches callers back by "hang up". Ask its installer, or take conference_parties out.',
            *_NEEDED,
        )
    for who in parties:
        _check_party(who, settings, problems)
    for number in doubles(_number_of(who, settings) for who in parties):
        problems.tell(_PARTIES, f"conference_parties has {number} twice: write it once.")


def _check_party(who: str, settings: Settings, problems: Problems) -> None:
    if _number_of(who, settings) or problems.excuses(who, "people") or problems.excuses(who, "outside_numbers"):
        return
    named = [person.name for person in settings.people if person.name]
    if named.count(who) > 1:
        words = (
            f"conference_parties names {who}, but {named.count(who)} people are called so: write the extension instead."
        )
        problems.tell(_PARTIES, words)
        return
    close = nearest(who, [*settings.outside_numbers, *(person.extension for person in settings.people), *named])
    advice = f'did you mean "{close}"' if close else "add it to one of them first"
    words = f'conference_parties names "{who[:40]}", who is in neither [[people]] nor outside_numbers: {advice}.'
    problems.tell(_PARTIES, words)


def _number_of(who: str, settings: Settings) -> str:
    """The number of one party; empty where it is nobody, or several."""
    return who if who in settings.outside_numbers else extension_of(who, settings.people)


def with_parties(settings: Settings) -> Settings:
    """Name the parties of calls of three by their numbers."""
    parties = tuple(_number_of(who, settings) for who in settings.handover.conference_parties)
    return replace(settings, handover=replace(settings.handover, conference_parties=parties))
