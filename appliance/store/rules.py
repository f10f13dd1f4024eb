"""All that must fit together in the settings: one list of checks, and one of what is settled once all is well.

To add something that the owner can say:

1. its dataclass, or its field, with a default: `appliance.settings`; shown with it in `settings.example.toml`;
2. the range of every number in it, and the shape of every text that has one: `appliance.store.ranges`;
3. where people write it in a way of their own, its reader and writer: a module as `hoursform`, and a line in `FORMS`
   of `appliance.store.plainform`;
4. what must fit together: a check `(settings, problems)` in a module as `menurules`, and a line in `CHECKS` here. It
   tells *every* fault (`problems.tell(place, words, *also)`), goes on after each, and skips empty names and extensions:
   they stand for what could not be read. A name that is looked up may be excused (`problems.excuses`). For people and
   groups there are `peoplerules.check_named` and `grouprules.check_group`;
5. where people may be named by name, a line in `SETTLED`: it gets settings without fault, and names them by extension;
6. where stored settings of today would mean something else by it, a step in `appliance.store.migrations`.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.settings import Settings
from appliance.store.callbackrules import check_may_dial
from appliance.store.callerrules import check_information, check_on_call, check_rules
from appliance.store.countryrules import check_country, check_language
from appliance.store.daysrules import check_holidays, check_schedules, check_seasons, check_special_days
from appliance.store.formrules import check_forms
from appliance.store.grouprules import check_groups, with_members
from appliance.store.handoverrules import check_parties, check_refusals, with_parties
from appliance.store.linerules import check_lines
from appliance.store.menurules import check_languages, check_lines_lead_on, check_menu, check_staff_code
from appliance.store.notifyrules import check_notify
from appliance.store.pbxrules import check_flash, check_outside, check_pattern, check_rest, check_tones
from appliance.store.peoplerules import check_people, with_extensions
from appliance.store.problems import Problems

Check = Callable[[Settings, Problems], None]

CHECKS: tuple[Check, ...] = (
    check_country,
    check_language,
    check_lines,
    check_people,
    check_groups,
    check_menu,
    check_lines_lead_on,
    check_languages,
    check_staff_code,
    check_schedules,
    check_seasons,
    check_special_days,
    check_holidays,
    check_information,
    check_on_call,
    check_rules,
    check_forms,
    check_flash,
    check_rest,
    check_outside,
    check_pattern,
    check_tones,
    check_refusals,
    check_parties,
    check_may_dial,
    check_notify,
)
"""Each looks at settings in which empty or usual values may stand for what could not be read."""

SETTLED: tuple[Callable[[Settings], Settings], ...] = (
    with_members,
    with_parties,
    with_extensions,
)
"""Each is given settings without fault, and brings them to the form in which the office knows them."""
