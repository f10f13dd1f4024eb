"""Caller ID by keys: what exchanges press is read, what people press is not (facts: signals 4)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import generate
from appliance.signals.callerid import CallerIdMessage, CallerIdReceiver, Scheme
from appliance.signals.callerid.dtmfforms import FormListener, keys, parse
from appliance.signals.dtmf import KeyEvent
from appliance.signals.levels import RATE_HZ, Samples

NUMBER = "0225550123"


def told(sound: Samples) -> list[CallerIdMessage]:
    receiver = CallerIdReceiver([Scheme.DTMF])
    return [event.message for event in receiver.feed(np.concatenate((np.zeros(800), sound))) + receiver.finish()]


@pytest.mark.parametrize(
    ("pressed", "message"),
    [
        (f"A{NUMBER}C", CallerIdMessage(NUMBER)),
        (f"A{NUMBER}#", CallerIdMessage(NUMBER)),
        (f"D{NUMBER}C", CallerIdMessage(NUMBER)),
        (f"{NUMBER}#", CallerIdMessage(NUMBER)),
        (f"A{NUMBER}D60055C", CallerIdMessage(NUMBER, redirecting="60055")),
        ("AD60055B10C", CallerIdMessage(reason="P", redirecting="60055")),
        ("AB00C", CallerIdMessage(reason="O")),
        (f"A{NUMBER}D60055B00C", CallerIdMessage(NUMBER, redirecting="60055")),
        (f"A{NUMBER}B00C", CallerIdMessage(NUMBER)),
        ("AD60055C", CallerIdMessage(reason="O", redirecting="60055")),
        ("AB10C", CallerIdMessage(reason="P")),
        ("B10C", CallerIdMessage(reason="P")),
        ("B00C", CallerIdMessage(reason="O")),
        ("D60055B10C", CallerIdMessage(reason="P", redirecting="60055")),
        ("D60055B00C", CallerIdMessage(reason="O", redirecting="60055")),
        ("DB10C", CallerIdMessage(reason="P")),
        ("D1#", CallerIdMessage(reason="P")),
        ("D2#", CallerIdMessage(reason="O")),
        ("D3#", CallerIdMessage(reason="O")),
    ],
)
@pytest.mark.parametrize("ms", [50, 70, 90])
def test_every_form_is_read_at_the_pace_of_exchanges(pressed: str, message: CallerIdMessage, ms: int) -> None:
    assert told(generate.dtmf(pressed, ms, ms)) == [message]


@pytest.mark.parametrize(
    "pressed",
    [
        "",
        "A",
        "AC",
        "A#",
        "D#",
        "D4#",
        "DC",
        "A12",
        "12#",
        "ABC",
        "A1B789C",
        "A1*2C",
        "C",
        "BC",
        "B1C",
        "B123C",
        "B10#",
    ],
)
def test_what_is_no_form_says_nothing(pressed: str) -> None:
    assert parse(pressed) is None


@given(st.text("0123456789ABCD*#", max_size=30))
def test_no_keys_do_any_harm(pressed: str) -> None:
    message = parse(pressed)
    assert message is None or message.number or message.reason or message.redirecting


@given(
    st.builds(
        CallerIdMessage, number=st.text("0123456789", min_size=2, max_size=20), redirecting=st.sampled_from(["", "77"])
    )
)
def test_what_is_keyed_is_read_again(message: CallerIdMessage) -> None:
    assert parse(keys(message)) == message


def test_a_withheld_number_is_keyed_as_each_form_has_it() -> None:
    assert keys(CallerIdMessage(reason="P")) == "AB10C"
    assert keys(CallerIdMessage(reason="P"), "A", "#") == "D1#"
    assert keys(CallerIdMessage(reason="O"), "A", "#") == "D3#"
    assert keys(CallerIdMessage("123"), "", "#") == "123#"
    with pytest.raises(ValueError, match="no caller ID goes from"):
        keys(CallerIdMessage("123"), "B", "C")


def test_a_person_who_keys_a_number_and_hash_is_no_caller_id() -> None:
    rng = np.random.default_rng(3)
    for _ in range(4):
        pressed = [generate.dtmf(key, rng.uniform(80, 200), rng.uniform(100, 350)) for key in "501234#"]
        assert told(np.concatenate(pressed)) == []


def test_an_exchange_may_press_each_key_for_another_50_to_90_ms() -> None:
    rng = np.random.default_rng(5)
    for pressed in (f"{NUMBER}#", "A22630C", "B10C", "D22630C"):
        for _ in range(4):
            keyed = [generate.dtmf(key, rng.uniform(50, 90), rng.uniform(50, 90)) for key in pressed]
            assert told(np.concatenate(keyed)) == [parse(pressed)]


def test_a_few_quick_digits_and_hash_are_no_caller_id_without_start_mark() -> None:
    assert told(generate.dtmf("1234#", 60, 60)) == []


@pytest.mark.parametrize("half", ["A12", "D12", "B1", "A12D3", "A12B1"])
def test_a_message_that_begins_anew_is_read_from_there(half: str) -> None:
    assert told(generate.dtmf(half + "A678C", 60, 60)) == [CallerIdMessage("678")]


def test_a_person_who_presses_hash_before_the_exchange_keys_does_no_harm() -> None:
    person = np.concatenate((generate.dtmf("7", 200, 150), generate.dtmf("#", 200, 400)))
    assert told(np.concatenate((person, generate.dtmf("B10C", 60, 60)))) == [CallerIdMessage(reason="P")]


def test_half_a_message_is_forgotten_before_the_next() -> None:
    half = generate.dtmf("A12345", 60, 60)
    assert told(np.concatenate((half, np.zeros(RATE_HZ), generate.dtmf("67C", 60, 60)))) == []
    assert told(np.concatenate((half, np.zeros(RATE_HZ), generate.dtmf("A678C", 60, 60)))) == [CallerIdMessage("678")]


def test_a_message_of_more_than_ten_seconds_is_none() -> None:
    assert told(generate.dtmf("A" + "1" * 55 + "C", 95, 95)) == []


@given(st.lists(st.tuples(st.sampled_from("0123456789ABCD*#"), st.integers(1, 3000), st.booleans()), max_size=60))
@settings(max_examples=50)
def test_no_order_of_keys_and_releases_does_any_harm(events: list[tuple[str, int, bool]]) -> None:
    listener, now = FormListener(), 0
    for key, pause, down in events:
        now += pause
        message = listener.hear(KeyEvent(key, down, now, now))
        assert message is None or (down and key in "C#")
