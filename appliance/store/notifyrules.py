"""What must fit together in what the owner says of notices (R25)."""

from __future__ import annotations

from appliance.outbox import QuietHours
from appliance.settings import Settings
from appliance.store.problems import Place, Problems, doubles, row

MOST_ADDRESSES = 5
"""Of one person, or of the office."""

_NOTIFY = Place("[notify]")
_QUIET, _SHEET = _NOTIFY.at("quiet"), _NOTIFY.at("sheet_at")


def check_notify(settings: Settings, problems: Problems) -> None:
    """Addresses are few and each is there once; quiet hours are hours, and the sheet is sent outside them."""
    notify = settings.notify
    _check_addresses(notify.urls, _NOTIFY.at("urls"), problems)
    for number, person in enumerate(settings.people, 1):
        _check_addresses(person.notify, row("people", number, person.name, "notify"), problems)
    if not notify.urls and any(person.notify for person in settings.people):
        problems.advise(_NOTIFY.at("urls"), "urls is empty: nobody will be told when something is broken.")
    if not notify.quiet or not problems.sound(_QUIET):
        return
    quiet = QuietHours.read(notify.quiet)
    if quiet.start == quiet.end:
        problems.tell(_QUIET, 'quiet begins and ends at the same time: write for example "20:00-07:00".')
    elif quiet.hold_at(notify.sheet_time):
        problems.advise(_SHEET, "sheet_at lies in the quiet hours: the daily sheet is sent at their end.", _QUIET)


def _check_addresses(addresses: tuple[str, ...], place: Place, problems: Problems) -> None:
    if len(addresses) > MOST_ADDRESSES:
        problems.tell(place, f"{place.key} has {len(addresses)} addresses: write {MOST_ADDRESSES} at most.")
    if doubles(addresses):
        problems.tell(place, f"{place.key} has an address twice: write it once.")
