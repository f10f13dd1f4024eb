"""A settings file with many faults: each is told once, in a sentence with its place, and none only repeats another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.faults import BadSettings
from appliance.store.problems import MOST_TOLD
from appliance.store.settings import examined, settings_from
from appliance.store.settingsfile import parsed

ANNA = {"name": "Anna", "extension": "101"}
BORIS = {"name": "Boris", "extension": "102"}
CLARA = {"name": "Clara", "extension": "103"}
SALES = {"name": "sales", "people": ["101"]}
SERVICE = {"name": "service", "people": ["102"]}

FULL_OF_FAULTS = """
company = "Example & Daughters"
country = "Poland"
operater = "100"

[hours]
monday = ["08:00-12:00", "11:00-16:00", "9 to 5"]
tuesday = ["08:00-12:00", "11:30-16:00"]
fryday = "08:00-16:00"

[[lines]]
name = "Line 1"
port = "/dev/ttyACM0"
flash_ms = 99999

[[lines]]
name = "Line 2"
port = "/dev/ttyACM0"

[[people]]
name = "Anna"
extension = 101
deputies = ["Borys", "Clare"]

[[people]]
name = "Boris"
extension = "1o2"
assistant = "Boris"

[[people]]
name = "Clara"
extension = "103"

[[groups]]
name = "sales"
people = ["101", "102", "Bo"]
overflow = "service"

[[groups]]
name = "service"
people = []
overflow = "sales"

[menu]
"1" = "sale"
"12" = "service"

[pbx]
profile = "panasonnic"
flash_ms = 600
hold_code = "20!"

[waiting]
come_back_s = 1
longest_s = "ten minutes"
"""
TOLD = (
    "At the top of the file, nothing is called operater: did you mean operator?",
    'At the top of the file, country = "Poland" does not fit',
    "In [hours], nothing is called fryday: did you mean friday?",
    'In [hours], monday = "9 to 5" does not fit',
    "In [hours], monday has hours that overlap, 08:00-12:00 and 11:00-16:00",
    "In [hours], tuesday has hours that overlap, 08:00-12:00 and 11:30-16:00",
    "In [[lines]] number 1 (Line 1), flash_ms = 99999 is out of range",
    "In [[lines]] number 2 (Line 2), port /dev/ttyACM0 is already that of Line 1",
    'In [[people]] number 1 (Anna), extension = 101 must be in quotation marks: write extension = "101"',
    'In [[people]] number 1 (Anna), deputies names "Borys", who is not in [[people]]: did you mean "Boris"',
    'In [[people]] number 1 (Anna), deputies names "Clare", who is not in [[people]]: did you mean "Clara"',
    'In [[people]] number 2 (Boris), extension = "1o2" does not fit',
    'In [[groups]] number 1 (sales), people names "Bo", who is not in [[people]]: did you mean "Boris"',
    "In [[groups]] number 2 (service), people is empty",
    'In [menu], "12" is no key of a telephone',
    'In [menu], "1" leads to "sale", which is no group, no person and no word for a way on: did you mean "sales"',
    'In [pbx], profile = "panasonnic" is not known: did you mean "panasonic-tes"?',
    'In [pbx], hold_code = "20!" does not fit',
    "In [waiting], come_back_s = 1 is out of range",
    'In [waiting], longest_s = "ten minutes" does not fit',
)


def told(plain: object) -> tuple[str, ...]:
    """Every sentence about these settings."""
    with pytest.raises(BadSettings) as refused:
        settings_from(plain)
    return refused.value.problems


def office(**tables: Any) -> dict[str, Any]:
    return {"company": "A", **tables}


def test_every_fault_of_a_file_is_told_at_once_from_top_to_bottom() -> None:
    sentences = told(parsed(FULL_OF_FAULTS))
    assert [sentence.startswith(words) for sentence, words in zip(sentences, TOLD, strict=True)] == [True] * len(TOLD)
    assert all(sentence.endswith((".", "?")) and "\n" not in sentence for sentence in sentences)


ONE_FAULT: dict[str, tuple[dict[str, Any], str]] = {
    "extension that a group names": (
        {"people": [{"name": "Anna", "extension": "1o1"}], "groups": [{"name": "sales", "people": ["1o1", "Anna"]}]},
        'extension = "1o1" does not fit',
    ),
    "extension without quotation marks, named by a deputy": (
        {"people": [{"name": "Anna", "extension": 101}, {**BORIS, "deputies": ["101"]}]},
        'write extension = "101"',
    ),
    "extension of letters, named as it was meant": (
        {"people": [{"name": "Anna", "extension": "1O1"}, BORIS], "groups": [{"name": "sales", "people": ["101"]}]},
        "one to eight digits",
    ),
    "extension left out": (
        {"people": [{"name": "Anna"}, BORIS], "groups": [{"name": "sales", "people": ["101", "Anna"]}]},
        "extension is missing",
    ),
    "name written as nmae": (
        {"people": [{"nmae": "Anna", "extension": "101"}], "groups": [{"name": "sales", "people": ["Anna"]}]},
        "nothing is called nmae: did you mean name?",
    ),
    "people written as poeple": (
        {"poeple": [ANNA], "groups": [SALES], "operator": "101"},
        "nothing is called poeple: did you mean people?",
    ),
    "people in single brackets": ({"people": ANNA, "groups": [SALES]}, "write [[people]] in double brackets"),
    "a person who is no table": ({"people": [ANNA, "Boris"], "groups": [SALES, SERVICE]}, "is no table"),
    "group whose name is a number, in the menu": (
        {"people": [ANNA], "groups": [{**SALES, "name": 5}], "menu": {"1": "sales", "default": "sales"}},
        "name = 5 must be in quotation marks",
    ),
    "company below a table": ({"company": 0, "web": {"company": "A"}}, "belongs at the top of the file"),
    "menu default that is a number": (
        {"people": [ANNA], "groups": [SALES], "menu": {"1": "sales", "default": 1}},
        "default = 1 must be in quotation marks",
    ),
    "flash out of range beside a window of one's own": (
        {"pbx": {"flash_ms": 9000, "flash_min_ms": 400, "flash_max_ms": 900}},
        "flash_ms = 9000 is out of range",
    ),
    "window out of range beside a flash of one's own": (
        {"pbx": {"flash_ms": 600, "flash_max_ms": 90_000}},
        "flash_max_ms = 90000 is out of range",
    ),
    "make that nobody knows, with a flash of its own": (
        {"pbx": {"profile": "slikan", "flash_ms": 600}},
        'did you mean "slican"',
    ),
    "parties of a PBX whose code cannot be read": (
        {
            "people": [ANNA],
            "pbx": {"conference_code": "three"},
            "handover": {"conference_parties": ["Anna"]},
        },
        'conference_code = "three" does not fit',
    ),
    "days all closed but one that cannot be read": ({"hours": {"monday": "8 to 4"}}, 'monday = "8 to 4" does not fit'),
    "two people without an extension": ({"people": [{"name": "Anna"}, {**BORIS, "extension": ""}]}, ""),
    "the same sentence twice": ({"outside_numbers": ["+48", "+48"]}, "the digits alone"),
}
"""Where the first fault makes others that are none: settings, and the one sentence (none: two, one for each)."""


@pytest.mark.parametrize("fault", ONE_FAULT)
def test_what_only_repeats_an_earlier_fault_is_not_told(fault: str) -> None:
    plain, words = ONE_FAULT[fault]
    plain = office(**plain)
    sentences = told({key: value for key, value in plain.items() if value != 0})
    assert len(sentences) == (1 if words else 2)
    assert words in sentences[0]


TWO_FAULTS: dict[str, dict[str, Any]] = {
    "an unknown name is told beside an extension that cannot be read": {
        "people": [{"name": "Anna", "extension": "1o1"}, BORIS],
        "groups": [{"name": "sales", "people": ["Borris"]}],
    },
    "an unknown group is told beside another that cannot be read": {
        "people": [ANNA],
        "groups": [{**SALES, "people": "101"}],
        "menu": {"default": "repairs"},
    },
    "overlapping hours beside some that end before they begin": {
        "hours": {"monday": ["08:00-12:00", "11:00-13:00", "17:00-16:00"]},
    },
    "two strangers in one group": {"people": [ANNA], "groups": [{"name": "sales", "people": ["Zoe", "Yves"]}]},
    "a wrong number in a list, and the operator": {"outside_numbers": ["+48", "225550100"], "operator": "none"},
    "three people of one extension": {"people": [ANNA, {**BORIS, "extension": "101"}, {**CLARA, "extension": "101"}]},
    "the same name for three lines": {"lines": [{"name": "Line", "port": port} for port in "abc"]},
}


@pytest.mark.parametrize("faults", TWO_FAULTS)
def test_two_faults_are_two_sentences(faults: str) -> None:
    assert len(told(office(**TWO_FAULTS[faults]))) == 2


def test_of_a_great_many_faults_the_first_are_told_and_that_there_are_more() -> None:
    people = [{"name": f"Person {number}", "extension": "none"} for number in range(MOST_TOLD + 7)]
    sentences = told(office(people=people))
    assert len(sentences) == MOST_TOLD + 1
    assert "(Person 0)" in sentences[0] and sentences[-1] == "There are more of this kind: correct these first."


def test_a_list_of_more_than_a_thousand_is_not_looked_at() -> None:
    sentences = told(office(people=[{"name": "A", "extension": "none"}] * 1001))
    assert sentences == ("At the top of the file, people has 1001 entries: write 1000 at most.",)


def test_no_sentence_repeats_a_pin() -> None:
    sentences = told(office(people=[{**ANNA, "pin": "4711x"}, {**BORIS, "pin": 4711}, {**CLARA, "pinn": "4711"}]))
    assert len(sentences) == 3
    assert not any("4711" in sentence.split(":")[0] for sentence in sentences)


# ---------------------------------------------------------------- who stands in for whom (R13)


def deputies(*named: tuple[str, ...]) -> dict[str, Any]:
    people = ({**one, "deputies": list(who)} for one, who in zip((ANNA, BORIS, CLARA), named, strict=True))
    return office(people=list(people))


def test_two_who_help_each_other_are_what_every_office_has() -> None:
    assert examined(deputies(("102",), ("101",), ())).advice == ()


def test_deputies_who_lead_back_to_oneself_only_are_told_as_advice() -> None:
    (advice,) = examined(deputies(("Boris",), ("Clara",), ("Anna",))).advice
    assert advice.startswith("In [[people]] number 1 (Anna), deputies leads back to Anna only (Boris, Clara, Anna)")


def test_a_ring_of_deputies_with_somebody_outside_is_nobodys_business() -> None:
    zoe = {"name": "Zoe", "extension": "104"}
    plain = deputies(("102",), ("103", "104"), ("101",))
    assert examined({**plain, "people": [*plain["people"], zoe]}).advice == ()


def test_groups_that_help_one_another_are_what_every_office_has() -> None:
    groups = [{**SALES, "overflow": "service"}, {**SERVICE, "overflow": "sales"}]
    assert examined(office(people=[ANNA, BORIS, CLARA], groups=groups)).advice == ()


def test_a_group_with_digits_for_a_name_would_be_taken_for_a_person() -> None:
    (sentence,) = told(office(people=[ANNA], groups=[{"name": "101", "people": ["Anna"]}]))
    assert sentence.startswith('In [[groups]] number 1 (101), name = "101" looks like an extension')


# ---------------------------------------------------------------- any faults at all

GOOD = office(people=[ANNA, BORIS, CLARA], groups=[SALES, SERVICE])
SPOTS = [
    ("people", 0, "extension"),
    ("people", 1, "name"),
    ("people", 2, "deputies"),
    ("groups", 0, "people"),
    ("groups", 1, "name"),
    ("groups", 1, "overflow"),
]
WRONG = st.sampled_from([0, True, "", "\x00", "none", [], ["none"], [0], {}, "101", "sales", ["102", "102"]])


@given(st.dictionaries(st.sampled_from(SPOTS), WRONG, min_size=1))
def test_with_every_fault_corrected_that_is_told_at_last_none_is_left(
    wrong: dict[tuple[str, int, str], object],
) -> None:
    """Whatever stands where, correcting the places that are told ends with settings that can be used."""
    for _ in range(len(SPOTS) + 1):
        plain = {**GOOD, **{table: [dict(one) for one in GOOD[table]] for table in ("people", "groups")}}
        for (table, number, key), value in wrong.items():
            plain[table][number][key] = value
        try:
            settings_from(plain)
        except BadSettings as refused:
            left = {
                spot: value
                for spot, value in wrong.items()
                if not any(f"[[{spot[0]}]] number {spot[1] + 1}" in sentence for sentence in refused.problems)
            }
            assert left != wrong, refused.problems
            wrong = left
        else:
            return
    raise AssertionError("there is always one more")
