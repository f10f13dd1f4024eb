"""What an office is likely to say: spoken ahead, so that no caller waits for the speech engine."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.acd.threeway import parties
from appliance.acts import Sentence, sentence
from appliance.languages import languages
from appliance.prompts import SENTENCES, TABLES, own_words, refusal, turned_away
from appliance.settings import MenuSettings, PersonSettings, Settings
from appliance.speller import LONGEST_WAIT_MIN

OF_COLLEAGUES = ("staff-", "brief-", "conference-")
"""How the keys of sentences begin that only colleagues hear, in the language of the office."""


def likely_sentences(settings: Settings) -> list[Sentence]:
    """Whatever this office is likely to say, in the order in which it will be wanted; to be prepared ahead."""
    told = [*sentences_for_callers(settings), *_for_colleagues(settings)]
    return told + _by_telephone(settings) if any(person.pin for person in settings.people) else told


def spoken_languages(settings: Settings) -> tuple[str, ...]:
    """The languages beside the office's own in which callers are likely to be spoken to, each once (R4)."""
    wanted = [language for _, language in settings.languages.choices]
    wanted += [line.language for line in settings.lines]
    wanted += [language for person in settings.people for language in person.languages]
    return tuple(language for language in dict.fromkeys(wanted) if language in languages() - {settings.language})


def sentences_for_callers(settings: Settings) -> list[Sentence]:
    """What callers of this office are likely to hear, in the order in which they will."""
    fixed = [sentence(key) for key in _alone() if not key.startswith(OF_COLLEAGUES)]
    introductions = {(line.company or settings.company, line.department) for line in settings.lines}
    introductions |= {(settings.company, "")}
    companies = sorted({company for company, _ in introductions})
    greetings = [
        sentence("greeting", daypart=part, company=company, department=department)
        for company, department in sorted(introductions)
        for part in ("morning", "afternoon", "evening")
    ]
    menu = [told for menu in (settings.menu, *settings.menus) for told in _menu(menu, settings)]
    people = [
        told
        for person in settings.people
        for told in (
            sentence("putting-through", person=person.name, position=person.position, number=person.extension),
            *(sentence(key, person=person.name) for key in ("person-busy", "person-no-answer", "person-refused")),
        )
    ]
    screened = [told for person in settings.people if person.protected for told in _refusing(person, settings)]
    by_company = [sentence(key, company=company) for key in ("goodbye", "not-us") for company in companies]
    promises = [sentence("callback-promised", when=when) for when in sorted(TABLES["when"])]
    places = [sentence("position", place=place) for place in range(1, max(2, len(settings.lines)) + 1)]
    waits = [
        sentence("position", place=1, low=low, high=high)
        for high in range(1, LONGEST_WAIT_MIN + 1)
        for low in range(high)
    ]
    return [*greetings, *menu, *_own(settings), *fixed, *people, *screened, *by_company, *places, *promises, *waits]


def _menu(menu: MenuSettings, settings: Settings) -> Iterator[Sentence]:
    """What each key leads to: people by their names, ways on in words of ours, groups as they are called."""
    groups, names = {group.name for group in settings.groups}, {who.extension: who.name for who in settings.people}
    for key, leads in menu.choices:
        way_on = f"menu-{leads.replace(' ', '-')}"
        if leads not in groups and way_on in SENTENCES:
            yield sentence(way_on, key=key)
        else:
            yield sentence("menu-choice", key=key, group=names.get(leads, leads))


def _own(settings: Settings) -> list[Sentence]:
    """The owner's own words."""
    phrases = (rule.says for rule in settings.rules if rule.what == "turn away")
    texts = ("\n".join(settings.information), settings.callers.seller_words)
    return [told for text in texts for told in own_words(text)] + [
        told for text in phrases for told in turned_away(text)
    ]


def _alone() -> list[str]:
    """Sentences that say the same in every office."""
    return [key for key, placeholders in SENTENCES.items() if not placeholders]


def _for_colleagues(settings: Settings) -> list[Sentence]:
    """What is said to those who are put a caller through to."""
    fixed = [sentence(key) for key in _alone() if key.startswith(OF_COLLEAGUES[1:])]
    screened = [told for person in settings.people if person.protected for told in _screening(person, settings)]
    waited = [sentence("brief-waited", high=minutes) for minutes in range(1, LONGEST_WAIT_MIN + 1)]
    return [*fixed, *screened, *_three(settings), *(waited if settings.handover.way == "briefed" else [])]


def _by_telephone(settings: Settings) -> list[Sentence]:
    """What is said to those who use the box by telephone (R31)."""
    fixed = [sentence(key) for key in _alone() if key.startswith("staff-")]
    return fixed + [sentence("staff-pin", person=person.name) for person in settings.people if person.pin]


def _refusing(person: PersonSettings, settings: Settings) -> list[Sentence]:
    """What callers for somebody protected are told (R18)."""
    return [
        sentence("screen-moment", person=person.name),
        sentence("refusal-unavailable", person=person.name),
        *(refusal(text, person.name) for text in settings.handover.refusals),
    ]


def _screening(person: PersonSettings, settings: Settings) -> list[Sentence]:
    """What those hear who decide on callers for somebody protected (R18)."""
    refusals = settings.handover.refusals
    return [
        sentence("screen-for", person=person.name),
        sentence("screen-take", key="1"),
        sentence("screen-pass-on", person=person.name, key="0"),
        *(sentence("screen-refuse", key=str(key)) for key, _ in enumerate(refusals, 2)),
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
