"""Reads the owner's settings strictly, says in one sentence what to correct, and keeps them.

The settings have one plain form: tables, lists, texts and numbers. A person writes it as TOML (`settings.example.toml`
shows all of it), the box keeps it as JSON, and `settings_from` is the one reader of both. It knows the tables from the
dataclasses in `appliance.settings`; here are only the rules that a type cannot express: ranges, shapes, and what must
fit together. Opening hours and the menu have a form of their own, because people write them by hand.

A settings file is read once, into an empty home. From then on the stored settings rule, since a later change on the
page must not be undone by an old file.
"""

from __future__ import annotations

import difflib
import itertools
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from tinydb import TinyDB
from tinydb.table import Document

from appliance.faults import BadSettings, Fault
from appliance.pbx.profiles import known_profiles, load_profile
from appliance.pin import KEPT, PIN, kept_form
from appliance.settings import (
    STRATEGIES,
    GroupSettings,
    HandoverSettings,
    Hours,
    LineSettings,
    ListeningSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    StatusDigits,
    WaitingSettings,
    WebSettings,
)
from appliance.signals.learn import LearnedTone
from appliance.store.handoverrules import checked_handover
from appliance.store.pbxrules import check_pbx
from appliance.store.storage import AtomicStorage
from appliance.toll import RECIPE

Plain = dict[str, Any]

LARGEST_FILE = 1_000_000
"""Bytes. A hundred people take some ten thousand; more than this is another kind of file."""
LONGEST_TEXT = 200
SHOWN = 40
"""Letters of a wrong value that a sentence repeats."""

SHORTEST_REST_S = 0.1
"""How much longer than the longest flash the line rests, in settings of a time when nobody compared the two."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY = time.max
"""Stands for "24:00", which `datetime.time` cannot say."""

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
    (ListeningSettings, "ring_trip_ms"): (0, 2000),
    (ListeningSettings, "silence_s"): (3, 600),
    (ListeningSettings, "silence_dbm0"): (-60, -20),
    (ListeningSettings, "echo_loss_db"): (0, 60),
    (WebSettings, "port"): (0, 65_535),
}
"""Every number of the settings, and between what it must be."""

_EXTENSION = (re.compile(r"[0-9]{1,8}"), 'one to eight digits in quotation marks, for example "101"')
_TWO_LETTERS = (re.compile(r"[a-z]{2}"), 'two small letters, for example "pl" or "en"')
_CODE = (re.compile(r"[0-9*#]{0,4}"), 'up to four keys of a telephone in quotation marks, for example "20" or "*3"')
_STATUS = (re.compile(r"[0-9*#]{0,3}"), 'up to three keys of a telephone in quotation marks, for example "1" or "#9"')
_RECIPE = (RECIPE, '"flash", "flash flash", "flash 1" (a flash and a code) or "hang up"')
_WAY = (re.compile("blind|ring|answered|briefed"), '"blind", "ring", "answered" or "briefed"')
_WORD = (re.compile(r"[a-z0-9_.-]+"), 'one word in small letters, for example "auto"')

MODEM_COMMAND = re.compile(
    r"AT(?:[+\-#*%](?!FCLASS|V[LT]S|V[TR]X|VTR|CLS|VLS)[A-Z0-9]+(?:=[A-Z0-9.,]*)?"
    r"|![0-9A-F]+=[0-9A-F]+|:U[0-9A-F]+,[0-9A-F]+|&[A-CE-VX-Z][0-9]?|S[0-9]+=[0-9]+|[LMX][0-9])"
)
"""One command that changes how a modem works. Nothing that takes the line or dials can be among them (R35)."""
MOST_MODEM_COMMANDS = 10
MOST_TONES = 20

SHAPES: dict[tuple[type, str], tuple[re.Pattern[str], str]] = {
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
    (HandoverSettings, "way"): _WAY,
    (HandoverSettings, "no_key"): (re.compile("take|back|message"), '"take", "back" or "message"'),
    (Settings, "staff_code"): (re.compile("[0-9*#]{1,6}"), 'one to six keys of a telephone, for example "*"'),
    **{(StatusDigits, field.name): _STATUS for field in fields(StatusDigits)},
}
"""Texts that must look a certain way, and how to say it."""

CLOSED_KEYS = "12"
"""What callers may press when the office is closed (`appliance.scripts.closed`)."""
SECRET = "pin"
"""What no sentence repeats."""


# ---------------------------------------------------------------- the file of the owner


def read_toml(path: Path) -> Settings:
    """Read the settings file of the owner.

    Raises `BadSettings` when it is missing, is no TOML, or says something that cannot be done.
    """
    try:
        return settings_from(_parse(_text_of(path)))
    except BadSettings as wrong:
        raise BadSettings(f"{path.name}: {wrong.problem}") from None


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise BadSettings(f"There is no such file; looked for it at {path}.") from None
    except OSError as refused:
        raise BadSettings(f"The file cannot be opened ({refused.strerror}).") from None
    if len(content) > LARGEST_FILE:
        raise BadSettings("The file is larger than 1 MB, so it is hardly a settings file: give another one.")
    try:
        return content.decode("utf-8-sig")  # some editors put a mark at the beginning
    except UnicodeDecodeError:
        raise BadSettings("The file is not in UTF-8: save it again with the encoding UTF-8.") from None


def _parse(text: str) -> Plain:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadSettings("There are too many brackets inside brackets: take them out.") from None
    except tomllib.TOMLDecodeError as wrong:
        spot = re.search(r"at (line \d+, column \d+)", str(wrong))
        place = spot[1] if spot else "its end"
        if re.match("Cannot (overwrite|declare|mutate)", str(wrong)):
            raise BadSettings(f"At {place}, something is written that was given before: keep one of them.") from None
        raise BadSettings(
            f"The file cannot be understood at {place}: look there for a missing quotation mark, bracket or = sign."
        ) from None
    except ValueError:
        raise BadSettings("There is a number of thousands of digits in the file: write a shorter one.") from None


# ---------------------------------------------------------------- the stored settings


Migration = Callable[[Plain], Plain]


def _recipes_instead_of_flashes(plain: Plain) -> Plain:
    """Version 2 names the way back to the caller, once for each reason, and knows how long a flash may be."""
    pbx = _with_window(plain.get("pbx", {}), plain.get("lines", ()))
    if pbx.pop("flashes_to_retrieve", 1) == 2:
        for reason in ("busy", "no_answer", "refusal", "reorder"):
            pbx[f"back_from_{reason}"] = "flash flash"
    return {**plain, "pbx": pbx}


def _with_window(pbx: Plain, lines: Sequence[Plain]) -> Plain:
    """The flash of version 1 may lie outside the usual window, and the rest of the line be as short as a flash."""
    usual = PbxSettings()
    flash_ms = pbx.get("flash_ms", usual.flash_ms)
    longest_ms = max(flash_ms, usual.flash_max_ms, *(line.get("flash_ms", 0) for line in lines))
    window = {"flash_min_ms": min(flash_ms, usual.flash_min_ms), "flash_max_ms": max(flash_ms, usual.flash_max_ms)}
    rest = {"on_hook_s": max(pbx.get("on_hook_s", usual.on_hook_s), longest_ms / 1000 + SHORTEST_REST_S)}
    return {**window, **pbx, **rest}


MIGRATIONS: tuple[Migration, ...] = (_recipes_instead_of_flashes,)
"""The first one turns the plain settings of version 1 into those of version 2, and so on."""


def migrate(plain: Plain, version: int, migrations: Sequence[Migration] = MIGRATIONS) -> Plain:
    """Bring plain settings of an older `version` (counted from 1) to the present one.

    Raises `BadSettings` for a version that this program does not know yet.
    """
    if not 1 <= version <= len(migrations) + 1:
        raise BadSettings(
            f"They were written by another version of Frontdesk (form {version}, here {len(migrations) + 1}).",
            "Install the newest version of Frontdesk.",
        )
    for step in migrations[version - 1 :]:
        plain = step(plain)
    return plain


class SettingsStore:
    """The settings as the box keeps them: one document in the home folder.

    `faults` tells what had to be set right while reading.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "settings.json"
        self.faults: list[Fault] = []

    def load(self) -> Settings | None:
        """Return the stored settings, or `None` in an empty home.

        Raises `DamagedStore` when no version of them can be read, `BadSettings` when they say what cannot be done.
        """
        storage = AtomicStorage(self.path)
        tables = storage.read()
        self.faults += storage.faults
        stored = (tables or {}).get("office", {}).get("1")
        if stored is None:
            return None
        try:
            return settings_from(migrate(stored.get("settings"), _version_of(stored)))
        except BadSettings as wrong:
            raise BadSettings(f"The stored settings ({self.path}): {wrong.problem}", wrong.advice) from None

    def save(self, settings: Settings) -> None:
        """Keep `settings`; returns when they are on disk.

        Raises `BadSettings` for settings that could not be loaded again, `OSError` when the disk is full or refuses.
        """
        plain = plain_from(settings_from(plain_from(settings)))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with TinyDB(self.path, storage=AtomicStorage) as database:
            content = {"version": len(MIGRATIONS) + 1, "settings": plain}
            database.table("office").upsert(Document(content, doc_id=1))

    def import_once(self, path: Path) -> tuple[Settings, bool]:
        """Read the owner's file into an empty home. `False`: there were stored settings, and they rule."""
        stored = self.load()
        if stored is not None:
            return stored, False
        settings = read_toml(path)
        self.save(settings)
        return settings, True


def _version_of(stored: Plain) -> int:
    version = stored.get("version")
    return version if isinstance(version, int) else 0


# ---------------------------------------------------------------- plain form to settings


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the document we are, in the words of a sentence: its table ("" at the top) and its key."""

    table: str
    key: str

    def shown(self, plain: object) -> str:
        """The value as it was written, unless it is nobody's business."""
        return "…" if self.key == SECRET else _shown(plain)

    def wrong(self, words: str) -> NoReturn:
        where = f"In {self.table}" if self.table else "At the top of the file"
        raise BadSettings(f"{where}, {words}")


def settings_from(plain: object) -> Settings:
    """Read settings from their plain form. Raises `BadSettings` whose problem is one sentence for the owner."""
    if not isinstance(plain, Mapping):
        raise BadSettings("There are no settings in it.")
    settings: Settings = _table(Settings, _with_profile(plain), _Place("", ""))
    _check_lines(settings.lines)
    _check_people(settings.people)
    people = tuple(_with_helpers(number, person, settings.people) for number, person in enumerate(settings.people, 1))
    groups = tuple(_with_extensions(group, settings.people) for group in settings.groups)
    _check_groups(groups)
    _check_menu(settings)
    _check_tones(settings.pbx.tones)
    check_pbx(settings)
    _check_staff_code(settings)
    people = tuple(map(_with_pin_hidden, people))
    return replace(settings, people=people, groups=groups, handover=checked_handover(settings))


def _with_profile(plain: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Lay what the owner says of their PBX over what is known of its make."""
    pbx = plain.get("pbx", {})
    name = pbx.get("profile", PbxSettings().profile) if isinstance(pbx, Mapping) else ""
    if not isinstance(name, str) or not name.strip():
        return plain  # which is told in a sentence of its own
    if name.strip() not in known_profiles():
        close = difflib.get_close_matches(name, known_profiles(), n=1, cutoff=0.5)
        meant = f'did you mean "{close[0]}"? ' if close else ""
        known = ", ".join(known_profiles())
        _Place("[pbx]", "profile").wrong(f"profile = {_shown(name)} is not known: {meant}There are {known}.")
    return {**plain, "pbx": load_profile(name.strip()).under(pbx)}


def _table(kind: type[Any], plain: object, place: _Place) -> Any:
    """Read one table into the dataclass `kind`."""
    if isinstance(plain, list):
        place.wrong(f"[[{place.key}]] can be there only once: write [{place.key}] in single brackets.")
    if not isinstance(plain, Mapping):
        place.wrong(f"{place.key} must be a table: write [{place.key}] on a line of its own.")
    here = place.table or (f"[{place.key}]" if kind is not Settings else "")
    hints = get_type_hints(kind)
    _refuse_unknown(plain, hints, here)
    values = {}
    for field in fields(kind):
        spot = _Place(here, field.name)
        if field.name in plain:
            value = _value(kind, hints[field.name], plain[field.name], spot)
            if value == "" and field.default != "":
                spot.wrong(f"{field.name} is empty: write something between the quotation marks, or {_example(field)}.")
            values[field.name] = value
        elif field.default is MISSING and field.default_factory is MISSING:
            spot.wrong(f"{field.name} is missing: add a line {_example(field)}.")
    return kind(**values)


def _value(kind: type[Any], hint: Any, plain: object, place: _Place) -> Any:
    """Read one value of the type `hint`, which belongs to `place.key` of the dataclass `kind`."""
    if hint is bool:
        return _yes_or_no(plain, place)
    if hint is str:
        return _text(plain, place, SHAPES.get((kind, place.key)))
    if hint in (int, float):
        return _number(hint, plain, place, RANGES[kind, place.key])
    if hint is Hours:
        return _hours(plain, place)
    if hint is MenuSettings:
        return _menu(plain)
    if get_origin(hint) is tuple:
        return _several(get_args(hint)[0], plain, place, SHAPES.get((kind, place.key)))
    return _table(hint, plain, place)


def _text(plain: object, place: _Place, shape: tuple[re.Pattern[str], str] | None = None) -> str:
    if not isinstance(plain, str):
        meant = place.shown(plain) if isinstance(plain, int) else "…"
        place.wrong(f'{place.key} = {place.shown(plain)} must be in quotation marks: write {place.key} = "{meant}".')
    text = plain.strip()
    if len(text) > LONGEST_TEXT:
        place.wrong(f"{place.key} is too long: write at most {LONGEST_TEXT} letters.")
    if not text.isprintable():
        place.wrong(f"{place.key} has a line break or an invisible sign in it: write it again on one line.")
    if text and shape and not shape[0].fullmatch(text):
        place.wrong(f"{place.key} = {place.shown(text)} does not fit: write {shape[1]}.")
    return text


def _yes_or_no(plain: object, place: _Place) -> bool:
    if not isinstance(plain, bool):
        place.wrong(f"{place.key} = {_shown(plain)} does not fit: write true or false, without quotation marks.")
    return plain


def _number(kind: type[int] | type[float], plain: object, place: _Place, span: tuple[float, float]) -> float:
    low, high = span
    advice = f"write a {'whole ' if kind is int else ''}number from {low:g} to {high:g}"
    if isinstance(plain, bool) or not isinstance(plain, (kind, int)):
        place.wrong(f"{place.key} = {_shown(plain)} does not fit: {advice}, without quotation marks.")
    if not low <= plain <= high:
        place.wrong(f"{place.key} = {_shown(plain)} is out of range: {advice}.")
    return kind(plain)


def _several(
    kind: type[Any], plain: object, place: _Place, shape: tuple[re.Pattern[str], str] | None = None
) -> tuple[Any, ...]:
    """Read a list of texts, or the tables that are written with double brackets."""
    if not isinstance(plain, list):
        if is_dataclass(kind):
            place.wrong(f"{place.key} is not given as a list: write [[{place.key}]] in double brackets, once for each.")
        place.wrong(f'{place.key} = {_shown(plain)} must be a list: write {place.key} = ["…", "…"].')
    if kind is str:
        if not all(isinstance(item, str) for item in plain):
            place.wrong(f'each of {place.key} must be in quotation marks: write {place.key} = ["101", "102"].')
        return tuple(_text(item, place, shape) for item in plain)
    return tuple(_table(kind, item, _row_place(place, number, item)) for number, item in enumerate(plain, 1))


def _row_place(place: _Place, number: int, item: object) -> _Place:
    """Name the second of the people "[[people]] number 2 (Anna)", so that it is found at once."""
    name = item.get("name") if isinstance(item, Mapping) else None
    called = f" ({name[:SHOWN]})" if isinstance(name, str) and name else ""
    return _Place(f"[[{place.key}]] number {number}{called}", place.key)


def _refuse_unknown(plain: Mapping[str, object], known: Iterable[str], table: str) -> None:
    known = list(known)
    for key in plain:
        if key in known:
            continue
        shown = key[:SHOWN]
        if table and key in {field.name for field in fields(Settings)}:
            _Place(table, key).wrong(f"there is a line {shown}, which belongs at the top of the file: move it up.")
        close = difflib.get_close_matches(key.lower(), known, n=1)
        advice = f"did you mean {close[0]}?" if close else f"there can be {', '.join(known)}."
        _Place(table, key).wrong(f"nothing is called {shown}: {advice}")


def _example(field: Any) -> str:
    words = {"company": "Our Company", "name": "Anna", "port": "/dev/ttyACM0", "extension": "101"}
    if field.name == "people":
        return 'people = ["101", "102"]'
    default = field.default if isinstance(field.default, str) else words.get(field.name, "…")
    return f'{field.name} = "{default}"'


def _shown(plain: object) -> str:
    """Show a value as it was written, shortened."""
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, int) and abs(plain) >= 10**15:
        return "a huge number"
    text = f'"{plain}"' if isinstance(plain, str) else str(plain)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


# ---------------------------------------------------------------- hours and menu, as people write them


_SPAN = re.compile(r"(\d{1,2}):(\d{2}) *[-\u2013] *(\d{1,2}):(\d{2})")
_HOURS_ADVICE = 'write for example "08:00-16:00", or ["08:00-12:00", "13:00-17:00"], or "closed"'


def _hours(plain: object, place: _Place) -> Hours:
    """Read the opening hours of a week: a day not named is closed; no day at all means always open."""
    if not isinstance(plain, Mapping):
        place.wrong('hours must be a table: write [hours] on a line of its own, below it monday = "08:00-16:00".')
    _refuse_unknown(plain, DAYS, "[hours]")
    hours = Hours(tuple(_day(plain.get(day, "closed"), _Place("[hours]", day)) for day in DAYS))
    if plain and hours.always:
        _Place("[hours]", "").wrong(
            "every day is closed: open one day at least, or take out [hours] to be always open."
        )
    return hours


def _day(plain: object, place: _Place) -> tuple[tuple[time, time], ...]:
    if plain == "closed":
        return ()
    written = plain if isinstance(plain, list) else [plain]
    spans = sorted(_span(one, place) for one in written)
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
        place.wrong(f"{place.key} has hours that overlap: {_HOURS_ADVICE}.")
    return tuple(spans)


def _span(plain: object, place: _Place) -> tuple[time, time]:
    match = _SPAN.fullmatch(plain.strip()) if isinstance(plain, str) else None
    if match is None:
        place.wrong(f"{place.key} = {_shown(plain)} does not fit: {_HOURS_ADVICE}.")
    start, end = _time(match[1], match[2]), _time(match[3], match[4])
    if start is None or end is None:
        place.wrong(f"{place.key} = {_shown(plain)} names a time that does not exist: {_HOURS_ADVICE}.")
    if start >= end:
        place.wrong(
            f"{place.key} = {_shown(plain)} ends before it begins: hours over midnight are written on two days, "
            'until "24:00" on the first and from "00:00" on the next.'
        )
    return start, end


def _time(hour: str, minute: str) -> time | None:
    if (int(hour), int(minute)) == (24, 0):
        return END_OF_DAY
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def _menu(plain: object) -> MenuSettings:
    """Read the one-key menu: each line is a key and a group, and `default` is for who presses nothing."""
    place = _Place("[menu]", "menu")
    if not isinstance(plain, Mapping):
        place.wrong('menu must be a table: write [menu] on a line of its own, below it "1" = "sales".')
    for key in plain:
        if key != "default" and not re.fullmatch("[0-9*#]", key):
            place.wrong(f'"{key[:SHOWN]}" is no key of a telephone: write one of "0" to "9", "*", "#", or default.')
    groups = {key: _text(group, _Place("[menu]", f'"{key}"')) for key, group in plain.items()}
    default = groups.pop("default", "")
    return MenuSettings(choices=tuple(groups.items()), default=default)


# ---------------------------------------------------------------- what must fit together


def _check_lines(lines: Sequence[LineSettings]) -> None:
    for number, line in enumerate(lines, 1):
        place = _row_place(_Place("", "lines"), number, {"name": line.name})
        for earlier in lines[: number - 1]:
            if line.name == earlier.name:
                place.wrong("name is taken by an earlier line: give each line a name of its own.")
            if line.port == earlier.port:
                place.wrong(f"port {line.port} is already that of {earlier.name}: give each line its own port.")
        for length in ("flash_ms", "dtmf_on_ms", "dtmf_off_ms"):
            low, high = RANGES[PbxSettings, length]
            if 0 < getattr(line, length) < low:
                place.wrong(f"{length} is out of range: write {low:g} to {high:g}, or 0 for what [pbx] says.")
        for command in line.modem_setup:
            if len(command) > 50 or not MODEM_COMMAND.fullmatch(command):
                advice = 'write single commands in capitals that take no line and dial nothing, as "AT!4886=00"'
                place.wrong(f"modem_setup has {_shown(command)}: {advice}.")
        if len(line.modem_setup) > MOST_MODEM_COMMANDS:
            place.wrong(f"modem_setup is too long: write at most {MOST_MODEM_COMMANDS} commands.")


def _check_tones(tones: Sequence[str]) -> None:
    """Tones that the PBX has of its own must be written as they were learned, and not be too many to listen for."""
    if len(tones) > MOST_TONES:
        _Place("[pbx]", "tones").wrong(f"there are {len(tones)} tones: write {MOST_TONES} at most.")
    for tone in tones:
        try:
            LearnedTone.read(tone)
        except BadSettings as problem:
            _Place("[pbx]", "tones").wrong(f"{problem.problem}: {problem.advice}")


def _check_people(people: Sequence[PersonSettings]) -> None:
    owners: dict[str, str] = {}
    for number, person in enumerate(people, 1):
        place = _row_place(_Place("", "people"), number, {"name": person.name})
        if person.extension in owners:
            place.wrong(
                f"extension {person.extension} is already that of {owners[person.extension]}: "
                "give each person an extension of their own."
            )
        owners[person.extension] = person.name


def _with_pin_hidden(person: PersonSettings) -> PersonSettings:
    """The owner writes a PIN as it is; from then on there is only its hash."""
    return replace(person, pin=kept_form(person.pin)) if PIN.fullmatch(person.pin) else person


def _check_staff_code(settings: Settings) -> None:
    """The code of the staff is keyed in where callers choose from the menu, so no choice may begin like it."""
    code = settings.staff_code
    taken = {key for key, _ in settings.menu.choices} | set(CLOSED_KEYS)
    if code and code[0] in taken:
        _Place("", "staff_code").wrong(
            f'staff_code begins with "{code[0]}", which callers press in a menu: begin it with another key, as "*".'
        )


def _with_extensions(group: GroupSettings, people: Sequence[PersonSettings]) -> GroupSettings:
    """Groups may name people by name or by extension; the office knows them by extension."""
    place = _Place(f"[[groups]] ({group.name})", "people")
    if not group.people:
        place.wrong('people is empty: write who is in this group, for example people = ["101", "102"].')
    extensions = tuple(_extension_of(who, people, place) for who in group.people)
    for extension in extensions:
        if extensions.count(extension) > 1:
            place.wrong(f"people has {extension} twice: write each person once.")
    return replace(group, people=extensions)


def _with_helpers(number: int, person: PersonSettings, people: Sequence[PersonSettings]) -> PersonSettings:
    """Deputies and the assistant may be named as the people of groups are."""
    row = _row_place(_Place("", "people"), number, {"name": person.name})
    deputies = tuple(_extension_of(who, people, replace(row, key="deputies")) for who in person.deputies)
    if len(set(deputies) | {person.extension}) <= len(deputies):
        row.wrong(f"deputies names {person.name} or somebody twice: write each colleague once.")
    assistant = person.assistant and _extension_of(person.assistant, people, replace(row, key="assistant"))
    if assistant == person.extension:
        row.wrong("assistant names the same person: name somebody else, or take the line out.")
    return replace(person, deputies=deputies, assistant=assistant)


def _extension_of(who: str, people: Sequence[PersonSettings], place: _Place) -> str:
    """The extension of `who` is named in `place.key`."""
    if any(person.extension == who for person in people):
        return who
    found = [person.extension for person in people if person.name == who]
    if len(found) > 1:
        place.wrong(f"{place.key} names {who}, but {len(found)} people are called so: write the extension instead.")
    if not found:
        names = [word for person in people for word in (person.name, person.extension)]
        place.wrong(f"{place.key} names {_shown(who)}, who is not in [[people]]: {_known('people', who, names)}.")
    return found[0]


def _check_groups(groups: Sequence[GroupSettings]) -> None:
    names = [group.name for group in groups]
    for number, group in enumerate(groups, 1):
        place = _row_place(_Place("", "groups"), number, {"name": group.name})
        if names.count(group.name) > 1:
            place.wrong("name is there twice: give each group a name of its own.")
        if group.overflow == group.name:
            place.wrong("overflow names the group itself: name another group, or take the line out.")
        if group.overflow and group.overflow not in names:
            known = _known("groups", group.overflow, names)
            place.wrong(f"overflow names {_shown(group.overflow)}, which is not in [[groups]]: {known}.")


def _check_menu(settings: Settings) -> None:
    names = [group.name for group in settings.groups]
    menu = settings.menu
    for key, group in (*menu.choices, ("default", menu.default or None)):
        if group is not None and group not in names:
            known = _known("groups", group, names)
            _Place("[menu]", key).wrong(f'"{key}" leads to {_shown(group)}, which is not in [[groups]]: {known}.')
    if menu.choices and not menu.default and not settings.operator:
        _Place("[menu]", "default").wrong(
            f'nobody is there for callers who press nothing: add a line default = "{menu.choices[0][1]}".'
        )


def _known(table: str, word: str, known: Sequence[str]) -> str:
    """Say what could have been meant."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"' if close else f"add a [[{table}]] of that name first"


# ---------------------------------------------------------------- settings to plain form


def plain_from(settings: Settings) -> Plain:
    """Write settings in their plain form; `settings_from` reads it back."""
    plain: Plain = _plain(settings)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Hours):
        week = zip(DAYS, value.week, strict=True)
        return {} if value.always else {day: [_written(*span) for span in spans] or "closed" for day, spans in week}
    if isinstance(value, MenuSettings):
        return dict(value.choices) | ({"default": value.default} if value.default else {})
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _written(start: time, end: time) -> str:
    return f"{start:%H:%M}-{'24:00' if end == END_OF_DAY else format(end, '%H:%M')}"
