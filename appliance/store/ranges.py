"""Between what every number of the settings must be, and what every text must look like."""

from __future__ import annotations

import re
from dataclasses import fields

from appliance.cardsettings import CardSettings, PrivacySettings
from appliance.dialling import FORM
from appliance.pin import KEPT, PIN
from appliance.routingsettings import (
    WHAT,
    CallersSettings,
    FormSettings,
    HolidaySettings,
    PrioritySettings,
    RuleSettings,
)
from appliance.settings import (
    STRATEGIES,
    TOLD_OFFICE,
    TOLD_PEOPLE,
    CallbackSettings,
    GroupSettings,
    HandoverSettings,
    LineSettings,
    ListeningSettings,
    NotifySettings,
    PbxSettings,
    PersonSettings,
    Settings,
    StatusDigits,
    WaitingSettings,
    WebSettings,
)
from appliance.toll import RECIPE

Shape = tuple[re.Pattern[str], str]
"""What a text must look like, and how to say it after "write"."""

RANGES: dict[tuple[type, str], tuple[float, float]] = {
    (LineSettings, "flash_ms"): (0, 1200),
    (LineSettings, "dtmf_on_ms"): (0, 500),
    (LineSettings, "dtmf_off_ms"): (0, 500),
    (LineSettings, "speak_db"): (-20, 20),
    (LineSettings, "listen_db"): (-20, 20),
    (LineSettings, "reset_gpio"): (0, 27),
    (PbxSettings, "flash_ms"): (50, 1200),
    (PbxSettings, "flash_min_ms"): (20, 1200),
    (PbxSettings, "flash_max_ms"): (50, 1500),
    (PbxSettings, "between_flashes_ms"): (100, 5000),
    (PbxSettings, "pause_after_flash_ms"): (0, 5000),
    (PbxSettings, "dtmf_on_ms"): (40, 500),  # ITU-T Q.24: 40 ms is the shortest that must be understood
    (PbxSettings, "dtmf_off_ms"): (40, 500),
    (PbxSettings, "dial_tone_s"): (0.5, 10),
    (PbxSettings, "verdict_s"): (1, 30),
    (PbxSettings, "no_answer_s"): (5, 120),
    (PbxSettings, "on_hook_s"): (0.3, 30),
    (PbxSettings, "recall_s"): (5, 1800),
    (PbxSettings, "follow_on_s"): (0, 5),
    (HandoverSettings, "key_s"): (2, 60),
    (HandoverSettings, "failures"): (1, 20),
    (WaitingSettings, "come_back_s"): (5, 600),
    (WaitingSettings, "longest_s"): (10, 7200),
    (WaitingSettings, "longest_call_s"): (30, 86_400),
    (WaitingSettings, "talk_s"): (1, 7200),
    (WaitingSettings, "retry_s"): (1, 600),
    (WaitingSettings, "wrap_up_s"): (0, 600),
    (WaitingSettings, "personal_s"): (0, 3600),
    (WaitingSettings, "longest_queue"): (1, 1000),
    (WaitingSettings, "log_out_after"): (0, 100),
    (GroupSettings, "overflow_after_s"): (0, 3600),
    (CallbackSettings, "keep_free"): (0, 100),
    (CallbackSettings, "attempts"): (1, 20),
    (CallbackSettings, "retry_s"): (10, 7200),
    (ListeningSettings, "ring_trip_ms"): (0, 2000),
    (ListeningSettings, "silence_s"): (3, 600),
    (ListeningSettings, "silence_dbm0"): (-60, -20),
    (ListeningSettings, "echo_loss_db"): (0, 60),
    (CardSettings, "soon_min"): (5, 10_000),
    **{(PrivacySettings, field.name): (0, 36_500) for field in fields(PrivacySettings)},
    (WebSettings, "port"): (0, 65_535),
    (RuleSettings, "head_start_s"): (0, 3600),
    **{(PrioritySettings, field.name): (0, 3600) for field in fields(PrioritySettings)},
    (CallersSettings, "familiar_days"): (0, 3650),
    (NotifySettings, "deputy_after_s"): (60, 604_800),
}
"""Every number of the settings, and between what it must be."""

_EXTENSION = (re.compile(r"[0-9]{1,8}"), 'one to eight digits in quotation marks, for example "101"')
_TWO_LETTERS = (re.compile(r"[a-z]{2}"), 'two small letters, for example "pl" or "en"')
_CODE = (re.compile(r"[0-9*#]{0,4}"), 'up to four keys of a telephone in quotation marks, for example "20" or "*3"')
_STATUS = (re.compile(r"[0-9*#]{0,3}"), 'up to three keys of a telephone in quotation marks, for example "1" or "#9"')
_RECIPE = (RECIPE, '"flash", "flash flash", "flash 1" (a flash and a code) or "hang up"')
_WAY = (re.compile("blind|ring|answered|briefed"), '"blind", "ring", "answered" or "briefed"')
_ADDRESS = (
    re.compile(r"[a-z][a-z0-9+.-]{1,30}://\S+"),
    'an address as "mailtos://anna:password@example.com" (docs/reminders.md has more)',
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_WORD = (re.compile(r"[a-z0-9_.-]+"), 'one word in small letters, for example "auto"')

SHAPES: dict[tuple[type, str], Shape] = {
    (Settings, "country"): _TWO_LETTERS,
    (Settings, "language"): _TWO_LETTERS,
    (Settings, "operator"): _EXTENSION,
    (Settings, "outside_numbers"): (
        re.compile("[0-9]{3,20}"),
        'the digits alone in quotation marks, without the prefix of your PBX, for example "225550100"',
    ),
    (PersonSettings, "extension"): _EXTENSION,
    (PersonSettings, "handover"): _WAY,
    (PersonSettings, "pin"): (re.compile(f"{PIN.pattern}|{KEPT.pattern}"), 'four to eight digits, as "4711"'),
    (PersonSettings, "skills"): (re.compile(".{1,40} [1-9]"), 'a skill and how good, from 1 to 9, as "sales 7"'),
    (PersonSettings, "languages"): _TWO_LETTERS,
    (GroupSettings, "strategy"): (re.compile("|".join(STRATEGIES)), " or ".join(f'"{name}"' for name in STRATEGIES)),
    (LineSettings, "dialect"): _WORD,
    (PbxSettings, "profile"): _WORD,
    (PbxSettings, "hold_code"): _CODE,
    (PbxSettings, "conference_code"): _CODE,
    (PbxSettings, "back_from_busy"): _RECIPE,
    (PbxSettings, "back_from_no_answer"): _RECIPE,
    (PbxSettings, "back_from_refusal"): _RECIPE,
    (PbxSettings, "back_from_reorder"): _RECIPE,
    (PbxSettings, "internal_ring"): (
        re.compile("[0-9]{2,4}(?: [0-9]{2,4} [0-9]{2,4}){0,3}"),
        'milliseconds of burst, pause, burst, for example "400 200 400"',
    ),
    (PbxSettings, "extension_pattern"): (
        re.compile("[0-9X]{1,8}(?: [0-9X]{1,8})*"),
        'numbers with X for any digit, for example "1XX 2XX"',
    ),
    (PbxSettings, "outside_prefix"): (re.compile("[0-9]{1,3}"), 'one to three digits, for example "0"'),
    (PersonSettings, "notify"): _ADDRESS,
    (NotifySettings, "urls"): _ADDRESS,
    (NotifySettings, "office"): (re.compile("|".join(TOLD_OFFICE)), ", ".join(f'"{name}"' for name in TOLD_OFFICE)),
    (NotifySettings, "people"): (re.compile("|".join(TOLD_PEOPLE)), ", ".join(f'"{name}"' for name in TOLD_PEOPLE)),
    (NotifySettings, "quiet"): (re.compile(f"{_TIME} *- *{_TIME}"), 'hours as "20:00-07:00", or "" for none'),
    (NotifySettings, "sheet_at"): (re.compile(_TIME), 'a time of day, as "07:45"'),
    (NotifySettings, "letter_on"): (re.compile(_WEEKDAYS), 'a day of the week in English, as "monday"'),
    (HandoverSettings, "way"): _WAY,
    (CallbackSettings, "may_dial"): (FORM, 'digits with X for any digit, for example "XXXXXXXXX" or "+49XXXXXXXXXX"'),
    (HandoverSettings, "no_key"): (re.compile("take|back|message"), '"take", "back" or "message"'),
    (Settings, "staff_code"): (re.compile("[0-9*#]{1,6}"), 'one to six keys of a telephone, for example "*"'),
    (LineSettings, "language"): _TWO_LETTERS,
    (RuleSettings, "what"): (re.compile("|".join(WHAT)), " or ".join(f'"{what}"' for what in WHAT)),
    (FormSettings, "may_ask"): (re.compile("name|matter"), '"name" or "matter"'),
    (HolidaySettings, "region"): (re.compile("[A-Za-z0-9]{1,10}"), 'the short name of the region, for example "BY"'),
    **{(StatusDigits, field.name): _STATUS for field in fields(StatusDigits)},
}
"""Texts that must look a certain way, and how to say it."""
