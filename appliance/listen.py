"""Tell what can be heard in recordings of a line: `frontdesk listen`, the support tool for a line that misbehaves.

A recording goes through the very receivers that a line has, in blocks of 20 ms, as a line would give it. What is heard
is told with the time at which it was decided, in seconds of the recording, either in sentences or, for programs, as a
JSON object a line: `file`, `t`, `kind` (`dtmf`, `callerid`, `tone`), and `digit`; or `number`, `name`, `reason` (`P`
withheld, `O` unavailable) and `datetime` (`MMDDhhmm`), `null` where it was not told; or `tone`.

A file that cannot be read costs a sentence, never the files after it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from appliance.acts import Heard
from appliance.faults import BadSettings
from appliance.signals.callerid import CallerIdEvent, CallerIdMessage, Kind
from appliance.signals.countries import Country
from appliance.signals.dtmf import KeyEvent
from appliance.signals.ears import Ears, Hearing, Told
from appliance.signals.learn import learn
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Block, Samples, dbm0
from appliance.signals.progress import ProgressEvent
from appliance.wav import BadRecording, WavSound

BLOCK: Final = RATE_HZ // 50
"""20 ms, the pace of a line."""
EVERYTHING: Final = tuple(Hearing)
LONG_ENOUGH_TO_LEARN_S: Final = 60.0
WENT_WELL, WENT_WRONG = 0, 1
"""Exit codes."""

TONES: Final = {
    Heard.DIAL_TONE: "dial",
    Heard.STUTTER: "stutter",
    Heard.RINGBACK: "ringback",
    Heard.BUSY: "busy",
    Heard.CONGESTION: "congestion",
    Heard.DISCONNECT: "disconnect",
    Heard.SIT: "sit",
    Heard.FAX: "fax",
    Heard.VOICE: "voice",
    Heard.MUSIC: "music",
    Heard.SILENCE: "silence",
}
"""What programs call them."""

Write = Callable[[str], object]
"""Takes one line of text, without its end."""


def listen(
    files: Sequence[str],
    country: Country | None,
    only: Collection[Hearing],
    as_json: bool,
    write: Write,
    complain: Write,
) -> int:
    """Tell what is in `files` with `write`; which of them cannot be read, and why, with `complain`. The exit code."""
    code = WENT_WELL
    for name in files:
        teller = _teller(name, as_json, write)
        recording, ears = _Recording(name), Ears(country, only)
        _hear(recording.blocks(), ears, teller)
        teller.end(recording.form, () if country else ears.countries)
        if recording.problem:
            complain(f"{_printable(name)}: {recording.problem}")
            code = WENT_WRONG
    return code


def teach(files: Sequence[str], heard: Heard, country: Country | None, write: Write) -> int:
    """Learn from `files` the tone of this PBX that means `heard`, and write the line for the settings. The exit code.

    Raises:
        BadSettings: a file that cannot be read, or that has no steady tone on it.
    """
    recordings = [_Recording(name) for name in files]
    sounds = [_first(recording.blocks(), LONG_ENOUGH_TO_LEARN_S) for recording in recordings]
    for name, recording in zip(files, recordings, strict=True):
        if recording.problem:
            raise BadSettings(f"{_printable(name)}: {recording.problem}")
    tone = learn(sounds, heard, country)
    write(f'tones = ["{tone}"]')
    write(f"# Write this line into the table [pbx] of the settings. How sure it is: {tone.confidence:.0%}.")
    if tone.conflicts:
        names = ", ".join(conflict.value for conflict in tone.conflicts)
        write(f"# Until now it was taken for: {names}. What was learned comes first.")
    return WENT_WELL


def _first(blocks: Iterable[Block], seconds: float) -> Samples:
    """The begin of a recording, or all of it."""
    pieces = [np.asarray(block, np.float64) for block in islice(blocks, round(seconds * RATE_HZ) // BLOCK)]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def listen_live(
    blocks: Iterable[Block],
    name: str,
    country: Country | None,
    only: Collection[Hearing],
    as_json: bool,
    write: Write,
) -> None:
    """The same for sound as it comes, in blocks of any length, for as long as there are any."""
    teller, ears = _teller(name, as_json, write), Ears(country, only)
    _hear(blocks, ears, teller)
    teller.end("a line", () if country else ears.countries)


def _hear(blocks: Iterable[Block], ears: Ears, teller: _Teller) -> None:
    """Give everything to the ears, and tell what they hear."""
    given = 0
    for block in blocks:
        given += len(block)
        teller.follow(block)
        for event in ears.feed(block):
            teller.tell(event, given / RATE_HZ)
    for event in ears.finish():
        teller.tell(event, given / RATE_HZ)


class _Recording:
    """A file as blocks of 20 ms. Afterwards `problem` is what was wrong with it, if anything was."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.form = ""
        """How the sound is written; nothing if there was none to be read."""
        self.problem = ""

    def blocks(self) -> Iterator[Block]:
        """The sound, once. The last block may be shorter."""
        try:
            with Path(self._name).open("rb") as file:
                sound = WavSound(file)
                self.form = sound.form.told
                yield from _in_blocks(sound.pieces())
        except BadRecording as problem:
            self.problem = f"{problem.problem}. {problem.advice}"
        except OSError as problem:
            self.problem = _why_not(problem)


def _in_blocks(pieces: Iterable[Block]) -> Iterator[Block]:
    """The same sound, cut anew. When `pieces` ends with an exception, it comes after the sound before it."""
    rest: Block = np.zeros(0, dtype=np.int16)
    try:
        for piece in pieces:
            rest = np.concatenate((rest, piece), dtype=np.float64) if len(rest) else piece
            whole = len(rest) // BLOCK * BLOCK
            for start in range(0, whole, BLOCK):
                yield rest[start : start + BLOCK]
            rest = rest[whole:]
    except (BadRecording, OSError):
        if len(rest):
            yield rest
        raise
    if len(rest):
        yield rest


def _why_not(problem: OSError) -> str:
    """Why a file could not be opened or read, and what to do."""
    match problem:
        case FileNotFoundError():
            return "there is no such file. Look at its name and its folder once more."
        case IsADirectoryError():
            return "it is a folder. Name the recordings in it, as in FOLDER/*.wav."
        case PermissionError():
            return "you may not read it. Ask its owner, or copy it as an administrator."
    return f"it cannot be read ({problem.strerror}). Copy it from where it came, then try again."


# ---------------------------------------------------------------- telling


class _Teller(Protocol):
    def follow(self, block: Block) -> None:
        """This is being heard."""

    def tell(self, event: Told, t: float) -> None:
        """This was decided when `t` seconds had been given."""

    def end(self, form: str, fitting: Sequence[str]) -> None:
        """That was all; `form` says how the sound was written, if it could be read, `fitting` whose tones it has."""


def _teller(name: str, as_json: bool, write: Write) -> _Teller:
    return _Lines(name, write) if as_json else _Sentences(name, write)


class _Lines:
    """For programs: a JSON object a line."""

    def __init__(self, name: str, write: Write) -> None:
        self._name = name
        self._write = write

    def follow(self, block: Block) -> None:
        """Programs ask for no levels."""

    def tell(self, event: Told, t: float) -> None:
        """One line an event; that a key is up again is not told."""
        if found := _plain(event):
            self._write(json.dumps({"file": self._name, "t": round(t, 3), **found}))

    def end(self, form: str, fitting: Sequence[str]) -> None:
        """Nothing more."""


def _plain(event: Told) -> dict[str, Any]:
    """An event as programs read it; empty if it is nothing to tell."""
    match event:
        case KeyEvent():
            return {"kind": "dtmf", "digit": event.key} if event.down else {}
        case CallerIdEvent(message=message):
            return {
                "kind": "callerid",
                "number": message.number or None,
                "name": message.name or None,
                "reason": message.reason or None,
                "datetime": message.datetime or None,
            }
        case ProgressEvent():
            return {"kind": "tone", "tone": TONES[event.heard]} if event.heard in TONES else {}


class _Sentences:
    """For people: a heading, a line an event with its level, and a line about the whole."""

    def __init__(self, name: str, write: Write) -> None:
        self._name = name
        self._write = write
        self._begun = False
        self._given = 0
        self._loudest_dbm0, self._quietest_dbm0 = FLOOR_DBM0, 0.0
        self._lately: deque[float] = deque([FLOOR_DBM0], maxlen=25)
        """The levels of the blocks of the last half second."""

    def follow(self, block: Block) -> None:
        """Keep its level."""
        level_dbm0 = dbm0(block)
        self._given += len(block)
        self._lately.append(level_dbm0)
        self._loudest_dbm0 = max(self._loudest_dbm0, level_dbm0)
        self._quietest_dbm0 = min(self._quietest_dbm0, level_dbm0)

    def tell(self, event: Told, t: float) -> None:
        """One line an event. Its level is the loudest of late; of silence it is what is left."""
        if found := _in_words(event):
            silent = isinstance(event, ProgressEvent) and event.heard is Heard.SILENCE
            level_dbm0 = self._lately[-1] if silent else max(self._lately)
            self._line(f"{t:9.2f} s {level_dbm0:6.0f} dBm0  {found}")

    def end(self, form: str, fitting: Sequence[str]) -> None:
        """Whose tones there were, how long and how loud it was."""
        if fitting:
            self._line(f"{'':12}tones as in {', '.join(fitting)}")
        if form and self._given:
            loudness = f"loudest {self._loudest_dbm0:.0f} dBm0, quietest {self._quietest_dbm0:.0f} dBm0"
            self._line(f"{self._given / RATE_HZ:9.2f} s of {form}; {loudness}")
        elif form:
            self._line("there is no sound in it")

    def _line(self, text: str) -> None:
        if not self._begun:
            self._write(_printable(self._name))
            self._begun = True
        self._write(text)


def _in_words(event: Told) -> str:
    """An event for people; nothing if it is not worth a line."""
    match event:
        case KeyEvent():
            return f"key {event.key}" if event.down else ""
        case CallerIdEvent():
            return f"caller ID ({event.scheme.value}): {_who(event.message)}"
        case ProgressEvent():
            return event.heard.value if event.heard in TONES else ""


def _who(message: CallerIdMessage) -> str:
    """Who calls, and when the network says that is."""
    absent = {"P": "number withheld", "O": "number not available"}
    if message.kind is Kind.CALL:
        parts = [message.number or absent.get(message.reason, "no number"), message.name]
    else:
        parts = [f"{message.kind.value} at the network's voice mail", message.number]
    if message.redirecting:
        parts.append(f"sent on by {message.redirecting}")
    if message.datetime:
        month, day, hour, minute = (message.datetime[place : place + 2] for place in range(0, 8, 2))
        parts.append(f"on {day}.{month}. at {hour}:{minute}")
    return ", ".join(part for part in parts if part)


def _printable(name: str) -> str:
    """A name of a file as any terminal can show it."""
    return name.encode(errors="backslashreplace").decode()
