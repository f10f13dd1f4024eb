"""What must fit together in rules about callers, who is on call, and the standing information (R3, R7)."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.acd.caller import EVERYBODY
from appliance.acd.routing import BLOCKED
from appliance.routingsettings import RuleSettings
from appliance.settings import Settings
from appliance.store.peoplerules import check_named
from appliance.store.placerules import check_callers, check_destination, check_times
from appliance.store.problems import Place, Problems, known, row, shown

MOST_RULES = 500
MOST_SENTENCES = 10


def check_rules(settings: Settings, problems: Problems) -> None:
    """Every rule names callers, and does something that can be done; what no caller ever comes to is advice."""
    if len(settings.rules) > MOST_RULES:
        problems.tell(Place("[[rules]]"), f"there are {len(settings.rules)} rules: write {MOST_RULES} at most.")
        return
    for number, rule in enumerate(settings.rules, 1):
        place = row("rules", number, rule.name)
        if not rule.callers:
            problems.tell(place.at("callers"), 'callers is empty: write who it is for, as ["+48225550100"].')
        check_callers(rule.callers, place.at("callers"), problems)
        check_times(rule.when, settings, place.at("when"), problems)
        check_times(rule.unless, settings, place.at("unless"), problems)
        _check_lines(rule.lines, settings, place.at("lines"), problems)
        _check_what(rule, settings, place, problems)
        _advise_on_order(rule, settings.rules[: number - 1], place, problems)


def _check_lines(lines: Sequence[str], settings: Settings, place: Place, problems: Problems) -> None:
    names = [line.name for line in settings.lines if line.name]
    rows = [row("lines", number, key="name") for number in range(1, len(settings.lines) + 1)]
    for name in lines:
        if name not in names and not problems.excuses(name, "lines", *rows):
            problems.tell(
                place, f"lines names {shown(name)}, which is not in [[lines]]: {known('lines', name, names)}."
            )


def _check_what(rule: RuleSettings, settings: Settings, place: Place, problems: Problems) -> None:
    what = place.at("what")
    check_destination(rule.to, "to names", settings, place.at("to"), problems)
    if rule.what == "send" and not rule.to:
        problems.tell(place.at("to"), 'to is missing: add a line to = "sales", or whatever it leads to.', what)
    if rule.to and rule.what not in ("send", "put through", ""):
        words = f'to is for rules that "send" or "put through", and this one is to "{rule.what}": take to out.'
        problems.tell(place.at("to"), words, what)
    if rule.what == "priority" and not rule.head_start_s:
        words = "head_start_s is missing: add a line head_start_s = 300, by how much they wait less."
        problems.tell(place.at("head_start_s"), words, what)
    if rule.head_start_s and rule.what not in ("priority", ""):
        words = f'head_start_s is for rules that give "priority", and this one is to "{rule.what}": take it out.'
        problems.tell(place.at("head_start_s"), words, what)
    if " " not in rule.says and rule.says not in BLOCKED:
        advice = f"write one of {', '.join(BLOCKED)}, or a whole sentence of your own"
        problems.tell(place.at("says"), f"says = {shown(rule.says)} is not known: {advice}.")


def _advise_on_order(rule: RuleSettings, earlier: Sequence[RuleSettings], place: Place, problems: Problems) -> None:
    """Whoever a rule is for may be decided about by one above it, at any time and on any line."""
    for other in earlier:
        unconditional = not (other.when or other.unless or other.lines) and other.what != "priority"
        if unconditional and rule.callers and (EVERYBODY in other.callers or set(rule.callers) <= set(other.callers)):
            words = (
                f'the rule "{other.name}" above it decides about all of its callers: move this one up, or take it out.'
            )
            problems.advise(place, words)
            return


def check_on_call(settings: Settings, problems: Problems) -> None:
    """Who is on call is one of the people, at times that can be read."""
    for number, one in enumerate(settings.on_call, 1):
        place = row("on_call", number, one.person)
        if one.person:
            check_named([one.person], settings.people, place.at("person"), problems)
        check_times(one.when, settings, place.at("when"), problems)


def check_information(settings: Settings, problems: Problems) -> None:
    """The standing information is something to say."""
    place = Place("", "information")
    if len(settings.information) > MOST_SENTENCES:
        problems.tell(place, f"information has {len(settings.information)} sentences: write {MOST_SENTENCES} at most.")
    if not all(settings.information):
        problems.tell(place, "one sentence of information is empty: write it, or take it out.")
