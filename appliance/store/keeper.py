"""The one who writes everything down, in a thread of their own, so that nobody on the telephone waits for a disk.

Everybody else only hands in: a call that began, a call that ended, a card, a block of sound. The keeper takes what has
come together in a few milliseconds, writes it in one transaction, and after that, never before, calls `on_stored` for
each call that ended. What is handed in first is written first: hand in a caller's card before the end of their
call, and no power cut can leave a finished call whose promise is lost; end a recording before the card that names it.

A disk that is full or refuses is no reason to stop: the keeper holds what it has (within bounds), tries again and
again, and says so by `fault`. Where only the recordings or only the book cannot be written, the other is. Everything
the keeper does may be done twice, so trying again is always safe.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.arranged import KeptGreeting, KeptPresence
from appliance.call import CallRecord
from appliance.cards import Card, Entry, Reminder
from appliance.contacts import Contact
from appliance.faults import DamagedStore, Fault
from appliance.notices import Notice
from appliance.privacy import EraseCaller, Limits
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.recordings import RecordingFile, left_behind, recording_path

GATHER_S = 0.02
"""How long more is waited for before a transaction: one sync of an SD card for all that happens together."""
SYNC_EVERY_S = 1.0
"""How much of a recording a power cut may cost."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
MOST_ROWS = 20_000
"""Bound on what is held while the disk refuses: weeks of calls of a small office."""
MOST_SOUND = 16_000_000
"""Bytes of sound held while the disk refuses: two minutes on eight lines."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Row:
    """Something for the book; `ends` is the number of the call that it completes."""

    write: Callable[[Ledger], object]
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class _Sound:
    """Something for a recording: `starts` it, adds a `block`, or, with neither, ends it."""

    name: str
    block: bytes = b""
    starts: bool = False


class Keeper:
    """Keeps calls, cards and recordings of the office at `home`.

    `on_stored` is called in the keeper's thread with the number of each finished call, as soon as it is on disk. The
    extensions of `colleagues` need no card when a crash cuts off their call.

    `interrupted` are the calls that a crash had cut off before this start (none yet, where the disk was full at that
    moment), and `recovered` says so in sentences. `next_call_number` and `next_card_number` are the first free ones.
    Raises `DamagedStore` when the book cannot be opened at all.
    """

    def __init__(
        self,
        home: Path,
        on_stored: Callable[[int], None] = lambda number: None,
        colleagues: Container[str] = (),
    ) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # callers are nobody else's business (R36)
        self._home = home
        self._on_stored = on_stored
        self._colleagues = colleagues
        ledger = Ledger(home / LEDGER_NAME)
        self.interrupted: list[CallRecord] = []
        self.recovered: tuple[str, ...] = ()
        self.next_call_number = ledger.next_call_number()
        self.next_card_number = ledger.next_card_number()

        # Shared with those who hand in, under this lock.
        self._changed = threading.Condition()
        self._rows: deque[_Row] = deque()
        self._sounds: deque[_Sound] = deque()
        self._sound_bytes = 0
        self._handed_in = 0
        self._settled = 0
        self._wanted = 0
        self._closing = False
        self._dropping = False

        # The keeper's own.
        self._ledger: Ledger | None = ledger
        self._batch: list[_Row] = []
        self._one_by_one = False
        self._recordings: dict[str, RecordingFile] = {}
        self._next_sync = 0.0
        self._pause_s = 0.0
        self._start_fault = ledger.faults[0] if ledger.faults else None
        self._row_fault = self._try(partial(self._recover, ledger), "The list of calls")
        if self._row_fault:
            self._batch.append(_Row(self._recover))  # before any call of today, which is not interrupted
        self._sound_fault: Fault | None = None

        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ handing in, from any thread; no disk is touched

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the disk at present, or was wrong with the book at the start."""
        return self._row_fault or self._sound_fault or self._start_fault

    def begin(self, record: CallRecord) -> None:
        """A call rings. Hand it in again when more is known, above all the caller's number."""
        self._hand_in(_Row(lambda ledger: ledger.begin(record)))

    def finish(self, record: CallRecord) -> None:
        """A call ended. `ValueError` when the record has no outcome."""
        if record.outcome is None:
            raise ValueError(f"call {record.number} has no outcome yet")
        self._hand_in(_Row(lambda ledger: ledger.finish(record), ends=record.number))

    def keep_card(self, card: Card, *entries: Entry) -> None:
        """A card was made, or something was done about it."""
        self._hand_in(_Row(lambda ledger: ledger.keep_card(card, *entries)))

    def keep_reminder(self, reminder: Reminder) -> None:
        """Somebody is told that a card is due."""
        self._hand_in(_Row(lambda ledger: ledger.keep_reminder(reminder)))

    def forget_old(self, until: Limits) -> None:
        """Forget what is older than these limits, portion by portion."""

        def one_portion(ledger: Ledger) -> None:
            if ledger.forget_old(self._home, until).more:
                self.forget_old(until)

        self._hand_in(_Row(one_portion))

    def erase_caller(self, who: EraseCaller, country: str, at: datetime) -> None:
        """Forget somebody, with all that they have said."""
        self._hand_in(_Row(lambda ledger: ledger.erase(self._home, who, country, at)))

    def keep_presence(self, presence: KeptPresence) -> None:
        """Somebody came or went."""
        self._hand_in(_Row(lambda ledger: ledger.keep_presence(presence)))

    def keep_greeting(self, greeting: KeptGreeting) -> None:
        """A greeting was recorded, or taken back."""
        self._hand_in(_Row(lambda ledger: ledger.keep_greeting(greeting)))

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        """These are known from now on, or known otherwise. `ValueError` for one without a number in the book."""
        if not all(contact.id for contact in contacts):
            raise ValueError("a contact needs a number in the book")
        self._hand_in(_Row(lambda ledger: ledger.keep_contacts(contacts)))

    def forget_contact(self, id: int) -> None:
        """Somebody is known no longer."""
        self._hand_in(_Row(lambda ledger: ledger.forget_contact(id)))

    def keep_notice(self, notice: Notice) -> None:
        """Somebody is to be told something, or has been told."""
        self._hand_in(_Row(lambda ledger: ledger.keep_notice(notice)))

    def forget_recording(self, name: str) -> None:
        """Delete a recording that has ended. `ValueError` for a name that could lead elsewhere."""
        path = recording_path(self._home, name)
        self._hand_in(_Row(lambda ledger: path.unlink(missing_ok=True)))

    def start_recording(self, name: str) -> None:
        """Begin the recording `name`, below the home folder. `ValueError` for a name that could lead elsewhere."""
        recording_path(self._home, name)
        self._hand_in(_Sound(name, starts=True))

    def write_recording(self, name: str, samples: NDArray[np.int16]) -> None:
        """Add `samples` (8 kHz) to the recording; after its end they are left out."""
        if samples.size:
            self._hand_in(_Sound(name, samples.astype("<i2").tobytes()))

    def end_recording(self, name: str) -> None:
        """Complete the recording."""
        self._hand_in(_Sound(name))

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all that was handed in is on disk. `False`: it was not possible in time, see `fault`."""
        with self._changed:
            wanted = self._handed_in
            self._wanted = max(self._wanted, wanted)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= wanted, timeout_s)

    def close(self, timeout_s: float = 10.0) -> bool:
        """Write the rest, end the thread and let go of all files. `False`: something could not be written in time."""
        kept = self.flush(timeout_s)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return kept and not self._thread.is_alive()

    def _hand_in(self, item: _Row | _Sound) -> None:
        with self._changed:
            if isinstance(item, _Row):
                self._rows.append(item)
                if len(self._rows) > MOST_ROWS:
                    self._rows.popleft()
                    self._say_dropping()
            elif self._sound_bytes + len(item.block) <= MOST_SOUND:
                self._sounds.append(item)
                self._sound_bytes += len(item.block)
            else:
                self._say_dropping()
            self._handed_in += 1
            self._changed.notify_all()

    def _say_dropping(self) -> None:
        if not self._dropping:
            _log.error("The disk has refused for so long that something had to be left out")
        self._dropping = True

    # ------------------------------------------------------------ writing, in the keeper's thread

    def _recover(self, ledger: Ledger) -> None:
        self.interrupted = ledger.recover(self._colleagues, lambda call: left_behind(self._home, call)[0])
        self.recovered = tuple(self._told(record) for record in self.interrupted)
        for sentence in self.recovered:
            _log.warning("%s", sentence)

    def _told(self, record: CallRecord) -> str:
        """What a crash did to a call, and what was kept of it."""
        name, seconds = left_behind(self._home, record.number)
        kept = f"; {seconds:.1f} s of what they had said are kept as {name}" if name else ""
        return f"Call {record.number} was cut off when the box stopped. Whoever it was has a card{kept}."

    def _run(self) -> None:
        closing = False
        while not closing:
            closing = self._wait_for_work()
            self._write_all()
        for recording in self._recordings.values():
            self._try(recording.close, "A recording")
        self._close_ledger()

    def _wait_for_work(self) -> bool:
        """Sleep until there is something to write and a little longer, or for a pause after a failure.

        `True`: this is the last time.
        """
        with self._changed:
            if self._pause_s:
                self._changed.wait_for(lambda: self._closing, self._pause_s)
            else:
                self._changed.wait_for(self._has_work, SYNC_EVERY_S if self._unsynced() else None)
                self._changed.wait_for(lambda: self._closing or self._settled < self._wanted, GATHER_S)
            return self._closing

    def _has_work(self) -> bool:
        return bool(self._rows or self._sounds or self._batch or self._closing or self._settled < self._wanted)

    def _write_all(self) -> None:
        """Take what was handed in so far, write it, and tell those who wait for it."""
        with self._changed:
            handed_in = self._handed_in
            self._batch += self._rows
            self._rows.clear()
            sounds = len(self._sounds)
        # Sound first: a card must never name a recording that is not there.
        self._sound_fault = self._try(partial(self._write_sounds, sounds), "A recording")
        self._row_fault = self._try(self._write_rows, "The list of calls")
        with self._changed:
            if self._row_fault or self._sound_fault:
                self._pause_s = min(2 * self._pause_s or FIRST_PAUSE_S, LONGEST_PAUSE_S)
                return
            self._pause_s = 0.0
            self._dropping = False
            if not self._unsynced():
                self._settled = handed_in
                self._changed.notify_all()

    def _try(self, write: Callable[[], None], what: str) -> Fault | None:
        """Write; a disk that refuses becomes a fault, and the work stays where it is for the next time."""
        try:
            write()
        except Exception as refused:  # the keeper must outlive whatever happens
            fault = Fault(
                "disk",
                f"{what} cannot be written at present ({refused}); it is tried again.",
                "Look whether the disk is full; if it is not, the memory card may be worn out: copy it to a new one.",
            )
            _log.warning("%s", fault.problem)
            return fault
        return None

    def _write_rows(self) -> None:
        """Write the batch in one transaction, or item by item after one of them turned out to be impossible."""
        while self._batch:
            part = self._batch[:1] if self._one_by_one else list(self._batch)
            try:
                self._write_together(part)
            except Exception as error:
                if _disk_refuses(error):
                    self._close_ledger()  # opened afresh next time, which also replaces a damaged book
                    raise
                if self._one_by_one:
                    _log.exception("Something for the list of calls makes no sense and is left out")
                    del self._batch[0]
                self._one_by_one = True
                continue
            del self._batch[: len(part)]
            self._tell_stored(part)
        self._one_by_one = False

    def _write_together(self, part: list[_Row]) -> None:
        if self._ledger is None:
            self._ledger = Ledger(self._home / LEDGER_NAME)
            self._start_fault = next(iter(self._ledger.faults), self._start_fault)
        with self._ledger.transaction():
            for row in part:
                row.write(self._ledger)

    def _tell_stored(self, part: list[_Row]) -> None:
        for row in part:
            if row.ends is None:
                continue
            try:
                self._on_stored(row.ends)
            except Exception:
                _log.exception("call %d is stored, but whoever was told of it failed", row.ends)

    def _write_sounds(self, count: int) -> None:
        for _ in range(count):
            sound = self._sounds[0]
            self._write_sound(sound)
            with self._changed:
                self._sounds.popleft()
                self._sound_bytes -= len(sound.block)
        now = time.monotonic()
        if now >= self._next_sync or self._settled < self._wanted:
            for recording in self._recordings.values():
                recording.sync()
            self._next_sync = now + SYNC_EVERY_S

    def _write_sound(self, sound: _Sound) -> None:
        recording = self._recordings.get(sound.name)
        if recording is None:
            if sound.starts:
                self._recordings[sound.name] = RecordingFile(recording_path(self._home, sound.name))
        elif sound.block:
            recording.append(sound.block)
        elif not sound.starts:
            recording.close()
            del self._recordings[sound.name]

    def _unsynced(self) -> bool:
        return any(recording.unsynced for recording in self._recordings.values())

    def _close_ledger(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()


def _disk_refuses(error: Exception) -> bool:
    """Is it the disk, which may be well again later, rather than the thing to be written?"""
    senseless = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
    return isinstance(error, (OSError, sqlite3.Error, DamagedStore)) and not isinstance(error, senseless)
