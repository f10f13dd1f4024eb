"""Whole dialogues with modems are understood, in one piece or byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.call import CallerId, Presentation
from hardware.modem import at
from hardware.modem.at import (
    Audio,
    CallerIdPart,
    Information,
    Key,
    LineSign,
    Overrun,
    Parser,
    Result,
    ResultCode,
    Ring,
    RingCadence,
    Sign,
    StreamEnded,
    Underrun,
)
from hardware.modem.transcript import Side, read_transcript

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
OK = Result(ResultCode.OK, "OK")
CONNECT = Result(ResultCode.CONNECT, "CONNECT")


def number(digits: str) -> CallerIdPart:
    return CallerIdPart(CallerId(digits, presentation=Presentation.SHOWN))


def name(letters: str) -> CallerIdPart:
    return CallerIdPart(CallerId(name=letters))


def unshown(presentation: Presentation) -> CallerIdPart:
    return CallerIdPart(CallerId(presentation=presentation))


def date(text: str) -> CallerIdPart:
    return CallerIdPart(CallerId(), date=text)


def time(text: str) -> CallerIdPart:
    return CallerIdPart(CallerId(), time=text)


UNDERSTOOD: dict[str, list[at.Event]] = {
    "cx93001_whole_call": [
        *(Ring(), date("1015"), time("1402"), number("5551234567"), name("MILLER ANNA")),
        *(OK, CONNECT, Key("5"), Key("5", down=False), OK),
        *(CONNECT, Audio(b"\x7f\x80\x10\x81\n\r\x10\x10\x82"), Sign(LineSign.BUSY), Audio(b"\x83"), StreamEnded(), OK),
        OK,
    ],
    "usr5637_uk_caller_id": [date("0117"), time("0930"), number("02079460123"), Ring()],
    "caller_id_inside_an_answer": [
        *(Ring(), Information("1,8000,0,0"), unshown(Presentation.WITHHELD), name(""), OK),
    ],
    "caller_id_in_hex": [
        *(Ring(), CallerIdPart(CallerId("5551234567", "", Presentation.SHOWN), "0117", "0930")),
        *(Ring(), CallerIdPart(CallerId("5551234", "ANNA LEE", Presentation.SHOWN), "0117", "0930")),
        *(Ring(), CallerIdPart(CallerId(presentation=Presentation.WITHHELD), "0117", "0930")),
    ],
    "caller_id_in_a_report": [
        *(OK, Ring(), date("0117"), number("48221234567"), name("KOWALSKI"), CONNECT),
        *(Audio(b"\x80"), unshown(Presentation.UNAVAILABLE), Audio(b"\x81"), StreamEnded(), OK),
    ],
    "digits_instead_of_words": [
        *(Result(ResultCode.OK, "0"), Ring(), Information("1,8000,0,0"), Result(ResultCode.OK, "0")),
        *(Result(ResultCode.BUSY, "7"), Result(ResultCode.ERROR, "4")),
        *(Result(ResultCode.CONNECT, "1"), Audio(b"\n\x80"), StreamEnded(), Result(ResultCode.OK, "0")),
    ],
    "digits_that_are_answers": [Information("0"), OK, Information("8"), OK, Information("2"), OK],
    "ring_cadence": [RingCadence(True, 20), Ring(), RingCadence(False, 40), RingCadence(True, 20)],
    "reset_behind_our_back": [Result(ResultCode.ERROR, "ERROR"), OK, OK],
    "keys_without_beginning": [
        *(Key("1"), Key("2"), Key("2", down=False), Key("3"), Key("3"), Key("#"), Key("#")),
    ],
    "signs_of_the_line": [
        *(Ring(), Sign(LineSign.LOOP_BREAK), Sign(LineSign.HANDSET_UP), Sign(LineSign.HANDSET_DOWN)),
        *(Sign(LineSign.EXTENSION_UP), Underrun(), Overrun(), Sign(LineSign.QUIET), Sign(LineSign.SILENCE)),
        *(Sign(LineSign.DIAL_TONE), Sign(LineSign.DIAL_TONE), Sign(LineSign.BUSY), Sign(LineSign.FAX)),
    ],
    "dialling": [
        *(Result(ResultCode.RINGING, "RINGING"), Result(ResultCode.RINGING, "RINGING")),
        *(Result(ResultCode.NO_ANSWER, "NO ANSWER"), Result(ResultCode.NO_DIALTONE, "NO DIAL TONE")),
        *(Result(ResultCode.VCON, "VCON"), Result(ResultCode.CONNECT, "CONNECT 57600")),
    ],
}


def replay(transcript: Path, *, bytewise: bool) -> tuple[Parser, list[at.Event]]:
    """Give a parser what the modem of a transcript said; pieces of sound are joined."""
    parser, events = Parser(), list[at.Event]()
    for entry in read_transcript(transcript):
        match entry.side:
            case Side.HOST if entry.data.startswith(b"AT"):
                parser.command_sent(entry.data.decode().strip())
            case Side.MODEM:
                pieces = (bytes((byte,)) for byte in entry.data) if bytewise else (entry.data,)
                for piece in pieces:
                    events += parser.feed(piece, entry.at_s)
    return parser, joined(events)


def joined(events: list[at.Event]) -> list[at.Event]:
    result: list[at.Event] = []
    for event in events:
        match result, event:
            case [*_, Audio(before)], Audio(more):
                result[-1] = Audio(before + more)
            case _:
                result.append(event)
    return result


@pytest.mark.parametrize("bytewise", [False, True], ids=["in pieces", "byte by byte"])
@pytest.mark.parametrize("transcript", sorted(TRANSCRIPTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_dialogue_is_understood(transcript: Path, bytewise: bool) -> None:
    _, events = replay(transcript, bytewise=bytewise)
    assert events == UNDERSTOOD[transcript.stem]


def test_an_echo_tells_that_the_modem_was_reset() -> None:
    assert replay(TRANSCRIPTS / "reset_behind_our_back.txt", bytewise=False)[0].echoes == 2
    assert replay(TRANSCRIPTS / "cx93001_whole_call.txt", bytewise=False)[0].echoes == 0


def test_a_code_nobody_knows_is_counted_and_nothing_else() -> None:
    assert replay(TRANSCRIPTS / "signs_of_the_line.txt", bytewise=False)[0].unknown_codes == 1
