"""What an office is likely to say: spoken ahead, so that no caller waits for the speech engine."""

from __future__ import annotations

from appliance.acd.threeway import parties
from appliance.acts import Sentence, sentence
from appliance.prompts import SENTENCES, TABLES, refusal
from appliance.settings import PersonSettings, Settings
from appliance.speller import LONGEST_WAIT_MIN


def likely_sentences(settings: Settings) -> list[Sentence]:
    """Whatever this office is likely to say, in the order in which callers will want it; to be prepared ahead."""
    alone = [key for key, placeholders in SENTENCES.items() if not placeholders]
    fixed = [sentence(key) for key in alone if not key.startswith("staff-")]
    for_staff = [sentence(key) for key in alone if key.startswith("staff-")]
    for_staff += [sentence("staff-pin", person=person.name) for person in settings.people if person.pin]
    introductions = {(line.company or settings.company, line.department) for line in settings.lines}
    introductions |= {(settings.company, "")}
    greetings = [
        sentence("greeting", daypart=part, company=company, department=department)
        for company, department in sorted(introductions)
        for part in ("morning", "afternoon", "evening")
    ]
    goodbyes = [sentence("goodbye", company=company) for company in sorted({company for company, _ in introductions})]
    menu = [sentence("menu-choice", key=key, group=group) for key, group in settings.menu.choices]
    people = [
        told
        for person in settings.people
        for told in (
            sentence("putting-through", person=person.name, position=person.position, number=person.extension),
            sentence("person-busy", person=person.name),
            sentence("person-no-answer", person=person.name),
            sentence("person-refused", person=person.name),
        )
    ]
    screened = [told for person in settings.people if person.protected for told in _screening(person, settings)]
    promises = [sentence("callback-promised", when=when) for when in sorted(TABLES["when"])]
    places = [sentence("position", place=place) for place in range(1, max(2, len(settings.lines)) + 1)]
    waits = [
        sentence("position", place=1, low=low, high=high)
        for high in range(1, LONGEST_WAIT_MIN + 1)
        for low in range(high)
    ]
    waited = [sentence("brief-waited", high=minutes) for minutes in range(1, LONGEST_WAIT_MIN + 1)]
    waits += waited if settings.handover.way == "briefed" else []
    told = [*greetings, *menu, *fixed, *people, *screened, *_three(settings), *goodbyes, *places, *promises, *waits]
    return told + for_staff if any(person.pin for person in settings.people) else told


def _screening(person: PersonSettings, settings: Settings) -> list[Sentence]:
    """What is said about somebody protected, to callers and to those who decide (R18)."""
    refusals = settings.handover.refusals
    return [
        sentence("screen-moment", person=person.name),
        sentence("refusal-unavailable", person=person.name),
        sentence("screen-for", person=person.name),
        sentence("screen-take", key="1"),
        sentence("screen-pass-on", person=person.name, key="0"),
        *(sentence("screen-refuse", key=str(key)) for key, _ in enumerate(refusals, 2)),
        *(refusal(text, person.name) for text in refusals),
        sentence("screen-message", key="9"),
    ]


def _three(settings: Settings) -> list[Sentence]:
    """What is said in calls of three (R19)."""
    thirds = [third.name for _, third in parties(settings)]
    if not thirds:
        return []
    names = [person.name for person in settings.people]
    by_third = ("conference-begins", "conference-joined", "conference-confirm", "conference-missing")
    by_person = ("conference-check", "conference-with-caller", "conference-invite")
    return [
        *(sentence("conference-two", person=name, third=thirds[0]) for name in names),
        *(sentence("conference-two", person=name, third=third) for name in names[:1] for third in thirds[1:]),
        *(sentence(key, third=third) for third in thirds for key in (*by_third, "conference-not-reached")),
        *(sentence(key, person=name) for name in names for key in by_person),
    ]
