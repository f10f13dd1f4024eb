"""Dialogues with modems, written down so that a bug in the field can be looked at again at any desk.

The form is that of `tests/transcripts/README.md`: `# ` a remark, `> ` what the host sent, `< ` what the modem sent,
`@ ` the seconds since the beginning, for what follows. Bytes are written as in Python.

`Recorder` stands before a port and keeps what passes; `Replay` stands in a modem's place and answers from a transcript.
What is recorded may be sent to strangers, so the telephone numbers and names in it are masked (R36): each digit by `0`,
each letter by `x`. A masked transcript has the same length, byte for byte, and is understood in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from appliance.clock import Clock, VirtualClock
from appliance.faults import LineFault
from hardware.modem.conversation import BytePort

SAME_MOMENT_S = 0.0005
"""Two entries closer than this need no moment of their own."""
MOST_RECORDED = 200_000
"""Bytes; what comes later is not written down."""
SHORTEST_DIALLED = 3
"""Digits in a dial string from which it may be somebody's number."""


class Side(Enum):
    """Who spoke, by the mark that begins the line."""

    HOST = ">"
    MODEM = "<"
    REMARK = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """Bytes that one side sent, `at_s` seconds after the beginning; a remark is in UTF-8."""

    side: Side
    data: bytes
    at_s: float = 0.0


class TranscriptBroken(LineFault):
    """The dialogue did not go as it is written."""

    advice = "Record the dialogue anew, or look for what has changed in what is asked."


# ---------------------------------------------------------------- writing and reading


def written(data: bytes) -> str:
    """Bytes as a transcript has them; a blank at the end is written as `\\x20`, so that no editor takes it away."""
    text = data.decode("latin-1").encode("unicode_escape").decode("ascii")
    return f"{text[:-1]}\\x20" if text.endswith(" ") else text


def spoken(text: str) -> bytes:
    """The bytes that are written as `text`."""
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def text_of(entries: Iterable[Entry], title: str) -> str:
    """A whole transcript, `title` as its first remark."""
    lines, last_s = [f"# {title}"], 0.0
    for entry in entries:
        if abs(entry.at_s - last_s) >= SAME_MOMENT_S:
            lines.append(f"@ {entry.at_s:.4f}")
            last_s = entry.at_s
        said = entry.data.decode("utf-8") if entry.side is Side.REMARK else written(entry.data)
        lines.append(f"{entry.side.value} {said}")
    return "\n".join(lines) + "\n"


def read_transcript(path: Path) -> list[Entry]:
    """The entries of a file.

    Raises:
        TranscriptBroken: a line is none of the four kinds; the sentence names it.
        OSError: it cannot be read.
    """
    entries, at_s = [], 0.0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, _, text = line.partition(" ")
        try:
            if mark == "@":
                at_s = float(text)
            elif mark == "#":
                entries.append(Entry(Side.REMARK, text.encode(), at_s))
            elif line:
                entries.append(Entry(Side(mark), spoken(text), at_s))
        except ValueError as problem:
            raise TranscriptBroken(f"{path}, line {number}: {line!r} belongs to no dialogue") from problem
    return entries


# ---------------------------------------------------------------- masking

_CALLER_LINE = re.compile(rb"(?:NMBR|NAME|MESG)[ ]*=[ ]*([^\r\n]+)", re.IGNORECASE)
_CALLER_HEX = re.compile(rb"(?<=[\r\n])(?:04|80)((?:[0-9A-F]{2}){8,})(?=\r)", re.IGNORECASE)
_DIAL = re.compile(rb"ATD[TP]?([0-9*#ABCD,W;!@]+)", re.IGNORECASE)
_TONE_KEY = re.compile(rb"\{([0-9*#A-D]),")
_TONE_PAIR = re.compile(rb"\[(\d{3},\d{4}),")
_NO_PAIR = b"941,1336"


def masked(entries: Sequence[Entry]) -> list[Entry]:
    """The same dialogue without the numbers and names of people; no entry changes its length.

    A number that came in two pieces is found all the same: each side is looked at as one text.
    """
    sides = {
        Side.MODEM: _without_callers(b"".join(entry.data for entry in entries if entry.side is Side.MODEM)),
        Side.HOST: _without_dialled(b"".join(entry.data for entry in entries if entry.side is Side.HOST)),
    }
    result, at = [], dict.fromkeys(sides, 0)
    for entry in entries:
        if entry.side is Side.REMARK:
            result.append(entry)
            continue
        begin = at[entry.side]
        at[entry.side] += len(entry.data)
        result.append(Entry(entry.side, sides[entry.side][begin : at[entry.side]], entry.at_s))
    return result


def _without_callers(said: bytes) -> bytes:
    said = _CALLER_LINE.sub(lambda found: _replaced(found, _blank(found[1])), said)
    return _CALLER_HEX.sub(lambda found: _replaced(found, _blank_hex(found[1])), said)


def _without_dialled(said: bytes) -> bytes:
    said = _DIAL.sub(lambda found: _replaced(found, re.sub(rb"[0-9]", b"0", found[1])), said)
    said = _TONE_KEY.sub(lambda found: _replaced(found, b"0"), said)
    return _TONE_PAIR.sub(lambda found: _replaced(found, _NO_PAIR), said)


def _replaced(found: re.Match[bytes], group: bytes) -> bytes:
    """The whole match with another first group."""
    begin, end = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:begin] + group + found[0][end:]


def _blank(text: bytes) -> bytes:
    """Digits as 0, letters as x; a lone P (withheld) or O (unavailable) tells of nobody."""
    if text.strip().upper() in (b"P", b"O"):
        return text
    return re.sub(rb"[^\W\d_]|[\x80-\xff]", b"x", re.sub(rb"\d", b"0", text))


def _blank_hex(text: bytes) -> bytes:
    """The same for bytes written in hexadecimal: `3d` is a digit, `4x` to `7x` are letters."""
    pairs = [text[place : place + 2] for place in range(0, len(text), 2)]
    return b"".join(b"30" if pair[:1] == b"3" else b"78" if pair[:1] in b"4567" else pair for pair in pairs)


# ---------------------------------------------------------------- recording


class Recorder:
    """A port that writes down what passes through it.

    While `sound` is set, what comes and goes is samples: of these only the number of bytes is kept.
    """

    def __init__(self, port: BytePort, clock: Clock) -> None:
        self.path = port.path
        self.sound = False
        self._port = port
        self._clock = clock
        self._began = clock.now()
        self._entries: list[Entry] = []
        self._bytes = 0
        self._sound_bytes = {Side.HOST: 0, Side.MODEM: 0}

    def write(self, data: bytes) -> None:
        """Hand bytes to the modem."""
        self._note(Side.HOST, data)
        self._port.write(data)

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        """Wait for bytes, at most until the clock shows `until`."""
        data = self._port.wait(until, for_bytes=for_bytes)
        self._note(Side.MODEM, data)
        return data

    def remark(self, text: str) -> None:
        """Write a remark between the lines."""
        self._end_sound()
        self._entries.append(Entry(Side.REMARK, text.encode(), self._clock.now() - self._began))

    def entries(self) -> list[Entry]:
        """What has passed so far, masked (R36)."""
        self._end_sound()
        return masked(self._entries)

    def save(self, path: Path, title: str) -> None:
        """Write it to a file.

        Raises:
            OSError: the file cannot be written.
        """
        path.write_text(text_of(self.entries(), title), encoding="utf-8")

    def _note(self, side: Side, data: bytes) -> None:
        if not data:
            return
        if self.sound:
            self._sound_bytes[side] += len(data)
            return
        self._end_sound()
        if self._bytes <= MOST_RECORDED:
            self._entries.append(Entry(side, data, self._clock.now() - self._began))
        self._bytes += len(data)

    def _end_sound(self) -> None:
        for side, count in self._sound_bytes.items():
            if count:
                self._sound_bytes[side] = 0
                whose = "to" if side is Side.HOST else "from"
                self._entries.append(
                    Entry(
                        Side.REMARK,
                        f"{count} bytes of sound {whose} the modem".encode(),
                        self._clock.now() - self._began,
                    )
                )


# ---------------------------------------------------------------- replaying


class Replay:
    """A modem that says what it said when the transcript was written, at the same moments.

    Its `clock` moves with the dialogue: whoever speaks with it has to take the time from there.
    """

    def __init__(self, entries: Iterable[Entry], clock: VirtualClock, path: str = "transcript") -> None:
        self.path = path
        self._entries = [entry for entry in entries if entry.side is not Side.REMARK]
        self._clock = clock
        self._began = clock.now()

    @property
    def left(self) -> int:
        """Entries that have not been spoken yet."""
        return len(self._entries)

    def write(self, data: bytes) -> None:
        """Take a command.

        Raises:
            TranscriptBroken: another one was sent at this place of the dialogue.
        """
        ours = next((entry for entry in self._entries if entry.side is Side.HOST), None)
        if ours is None or ours.data != data:
            wanted = "nothing more" if ours is None else written(ours.data)
            raise TranscriptBroken(f"{written(data)} was sent where the transcript has {wanted}")
        self._entries.remove(ours)
        self._clock.run(max(self._clock.now(), self._began + ours.at_s))

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        """Hear what the modem said next, if that was before `until`."""
        first = self._entries[0] if self._entries else None
        if first is None or first.side is Side.HOST or self._began + first.at_s > until:
            self._clock.run(until)
            return b""
        self._clock.run(max(self._clock.now(), self._began + first.at_s))
        return self._entries.pop(0).data
