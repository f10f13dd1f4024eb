"""The owner's settings: read strictly, corrected by a sentence, kept for good."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import settings as kinds
from appliance.faults import BadSettings, DamagedStore
from appliance.schedule import Schedule
from appliance.settings import GroupSettings, Hours, LineSettings, MenuSettings, PbxSettings, PersonSettings, Settings
from appliance.store.migrations import migrate
from appliance.store.plainform import plain_from
from appliance.store.ranges import RANGES
from appliance.store.settings import SettingsStore, read_toml, settings_from

EXAMPLE = Path(__file__).parents[3] / "settings.example.toml"

OFFICE = Settings(
    company="Spółka & Co",
    operator="100",
    lines=(LineSettings("Line 1", "/dev/ttyACM0"), LineSettings("Line 2", "socket://modem:7000", department="Repairs")),
    people=(PersonSettings("Anna", "101", "sales", ("102",)), PersonSettings("Boris", "102")),
    groups=(GroupSettings("sales", ("101", "102"), overflow="service"), GroupSettings("service", ("102",))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), default="sales"),
    hours=Hours((((time(8), time(12)), (time(13), time(17, 30))), ((time(8), time.max),), (), (), (), (), ())),
    pbx=PbxSettings(flash_ms=600, flash_min_ms=300, flash_max_ms=1000),
)


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "office.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path)


# ---------------------------------------------------------------- what is understood


def test_the_example_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    settings = read_toml(EXAMPLE)
    assert settings.people[0] == PersonSettings("Anna", "101", "sales", ("102",))
    assert settings.groups[0].people == ("101",)
    assert settings.menu.default == "sales"
    plain, written = plain_from(settings), EXAMPLE.read_text(encoding="utf-8")
    defaults = Settings(company=settings.company)
    for table in ("pbx", "handover", "waiting", "listening", "web", "holidays", "priority", "callers"):
        assert getattr(settings, table) == getattr(defaults, table)
        assert all(f"\n{key} = " in written for key, value in plain[table].items() if not isinstance(value, dict))
    assert all(f"\n{key} = " in written for key in plain["pbx"]["status"])
    for table in ("lines", "people", "groups", "schedules", "seasons", "special_days", "rules", "on_call"):
        assert all(f"\n{key} = " in written for key, value in plain[table][0].items() if not isinstance(value, dict))
    assert all(f"\n{key} = " in written for key in plain["people"][1]["form"])
    assert all(f"\n{key} = " in written or f"\n[{key}]" in written or f"\n[[{key}]]" in written for key in plain)


def test_a_company_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, 'company = "A"') == Settings(company="A")


def test_a_file_of_another_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_bytes(b'\xef\xbb\xbfcompany = "A"\r\n[web]\r\nport = 80\r\n')
    assert read_toml(tmp_path / "office.toml").web.port == 80


def test_hours_are_one_span_or_several_or_closed(tmp_path: Path) -> None:
    text = (
        'company = "A"\n[hours]\nmonday = "8:00 - 16:00"\ntuesday = ["13:00-24:00", "08:00-12:00"]\nsunday = "closed"'
    )
    hours = read(tmp_path, text).hours
    opening = Schedule(hours)
    tuesday = [opening.open_at(datetime(2026, 11, 24, hour, minute)) for hour, minute in [(9, 0), (12, 30), (23, 59)]]
    assert tuesday == [True, False, True]
    assert not opening.open_at(datetime(2026, 11, 29, 12))
    assert not opening.open_at(datetime(2026, 11, 25, 12)), "a day that is not named is closed"


def test_whole_numbers_are_good_seconds(tmp_path: Path) -> None:
    come_back_s = read(tmp_path, 'company = "A"\n[waiting]\ncome_back_s = 30').waiting.come_back_s
    assert come_back_s == 30.0 and isinstance(come_back_s, float)


# ---------------------------------------------------------------- what is corrected

PEOPLE = '[[people]]\nname="Anna"\nextension="101"\n'
SALES = '[[groups]]\nname="sales"\npeople=["101"]\n'
LINE = '[[lines]]\nname="Line 1"\nport="/dev/ttyACM0"\n'

MISTAKES: dict[str, tuple[str, str]] = {
    "no company": ("", 'At the top of the file, company is missing: add a line company = "Our Company".'),
    "empty company": ('company = "  "', "company is empty"),
    "number as company": ("company = 5", 'company = 5 must be in quotation marks: write company = "5".'),
    "misspelt key": ('company = "A"\noperater = "1"', "nothing is called operater: did you mean operator?"),
    "misspelt table": ('company = "A"\n[pxb]', "did you mean pbx?"),
    "key of no likeness": (
        'company = "A"\n[web]\nzzz = 1',
        "In [web], nothing is called zzz: there can be host, port.",
    ),
    "key below a table": ('company = "A"\n[pbx]\noperator = "1"', "belongs at the top of the file: move it up"),
    "flash too long": (
        'company = "A"\n[pbx]\nflash_ms = 5000',
        "In [pbx], flash_ms = 5000 is out of range: write a whole",
    ),
    "flash as text": ('company = "A"\n[pbx]\nflash_ms = "100"', "without quotation marks"),
    "flash of true": ('company = "A"\n[pbx]\nflash_ms = true', "flash_ms = true does not fit"),
    "flash in fractions": (
        'company = "A"\n[pbx]\nflash_ms = 99.5',
        "flash_ms = 99.5 does not fit: write a whole number",
    ),
    "flash huge": ('company = "A"\n[pbx]\nflash_ms = 0x' + "f" * 9000, "flash_ms = a huge number is out of range"),
    "seconds without end": ('company = "A"\n[waiting]\ncome_back_s = inf', "out of range"),
    "seconds of nothing": ('company = "A"\n[waiting]\ncome_back_s = nan', "out of range"),
    "single brackets": ('company = "A"\n[lines]\nname="x"', "write [[lines]] in double brackets"),
    "double brackets": ('company = "A"\n[[pbx]]\nflash_ms=100', "write [pbx] in single brackets"),
    "table as text": ('company = "A"\npbx = "x"', "write [pbx] on a line of its own"),
    "no port": ('company = "A"\n[[lines]]\nname="Line 1"', "In [[lines]] number 1 (Line 1), port is missing"),
    "same line twice": (f'company = "A"\n{LINE}{LINE}', "In [[lines]] number 2 (Line 1), name is taken"),
    "same port twice": (f'company = "A"\n{LINE}' + LINE.replace("Line 1", "B"), "ttyACM0 is already that of Line 1"),
    "same extension twice": (f'company = "A"\n{PEOPLE}' + PEOPLE.replace("Anna", "Bo"), "101 is already that of Anna"),
    "extension as number": ('company = "A"\n[[people]]\nname="A"\nextension=101', 'write extension = "101"'),
    "outside number": (f'company = "A"\n{PEOPLE.replace("101", "+48 22 555")}', "one to eight digits"),
    "group of strangers": (f'company = "A"\n{PEOPLE}{SALES.replace("101", "Ana")}', 'did you mean "Anna"'),
    "group of nobody": (f'company = "A"\n{SALES.replace(chr(34) + "101" + chr(34), "")}', "people is empty"),
    "group of numbers": ('company = "A"\n[[groups]]\nname="s"\npeople=[101]', "must be in quotation marks"),
    "person twice in a group": (f'company = "A"\n{PEOPLE}[[groups]]\nname="s"\npeople=["101","Anna"]', "101 twice"),
    "same group twice": (f'company = "A"\n{PEOPLE}{SALES}{SALES}', "give each group a name of its own"),
    "overflow to nowhere": (f'company = "A"\n{PEOPLE}{SALES}overflow="service"', "add a [[groups]] of that name first"),
    "overflow to itself": (f'company = "A"\n{PEOPLE}{SALES}overflow="sales"', "names the group itself"),
    "menu to nowhere": (f'company = "A"\n{PEOPLE}{SALES}[menu]\n"1"="sale"\ndefault="sales"', 'did you mean "sales"'),
    "menu of no key": (f'company = "A"\n{PEOPLE}{SALES}[menu]\n"12"="sales"', '"12" is no key of a telephone'),
    "menu without default": (f'company = "A"\n{PEOPLE}{SALES}[menu]\n"1"="sales"', 'add a line default = "sales"'),
    "hours in words": ('company = "A"\n[hours]\nmonday = "8 to 4"', 'In [hours], monday = "8 to 4" does not fit'),
    "hours that are none": ('company = "A"\n[hours]\nmonday = "08:00-25:00"', "names a time that does not exist"),
    "hours backwards": ('company = "A"\n[hours]\nmonday = "22:00-06:00"', "over midnight are written on two days"),
    "hours twice": ('company = "A"\n[hours]\nmonday = ["08:00-12:00", "11:00-13:00"]', "overlap"),
    "day misspelt": ('company = "A"\n[hours]\nmonay = "08:00-12:00"', "did you mean monday?"),
    "never open": ('company = "A"\n[hours]\nmonday = "closed"', "every day is closed"),
    "country in words": ('company = "A"\ncountry = "Poland"', "two small letters"),
    "line break in a name": ('company = "A\\nB"', "a line break or an invisible sign"),
    "endless name": (f'company = "{"A" * 300}"', "at most 200 letters"),
    "no quotation marks": ("\ncompany = Smith", "cannot be understood at line 2, column 11"),
    "unfinished": ("company = ", "cannot be understood at"),
    "given twice": ('company = "A"\ncompany = "B"', "was given before: keep one of them"),
    "endless brackets": ("company = " + "[" * 100_000, "too many brackets"),
    "endless digits": ("company = " + "1" * 9000, "write a shorter one"),
    "far too long": ("#" * 1_000_001, "larger than 1 MB"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_in_one_sentence_that_says_what_to_write(tmp_path: Path, mistake: str) -> None:
    text, sentence = MISTAKES[mistake]
    with pytest.raises(BadSettings) as told:
        read(tmp_path, text)
    problem = told.value.problem
    assert sentence in problem
    assert problem.startswith("office.toml: ") and problem.endswith((".", "?"))
    assert len(problem) < 350 and "\n" not in problem
    assert not any(word in problem.lower() for word in ("error", "invalid", "null", "none", "dict", "traceback"))


def test_two_people_of_one_name_are_told_apart_by_extension(tmp_path: Path) -> None:
    people = PEOPLE + PEOPLE.replace("101", "102")
    with pytest.raises(BadSettings, match="2 people are called so: write the extension instead"):
        read(tmp_path, f'company = "A"\n{people}' + SALES.replace("101", "Anna"))
    assert read(tmp_path, f'company = "A"\n{people}{SALES}').groups[0].people == ("101",)


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        read_toml(tmp_path / "office.toml")
    with pytest.raises(BadSettings, match="cannot be opened"):
        read_toml(tmp_path)
    (tmp_path / "office.toml").write_text('company = "ą"', encoding="utf-16")
    with pytest.raises(BadSettings, match="encoding UTF-8"):
        read_toml(tmp_path / "office.toml")


def test_every_number_has_a_range_and_every_default_is_in_it() -> None:
    tables = [kind for kind in vars(kinds).values() if isinstance(kind, type) and is_dataclass(kind)]
    numbers = {
        (kind, field.name): field.default
        for kind in tables
        for field in fields(kind)
        if get_type_hints(kind)[field.name] in (int, float)
    }
    assert numbers.keys() == RANGES.keys()
    for key, (low, high) in RANGES.items():
        assert low <= numbers[key] <= high  # type: ignore[operator]


# ---------------------------------------------------------------- any input at all

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from([field.name for field in fields(Settings)])


@given(st.dictionaries(KEYS, PLAIN | st.dictionaries(KEYS | st.sampled_from(["1", "name", "monday"]), PLAIN)), PLAIN)
def test_no_input_raises_anything_but_a_sentence(tables: dict[str, Any], other: object) -> None:
    for plain in (tables, tables | {"company": "A"}, other):
        try:
            settings = settings_from(plain)
        except BadSettings as told:
            assert told.problem.endswith((".", "?"))
        else:
            assert settings_from(plain_from(settings)) == settings


# ---------------------------------------------------------------- what is kept


def test_an_empty_home_has_no_settings(tmp_path: Path) -> None:
    assert SettingsStore(tmp_path / "home").load() is None


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    SettingsStore(tmp_path / "home").save(OFFICE)
    assert SettingsStore(tmp_path / "home").load() == OFFICE


def test_the_file_is_imported_once_and_then_the_stored_settings_rule(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "home")
    file = tmp_path / "office.toml"
    file.write_text('company = "First"')
    assert store.import_once(file) == (Settings("First"), True)
    file.write_text('company = "Second"')
    assert store.import_once(file) == (Settings("First"), False)
    store.save(Settings("Changed on the page"))
    assert SettingsStore(tmp_path / "home").import_once(file) == (Settings("Changed on the page"), False)


def test_a_bad_file_leaves_the_home_empty(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text("")
    store = SettingsStore(tmp_path / "home")
    with pytest.raises(BadSettings):
        store.import_once(tmp_path / "office.toml")
    assert store.load() is None


def test_settings_that_make_no_sense_are_not_saved(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(OFFICE)
    with pytest.raises(BadSettings, match="flash_ms"):
        store.save(replace(OFFICE, pbx=PbxSettings(flash_ms=9999)))
    assert store.load() == OFFICE


def test_stored_settings_changed_by_hand_are_read_as_strictly_as_the_file(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(OFFICE)
    store.path.write_text(store.path.read_text().replace('"flash_ms": 600', '"flash_ms": "long"'))
    with pytest.raises(BadSettings, match=r"settings\.json.*In \[pbx\], flash_ms"):
        store.load()


def test_damaged_settings_give_those_before_and_a_fault_tells_it(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(OFFICE)
    store.save(replace(OFFICE, company="New"))
    store.path.write_bytes(store.path.read_bytes()[:100])
    assert store.load() == OFFICE
    assert "damaged" in store.faults[0].problem
    (tmp_path / "settings.json.previous").write_bytes(b"")
    with pytest.raises(DamagedStore):
        store.load()


def test_older_settings_are_brought_to_the_present_form_step_by_step() -> None:
    steps = (lambda plain: plain | {"b": 1}, lambda plain: plain | {"c": plain["b"] + 1})
    assert migrate({"a": 0}, 1, steps) == {"a": 0, "b": 1, "c": 2}
    assert migrate({"b": 5}, 2, steps) == {"b": 5, "c": 6}
    assert migrate({}, 3, steps) == {}


def test_settings_of_a_newer_version_are_not_guessed_at(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(OFFICE)
    document = json.loads(store.path.read_text())
    document["office"]["1"]["version"] = 99
    store.path.write_text(json.dumps(document))
    with pytest.raises(BadSettings, match="another version") as told:
        store.load()
    assert "newest version" in told.value.advice


def test_a_tone_that_cannot_be_read_is_told_with_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="is no tone") as problem:
        read(tmp_path, 'company = "A"\n[pbx]\ntones = ["busy 425"]')
    assert "busy 480+620 Hz 510/450" in problem.value.problem
    with pytest.raises(BadSettings, match="20 at most"):
        read(tmp_path, f'company = "A"\n[pbx]\ntones = {["busy 425 Hz"] * 21}')
