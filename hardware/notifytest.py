"""Tells who is told what by notice, and tries every address: `frontdesk notify`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.faults import BadSettings
from appliance.notices import OFFICE, Notice, NoticeKind, NoticeState, Parcel, service_of
from appliance.settings import Settings
from appliance.store.ledger import open_for_reading
from hardware.postman import Errand, carried

TITLE = "Test of Frontdesk"
TEXT = "This is a test. When you read it, notices of {company} reach you at this address."


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may be told things: a person, or the office."""

    to: str
    name: str
    addresses: tuple[str, ...]
    told: tuple[str, ...]


def recipients(settings: Settings, only: str | None = None) -> list[Recipient]:
    """The office and everybody in it, or `only` this one.

    Raises:
        BadSettings: there is nobody of that extension.
    """
    notify = settings.notify
    everybody = [Recipient(OFFICE, "The office", notify.urls, notify.office)]
    everybody += [Recipient(one.extension, one.name, one.notify, notify.people) for one in settings.people]
    found = [one for one in everybody if only in (None, one.to or "office")]
    if not found:
        known = ", ".join(one.to or "office" for one in everybody)
        raise BadSettings(f"nobody here has the extension {only}", f"Write one of: {known}.")
    return found


def told_of(settings: Settings, home: Path, only: str | None) -> Iterator[str]:
    """Who is told what, by which services, and what still waits. No address is shown: it may hold a password."""
    ledger = open_for_reading(home)
    waiting = [notice for notice in ledger.notices() if notice.state is not NoticeState.SENT]
    ledger.close()
    for one in recipients(settings, only):
        if not one.addresses:
            yield f"{one.name}: no address, and so is told of nothing."
            continue
        services = ", ".join(service_of(address) for address in one.addresses)
        yield f"{one.name}: {', '.join(one.told) or 'nothing'}; by {services}."
        for state in (NoticeState.WAITING, NoticeState.GIVEN_UP):
            count = sum(notice.to == one.to and notice.state is state for notice in waiting)
            if count:
                yield f"{one.name}: {count} notice{'' if count == 1 else 's'} {state.value}."


def try_all(settings: Settings, home: Path, only: str | None, now: datetime, tell: Callable[[str], object]) -> bool:
    """Send a test to every address, and tell of each how it went. `True`: all went well."""
    text, well, tried = TEXT.format(company=settings.company), True, 0
    for one in recipients(settings, only):
        if not one.addresses:
            continue
        tried += len(one.addresses)
        notice = Notice(f"test of {now.isoformat()}", NoticeKind.TEST, one.to, now, TITLE, text)
        [report] = carried(Errand(home, settings, (Parcel(notice, tuple(enumerate(one.addresses))),)))
        missed = {missed.place: missed for missed in report.missed}
        well = well and not missed
        for place, address in enumerate(one.addresses):
            began = f"{one.name}, {service_of(address)}:"
            if place in missed:
                trouble = missed[place].trouble
                tell(f"{began} the service {trouble.problem}. {trouble.advice}")
            else:
                tell(f"{began} the test was sent. Look whether it has come.")
    if not tried:
        tell("There is no address to try: write one into urls in [notify], or into notify of a person.")
    return well and tried > 0
