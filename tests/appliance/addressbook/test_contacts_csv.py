"""Contacts as CSV: our own, and that of other programs (R5)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.addressbook.csvfile import FORMULA, bracketed, field_of, harmless, read_csv, write_csv
from appliance.addressbook.found import MOST_TOLD, Premises, Reading, tidy
from appliance.contacts import LONGEST_NOTES, LONGEST_TEXT, MOST_NUMBERS, Contact, Importance, Relation

POLAND = Premises("pl", {"Boris": "102"})
ANNA = Contact(
    name="Anna Żółw",
    company="Northwind; sp. z o.o.",
    numbers=("+48601555010", "+48225550100"),
    language="pl",
    importance=Importance.VIP,
    relation=Relation.CUSTOMER,
    operator="101",
    customer_number="K-4711",
    email="anna@example.org",
    notes='Prefers mornings.\nSays "hello".',
)


def read(text: str) -> Reading:
    return read_csv(text, POLAND)


def contacts(text: str) -> list[Contact]:
    reading = read(text)
    assert reading.complaints == []
    return [found.contact for found in reading.found]


def test_what_we_write_we_read_back_whole() -> None:
    assert contacts(write_csv([ANNA])) == [ANNA]
    assert contacts(write_csv([ANNA], ",")) == [ANNA]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Name,Phone 1 - Label,Phone 1 - Value,Organization Name,Notes", "Ewa Lis,Mobile,601 555 010,Contoso,Hi"),
        ("First Name\tLast Name\tCompany\tMobile Phone\tNotes\tPriority", "Ewa\tLis\tContoso\t601-555-010\tHi\tNormal"),
        ("Imię;Nazwisko;Firma;Telefon komórkowy;Faks (praca);Uwagi", "Ewa;Lis;Contoso;(+48) 601555010;223334455;Hi"),
        ("Vorname;Nachname;Firma;Handy;Fax;Notizen", "Ewa;Lis;Contoso;0048 601 555 010;1;Hi"),
        ("Phonetic Name,First Name,Last Name,Organization 1 - Name,Phone,Notes", "x,Ewa,Lis,Contoso,601555010,Hi"),
        ("sep=;\r\nname;company;number;notes", "Ewa Lis;Contoso;601555010;Hi"),
        ("NAME;COMPANY;NUMBERS;NOTES", '"Ewa Lis";Contoso;"601555010; 601 555 010";Hi'),
    ],
)
def test_the_tables_of_other_programs_are_read(header: str, row: str) -> None:
    assert contacts(f"{header}\r\n{row}\r\n") == [Contact("Ewa Lis", "Contoso", ("+48601555010",), notes="Hi")]


def test_several_numbers_of_one_person_are_kept_in_their_order() -> None:
    text = (
        "Name,Phone 1 - Value,Phone 2 - Value,Labels\nEwa,601 555 010 ::: 22 555 01 00,22 555 01 01,* Customers ::: VIP"
    )
    [ewa] = contacts(text)
    assert ewa.numbers == ("+48601555010", "+48225550100", "+48225550101")
    assert (ewa.relation, ewa.importance) == (Relation.CUSTOMER, Importance.VIP)


def test_a_row_with_a_company_only_is_the_company() -> None:
    assert contacts("name,company,number\n,Contoso,225550100\n") == [Contact("Contoso", numbers=("+48225550100",))]


def test_the_good_rows_are_kept_and_each_bad_one_is_told_with_its_line() -> None:
    text = (
        "name;company;number;importance;operator;language\n"
        "Ewa;;225550100;vip;boris;pl-PL\n"
        ";;225550101;;;\n"
        "\n"
        'Jan;;"ask\nhim";gold;Zed;Polish\n'
        "Adam;a;b;c;d;e;f\n"
        "Iga;;225550102;;;\n"
    )
    reading = read(text)
    assert [found.contact for found in reading.found] == [
        Contact("Ewa", numbers=("+48225550100",), importance=Importance.VIP, operator="102", language="pl"),
        Contact("Jan"),
        Contact("Iga", numbers=("+48225550102",)),
    ]
    assert [found.place for found in reading.found] == ["line 2", "line 5", "line 8"]
    assert reading.complaints == [
        "line 3: there is neither a name nor a company, so it was left out",
        'line 5: "ask" is no telephone number and was left out',
        'line 5: "him" is no telephone number and was left out',
        'line 5: the language "polish" was left out; write two letters, as pl or en',
        'line 5: the importance "gold" was left out; write one of normal, important, vip',
        'line 5: "Zed" is nobody of the staff; write the extension of who looks after them',
        "line 7: there are more columns than in the first line, so it was left out",
    ]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only() -> None:
    rows = "".join(f"Person {n},22555{n:04}\n" for n in range(200))
    reading = read(f'name,number\n"Ewa,225550100\n{rows}')
    assert len(reading.found) == 200
    assert reading.complaints == ["line 2: a quotation mark is opened and not closed, so this line was left out"]


def test_a_field_beyond_all_bounds_is_told() -> None:
    reading = read(f"name,number\n{'x' * 200_000},1\nEwa,225550100\n")
    assert [found.contact.name for found in reading.found] == ["Ewa"]
    assert len(reading.complaints) == 1


def test_long_fields_are_cut_and_told() -> None:
    reading = read(f"name,notes\n{'x' * 101},{'y' * 2001}\n")
    assert (len(reading.found[0].contact.name), len(reading.found[0].contact.notes)) == (LONGEST_TEXT, LONGEST_NOTES)
    assert reading.complaints == [
        "line 2: the name was cut after 100 characters",
        "line 2: the notes was cut after 2000 characters",
    ]


def test_numbers_beyond_number_are_told() -> None:
    numbers = " ::: ".join(f"2255501{n:02}" for n in range(MOST_NUMBERS + 1))
    reading = read(f"name,phone\nEwa,{numbers}\n")
    assert len(reading.found[0].contact.numbers) == MOST_NUMBERS
    assert reading.complaints == ["line 2: there are more than 10 numbers; +48 22 555 01 10 was left out"]


def test_of_very_many_complaints_the_rest_is_only_counted() -> None:
    reading = read("name,number\n" + ",225550100\n" * (MOST_TOLD + 5))
    assert (len(reading.complaints), reading.untold) == (MOST_TOLD, 5)


@pytest.mark.parametrize("text", ["", "\n", "a,b,c\n1,2,3\n", "number\n225550100\n", "\x00\x01\x02"])
def test_what_is_no_address_book_is_said_to_be_none(text: str) -> None:
    reading = read(text)
    assert reading.unusable
    assert reading.complaints[0].startswith("line 1: it names no column for names")


def test_no_cell_that_we_write_is_a_formula() -> None:
    evil = Contact(
        name="=HYPERLINK(1)",
        company="+1-2",
        numbers=("+48225550100",),
        customer_number="-7",
        email="@cmd",
        notes="'=already",
    )
    text = write_csv([evil])
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
    assert "(+48) 22 555 01 00" in cells
    assert contacts(text) == [evil]


def test_a_number_is_no_sum_to_a_spreadsheet_and_one_that_is_short_stays_as_it_is() -> None:
    assert bracketed("+48225550100") == "(+48) 22 555 01 00"
    assert bracketed("101") == "101"


def test_a_fax_is_no_number_to_call_from() -> None:
    told = {
        name: field_of(name) for name in ("Business Fax", "Faks (praca)", "Pager", "Telex", "Phone 1 - Type", "ISDN")
    }
    assert set(told.values()) == {None}


plain_text = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).map(tidy).filter(bool)
people = st.builds(
    Contact,
    name=plain_text,
    company=plain_text | st.just(""),
    numbers=st.lists(st.integers(5_550_000, 5_559_999).map(lambda n: f"+4822{n}"), max_size=3, unique=True).map(tuple),
    importance=st.sampled_from(Importance),
    relation=st.sampled_from(Relation),
    notes=st.text(max_size=60).map(lambda text: tidy(text, lines=True)),
)


@given(st.lists(people, max_size=5), st.sampled_from(";,\t"))
def test_any_contact_comes_back_as_it_was_written(written: list[Contact], separator: str) -> None:
    told = contacts(write_csv(written, separator))
    expected = [replace(each, company="" if each.company == each.name else each.company) for each in written]
    assert sorted(told, key=repr) == sorted(expected, key=repr)


@given(st.text(max_size=20))
def test_harmless_text_never_begins_a_formula(text: str) -> None:
    assert not harmless(text).startswith(FORMULA)


@given(st.text(max_size=300))
def test_no_file_whatever_breaks_the_reading(text: str) -> None:
    read(text)
    read(f"name,number,notes\n{text}")
