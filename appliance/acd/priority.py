"""Who waits less: by how many seconds a caller counts as having waited longer than they have (R9).

A head start is a number of seconds, so it ages as every wait does: whoever came so much earlier is served first all the
same, and nobody can be kept waiting for ever by those who matter more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.acd.caller import Caller
from appliance.acd.inwords import listed
from appliance.routingsettings import PrioritySettings, RuleSettings

FROM_OUTSIDE = "from outside"
MOST_S = 3600.0
"""However many reasons there are: nobody is put before callers who have waited an hour."""


def head_start_s(caller: Caller, rules: Sequence[RuleSettings], settings: PrioritySettings) -> tuple[float, str]:
    """The head start of this caller in seconds, with the `rules` that give them priority; and its reasons in words.

    What nearly everybody has, for calling from outside, needs no words where it is all.
    """
    reasons = [(seconds, word) for seconds, word in _reasons(caller, rules, settings) if seconds]
    usual = [word for _, word in reasons] == [FROM_OUTSIDE]
    words = "" if usual else listed([f"{word} {seconds:g} s" for seconds, word in reasons])
    return min(sum(seconds for seconds, _ in reasons), MOST_S), words


def _reasons(caller: Caller, rules: Sequence[RuleSettings], settings: PrioritySettings) -> Iterator[tuple[float, str]]:
    yield (settings.inside_s, "a colleague") if caller.internal else (settings.outside_s, FROM_OUTSIDE)
    of_kind = {
        "vip": settings.vip_s,
        "important": settings.important_s,
        "customers": settings.customer_s,
        "prospects": settings.prospect_s,
    }
    for kind, seconds in of_kind.items():
        if kind in caller.kinds:
            yield seconds, kind
    for rule in rules:
        yield rule.head_start_s, f'rule "{rule.name}"'
