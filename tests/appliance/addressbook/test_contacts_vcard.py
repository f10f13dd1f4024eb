"""Contacts as vCard, from telephones, mail programs and our own (R5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.addressbook.found import Premises, Reading
from appliance.addressbook.vcardfile import MOST_CARD_LINES, is_vcard, read_vcards, write_vcards
from appliance.contacts import Contact, Importance, Relation

POLAND = Premises("pl")
EWA = Contact(
    name="Ewa Maria Lis",
    company="Contoso; Ltd, Warsaw",
    numbers=("+48601555010", "+48225550100"),
    language="pl",
    importance=Importance.IMPORTANT,
    relation=Relation.SELLER,
    operator="101",
    customer_number="4711",
    email="ewa@example.org",
    notes="Mornings.\nA dog, a cat; no bird.",
)


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def read(text: str) -> Reading:
    return read_vcards(text, POLAND)


def contact(text: str) -> Contact:
    reading = read(text)
    assert reading.complaints == []
    [found] = reading.found
    return found.contact


def test_what_we_write_we_read_back_whole() -> None:
    company = Contact("Contoso", numbers=("+48225550100",))
    text = write_vcards([EWA, company])
    assert is_vcard(text)
    assert [found.contact for found in read(text).found] == [company, EWA]


def test_a_card_of_version_3_with_folded_lines_groups_and_escapes() -> None:
    text = card(
        "FN:Ewa L",
        " is",
        "N:Lis;Ewa;;;",
        "item1.TEL;type=CELL;type=pref:601 555 010",
        "item1.X-ABLabel:private",
        'TEL;TYPE="work,voice":(22) 555 01 00',
        "TEL;TYPE=WORK,FAX:22 555 01 99",
        r"ORG:Contoso\; Ltd;Sales",
        "CATEGORIES:Customers,VIP",
        r"NOTE:one\, two\nthree",
        "LANG:de",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD",
        " /2wBDAAEBAQEBAQEBAQEBAQ==",
    )
    assert contact(text) == Contact(
        "Ewa Lis",
        "Contoso; Ltd",
        ("+48601555010", "+48225550100"),
        "de",
        Importance.VIP,
        Relation.CUSTOMER,
        notes="one, two\nthree",
    )


def test_a_card_of_version_4_with_numbers_as_addresses() -> None:
    text = card(
        "FN:Ewa Lis", 'TEL;VALUE=uri;TYPE="cell,voice":tel:+48-601-555-010;ext=3', "LANG;PREF=1:pl", version="4.0"
    )
    assert contact(text) == Contact("Ewa Lis", numbers=("+48601555010",), language="pl")


@pytest.mark.parametrize(
    "name",
    [
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BB=C3=B3=C5=82w;=C5=81ukasz;;;",
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BB=C3=B3=C5=82w;=C5=81u=\r\nkasz;;;",
        "N;CHARSET=WINDOWS-1250;ENCODING=QUOTED-PRINTABLE:=AF=F3=B3w;=A3ukasz;;;",
    ],
)
def test_the_old_cards_of_telephones_with_their_own_letters(name: str) -> None:
    text = card(name, "TEL;CELL:601555010", "TEL;FAX:225550100", version="2.1")
    assert contact(text) == Contact("Łukasz Żółw", numbers=("+48601555010",))


def test_a_card_of_a_company_has_its_name_once() -> None:
    assert contact(card("FN:Contoso", "N:;;;;", "ORG:Contoso;")) == Contact("Contoso")
    assert contact(card("N:;;;;", "ORG:Contoso;")) == Contact("Contoso")


def test_broken_cards_are_told_and_all_others_are_kept() -> None:
    good = card("FN:Ewa Lis", "TEL:601555010")
    no_end = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lost\r\n"
    text = (
        good + card("TEL:225550100") + no_end + good + card("FN:Jan", "N;ENCODING=x-none:a") + "END:VCARD\r\n" + no_end
    )
    reading = read(text)
    assert [found.contact.name for found in reading.found] == ["Ewa Lis", "Ewa Lis", "Jan"]
    assert reading.complaints == [
        "card 2 (line 6): there is neither a name nor a company, so it was left out",
        "card 3 (line 10): it has no end or is too long, so it was left out",
        "card 6 (line 24): it has no end or is too long, so it was left out",
    ]


def test_a_line_that_makes_no_sense_costs_itself_only() -> None:
    text = card("FN:Ewa Lis", "this is no line", r"X-A;X-B=x\"M\";T=3:geo:1,2", "TEL:601555010")
    assert contact(text) == Contact("Ewa Lis", numbers=("+48601555010",))


def test_a_card_without_end_of_lines_does_not_take_the_memory() -> None:
    reading = read("BEGIN:VCARD\nFN:X\n" + "NOTE:y\n" * (MOST_CARD_LINES + 10) + "END:VCARD\n" + card("FN:Ewa"))
    assert [found.contact.name for found in reading.found] == ["Ewa"]
    assert len(reading.complaints) == 1


def test_nothing_is_written_to_the_log_or_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    read(card("FN:Ewa Lis", "this is no line"))
    assert capfd.readouterr() == ("", "")


@given(st.lists(st.text(max_size=40), max_size=6))
def test_no_card_whatever_breaks_the_reading(lines: list[str]) -> None:
    reading = read(card(*lines) + card("FN:Ewa Lis"))
    assert reading.found[-1].contact.name == "Ewa Lis"
