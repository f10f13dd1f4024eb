"""A short-lived process of its own that carries notices, by `apprise` (R25).

`apprise` knows a hundred services and needs 50 MB for it; letters read weeks of calls. Neither should be in the
memory, or in the way, of the process that answers callers. This one is started for a few notices, tells on standard
output what became of each as soon as it is known (a JSON object a line), and is gone. What it is to carry comes on
standard input, since everybody on the machine can read a command line.

Of what `apprise` says of its troubles only the kind leaves this process: the words may hold an address with its
password.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from appliance.letters.late import compose
from appliance.letters.letter import Letter
from appliance.notices import COMPOSED_LATE, Notice, Trouble
from hardware.postman import Errand

if TYPE_CHECKING:
    import apprise

NICE = 10
"""Calls come first."""
CONNECT_S, ANSWER_S = 10.0, 20.0
"""How long a service may take."""

_SIGNS = (
    # The answers of SMTP (RFC 4954, section 6) and HTTP to a wrong password, and of servers that want none.
    (Trouble.CREDENTIALS, r"\((?:530|534|535|538), |error=40[13]\b|[Uu]nauthori[sz]ed|AUTH extension not supported"),
    (Trouble.SECURITY, r"\[SSL|STARTTLS extension not supported|SSLError|certificate verify failed"),
    (Trouble.DECLINED, r"Socket Exception: (?:\(\d{3}, |\{)|error=[45]\d\d\b"),
    (Trouble.UNREACHABLE, r"\[Errno|[Cc]onnection error|[Cc]onnection .*closed|timed out|Max retries"),
)
"""What `apprise` writes in its log (plugins/email/base.py, and the others alike) when something is wrong, in the order
in which it counts: for e-mail it calls everything a connection error and adds the answer of the server."""


class _Heard(logging.Handler):
    """What `apprise` says of one address."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[_Heard]:
    heard, log = _Heard(), logging.getLogger("apprise")
    log.addHandler(heard)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield heard
    finally:
        log.removeHandler(heard)


def trouble_in(words: Sequence[str]) -> Trouble:
    """What was the matter, by what `apprise` said of it."""
    said = "\n".join(words)
    return next((trouble for trouble, sign in _SIGNS if re.search(sign, said)), Trouble.DECLINED)


def deliver(notice: Notice | Letter, address: str) -> Trouble | None:
    """Send to one address; `None`: it has arrived, as far as the service tells."""
    import apprise  # half a second and 20 MB

    with _listening() as heard:
        try:
            service = _service(apprise.Apprise, apprise.AppriseAsset, address)
            if service is None:
                return Trouble.ADDRESS
            if isinstance(notice, Letter):
                told = service.notify(title=notice.title, body=notice.html(), body_format=apprise.NotifyFormat.HTML)
            else:
                told = service.notify(title=notice.title, body=notice.text, body_format=apprise.NotifyFormat.TEXT)
        except Exception as problem:  # a plugin of a hundred; the next address may be well
            heard.words.append(str(problem))
            told = False
    return None if told else trouble_in(heard.words)


def _service(kind: type[apprise.Apprise], about_us: type[apprise.AppriseAsset], address: str) -> apprise.Apprise | None:
    """The service behind an address; `None` where nobody knows it."""
    service = kind(asset=about_us(app_id="Frontdesk", app_desc="Frontdesk", app_url="", async_mode=False))
    known = service.instantiate(address, asset=service.asset, suppress_exceptions=True)
    if known is None:
        return None
    known.socket_connect_timeout, known.socket_read_timeout = CONNECT_S, ANSWER_S
    return service if service.add(known) else None


def carry(errand: Errand, told: TextIO) -> None:
    """Carry all parcels, and tell of each what became of it."""
    for parcel in errand.parcels:
        notice = parcel.notice
        carried: Notice | Letter = notice
        if notice.kind in COMPOSED_LATE:
            carried = compose(notice, errand.settings, errand.home)
        missed = []
        for place, address in parcel.addresses:
            trouble = deliver(carried, address)
            if trouble is not None:
                missed.append([place, trouble.name])
        json.dump({"key": notice.key, "to": notice.to, "missed": missed}, told)
        told.write("\n")
        told.flush()


def main() -> None:
    """Do the errand that comes on standard input."""
    os.nice(NICE)
    errand: Errand = pickle.load(sys.stdin.buffer)  # from the process that started this one
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as told:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever else is printed is nobody's business
        carry(errand, told)


if __name__ == "__main__":
    main()
