"""Caller ID by DTMF: which keys the exchange presses, and what they say.

    A 123456 C               the number                              Scandinavia, Brazil, India and others
    A 123456 D 789 B 00 C    the same, with who sent the call on and why there is no number; each part may be missing,
                             so that B 10 C alone is a withheld number
    A 123456 #               the number                              Denmark, Netherlands
    D 123456 C               the number                              Taiwan, Kuwait
    D1#  D2#  D3#            withheld; from abroad; not available     Denmark, Netherlands
    123456 #                 the number, on old plant

(ETSI EN 300 659-1 and spandsp's `adsi`.) Sources differ on which of 00 and 10 is which: here 10 is withheld and 00 not
available; neither is a number. D ... C without B is the form of Taiwan. Exchanges press keys for 50 to 90 ms with
pauses as long. People do so more slowly and less evenly, and have no keys A to D; the last form is taken only if its
rhythm is that of a machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from appliance.signals.callerid.messages import CallerIdMessage
from appliance.signals.dtmf import KeyEvent
from appliance.signals.levels import RATE_HZ

_FULL: Final = re.compile(r"A(?P<number>\d*)(?:D(?P<redirecting>\d*))?(?:B(?P<info>\d{0,2}))?C")
_NO_NUMBER: Final = re.compile(r"(?:D(?P<redirecting>\d*))?B(?P<info>\d\d)C")
"""The same without its first part."""
_PLAIN: Final = re.compile(r"(?:A(?P<a>\d{2,})#|D(?P<d>\d{2,})C|(?P<bare>\d{5,})#)")
_ABSENT: Final = {"D1#": "P", "D2#": "O", "D3#": "O"}
_WITHHELD: Final = "10"
_STARTS: Final = {"A": "", "D": "A", "B": "AD"}
"""The marks that a message may begin with; each is but a part of one that has begun with those it stands for."""
_ENDS: Final = "C#"
_LONGEST_S: Final = 10.0
_LONGEST_PAUSE_S: Final = 0.5
"""Between keys of one number; a number spill takes one to two seconds as a whole."""
_MOST_KEYS: Final = 60
_SHORTEST_S: Final = 0.03
_QUICK_S: Final = 0.12
_SLOW_S: Final = 0.16
"""How long a machine presses a key at most, and how long it waits, with what a receiver may be off: on old plant, and
where keys A to D show that no person does it."""
_UNEVEN_S: Final = 0.055
"""Between 50 and 90 ms, and what a receiver may be off; a person's tones and pauses differ by far more."""


def keys(message: CallerIdMessage, start: str = "A", end: str = "C") -> str:
    """The keys that say who calls, in the form `start` ... `end`; only A ... C says all.

    Raises `ValueError` for a form that does not exist.
    """
    if start + end not in ("AC", "A#", "DC", "#"):
        raise ValueError(f"no caller ID goes from {start!r} to {end!r}")
    if start + end == "A#" and message.reason:
        return "D1#" if message.reason == "P" else "D3#"
    if start + end != "AC":
        return start + message.number + end
    redirecting = f"D{message.redirecting}" if message.redirecting else ""
    info = "B" + (_WITHHELD if message.reason == "P" else "00") if message.reason else ""
    return f"A{message.number}{redirecting}{info}C"


def parse(pressed: str) -> CallerIdMessage | None:
    """What these keys say, from the first to the last mark; nothing if they are no caller ID."""
    if pressed in _ABSENT:
        return CallerIdMessage(reason=_ABSENT[pressed])
    if found := _PLAIN.fullmatch(pressed):
        return CallerIdMessage(found["a"] or found["d"] or found["bare"])
    if (found := _FULL.fullmatch(pressed)) and (found["number"] or found["redirecting"] or found["info"]):
        number = found["number"]
        reason = "" if number else _reason(found["info"])
        return CallerIdMessage(number, reason=reason, redirecting=found["redirecting"] or "")
    if found := _NO_NUMBER.fullmatch(pressed):
        return CallerIdMessage(reason=_reason(found["info"]), redirecting=found["redirecting"] or "")
    return None


def _reason(info: str | None) -> str:
    return "P" if info == _WITHHELD else "O"


@dataclass(slots=True)
class _Press:
    """One key, from where on the line to where."""

    key: str
    down: int
    up: int | None = None


class FormListener:
    """Feed it the keys of a line as they go down and up; it answers with what they say."""

    def __init__(self) -> None:
        self._pressed: list[_Press] = []

    def hear(self, event: KeyEvent) -> CallerIdMessage | None:
        """The message that this key ends, if it does."""
        if not event.down:
            if self._pressed and self._pressed[-1].key == event.key:
                self._pressed[-1].up = event.at
            return None
        self._forget_what_is_old(event.at)
        if event.key in _STARTS and not (self._pressed and self._pressed[0].key in _STARTS[event.key]):
            self._pressed.clear()
        self._pressed.append(_Press(event.key, event.at))
        if event.key not in _ENDS:
            return None
        pressed, self._pressed = self._pressed, []
        message = parse("".join(press.key for press in pressed))
        return message if _by_machine(pressed, marked=pressed[0].key in _STARTS) else None

    @property
    def began(self) -> int:
        """Where the first key of what may become a message went down; 0 if there is none."""
        return self._pressed[0].down if self._pressed else 0

    def _forget_what_is_old(self, now: int) -> None:
        if not self._pressed:
            return
        last = self._pressed[-1]
        paused_s = (now - (last.down if last.up is None else last.up)) / RATE_HZ
        age_s = (now - self._pressed[0].down) / RATE_HZ
        if paused_s > _LONGEST_PAUSE_S or age_s > _LONGEST_S or len(self._pressed) >= _MOST_KEYS:
            self._pressed.clear()


def _by_machine(pressed: Sequence[_Press], marked: bool) -> bool:
    """Are the keys pressed as quickly, and without a mark also as evenly, as only a machine does?"""
    ups = [press.up for press in pressed[:-1] if press.up is not None]
    if not ups or len(ups) != len(pressed) - 1:
        return False
    on_s = [(up - press.down) / RATE_HZ for press, up in zip(pressed, ups, strict=False)]
    off_s = [(press.down - up) / RATE_HZ for press, up in zip(pressed[1:], ups, strict=True)]
    longest_s, uneven_s = (_SLOW_S, _SLOW_S) if marked else (_QUICK_S, _UNEVEN_S)
    return all(
        min(times) > _SHORTEST_S and max(times) < longest_s and max(times) - min(times) < uneven_s
        for times in (on_s, off_s)
    )
