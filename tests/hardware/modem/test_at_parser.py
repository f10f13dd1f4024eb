"""The parser of the modem's bytes, case by case and on anything that can arrive."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.call import CallerId, Presentation
from hardware.modem import at
from hardware.modem.at import (
    Audio,
    CallerIdPart,
    Garbage,
    Information,
    Key,
    LineSign,
    Parser,
    Result,
    ResultCode,
    Ring,
    Sign,
    StreamEnded,
)

OK = Result(ResultCode.OK, "OK")


def heard(data: bytes, command: str = "") -> list[at.Event]:
    """What a new parser makes of `data`, after `command` was sent."""
    parser = Parser()
    if command:
        parser.command_sent(command)
    return parser.feed(data)


def joined(events: list[at.Event]) -> list[at.Event]:
    """The same events with pieces of sound joined."""
    result: list[at.Event] = []
    for event in events:
        match result, event:
            case [*_, Audio(before)], Audio(more):
                result[-1] = Audio(before + more)
            case _:
                result.append(event)
    return result


# ---------------------------------------------------------------- results and lines


@pytest.mark.parametrize("code", list(ResultCode))
def test_every_result_is_understood_by_its_words(code: ResultCode) -> None:
    assert heard(f"\r\n{code.value}\r\n".encode()) == [Result(code, code.value)]


@pytest.mark.parametrize(
    ("digit", "code"),
    [
        *((b"0", ResultCode.OK), (b"1", ResultCode.CONNECT), (b"3", ResultCode.NO_CARRIER), (b"4", ResultCode.ERROR)),
        *((b"6", ResultCode.NO_DIALTONE), (b"7", ResultCode.BUSY), (b"8", ResultCode.NO_ANSWER)),
    ],
)
def test_every_result_is_understood_by_its_digit(digit: bytes, code: ResultCode) -> None:
    assert heard(digit + b"\r") == [Result(code, digit.decode())]


def test_only_ringing_leaves_a_command_going_on() -> None:
    assert [code for code in ResultCode if not code.final] == [ResultCode.RINGING]


def test_a_digit_after_words_is_an_answer_and_after_digits_a_result() -> None:
    parser = Parser()
    assert parser.feed(b"\r\nOK\r\n\r\n0\r\n") == [OK, Information("0")]
    assert parser.feed(b"0\rone\r\n0\r")[0] == Information("0")  # words were the last result
    assert heard(b"0\rone\r\n0\r") == [Result(ResultCode.OK, "0"), Information("one"), Result(ResultCode.OK, "0")]


def test_an_echo_is_dropped_once_and_its_spelling_does_not_matter() -> None:
    assert heard(b"at +vls = 1\r\r\nOK\r\n", "AT+VLS=1") == [OK]
    assert heard(b"AT\rAT\r", "AT") == [Information("AT")]


def test_what_looks_like_a_command_but_was_not_sent_is_information() -> None:
    assert heard(b"AT+VLS=1\r", "AT+VLS=0") == [Information("AT+VLS=1")]


def test_control_characters_between_the_letters_do_not_matter() -> None:
    assert heard(b"\x00\r\nO\x00K\r\n\x11") == [OK]


# ---------------------------------------------------------------- caller ID


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("NMBR=5551234", CallerId("5551234", presentation=Presentation.SHOWN)),
        ("NMBR = +48 22 123-45-67", CallerId("+48221234567", presentation=Presentation.SHOWN)),
        ("NMBR=P", CallerId(presentation=Presentation.WITHHELD)),
        ("NMBR = PRIVATE", CallerId(presentation=Presentation.WITHHELD)),
        ("NMBR = O", CallerId(presentation=Presentation.UNAVAILABLE)),
        ("NMBR = OUT_OF_AREA", CallerId(presentation=Presentation.UNAVAILABLE)),
        ("NMBR =", CallerId(presentation=Presentation.UNAVAILABLE)),
        ("NAME = SMITH  JOHN ", CallerId(name="SMITH JOHN")),
        ("NAME=M\xdcLLER", CallerId(name="M\xdcLLER")),
        ("NAME = P", CallerId()),
        ("name=o", CallerId()),
    ],
)
def test_a_line_of_the_caller_id(line: str, told: CallerId) -> None:
    assert heard(f"\r\n{line}\r\n".encode("latin-1")) == [CallerIdPart(told)]


def test_a_number_is_told_before_the_name_is_there() -> None:
    parser = Parser()
    (number,) = parser.feed(b"\r\nNMBR = 5551234\r\n\r\nNAME = SM")
    (name,) = parser.feed(b"ITH\r\n")
    assert isinstance(number, CallerIdPart)
    assert isinstance(name, CallerIdPart)
    assert number.caller_id.merged(name.caller_id) == CallerId("5551234", "SMITH", Presentation.SHOWN)


def test_a_garbled_date_does_not_hide_the_number() -> None:
    events = heard(b"\r\nDATE = 99\xff?\r\n\r\nTIME =\r\n\r\nNMBR = 5551234\r\n\r\nMESG = 06034242431\r\n")
    assert CallerIdPart(CallerId("5551234", presentation=Presentation.SHOWN)) in events
    assert events[-1] == CallerIdPart(CallerId(), message="06034242431")


def test_hex_that_is_no_message_is_information() -> None:
    assert heard(b"\r\n0412\r\n") == [Information("0412")]
    assert heard(b"\r\n80020801\r\n") == [Information("80020801")]


def test_a_lamp_for_waiting_messages_is_no_caller() -> None:
    assert heard(b"\r\n82030B01FF70\r\n") == [Information("82030B01FF70")]


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize("command", ["AT+VRX", "AT+VTR", "at+vsm=1; +vrx", "AT+VRX=0"])
def test_samples_begin_at_connect_after_a_command_that_receives(command: str) -> None:
    assert heard(b"\r\nCONNECT\r\nOK\r", command)[1:] == [Audio(b"OK\r")]


@pytest.mark.parametrize("command", ["AT+VTX", "AT+VRX=?", "AT+VTR?", "ATDT5"])
def test_no_samples_begin_after_any_other_command(command: str) -> None:
    assert heard(b"\r\nCONNECT\r\n\r\nOK\r\n", command)[1:] == [OK]


def test_the_line_feed_after_connect_is_no_sample_but_the_next_one_is() -> None:
    assert heard(b"\r\nCONNECT\r\n\n", "AT+VRX")[1:] == [Audio(b"\n")]
    assert heard(b"1\r\n", "AT+VRX")[1:] == [Audio(b"\n")]
    assert heard(b"\r\nCONNECT\r\x10\x10\n", "AT+VRX")[1:] == [Audio(b"\x10\n")]


def test_flow_control_characters_in_the_samples_are_restored() -> None:
    assert heard(b"\r\nCONNECT\r\n\x10Q\x10S\x10\x1a", "AT+VRX")[1:] == [Audio(b"\x11\x13\x10\x10")]


def test_a_result_glued_to_the_samples_is_seen() -> None:
    events = heard(b"\r\nCONNECT\r\n\x80\x81\x10\x03\r\nOK\r\nRING\r\n", "AT+VTR")
    assert events[1:] == [Audio(b"\x80\x81"), StreamEnded(), OK, Ring()]


def test_transmitting_ends_with_or_without_a_code() -> None:
    assert heard(b"\r\nCONNECT\r\n\r\nOK\r\n", "AT+VTX")[1:] == [OK]
    assert heard(b"\r\nCONNECT\r\n\x10\x03\r\nOK\r\n", "AT+VTX")[1:] == [StreamEnded(), OK]


def test_a_modem_that_never_ends_its_samples_can_be_given_up() -> None:
    parser = Parser()
    parser.command_sent("AT+VRX")
    parser.feed(b"\r\nCONNECT\r\n\x80\x80\x10")
    parser.stream_lost()
    assert not parser.receiving
    assert parser.feed(b"\r\nOK\r\n") == [OK]


def test_a_report_that_never_ends_does_not_swallow_the_samples_for_ever() -> None:
    parser = Parser()
    parser.command_sent("AT+VRX")
    parser.feed(b"\r\nCONNECT\r\n\x10X")
    events = parser.feed(bytes([0x80]) * 3000)
    assert events == [Garbage(at.LONGEST_REPORT), Audio(bytes([0x80]) * (3000 - at.LONGEST_REPORT))]


# ---------------------------------------------------------------- keys


def keys(*codes: tuple[float, bytes]) -> list[at.Event]:
    parser = Parser()
    return [event for now, code in codes for event in parser.feed(b"\x10" + code, now)]


def test_a_held_key_is_one_press() -> None:
    held = [(1.0 + 0.07 * n, b"5") for n in range(30)]
    assert keys((1.0, b"/"), *held, (3.2, b"~")) == [Key("5"), Key("5", down=False)]


def test_the_same_key_twice_is_two_presses() -> None:
    twice = [(0.0, b"/"), (0.0, b"7"), (0.1, b"~"), (0.15, b"/"), (0.15, b"7"), (0.25, b"\x7f")]
    assert keys(*twice) == [Key("7"), Key("7", down=False)] * 2


def test_a_bare_key_repeated_at_once_is_one_press_and_later_another() -> None:
    assert keys((1.0, b"5"), (1.1, b"5"), (1.2, b"5"), (1.33, b"5")) == [Key("5"), Key("5")]
    assert keys((1.0, b"5"), (1.05, b"6")) == [Key("5"), Key("6")]


def test_a_lost_end_does_not_hide_the_next_press() -> None:
    assert keys((1.0, b"/"), (1.0, b"1"), (1.6, b"2")) == [Key("1"), Key("2")]
    assert keys((1.0, b"/"), (1.0, b"1"), (1.2, b"/"), (1.2, b"1")) == [Key("1"), Key("1")]


# ---------------------------------------------------------------- anything at all


LINES = st.sampled_from(
    [
        *(b"\r\nOK\r\n", b"\r\nRING\r\n", b"0\r", b"2\r", b"\r\nNMBR = 555\r\n", b"\r\nNAME=ANN\r\n", b"AT+VRX\r"),
        *(
            b"\r\nCONNECT\r\n",
            b"1\r",
            b"\r\nNO CARRIER\r\n",
            b"\r\n0\r\n",
            b"\r\nDRON=20\r\n",
            b"x" * 300,
            b"\r",
            b"\n",
        ),
        *(b"\x10" + bytes([code]) for code in b"\x03\x1b\x10\x1aX./~5#RblHuoQz\x00"),
        *(b"\x10\x03\r\nOK\r\n", b"\x10XNMBR=1\r\n\x10.", b"\x10", b"\r", b"\n", b"\x80" * 700),
    ]
)
STREAMS = st.lists(LINES | st.binary(max_size=20), max_size=30).map(b"".join)
COMMANDS = st.sampled_from(["AT+VRX", "AT+VTX", "AT"])


@given(STREAMS, st.lists(st.integers(0, 2000)), COMMANDS)
def test_how_the_bytes_are_cut_into_pieces_does_not_matter(data: bytes, cuts: list[int], command: str) -> None:
    pieces = [*sorted(cuts), len(data)]
    parser, events, start = Parser(), list[at.Event](), 0
    parser.command_sent(command)
    for end in pieces:
        events += parser.feed(data[start:end])
        start = max(start, end)
    assert joined(events) == joined(heard(data, command))


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_anything_can_arrive(before: bytes, samples: bytes) -> None:
    parser = Parser()
    parser.feed(before)
    parser.command_sent("AT+VRX")
    parser.feed(b"\r\nCONNECT\r\n" + samples)
    parser.stream_lost()
    parser.feed(before, 1.0)


@given(st.binary(max_size=400))
def test_samples_survive_their_shielding(samples: bytes) -> None:
    stream = b"\r\nCONNECT\r\n" + at.shield(samples) + at.END_TRANSMIT
    expected: list[at.Event] = [Audio(samples)] if samples else []
    assert heard(stream, "AT+VTR")[1:] == [*expected, StreamEnded()]


def test_a_line_without_end_is_not_kept() -> None:
    parser = Parser()
    for _ in range(1000):
        assert parser.feed(b"x" * 1000) == []
    assert parser.feed(b"\r\nOK\r\n") == [Garbage(1_000_000), OK]


def test_the_longest_line_is_kept() -> None:
    assert heard(b"x" * at.LONGEST_LINE + b"\r") == [Information("x" * at.LONGEST_LINE)]


@pytest.mark.parametrize("worst", [b"\x10", b"\r\n", b"\x10b", b"\x10X\r", b"2\r"])
def test_a_flood_takes_time_in_proportion_to_its_length(worst: bytes) -> None:
    began = time.process_time()
    heard(worst * (100_000 // len(worst)))
    assert time.process_time() - began < 2.0


def test_insisting_is_one_sample_and_the_code_for_a_modem_that_listened() -> None:
    assert heard(b"\r\nCONNECT\r\n" + at.insist(at.END_TRANSMIT), "AT+VRX")[1:] == [Audio(b"\x10"), StreamEnded()]


def test_a_sign_comes_between_the_samples_where_it_was_noticed() -> None:
    assert heard(b"\r\nCONNECT\r\n\x01\x10l\x02", "AT+VRX")[1:] == [
        *(Audio(b"\x01"), Sign(LineSign.LOOP_BREAK), Audio(b"\x02")),
    ]


@pytest.mark.parametrize("cut", range(1, 14))
def test_after_the_stop_code_a_bare_ok_ends_the_samples_wherever_it_is_cut(cut: int) -> None:
    parser = Parser()
    parser.command_sent("AT+VTR")
    parser.feed(b"\r\nCONNECT\r\n\x80\r\nOK\r\n\x80")
    parser.stop_sent()
    answer = b"\x7f\x81\r\nOK\r\n" + b"\r\nRING\r\n"
    events = joined(parser.feed(answer[:cut]) + parser.feed(answer[cut:]))
    assert isinstance(events[0], Audio)
    assert events[0].data.startswith(b"\x7f\x81"[:cut])
    assert events[1:] == [StreamEnded(), OK, Ring()]
