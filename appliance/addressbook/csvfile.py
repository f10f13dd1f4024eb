"""Contacts as a table for spreadsheets: CSV, our own and that of other programs.

The first line names the columns. Ours, those of Outlook and Google Contacts, and their Polish and German names are
known, in any order; columns that say nothing to us are passed over. Fields are separated by commas, semicolons or tabs.

What we write can be opened in a spreadsheet without harm: a text that it would take for a formula has an apostrophe in
front, which reading takes away again. Telephone numbers are no formulas, and must not become sums, so they are written
"(+48) 22 555 01 00", which spreadsheets leave alone and every program reads.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from appliance.addressbook.found import Premises, Reading
from appliance.contacts import MOST_CONTACTS, Contact
from appliance.numbers import for_people

SEPARATORS = ";,\t"
MOST_LINES = 100
"""Lines of one contact: notes may have some. Where a quotation mark is still open after so many, it was forgotten."""
MOST_COLUMNS = 300
"""Google writes about 60 for each contact, Outlook 90."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula, as OWASP lists it for CSV injection."""

COLUMNS = (
    "name",
    "company",
    "language",
    "importance",
    "relation",
    "operator",
    "customer number",
    "email",
    "notes",
)
"""Our own columns, beside "number 1", "number 2" ..."""

_NAMES = {
    "name": "name fullname displayname nazwa imieinazwisko nazwawyswietlana anzeigename kontakt",
    "first": "firstname givenname imie vorname",
    "middle": "middlename additionalname drugieimie weiterevornamen",
    "last": "lastname surname familyname nazwisko nachname",
    "company": "company companyname organization organisation organizationname organization1name firma nazwafirmy"
    " unternehmen",
    "language": "language jezyk sprache",
    "importance": "importance waznosc wichtigkeit",
    "relation": "relation relacja beziehung",
    "operator": "operator opiekun betreuer",
    "customer_number": "customernumber customerno customerid clientnumber numerklienta nrklienta kundennummer kundennr",
    "email": "email emailaddress emailaddresses email1 email1value email1address adresemail emailadresse mail",
    "notes": "notes note notatki uwagi notizen bemerkungen comments",
    "labels": "labels label categories category groupmembership kategorie kategoria grupy etykiety kategorien",
}
FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
"""Which field a column is, by its name in small letters without spaces and accents."""
_NUMBER_COLUMN = re.compile(r"(?:.*(?:phone|telefon|mobile|komorkowy)|tel|handy|cell|(?:number|numer|rufnummer)s?\d*$)")
_NO_NUMBER_COLUMN = re.compile(r"fax|faks|label|type|pager|telex|ttytdd|isdn|callback|radio|phonetic")
_SEVERAL = re.compile(r":::|[;,|\n]| / ")


def read_csv(text: str, premises: Premises) -> Reading:
    """Read the contacts of a table; each is told by the line on which it begins."""
    reading = Reading(premises)
    lines = list(io.StringIO(text, newline=""))
    first = 1 if lines and lines[0].lower().startswith("sep=") else 0
    header, separator = _header(lines[first : first + 1])
    fields = [field_of(name) for name in header]
    if not {"name", "first", "last", "company"} & set(fields):
        reading.complain(f"line {first + 1}: it names no column for names; begin with a line as in an export of ours")
        reading.unusable = True
        return reading
    for line, row in _rows(lines, first + 1, separator):
        if len(reading.found) == MOST_CONTACTS:
            reading.complain(f"line {line}: there are more than {MOST_CONTACTS} contacts; the rest was not read")
            break
        if row is None:
            reading.complain(f"line {line}: a quotation mark is opened and not closed, so this line was left out")
        elif any(cell.strip() for cell in row[len(fields) :]):
            reading.complain(f"line {line}: there are more columns than in the first line, so it was left out")
        else:
            reading.take(f"line {line}", _cells(fields, row))
    return reading


def field_of(column: str) -> str | None:
    """The field that a column of this name has, or `None`."""
    folded = unicodedata.normalize("NFKD", column.casefold().replace("ł", "l"))
    key = re.sub(r"[^a-z0-9]", "", folded)
    if key in FIELD_OF:
        return FIELD_OF[key]
    return "number" if _NUMBER_COLUMN.match(key) and not _NO_NUMBER_COLUMN.search(key) else None


def _header(lines: Sequence[str]) -> tuple[list[str], str]:
    """The names of the columns and what separates them: whatever makes most sense of the first line."""
    attempts = [(next(csv.reader(lines, delimiter=separator), []), separator) for separator in SEPARATORS]
    return max(
        ((names[:MOST_COLUMNS], separator) for names, separator in attempts),
        key=lambda attempt: (sum(field_of(name) is not None for name in attempt[0]), len(attempt[0])),
    )


def _rows(lines: Sequence[str], begin: int, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with the number of its first line; `None` where a quotation mark swallows what comes after it.

    Every row is read for itself, so that whatever is wrong with one of them ends with its line.
    """
    at = begin
    while at < len(lines):
        part = lines[at : at + MOST_LINES]
        reader = csv.reader(part, delimiter=separator)
        try:
            row: list[str] | None = next(reader)
        except csv.Error:
            row = None
        used = reader.line_num
        if row is None or (used > 1 and "".join(part[:used]).count('"') % 2):
            row, used = None, 1
        yield at + 1, row
        at += used


def _cells(fields: Sequence[str | None], row: Sequence[str]) -> dict[str, list[str]]:
    """The texts of a row by field; a cell may have several numbers or labels."""
    cells: dict[str, list[str]] = defaultdict(list)
    for field, cell in zip(fields, row, strict=False):
        if field is None or not cell.strip():
            continue
        text = _without_apostrophe(cell)
        cells[field] += _SEVERAL.split(text) if field in ("number", "labels") else [text]
    return cells


# ---------------------------------------------------------------- writing


def write_csv(contacts: Iterable[Contact], separator: str = ";") -> str:
    """All contacts as a table, in the order of their names."""
    ordered = in_order(contacts)
    most = max((len(contact.numbers) for contact in ordered), default=0)
    numbers = [f"number {place}" for place in range(1, max(1, most) + 1)]
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerow([*COLUMNS[:2], *numbers, *COLUMNS[2:]])
    for contact in ordered:
        told = [bracketed(number) for number in contact.numbers]
        writer.writerow(
            [
                harmless(contact.name),
                harmless(contact.company),
                *told,
                *[""] * (len(numbers) - len(told)),
                contact.language,
                contact.importance.value,
                contact.relation.value,
                contact.operator,
                harmless(contact.customer_number),
                harmless(contact.email),
                harmless(contact.notes),
            ]
        )
    return written.getvalue()


def in_order(contacts: Iterable[Contact]) -> list[Contact]:
    """Contacts as people look for them: by name."""
    return sorted(contacts, key=lambda contact: (contact.name.casefold(), contact.company.casefold(), contact.id))


def bracketed(number: str) -> str:
    """A number in normal form as no spreadsheet takes it for a sum: "(+48) 22 555 01 00"."""
    country, _, rest = for_people(number).partition(" ")
    return f"({country}) {rest}".rstrip() if number.startswith("+") else number


def harmless(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def _without_apostrophe(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
