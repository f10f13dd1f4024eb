"""What a voice modem says: bytes of its serial port in, events out.

Nothing here touches a port or a clock; the driver hands over what it read and when, and gets frozen events back.

**Results (V.250).** A command is a line that begins with `AT` and ends with CR. A modem that was not told `ATE0`
repeats it (the *echo*). Then come lines of information, if the command was a question, and one result: the words
`CR LF OK CR LF`, or after `ATV0` the digit `0 CR`. A lone digit can also be information: `AT+VLS?` is answered by `0`.
V.250 tells them apart by what stands before them: words and information begin with CR LF, a digit that is a result
begins at once. Only after information does it follow an LF too, so there the form of the last result decides. (After
`ATV0` nobody could tell a digit that is information; the driver therefore begins with `ATV1`.)

**Lines nobody asked for.** `RING`, the caller ID and the ring cadence come when they like, also between a command
and its result. They are told apart by their words alone.

**Voice (V.253).** After `AT+VRX` or `AT+VTR` and the result `CONNECT` every byte from the modem is a sample, until
it says DLE ETX; the next result follows that. Within the samples, and in voice mode between them, the byte DLE (0x10)
*shields* what follows:

    DLE DLE, DLE SUB    one, two samples of the value 0x10
    DLE ETX, DLE ESC    the end of the samples
    DLE 5, DLE / DLE ~  a key of the caller; its beginning and its end, where the modem tells them
    DLE b, DLE l, ...   what the line is doing: busy tone, loop break and so on (`LineSign`)
    DLE X ... DLE .     a report in the middle of the samples: lines of the caller ID or the ring cadence

After `AT+VTX` the samples go the other way, and what comes from the modem reads as it does between commands.

    parser = Parser()
    parser.command_sent("AT+VRX")
    for event in parser.feed(b"\r\nCONNECT\r\n\x7f\x80\x10b\x81", now=clock.now()):
        ...     # Result(CONNECT), Audio(b"\x7f\x80"), Sign(BUSY), Audio(b"\x81")

`feed` raises nothing, whatever arrives, and keeps no more than one line and one report, each of bounded length.
How the input was cut into pieces changes nothing but the number of pieces of `Audio`.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum

from appliance.call import CallerId, Presentation
from appliance.signals import callerid

DLE = b"\x10"
ETX = b"\x03"
CAN = b"\x18"
SUB = b"\x1a"
ESC = b"\x1b"

END_TRANSMIT = DLE + ETX
"""To the modem: what was sent is all; play it to its end, then answer OK."""
FLUSH = DLE + CAN
"""To the modem: forget what is not yet played."""
END_RECEIVE = DLE + b"!"
"""To the modem: stop receiving."""
END_DUPLEX = DLE + b"^"
"""To the modem: stop receiving and transmitting."""

LONGEST_LINE = 256
"""Bytes of a line that are kept. The longest line we know, an answer to `AT+VSM=?`, has some fifty."""
LONGEST_REPORT = 1024
"""Bytes of a report (DLE X ... DLE .) after which it counts as begun by mistake."""
ECHOES_AWAITED = 4
"""Commands whose echo may still come."""
REPEAT_S = 0.120
"""A key held down is reported anew about every 70 ms (MultiTech MT5634); later than this it is a new press."""
HELD_S = 0.500
"""A key whose end was not reported counts as released after this time without a report."""


BARE_OK = b"\r\nOK\r\n"


def shield(audio: bytes) -> bytes:
    """Make samples fit for the modem: a sample of the value DLE is sent twice."""
    return audio.replace(DLE, DLE + DLE)


def insist(code: bytes) -> bytes:
    """Say a two-byte code to a modem that did not react to it (a Zoom 3095 was seen to need this).

    A modem that had not overlooked the first one takes this for one sample and the code again.
    """
    return DLE + DLE + code


# ---------------------------------------------------------------- events


class ResultCode(Enum):
    """How a command ended, by its words (V.250 clause 5.7.1, and the usual voice modems)."""

    OK = "OK"
    CONNECT = "CONNECT"
    NO_CARRIER = "NO CARRIER"
    ERROR = "ERROR"
    NO_DIALTONE = "NO DIALTONE"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    VCON = "VCON"
    """Off-hook in voice mode: older chips say so instead of OK."""
    RINGING = "RINGING"
    """The far end is being rung; the command still goes on."""
    DELAYED = "DELAYED"
    """The modem may not dial that number again so soon."""
    BLACKLISTED = "BLACKLISTED"
    """The modem may not dial that number any more."""

    @property
    def final(self) -> bool:
        """Is the command over with this?"""
        return self is not ResultCode.RINGING


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a command. `text` is the line as it came: `CONNECT 57600`, or `0`."""

    code: ResultCode
    text: str


@dataclass(frozen=True, slots=True)
class Information:
    """A line of a modem's answer to a question."""

    text: str


@dataclass(frozen=True, slots=True)
class Ring:
    """The modem reports that the line rings."""


@dataclass(frozen=True, slots=True)
class RingCadence:
    """Ringing has been `on`, or off, for that many tenths of a second (`AT+VDR=1`)."""

    on: bool
    tenths: int


@dataclass(frozen=True, slots=True)
class CallerIdPart:
    """What one line told about the caller; `CallerId.merged` joins the parts.

    `date` (MMDD), `time` (HHMM) and `message` (hex digits of what the modem did not understand) are left as they came,
    for they are often wrong and nothing depends on them.
    """

    caller_id: CallerId
    date: str = ""
    time: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """The far end pressed a key (`down`): one event for a press, however often the modem repeats it.

    Its release follows only from modems that report it.
    """

    key: str
    down: bool = True


class LineSign(Enum):
    """What a modem can notice on the line."""

    BUSY = "busy tone"
    DIAL_TONE = "dial tone"
    RINGBACK = "ringback"
    SIT = "special information tone"
    BONG = "calling card tone"
    CALL_WAITING = "call waiting"
    SILENCE = "silence from the start"
    QUIET = "silence after voice"
    VOICE = "voice"
    LOOP_BREAK = "loop break"
    POLARITY = "polarity reversal"
    HANDSET_DOWN = "handset put down"
    HANDSET_UP = "handset lifted"
    EXTENSION_DOWN = "telephone on the same line put down"
    EXTENSION_UP = "telephone on the same line lifted"
    FAX = "calling fax"
    DATA_CALL = "calling modem"
    ANSWER_TONE = "answering fax or modem"
    DATA_ANSWER = "answering old modem"
    TEXT_PHONE = "text telephone"


@dataclass(frozen=True, slots=True)
class Sign:
    """The modem noticed something on the line."""

    sign: LineSign


@dataclass(frozen=True, slots=True)
class Underrun:
    """The modem had nothing left to play."""


@dataclass(frozen=True, slots=True)
class Overrun:
    """The modem lost samples because we read too slowly."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Samples from the line, in the format chosen by `AT+VSM`."""

    data: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The modem ended the samples of either direction; a result follows."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """That many bytes made no line, or no report, of a sane length and were dropped."""

    count: int


Event = (
    Result | Information | Ring | RingCadence | CallerIdPart | Key | Sign
    | Underrun | Overrun | Audio | StreamEnded | Garbage
)  # fmt: skip

# ---------------------------------------------------------------- codes after DLE, and result digits

_SIGNS = {
    **dict.fromkeys(b"bK", LineSign.BUSY),
    **dict.fromkeys(b"di", LineSign.DIAL_TONE),
    **dict.fromkeys(b"cm", LineSign.FAX),
    **dict.fromkeys(b"vV", LineSign.VOICE),
    ord("r"): LineSign.RINGBACK,
    ord("J"): LineSign.SIT,
    ord("$"): LineSign.BONG,
    ord("w"): LineSign.CALL_WAITING,
    ord("s"): LineSign.SILENCE,
    ord("q"): LineSign.QUIET,
    ord("l"): LineSign.LOOP_BREAK,
    ord("L"): LineSign.POLARITY,
    ord("h"): LineSign.HANDSET_DOWN,
    ord("H"): LineSign.HANDSET_UP,
    ord("p"): LineSign.EXTENSION_DOWN,
    ord("P"): LineSign.EXTENSION_UP,
    ord("e"): LineSign.DATA_CALL,
    ord("a"): LineSign.ANSWER_TONE,
    ord("f"): LineSign.DATA_ANSWER,
    ord("t"): LineSign.TEXT_PHONE,
}
_EVENTS: dict[int, Event] = {
    **{code: Sign(sign) for code, sign in _SIGNS.items()},
    ord("R"): Ring(),
    ord("u"): Underrun(),
    ord("o"): Overrun(),
}
_SHIELDED = {DLE[0]: DLE, SUB[0]: DLE + DLE, ord("Q"): b"\x11", ord("S"): b"\x13"}
"""Samples that cannot be sent as they are. XON and XOFF are shielded only under software flow control."""
_ENDS = ETX + ESC
_KEYS = b"0123456789*#ABCD"
_KEY_BEGINS = ord("/")
_KEY_ENDS = b"~\x7f"
_REPORT_BEGINS, _REPORT_ENDS = ord("X"), ord(".")

_DIGITS = {
    "0": ResultCode.OK,
    "1": ResultCode.CONNECT,
    "3": ResultCode.NO_CARRIER,
    "4": ResultCode.ERROR,
    "5": ResultCode.CONNECT,
    "6": ResultCode.NO_DIALTONE,
    "7": ResultCode.BUSY,
    "8": ResultCode.NO_ANSWER,
}
_RING_DIGIT = "2"
_WORDS = {code.value: code for code in ResultCode} | {"NO DIAL TONE": ResultCode.NO_DIALTONE}

_LINE_ENDS = re.compile(rb"([\r\n])")
_CONTROLS = bytes(range(0x20)) + b"\x7f"
_RECEIVES = re.compile(r"\+(VRX|VTR)(?!=\?|\?)", re.IGNORECASE)
_CADENCE = re.compile(r"DR(ON|OF)\s*=\s*(\d{1,4})", re.IGNORECASE)
_CALLER_ID = re.compile(r"(DATE|TIME|NMBR|NAME|MESG)\s*=\s*(.*)", re.IGNORECASE)
_HEX_MESSAGE = re.compile(r"(?:04|80)(?:[0-9A-F]{2})+", re.IGNORECASE)
_WITHHELD = re.compile(r"P\b|PRIV|WITHH|ANON", re.IGNORECASE)
_OUT_OF_AREA = re.compile(r"O\b|OUT|UNAV|UNKN", re.IGNORECASE)
_NOT_IN_A_NUMBER = re.compile(r"[^0-9*#+]")


class Parser:
    """One modem's side of the conversation.

    `receiving` is true while bytes are samples. `echoes` counts commands that came back: after `ATE0` that means that
    the modem has been reset behind our back and has forgotten its settings. `unknown_codes` counts codes after DLE that
    say nothing to us.
    """

    def __init__(self) -> None:
        self.receiving = False
        self.echoes = 0
        self.unknown_codes = 0
        self._sent: deque[str] = deque(maxlen=ECHOES_AWAITED)
        self._connect_means_audio = False
        self._digits = False
        self._escaped = False
        self._skip_lf = False
        self._after_lf = False
        self._line = _Line()
        self._report: _Line | None = None
        self._report_length = 0
        self._keypad = _Keypad()
        self._audio = bytearray()
        self._stopping = False
        self._tail = b""
        self._events: list[Event] = []

    def command_sent(self, command: str) -> None:
        """Tell which command has been written, without its CR: its echo is dropped, and `CONNECT` understood."""
        self._sent.append(_squeezed(command))
        self._connect_means_audio = bool(_RECEIVES.search(_squeezed(command)))

    def stop_sent(self) -> None:
        """Tell that the samples have been told to stop: from now on a bare OK ends them, too.

        Some modems leave out the DLE ETX; until then those six bytes may be samples.
        """
        self._stopping, self._tail = self.receiving, b""

    def stream_lost(self) -> None:
        """Take bytes for words again: the modem's DLE ETX was waited for in vain."""
        self._leave_stream()
        self._escaped = False

    def feed(self, data: bytes, now: float = 0.0) -> list[Event]:
        """Take what arrived at `now` (seconds of any clock that does not go back) and return what it says."""
        at = 0
        while at < len(data):
            if self._escaped:
                self._escaped = False
                self._code(data[at], now)
                at += 1
                continue
            end = data.find(DLE, at)
            self._escaped = end >= 0
            end = end if self._escaped else len(data)
            self._plain(data[at:end])
            at = end + 1
        self._flush_audio()
        events, self._events = self._events, []
        return events

    # -------------------------------------------------------- bytes without DLE

    def _plain(self, data: bytes) -> None:
        while data:
            if self._report is not None:
                data = self._report_text(self._report, data)
            elif self.receiving:
                data = data.removeprefix(b"\n") if self._skip_lf else data
                self._skip_lf = False
                data = self._samples(data)
            else:
                data = self._text(data)

    def _samples(self, data: bytes) -> bytes:
        """Keep samples; what follows a bare OK that ends them is given back."""
        if self._stopping:
            known = len(self._tail)
            seen = self._tail + data
            end = seen.find(BARE_OK) + len(BARE_OK)
            self._tail = seen[1 - len(BARE_OK) :]
            if end >= len(BARE_OK):
                self._audio += data[: max(0, end - len(BARE_OK) - known)]
                self._leave_stream()
                self._tell(StreamEnded())
                self._tell(Result(ResultCode.OK, "OK"))
                return data[end - known :]
        self._audio += data
        return b""

    def _text(self, data: bytes) -> bytes:
        """Read lines; what follows a `CONNECT` that begins the samples is given back."""
        parts = _LINE_ENDS.split(data)
        for number, part in enumerate(parts, 1):
            if part not in (b"\r", b"\n"):
                self._line.add(part)
                continue
            self._whole_line(self._line.end())
            self._after_lf = part == b"\n"
            if self.receiving:
                # The LF after the words is not a sample; after the digit there is none.
                self._skip_lf = not (self._digits or self._after_lf)
                return b"".join(parts[number:])
        return b""

    def _report_text(self, report: _Line, data: bytes) -> bytes:
        """Read lines of a report; what is too much for a report is given back."""
        room = LONGEST_REPORT - self._report_length
        for part in _LINE_ENDS.split(data[:room]):
            if part in (b"\r", b"\n"):
                self._report_line(report.end())
            else:
                report.add(part)
        self._report_length += len(data[:room])
        if len(data) > room:
            self._report = None
            self._tell(Garbage(self._report_length))
        return data[room:]

    # -------------------------------------------------------- the byte after DLE

    def _code(self, code: int, now: float) -> None:
        self._skip_lf = False
        if code in _SHIELDED:
            if self.receiving and self._report is None:
                self._audio += _SHIELDED[code]
        elif code in _ENDS:
            self._leave_stream()
            self._tell(StreamEnded())
        elif code in _KEYS or code == _KEY_BEGINS or code in _KEY_ENDS:
            if key := self._keypad.code(code, now):
                self._tell(key)
        elif code == _REPORT_BEGINS:
            self._report, self._report_length = _Line(), 0
        elif code == _REPORT_ENDS and self._report is not None:
            report, self._report = self._report, None
            self._report_line(report.end())
        elif code in _EVENTS:
            self._tell(_EVENTS[code])
        else:
            self.unknown_codes += 1

    def _leave_stream(self) -> None:
        self.receiving = self._stopping = False
        self._report = None
        self._after_lf = False

    # -------------------------------------------------------- whole lines

    def _whole_line(self, line: str | Garbage) -> None:
        if isinstance(line, Garbage):
            self._tell(line)
        elif line and not self._is_echo(line):
            self._tell(self._result(line) or _unasked(line) or Information(line))

    def _report_line(self, line: str | Garbage) -> None:
        event = line if isinstance(line, Garbage) else _unasked(line)
        if event is not None:
            self._tell(event)

    def _is_echo(self, line: str) -> bool:
        command = _squeezed(line)
        if command not in self._sent:
            return False
        self._sent.remove(command)
        self.echoes += 1
        return True

    def _result(self, line: str) -> Event | None:
        """A result, in words or as a digit; also the digit that stands for RING."""
        is_digit = line in _DIGITS or line == _RING_DIGIT
        if is_digit and self._after_lf and not self._digits:
            return None
        if line == _RING_DIGIT:
            return Ring()
        code = _DIGITS.get(line) if is_digit else _worded(line)
        if code is None:
            return None
        self._digits = is_digit
        if code is ResultCode.CONNECT and self._connect_means_audio:
            self.receiving = True
            self._connect_means_audio = False
        return Result(code, line)

    # -------------------------------------------------------- events out

    def _tell(self, event: Event) -> None:
        self._flush_audio()
        self._events.append(event)

    def _flush_audio(self) -> None:
        if self._audio:
            self._events.append(Audio(bytes(self._audio)))
            self._audio.clear()


class _Line:
    """A line as it arrives; no more than `LONGEST_LINE` bytes are kept of it."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._length = 0

    def add(self, data: bytes) -> None:
        self._length += len(data)
        self._kept += data[: LONGEST_LINE - len(self._kept)]

    def end(self) -> str | Garbage:
        """The line, without control characters and blanks at its ends, or how long it would have been; begins anew."""
        kept, length = self._kept, self._length
        self._kept, self._length = bytearray(), 0
        if length > LONGEST_LINE:
            return Garbage(length)
        return kept.translate(None, _CONTROLS).decode("latin-1").strip()


class _Keypad:
    """Makes one press out of what a modem repeats about one key.

    Modems report a key as `/ 5 5 5 ~`, as `5 DEL`, as `5 5 5`, or as a single `5`.
    """

    def __init__(self) -> None:
        self._begun = False
        self._key = ""
        self._at = 0.0

    def code(self, code: int, now: float) -> Key | None:
        """Take one code at time `now`; the press or release that it means, if any."""
        since, self._at = now - self._at, now
        if code == _KEY_BEGINS:
            self._begun, self._key = True, ""
            return None
        if code in _KEY_ENDS:
            released, self._begun, self._key = self._key, False, ""
            return Key(released, down=False) if released else None
        if since > HELD_S:
            self._begun, self._key = False, ""
        key = chr(code)
        if self._key and (self._begun or (key == self._key and since <= REPEAT_S)):
            return None
        self._key = key
        return Key(key)


def _squeezed(command: str) -> str:
    """A command as the modem understands it: blanks and case do not matter."""
    return command.replace(" ", "").upper()


def _worded(line: str) -> ResultCode | None:
    words = " ".join(line.upper().split())
    return ResultCode.CONNECT if words.startswith("CONNECT ") else _WORDS.get(words)


def _unasked(line: str) -> Event | None:
    """What a line says that came by itself: ring, ring cadence, caller ID."""
    if line.upper() == "RING":
        return Ring()
    if cadence := _CADENCE.fullmatch(line):
        return RingCadence(cadence[1].upper() == "ON", int(cadence[2]))
    if tagged := _CALLER_ID.fullmatch(line):
        return _tagged(tagged[1].upper(), tagged[2].strip())
    if _HEX_MESSAGE.fullmatch(line):
        return _hex_message(bytes.fromhex(line))
    return None


def _tagged(tag: str, value: str) -> CallerIdPart:
    """A line of the formatted report (`AT+VCID=1`)."""
    match tag:
        case "NMBR":
            return CallerIdPart(_numbered(value))
        case "NAME":
            return CallerIdPart(CallerId(name="" if value.upper() in ("P", "O") else " ".join(value.split())))
        case "DATE":
            return CallerIdPart(CallerId(), date=value)
        case "TIME":
            return CallerIdPart(CallerId(), time=value)
        case _:
            return CallerIdPart(CallerId(), message=value)


def _numbered(value: str) -> CallerId:
    """A number as reported, or P (withheld) or O (out of area); some modems write these out as words."""
    if number := _NOT_IN_A_NUMBER.sub("", value):
        return CallerId(number=number, presentation=Presentation.SHOWN)
    if _WITHHELD.match(value):
        return CallerId(presentation=Presentation.WITHHELD)
    return CallerId(presentation=Presentation.UNAVAILABLE) if not value or _OUT_OF_AREA.match(value) else CallerId()


def _hex_message(data: bytes) -> CallerIdPart | None:
    """A line of the unformatted report (`AT+VCID=2`): the message of the network, whose checksum nobody looked at."""
    try:
        told = callerid.parse_unchecked(data)
    except callerid.BadMessage:
        return None
    if told.kind is not callerid.Kind.CALL:
        return None
    number = told.number or told.reason
    caller_id = _numbered(number) if number else CallerId()
    return CallerIdPart(replace(caller_id, name=told.name), date=told.datetime[:4], time=told.datetime[4:])
