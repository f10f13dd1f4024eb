"""What must fit together in the phone form of each person (R27)."""

from __future__ import annotations

from appliance.acd.formwords import contradictions, doubts
from appliance.settings import PersonSettings, Settings
from appliance.store.placerules import check_callers, check_destination, check_times
from appliance.store.problems import Place, Problems, row


def check_forms(settings: Settings, problems: Problems) -> None:
    """Every answer can be followed, and no two of one person contradict each other."""
    for number, person in enumerate(settings.people, 1):
        if person.form.answered:
            of = row("people", number, person.name)
            place = Place(f"[people.form] of {of.table}", name=of.name)
            _check_answers(person, settings, place, problems)
            for words in contradictions(person):
                problems.tell(place, words)
            for words in doubts(person):
                problems.advise(place, words)


def _check_answers(person: PersonSettings, settings: Settings, place: Place, problems: Problems) -> None:
    form = person.form
    for key in ("quiet", "best_reached", "best_to_call"):
        check_times(getattr(form, key), settings, place.at(key), problems)
    for key in ("never", "always"):
        check_callers(getattr(form, key), place.at(key), problems)
    for key in ("only", "private"):
        for number, one in enumerate(getattr(form, key), 1):
            if not one.callers or not one.when:
                words = f'{key} must say who and when: write {{ callers = ["customers"], when = ["wed 10:00-12:00"] }}.'
                here = row(f"people.form.{key}", number, of=place.table.removeprefix("[people.form]"))
                problems.tell(place.at(key), words, here.at("callers"), here.at("when"))
            check_callers(one.callers, place.at(key), problems)
            check_times(one.when, settings, place.at(key), problems)
    for one in form.elsewhere:
        check_callers(one.callers, place.at("elsewhere"), problems)
        check_destination(one.to, "elsewhere leads to", settings, place.at("elsewhere"), problems, words=())
        if one.to and one.to in (person.name, person.extension):
            problems.tell(place.at("elsewhere"), f"elsewhere leads back to {person.name}: name somebody else.")
