"""What must fit together in what the owner says of callbacks (R35)."""

from __future__ import annotations

from appliance.dialling import SHORTEST_WILD, Pattern
from appliance.settings import Settings
from appliance.store.problems import Place, Problems, shown

_MAY_DIAL = Place("[callbacks]").at("may_dial")


def check_may_dial(settings: Settings, problems: Problems) -> None:
    """Every pattern is one that an owner can have meant."""
    for text in settings.callbacks.may_dial:
        try:
            Pattern.read(text, settings.country)
        except ValueError:
            problems.tell(
                _MAY_DIAL,
                f"may_dial has {shown(text)}, which would let too much through: write the code of the country after "
                f"a +, and at least {SHORTEST_WILD} digits where there is an X.",
            )
