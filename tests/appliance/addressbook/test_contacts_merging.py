"""Bringing address books into the book: nobody doubled, nobody lost (R5)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.addressbook.csvfile import read_csv, write_csv
from appliance.addressbook.found import Premises, with_customer_numbers_judged
from appliance.addressbook.merging import Change, Merged, merge
from appliance.contactbook import ContactBook
from appliance.contacts import Contact, Importance

POLAND = Premises("pl")
HEADER = "name;company;number;number 2;customer number;importance;notes\n"
ANNA = Contact("Anna Nowak", "Northwind", ("+48225550100",), customer_number="4711", importance=Importance.VIP, id=1)


def brought_in(book: ContactBook, rows: str) -> Merged:
    reading = read_csv(HEADER + rows, POLAND)
    assert reading.complaints == []
    return merge(book, with_customer_numbers_judged(reading.found))


def book(*contacts: Contact) -> ContactBook:
    return ContactBook("pl", contacts)


def test_the_same_file_twice_changes_nothing() -> None:
    rows = "Anna;Northwind;225550100;;4711;vip;x\nJan;Northwind;225550100;;4711;;\nEwa;;;;;;\n;Contoso;225550177;;;;\n"
    known = book()
    assert brought_in(known, rows).count == {Change.NEW: 4}
    again = brought_in(known, rows)
    assert (again.count, again.to_keep) == ({Change.SAME: 4}, [])
    assert len(known) == 4


def test_what_the_file_says_counts_and_what_it_does_not_say_stays() -> None:
    known = book(ANNA)
    merged = brought_in(known, "ANNA NOWAK;;22 555 01 00;601 555 010;;;Prefers mornings\n")
    changed = known.get(1)
    assert changed == Contact(
        "ANNA NOWAK",
        "Northwind",
        ("+48225550100", "+48601555010"),
        customer_number="4711",
        importance=Importance.VIP,
        notes="Prefers mornings",
        id=1,
    )
    assert (merged.count, merged.to_keep) == ({Change.CHANGED: 1}, [changed])


def test_who_has_a_new_name_is_known_by_customer_number_and_telephone_number() -> None:
    known = book(ANNA)
    assert brought_in(known, "Anna Kos;;225550100;;4711;;\n").count == {Change.CHANGED: 1}
    assert [contact.name for contact in known] == ["Anna Kos"]


def test_who_has_new_numbers_is_known_by_customer_number_and_name() -> None:
    known = book(ANNA)
    assert brought_in(known, "Anna Nowak;;601555010;;4711;;\n").count == {Change.CHANGED: 1}
    assert [contact.numbers for contact in known] == [("+48225550100", "+48601555010")]


def test_two_people_with_one_customer_number_or_one_telephone_stay_two() -> None:
    known = book(ANNA)
    assert brought_in(known, "Jan Kos;Northwind;225550101;;4711;;\n").count == {Change.NEW: 1}
    assert brought_in(known, "Ewa Lis;Northwind;225550100;;;;\n").count == {Change.NEW: 1}
    assert len(known) == 3


def test_colleagues_with_the_customer_number_and_the_telephone_of_their_company_stay_two() -> None:
    known = book(ANNA)
    rows = "Anna Nowak;;225550100;;4711;;\nIga Bąk;;225550100;;4711;;\n"
    assert brought_in(known, rows).count == {Change.SAME: 1, Change.NEW: 1}


def test_who_is_in_the_file_twice_is_one_contact_and_written_once() -> None:
    known = book()
    merged = brought_in(known, "Ewa;;225550100;;;;\nEwa;;225550100;225550101;;;\n")
    assert merged.count == {Change.NEW: 1, Change.CHANGED: 1}
    assert [contact.numbers for contact in merged.to_keep] == [("+48225550100", "+48225550101")]


def test_who_was_known_without_a_number_gets_it() -> None:
    known = book(Contact("Ewa Lis", "Contoso", id=1))
    assert brought_in(known, "Ewa Lis;Contoso;225550100;;;;\n").count == {Change.CHANGED: 1}
    assert known.find("225550100") == Contact("Ewa Lis", "Contoso", ("+48225550100",), id=1)
    assert brought_in(known, "Ewa Lis;Contoso;225550100;;;;\n").count == {Change.SAME: 1}


class _SmallBook(ContactBook):
    """A book with one page."""

    @property
    def full(self) -> bool:
        return len(self) >= 1


def test_a_full_book_takes_changes_and_counts_who_had_no_room() -> None:
    known = _SmallBook("pl", [ANNA])
    rows = "Jan;;225550101;;;;\nAnna Nowak;;225550100;;;normal;\n"
    assert brought_in(known, rows).count == {Change.NO_ROOM: 1, Change.CHANGED: 1}


names = st.sampled_from(["Anna", "ANNA", "Jan", "Northwind"])
numbers = st.lists(st.sampled_from(["+48225550100", "+48225550101", "5550100"]), max_size=2, unique=True).map(tuple)
contacts = st.builds(
    Contact,
    name=names,
    company=st.sampled_from(["", "Northwind"]),
    numbers=numbers,
    customer_number=st.sampled_from(["", "1", "2"]),
    notes=st.sampled_from(["", "a", "b"]),
)


@given(st.lists(contacts, max_size=6), st.lists(contacts, max_size=6))
def test_whatever_is_brought_in_nobody_is_lost_and_the_second_time_nobody_is_new(
    known: list[Contact], told: list[Contact]
) -> None:
    first = ContactBook("pl")
    for contact in known:
        first.keep(contact)
    before = {each.id: set(each.numbers) for each in first}
    rows = with_customer_numbers_judged(read_csv(write_csv(told), POLAND).found)
    merge(first, rows)
    for id, had in before.items():
        after = first.get(id)
        assert after is not None
        assert had <= set(after.numbers)
    assert Change.NEW not in merge(first, rows).count
