"""Whom the office knows, looked up while the telephone rings (R5)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.call import Call, CallerId, CallRecord, Presentation, TransferAttempt, TransferResult
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.contacts import MOST_NUMBERS, Contact, Importance, LastServed, Relation

ANNA = Contact("Anna Nowak", "Northwind", ("+48225550100", "+48601555010"), id=1, customer_number="K-4711")
JAN = Contact("Jan Kos", "Northwind", ("+48225550100",), id=2, language="pl", importance=Importance.VIP)
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def book(*contacts: Contact) -> ContactBook:
    return ContactBook("pl", contacts)


def serve(known: ContactBook, number: str, extension: str, at: datetime) -> None:
    """Let the book learn of a call that the colleague at `extension` took."""
    took = TransferAttempt(at, extension, "", TransferResult.TAKEN, 5.0)
    known.learn(CallRecord(1, "Line 1", at, CallerId(number), rings=1, transfers=(took,)))


def test_a_contact_is_found_by_each_of_their_numbers_as_the_network_sends_them() -> None:
    known = book(ANNA)
    for number in ("225550100", "0225550100", "48225550100", "+48225550100", "601555010", "0048601555010"):
        assert known.find(number) == ANNA


def test_nobody_is_found_without_a_number_or_by_a_strangers() -> None:
    known = book(ANNA)
    for number in ("", "225550109", "555010", "anonymous", "100", "+4822555010012"):
        assert known.find(number) is None


def test_a_number_without_its_area_is_found_by_its_last_digits_if_they_are_only_one_contacts() -> None:
    cracow = Contact("Ewa Lis", numbers=("+48125550100",), id=3)
    assert book(ANNA).find("5550100") == ANNA
    assert book(ANNA, cracow).find("5550100") is None  # two areas have this number
    assert book(ANNA, JAN).find("5550100") is not None  # it is one number, though two have it


def test_who_was_written_down_without_the_area_is_found_when_the_network_sends_it() -> None:
    local = Contact("Ewa Lis", numbers=("5550177",), id=3)
    known = book(local)
    assert known.find("225550177") == local
    assert known.find("5550177") == local
    known.forget(3)
    assert known.find("225550177") is None


def test_a_company_that_has_the_number_calls_rather_than_one_of_its_people() -> None:
    company = Contact("Northwind", numbers=("+48225550100",), id=9)
    assert book(ANNA, company).find("225550100") == company
    assert book(replace(company, id=1), replace(ANNA, id=9)).find("225550100") == replace(company, id=1)


def test_people_of_one_company_with_one_number_are_that_company_with_what_they_have_in_common() -> None:
    anna = replace(ANNA, relation=Relation.CUSTOMER, operator="101", language="pl")
    jan = replace(JAN, relation=Relation.CUSTOMER, operator="102")
    found = book(anna, jan).find("225550100")
    assert found == Contact(
        "Northwind",
        numbers=("+48225550100",),
        language="pl",
        importance=Importance.VIP,
        relation=Relation.CUSTOMER,
    )


def test_of_strangers_with_one_number_it_is_the_one_who_was_added_last() -> None:
    wife = Contact("Ewa Lis", numbers=("+48225550111",), id=3)
    husband = Contact("Adam Lis", numbers=("+48225550111",), id=4)
    assert book(wife, husband).find("225550111") == husband


def test_a_customer_number_is_found_by_the_digits_that_can_be_keyed_in() -> None:
    known = book(ANNA, JAN)
    assert known.by_customer_number("4711") == ANNA
    assert known.by_customer_number("47") is None
    assert known.by_customer_number("") is None


def test_an_edit_takes_effect_at_once_and_old_numbers_are_nobodys() -> None:
    known = book(ANNA)
    known.keep(replace(ANNA, numbers=("22 555 01 77",), customer_number="12"))
    assert known.find("601555010") is None
    assert known.by_customer_number("4711") is None
    found = known.find("225550177")
    assert found is not None
    assert found.numbers == ("+48225550177",)
    assert known.by_customer_number("12") == found
    assert len(known) == 1


def test_a_new_contact_gets_a_number_that_nobody_ever_had() -> None:
    known = ContactBook("pl", [ANNA], next_id=8)
    ewa = known.keep(Contact("Ewa Lis"))
    assert ewa.id == 8
    known.forget(8)
    assert known.keep(Contact("Adam Lis")).id == 9


def test_what_is_no_number_or_one_too_many_is_left_out() -> None:
    numbers = ("mobile", "22 555 01 00", "+48225550100", *(f"22555020{i}" for i in range(10)))
    kept = book().keep(Contact("Ewa Lis", numbers=numbers))
    assert kept.numbers[0] == "+48225550100"
    assert len(kept.numbers) == MOST_NUMBERS


def test_who_served_a_contact_last_is_known_whichever_number_they_call_from() -> None:
    known = book(ANNA)
    serve(known, "0225550100", "101", TUESDAY)
    serve(known, "601555010", "102", TUESDAY + timedelta(hours=1))
    assert known.last_served("225550100") == LastServed("102", TUESDAY + timedelta(hours=1))
    serve(known, "225550100", "101", TUESDAY + timedelta(hours=2))
    assert known.last_served("+48601555010") == LastServed("101", TUESDAY + timedelta(hours=2))


def test_who_served_a_stranger_last_is_known_by_the_number_and_of_nobody_without_one() -> None:
    known = book()
    serve(known, "225550177", "101", TUESDAY)
    serve(known, "", "101", TUESDAY)
    assert known.last_served("+48225550177") == LastServed("101", TUESDAY)
    assert known.last_served("") is None
    assert known.last_served("225550178") is None


def test_of_callers_beyond_number_the_first_are_forgotten_first() -> None:
    last = LastServed("101", TUESDAY)
    known = ContactBook("pl", served=((f"+4822{5_000_000 + caller}", last) for caller in range(MOST_SERVED + 1)))
    assert known.last_served("+48225000000") is None
    assert known.last_served("+48225000001") is not None


def test_a_call_bears_the_contacts_name_unless_the_network_sent_one() -> None:
    call = Call(1, "Line 1", TUESDAY, 0.0, CallerId("225550100", "", Presentation.SHOWN))
    book(ANNA).recognise(call)
    assert call.contact == ANNA
    assert call.caller_id == CallerId("225550100", "Anna Nowak, Northwind", Presentation.SHOWN)
    named = Call(2, "Line 1", TUESDAY, 0.0, CallerId("225550100", "NOWAK", Presentation.SHOWN))
    book(ANNA).recognise(named)
    assert (named.contact, named.caller_id.name) == (ANNA, "NOWAK")


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.sets(st.integers(0, 8), max_size=4)), max_size=30))
def test_after_any_edits_the_book_is_as_if_it_had_been_read_afresh(edits: list[tuple[bool, int, set[int]]]) -> None:
    numbers = [f"+4822555010{digit}" for digit in range(5)] + [f"555010{digit}" for digit in range(4)]
    edited = book()
    for keep, id, which in edits:
        if keep:
            chosen = tuple(numbers[index] for index in sorted(which))
            edited.keep(Contact(f"Person {id}", numbers=chosen, customer_number=str(id % 3), id=id))
        else:
            edited.forget(id)
    fresh = ContactBook("pl", sorted(edited, key=lambda contact: contact.id))
    for asked in (*numbers, "225550102", "5550103", "5550104", "125550100"):
        assert edited.find(asked) == fresh.find(asked)
    for customer in ("0", "1", "2", "3"):
        assert edited.by_customer_number(customer) == fresh.by_customer_number(customer)


def test_thousands_are_told_apart_by_their_last_digits() -> None:
    rng = random.Random(5)
    digits = rng.sample(range(10**7), 5000)
    known = ContactBook("pl", (Contact(f"P{at}", numbers=(f"+4822{at:07}",), id=n) for n, at in enumerate(digits, 1)))
    for at in digits[:500]:
        found = known.find(f"{at:07}")
        assert found is not None
        assert found.name == f"P{at}"
