"""Whether the box knows the country and the language in which it shall work (R4)."""

from __future__ import annotations

from appliance.languages import languages
from appliance.settings import Settings
from appliance.signals.countries import COUNTRIES
from appliance.store.problems import Place, Problems

_COUNTRY, _LANGUAGE = Place("", "country"), Place("", "language")
_ALSO = {"gb": "uk"}


def check_country(settings: Settings, problems: Problems) -> None:
    """The tones of the country are known."""
    if _ALSO.get(settings.country, settings.country) not in COUNTRIES:
        known = ", ".join(sorted(COUNTRIES))
        problems.tell(_COUNTRY, f'country = "{settings.country}" is not known: write one of {known}.')


def check_language(settings: Settings, problems: Problems) -> None:
    """There are prompts in the language."""
    if settings.language not in languages():
        known = ", ".join(sorted(languages()))
        problems.tell(_LANGUAGE, f'there are no prompts in language = "{settings.language}": write one of {known}.')
