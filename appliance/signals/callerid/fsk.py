"""Hear messages by FSK: Bell 202, V.23, and Japan's frames, whatever the line does before and after them.

First the mark that precedes each message is looked for; it tells which modem is sending. From there on the sound is
kept and read as a message, again and again as it goes on. When that comes to nothing, the search is resumed right
behind that mark, so that a whistle costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from appliance.signals.callerid import japan, messages
from appliance.signals.callerid.bits import Broken, LengthOf, More, Tones, Whole, read
from appliance.signals.callerid.front import DELAY
from appliance.signals.callerid.marks import STEP, STRETCH, Mark, Marks
from appliance.signals.callerid.messages import BadMessage, CallerIdMessage
from appliance.signals.countries import CallerIdStandard
from appliance.signals.levels import Block, Samples
from appliance.signals.steps import cleaned

_MARGIN: Final = 200
"""Of the mark, kept to learn its loudness."""
_LEAST_DBM0: Final = -45.0
"""Between what a receiver must take (-36 ... -38 dBm) and what it must ignore (-48)."""
_GAP_BITS: Final = 26
"""Up to 20 bits of mark may lie between two bytes."""
_FLUSH: Final = 2 * STEP
_MOST_DOUBTS: Final = 12


class Scheme(Enum):
    """How caller ID comes."""

    BELL202 = "Bell 202"
    V23 = "V.23"
    JAPAN = "Japan"
    DTMF = "DTMF"


@dataclass(frozen=True, slots=True)
class CallerIdEvent:
    """A message. `at`: where on the line it begins (after the mark); `decided`: when that was known. In samples."""

    message: CallerIdMessage
    scheme: Scheme
    at: int
    decided: int


class FskListener:
    """Feed it what an on-hook line says, from before the first ring on; it answers with messages, none wrong."""

    def __init__(self, schemes: Collection[Scheme]) -> None:
        self._schemes = frozenset(schemes)
        self._pieces: list[Samples] = []
        self._sound: Samples = np.zeros(0)
        self._begin = 0
        """Position of the first sample of `_sound`."""
        self._heard = 0
        self._place = DELAY
        """Where the next step of the search begins."""
        self._marks = Marks()
        self._mark: Mark | None = None
        self._need = self._place + STEP + DELAY

    def feed(self, block: Block) -> list[CallerIdEvent]:
        """The messages that `block`, of any length, completes. Raises `ValueError` unless it is one-dimensional."""
        self._pieces.append(cleaned(block))
        self._heard += len(block)
        return list(self._go_on()) if self._heard >= self._need else []

    def finish(self) -> list[CallerIdEvent]:
        """The message that the end of the sound cuts off behind its last stop bit, if any."""
        heard = self._heard
        wanted = max(self._need - heard, 0) + _FLUSH
        late = self.feed(np.zeros(wanted))
        return [CallerIdEvent(event.message, event.scheme, event.at, heard) for event in late if event.at < heard]

    def _go_on(self) -> Iterator[CallerIdEvent]:
        self._sound = np.concatenate((self._sound, *self._pieces))
        self._pieces.clear()
        while self._heard >= self._need:
            if self._mark is None:
                self._search()
            elif event := self._read(self._mark):
                yield event
        keep = (self._mark.end if self._mark else self._place) - _MARGIN - 2 * DELAY - STRETCH
        if keep > self._begin:
            self._sound = self._sound[keep - self._begin :]
            self._begin = keep

    def _part(self, start: int, end: int) -> Samples:
        return self._sound[max(start - self._begin, 0) : end - self._begin]

    def _search(self) -> None:
        place = self._place
        self._mark = self._marks.find(self._part(place - DELAY, place + STEP + DELAY), place)
        self._place += STEP
        if self._mark is None:
            self._need = self._place + STEP + DELAY
        else:
            self._need = self._mark.end + STEP

    def _read(self, mark: Mark) -> CallerIdEvent | None:
        """Try to read the message behind the mark with what has come in so far."""
        start = max(mark.end - _MARGIN - STRETCH, self._begin)
        pitch = mark.hz / mark.standard.mark_hz
        tones = Tones(mark.hz, mark.standard.space_hz * pitch)
        sound = self._part(start, self._need)
        try:
            length_of = self._length_of(mark.standard)
            found = read(sound, tones, mark.end - start, length_of, _GAP_BITS)
        except (Broken, BadMessage):
            self._resume(mark.end)
            return None
        if isinstance(found, More):
            # At most three times as much as before, so that a message that breaks off is soon noticed.
            self._need = max(start + min(found.samples, 3 * len(sound)), self._need + STRETCH)
            return None
        event = self._event(found, mark)
        self._resume(start + found.end if event else mark.end)
        return event

    def _length_of(self, standard: CallerIdStandard) -> LengthOf:
        """The frames that may come on this modem."""
        plain = Scheme[standard.name] in self._schemes
        japanese = standard is CallerIdStandard.V23 and Scheme.JAPAN in self._schemes

        def length_of(start: bytes) -> int:
            if japanese and start[:1] == bytes((japan.FIRST,)):
                return japan.length_of(start)
            if not plain:
                raise BadMessage("such messages are not asked for")
            return messages.length_of(start)

        return length_of

    def _event(self, found: Whole, mark: Mark) -> CallerIdEvent | None:
        """What is loud enough, certain, right in its checksum and in its contents."""
        if found.dbm0 < _LEAST_DBM0:
            return None
        japanese = found.data[0] == japan.FIRST
        with suppress(BadMessage):
            if japanese:
                return CallerIdEvent(japan.parse(found.data), Scheme.JAPAN, mark.end, self._need)
            if not ambiguous(found.data, found.doubts):
                return CallerIdEvent(messages.parse(found.data), Scheme[mark.standard.name], mark.end, self._need)
        return None

    def _resume(self, place: int) -> None:
        """Search on from there."""
        self._mark, self._marks, self._place = None, Marks(), place
        self._need = place + STEP + DELAY


def ambiguous(data: bytes, doubts: Collection[tuple[int, int]]) -> bool:
    """Could other values of the doubtful bits make the checksum right as well?

    `doubts` are places of bytes and bits in `data`, whose checksum is taken to be right. One wrong bit never passes
    the sum of bytes, two may.
    """
    if len(doubts) > _MOST_DOUBTS:
        return True
    sums: set[int] = set()
    for byte, bit in doubts:
        change = -(1 << bit) if data[byte] >> bit & 1 else 1 << bit
        sums |= {change % 256, *((sum_ + change) % 256 for sum_ in sums)}
    return 0 in sums
