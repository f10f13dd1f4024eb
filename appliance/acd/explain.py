"""What happens if this number calls at that moment, on that line, and presses that key: the decision and why (R27)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.acd.decision import Asked, Routing
from appliance.acd.inwords import moment_in_words
from appliance.acd.routing import Destination, Leads, Plan


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision: what becomes of the caller in a few words, the sentences why, and the plan itself."""

    what: str
    why: str
    plan: Plan

    def for_programs(self) -> dict[str, Any]:
        """The same as plain values; moments are ISO 8601."""
        plan = self.plan
        return {
            "what": self.what,
            "why": self.why,
            "at": plan.moment.isoformat(timespec="minutes"),
            "from": plan.caller.number,
            "contact": plan.contact.name if plan.contact else None,
            "company": plan.company,
            "department": plan.department,
            "open": plan.open,
            "closed": plan.closed.value if plan.closed else None,
            "opens": plan.opens.isoformat(timespec="minutes") if plan.opens else None,
            "blocked": plan.blocked or None,
            "goes_to": _plain(plan.goes_to),
            "menu": {key: _plain(leads) for key, leads in plan.menu},
            "default": plan.default or None,
            "language": plan.language,
            "languages": dict(plan.languages),
            "familiar": plan.familiar.person.name if plan.familiar else None,
            "mobile": plan.mobile,
            "head_start_s": plan.head_start_s,
            "on_call": plan.on_call.name if plan.on_call else None,
        }


def _plain(destination: Destination | None) -> dict[str, str] | None:
    return None if destination is None else {"leads": destination.leads.value, "to": destination.to}


def explain(routing: Routing, asked: Asked, key: str = "") -> Explanation:
    """What becomes of this caller, who presses `key` in the menu if they hear one."""
    plan = routing.decide(asked)
    what = _what(routing, plan)
    if not key:
        return Explanation(what, plan.why, plan)
    if what != MENU:
        return Explanation(what, f"{plan.why} They are not asked for a key.", plan)
    leads = dict(plan.menu).get(key)
    if leads is None:
        return Explanation(what, f"{plan.why} Key {key} is not in the menu, which they hear once more.", plan)
    return Explanation(f"goes to {routing.name_of(leads)}", f"{plan.why} {_of_key(routing, plan, key, leads)}", plan)


MENU = "chooses from the menu"


def _what(routing: Routing, plan: Plan) -> str:
    if plan.blocked:
        return f'is turned away with "{plan.blocked}"'
    if plan.goes_to is not None:
        return f"goes to {routing.name_of(plan.goes_to)}"
    if not plan.open:
        opens = "" if plan.opens is None else f" until {moment_in_words(plan.opens, plan.moment)}"
        return f"is told that the office is closed{opens}"
    return MENU if plan.menu else f"goes to {plan.default or 'whoever is free'}"


def _of_key(routing: Routing, plan: Plan, key: str, leads: Destination) -> str:
    told = f"Key {key} leads to {routing.name_of(leads)}"
    if leads.leads not in (Leads.GROUP, Leads.PERSON):
        return f"{told}."
    group = routing.instead(leads.to, plan.caller, plan.moment)
    if group != leads.to:
        told += f", whose hours or form send them on to {routing.called(group)}"
    refusal = routing.refusal(group, plan.caller, plan.moment, group)
    if refusal is None:
        return f"{told}."
    until = "" if refusal.until is None else f" until {moment_in_words(refusal.until, plan.moment)}"
    return (
        f"{told}, but {routing.called(group)} {refusal.reason.value}{until}: they are told, and asked what they prefer."
    )
