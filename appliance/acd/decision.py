"""The decision about a caller, and the sentence why (R2 to R9, R27).

It is made in the order in which a receptionist would think: who is it; do the rules say something about them; is the
office open; where do they go; who knows them; how long should they wait beside others. Each step that decides something
leaves a sentence which names the rule or setting; together they are `Plan.why`, so that an explanation is always the
decision itself.

`Routing` is what follows from one set of settings; it is made once and asked for every call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.acd.caller import Caller, Number, caller_of
from appliance.acd.forms import Forms, Reason, Refusal
from appliance.acd.inwords import keys_in_words, moment_in_words, opening_in_words, sentences, what_they_are
from appliance.acd.priority import head_start_s
from appliance.acd.routing import Closed, Destination, Familiar, Leads, Plan
from appliance.acd.rules import Rules, Verdict
from appliance.acd.staff import Person, person_of
from appliance.call import CallerId
from appliance.contacts import Contact, LastServed
from appliance.languages import languages
from appliance.schedule import Calendar
from appliance.settings import LineSettings, MenuSettings, Settings
from appliance.signals.countries import country

ANSWERED_AFTER_S = 1.0
"""Ringback missing for its longest pause and this much more has been answered (hand-over step T5)."""
LEADS = {leads.value: leads for leads in Leads if leads not in (Leads.GROUP, Leads.PERSON)}
"""Words for where a key of a menu, or a rule, can lead, beside groups and people."""


@dataclass(frozen=True, slots=True)
class AsSent:
    """A number as it was sent, of which nothing more is known."""

    normal: str
    mobile: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of one call when the decision is made."""

    line: LineSettings
    call: int
    caller_id: CallerId
    moment: datetime
    contact: Contact | None = None
    last_served: LastServed | None = None
    internal: bool = False
    """It rang as the PBX rings for calls from inside."""


@dataclass(frozen=True, slots=True)
class _Menu:
    """A menu, read: key and where it leads; and the group, or the extension, for who presses nothing."""

    keys: tuple[tuple[str, Destination], ...]
    default: str


class Routing:
    """What follows from these settings. `read_number` brings a telephone number into its one form.

    Raises:
        ValueError: the settings are none that the store would have let pass.
    """

    def __init__(self, settings: Settings, read_number: Callable[[str], Number] = AsSent) -> None:
        def normal(text: str) -> str:
            return read_number(text).normal or text

        self.settings = settings
        self.calendar = Calendar(settings)
        self._read_number = read_number
        self.people = {who.extension: person_of(who) for who in settings.people}
        self._named = {who.name: who.extension for who in reversed(settings.people)}
        self._groups = {group.name: group for group in settings.groups}
        self._menus = {menu.name: self._menu(menu) for menu in (*settings.menus, replace(settings.menu, name=""))}
        self._rules = Rules(settings.rules, self.calendar, normal)
        self._forms = Forms(settings.people, self.calendar, normal)
        on_call = ((self._person(who.person), self.calendar.times(who.when)) for who in settings.on_call)
        self._on_call = [(person, when) for person, when in on_call if person is not None]
        self._common = self._same_for_all()

    def _same_for_all(self) -> Plan:
        """A plan with all that does not depend on the caller."""
        settings = self.settings
        ringback_pauses_ms = [off_ms for _, off_ms in country(settings.country).ringback.cadence]
        forms = ((who.extension, who.form.may_ask) for who in settings.people)
        return Plan(
            call=0,
            open=True,
            opens=None,
            moment=datetime.min,
            company=settings.company,
            department="",
            caller_id=CallerId(),
            default="",
            operator=settings.operator,
            overflow=tuple((group.name, group.overflow) for group in settings.groups if group.overflow),
            pbx=settings.pbx,
            waiting=settings.waiting,
            handover=settings.handover,
            ringback_over_s=max(ringback_pauses_ms) / 1000 + ANSWERED_AFTER_S,
            staff_code=settings.staff_code,
            information="\n".join(settings.information),
            seller_words=settings.callers.seller_words,
            matter_asked=tuple((extension, "matter" in may_ask) for extension, may_ask in forms if may_ask),
        )

    def _menu(self, menu: MenuSettings) -> _Menu:
        found = [(key, self.destination(text)) for key, text in menu.choices]
        keys = tuple((key, leads) for key, leads in found if leads is not None)
        default = self.destination(menu.default)
        groups = self.settings.groups
        return _Menu(keys, default.to if default else groups[0].name if groups else "")

    # ------------------------------------------------------------ what others ask

    @property
    def particular(self) -> bool:
        """Does anybody, or any group, not take every caller at every hour? Otherwise nobody need be asked."""
        return self._forms.any or any(group.schedule for group in self._groups.values())

    def open_at(self, moment: datetime) -> bool:
        """Is the office open at this local moment?"""
        return self.calendar.schedule().open_at(moment)

    def caller(self, asked: Asked) -> Caller:
        """The caller as rules and forms see them."""
        internal = asked.internal or asked.caller_id.number in self.people
        number = AsSent("") if internal or not asked.caller_id.number else self._read_number(asked.caller_id.number)
        if not number.normal:
            number = AsSent(asked.caller_id.number)
        return caller_of(asked.caller_id, number, asked.contact, internal=internal)

    def may_be_offered(self, extension: str, caller: Caller, moment: datetime, group: str = "") -> bool:
        """Does the person at `extension` take this caller of `group` now, by their form and the hours of both (R27)?"""
        if not self.group_is_open(group, caller, moment):
            return False
        return self._forms.may_be_offered(extension, caller, moment)

    def refusal(self, extension: str, caller: Caller, moment: datetime, group: str = "") -> Refusal | None:
        """Why the person at `extension` does not take this caller of `group` now, and until when; `None`: they do."""
        if not self.group_is_open(group, caller, moment):
            return Refusal(Reason.OFF, self.calendar.schedule(self._groups[group].schedule).next_opening(moment))
        return self._forms.refusal(extension, caller, moment)

    def next_change(self, moment: datetime) -> datetime | None:
        """When somebody may take other callers than at this moment, within a week."""
        return self._forms.next_change(moment)

    def group_is_open(self, group: str, caller: Caller, moment: datetime) -> bool:
        """Does this group take calls then? What is no group always does, and so do all for who may call at any time."""
        found = self._groups.get(group)
        if found is None or not found.schedule or caller.at_any_time:
            return True
        return self.calendar.schedule(found.schedule).open_at(moment)

    def instead(self, group: str, caller: Caller, moment: datetime) -> str:
        """The group, or the extension, to which a caller goes who has asked for this one.

        Forms send some callers elsewhere, and for a group that is closed another may help. Where all of them are closed
        it is the group asked for.
        """
        asked = [group]
        while (to := self._next_to(asked[-1], caller, moment)) and to not in asked:
            asked.append(to)
        return asked[-1] if self.group_is_open(asked[-1], caller, moment) else group

    def _next_to(self, group: str, caller: Caller, moment: datetime) -> str:
        if group in self._groups:
            return "" if self.group_is_open(group, caller, moment) else self._groups[group].overflow
        to = self.destination(self._forms.elsewhere(group, caller))
        return "" if to is None else to.to

    def more_for(self, group: str) -> float:
        """By how many seconds the head start of callers for the director, or whoever is protected, is longer (R9)."""
        person = self.people.get(group)
        return self.settings.priority.director_s if person is not None and person.protected else 0.0

    def destination(self, text: str) -> Destination | None:
        """Where a key or a rule leads that names `text`: a group, a person by name or extension, a word of `LEADS`."""
        if text in self._groups:
            return Destination(Leads.GROUP, text)
        person = self._person(text)
        if person is not None:
            return Destination(Leads.PERSON, person.extension)
        return Destination(LEADS[text]) if text in LEADS else None

    def _person(self, text: str) -> Person | None:
        return self.people.get(self._named.get(text, text))

    def name_of(self, destination: Destination) -> str:
        """A destination in the words of a sentence."""
        if destination.leads is Leads.PERSON:
            return self.people[destination.to].name
        return destination.to or destination.leads.value

    def called(self, group: str) -> str:
        """A group, or the person at an extension, in the words of a sentence."""
        person = self.people.get(group)
        return person.name if person else group or "whoever is free"

    # ------------------------------------------------------------ the decision

    def decide(self, asked: Asked) -> Plan:
        """What becomes of this caller."""
        caller = self.caller(asked)
        verdict = self._rules.verdict(caller, asked.line.name, asked.moment)
        if verdict.what == "put through":
            caller = replace(caller, at_any_time=True)
        why = [f"the caller is {caller.spoken_of}{what_they_are(caller)}"]
        plan = self._received(asked, caller, why)
        if verdict.rule is not None and verdict.what == "turn away":
            why.append(f'rule "{verdict.rule.name}" turns them away with "{verdict.rule.says}"')
            return replace(plan, blocked=verdict.rule.says, languages=(), why=sentences(why))
        if plan.languages:
            why.append(f"their language is not known, so they choose: {keys_in_words(plan.languages)}")
        plan = self._within_hours(plan, asked, verdict, why)
        plan = self._placed(plan, asked, verdict, why)
        plan = self._known(plan, asked, why)
        return replace(plan, head_start_s=self._ahead(plan, verdict, why), why=sentences(why))

    def _received(self, asked: Asked, caller: Caller, why: list[str]) -> Plan:
        """Which company answers, in which language, and with which menu (R2, R4, R6)."""
        line = asked.line
        menu = self._menus.get(line.menu, self._menus[""])
        language, ask = self._language(asked, caller, why)
        return replace(
            self._common,
            call=asked.call,
            moment=asked.moment,
            company=line.company or self.settings.company,
            department=line.department,
            caller_id=asked.caller_id,
            contact=asked.contact,
            caller=caller,
            internal=asked.internal,
            mobile=caller.mobile,
            language=language,
            languages=ask,
            menu=menu.keys,
            default=menu.default,
            on_call=next((who for who, when in self._on_call if when is None or when.hold(asked.moment)), None),
        )

    def _language(self, asked: Asked, caller: Caller, why: list[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The language of the call, and the menu of languages where it is not known (R4)."""
        contact, line = asked.contact, asked.line
        known = (
            (contact.language if contact else "", "the language of this contact"),
            (line.language, f'the language of the line "{line.name}"'),
        )
        for language, reason in known:
            if language in languages():
                why.append(f'they are spoken to in "{language}", {reason}')
                return language, ()
        ask = tuple((key, language) for key, language in self.settings.languages.choices if language in languages())
        if len(ask) < 2 or caller.internal or not self.settings.callers.ask_language:
            return self.settings.language, ()
        return self.settings.language, ask

    def _within_hours(self, plan: Plan, asked: Asked, verdict: Verdict, why: list[str]) -> Plan:
        """Is the office open for this caller (R3, R7)?"""
        moment, rule = asked.moment, verdict.rule
        schedule = self.calendar.schedule(asked.line.schedule)
        closed = schedule.closed_because(moment)
        if rule is not None and verdict.what == "closed":
            why.append(f'rule "{rule.name}" has them told that the office is closed')
            opens = schedule.next_opening(moment) if closed else verdict.over
            return self._when_closed(plan, closed or Closed.AFTER_HOURS, opens, why)
        if closed is None:
            why.append(f"open, because {schedule.told(moment)}")
            return plan
        told = f"closed because {schedule.told(moment)}"
        if rule is not None and verdict.what == "put through":
            why.append(f'{told}, but rule "{rule.name}" puts them through at any time')
            return plan
        whom = self._takes_at_any_time(plan.caller, asked.contact)
        if whom is not None and verdict.what != "callback":
            why.append(f"{told}, but {whom.name} takes them at any time, by the form")
            return replace(plan, goes_to=Destination(Leads.PERSON, whom.extension))
        why.append(told)
        return self._when_closed(plan, closed, schedule.next_opening(moment), why)

    def _when_closed(self, plan: Plan, closed: Closed, opens: datetime | None, why: list[str]) -> Plan:
        """What a caller is told who is told that nobody is there, and who is on call for them."""
        why.append("it does not open within a year" if opens is None else opening_in_words(opens, plan.moment))
        if plan.on_call is not None:
            why.append(f"{plan.on_call.name} is on call for emergencies")
        return replace(plan, open=False, closed=closed, opens=opens, goes_to=None)

    def _takes_at_any_time(self, caller: Caller, contact: Contact | None) -> Person | None:
        """Who has said in their form that they take this caller at any time; who looks after them comes first."""
        who = list(self._forms.at_any_time(caller))
        if contact is not None and contact.operator in who:
            return self.people[contact.operator]
        return self.people[who[0]] if who else None

    def _placed(self, plan: Plan, asked: Asked, verdict: Verdict, why: list[str]) -> Plan:
        """Where the caller goes: by a rule, a form, the line, or as they choose from the menu (R6, R7)."""
        rule, to = verdict.rule, None
        if rule is not None and verdict.what == "callback":
            why.append(f'rule "{rule.name}" has them only called back')
            return replace(plan, goes_to=Destination(Leads.CALLBACK))
        if not plan.open:
            return plan
        if rule is not None and verdict.what in ("send", "put through") and rule.to:
            to = self.destination(rule.to)
        if rule is not None and to is not None:
            why.append(f'rule "{rule.name}" sends them to {self.name_of(to)}')
        elif plan.goes_to is not None:
            to = plan.goes_to
        elif asked.line.group and (to := self.destination(asked.line.group)) is not None:
            why.append(f'calls on the line "{asked.line.name}" go to {self.name_of(to)}')
        if to is not None:
            return self._by_hours_of(replace(plan, goes_to=to), to, why)
        if plan.menu:
            keys = keys_in_words([(key, self.name_of(leads)) for key, leads in plan.menu])
            why.append(f"they choose from the menu: {keys}; without a key they go to {self.called(plan.default)}")
        else:
            why.append(f"there is no menu: they go to {self.called(plan.default)}")
        return plan

    def _by_hours_of(self, plan: Plan, to: Destination, why: list[str]) -> Plan:
        """The same, but past a group which is closed, and past somebody whose form sends this caller elsewhere."""
        if to.leads not in (Leads.GROUP, Leads.PERSON):
            return plan
        group = self.instead(to.to, plan.caller, plan.moment)
        if group != to.to:
            why.append(f"which leads on to {self.called(group)}, by the hours or the form of {self.name_of(to)}")
            to = Destination(Leads.GROUP if group in self._groups else Leads.PERSON, group)
        if not self.group_is_open(group, plan.caller, plan.moment):
            schedule = self.calendar.schedule(self._groups[group].schedule)
            why.append(f"{group} takes no calls now, because {schedule.told(plan.moment)}")
            closed = schedule.closed_because(plan.moment) or Closed.AFTER_HOURS
            return self._when_closed(plan, closed, schedule.next_opening(plan.moment), why)
        if to.leads is Leads.PERSON:
            self._tell_refusal(self.refusal(group, plan.caller, plan.moment), self.people[group], plan.moment, why)
        return replace(plan, goes_to=to)

    @staticmethod
    def _tell_refusal(refusal: Refusal | None, person: Person, moment: datetime, why: list[str]) -> None:
        if refusal is not None:
            until = "" if refusal.until is None else f" until {moment_in_words(refusal.until, moment)}"
            why.append(f"{person.name} {refusal.reason.value}{until}, so they are told of a meeting")

    def _known(self, plan: Plan, asked: Asked, why: list[str]) -> Plan:
        """Is there somebody who knows this caller, and takes their calls now (R5)?"""
        if not plan.open or plan.goes_to is not None or plan.caller.internal:
            return plan
        familiar = self._familiar(asked)
        if familiar is None or self.refusal(familiar.person.extension, plan.caller, plan.moment) is not None:
            return plan
        helped = "who looks after them"
        if familiar.helped is not None:
            helped = f"who helped them on {familiar.helped.day} {familiar.helped:%B}"
        why.append(f"they are first offered {familiar.person.name}, {helped}")
        return replace(plan, familiar=familiar)

    def _familiar(self, asked: Asked) -> Familiar | None:
        contact, last = asked.contact, asked.last_served
        if contact is not None and contact.operator in self.people:
            return Familiar(self.people[contact.operator])
        if last is None or last.extension not in self.people:
            return None
        days = (asked.moment.date() - last.at.date()).days
        return Familiar(self.people[last.extension], last.at) if days < self.settings.callers.familiar_days else None

    def _ahead(self, plan: Plan, verdict: Verdict, why: list[str]) -> float:
        """How much longer they count as having waited, if they wait at all (R9, R12)."""
        if not plan.open or plan.goes_to == Destination(Leads.CALLBACK):
            return 0.0
        seconds, words = head_start_s(plan.caller, verdict.priority, self.settings.priority)
        if words:
            why.append(f"in the queue they count as if they had waited {seconds:g} s longer ({words})")
        if plan.mobile:
            why.append("if they must wait they are first offered a callback, for they are mobile")
        return seconds


def decide(settings: Settings, line: LineSettings, call: int, caller_id: CallerId, moment: datetime) -> Plan:
    """The plan for call number `call` from `caller_id` on `line` at this local `moment`, of which no more is known."""
    return Routing(settings).decide(Asked(line, call, caller_id, moment))
