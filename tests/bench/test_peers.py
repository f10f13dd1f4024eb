"""The programs that the bench compares us with are asked rightly: on a clean line they hear what is there."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.signals import generate
from appliance.signals.callerid import SDMF, CallerIdMessage, Format, Scheme, encode, modulate
from appliance.signals.countries import COUNTRIES, CallerIdStandard, Tone
from appliance.signals.levels import Samples
from bench.peers import Recorded, minimodem, multimon, spandsp

with_spandsp = pytest.mark.skipif(not spandsp.installed(), reason="libspandsp2 is not installed: tools/set-up --bench")
with_multimon = pytest.mark.skipif(
    not multimon.installed(), reason="multimon-ng is not installed: tools/set-up --bench"
)
with_minimodem = pytest.mark.skipif(
    not minimodem.installed(), reason="minimodem is not installed: tools/set-up --bench"
)

KEYS = "0123456789*#ABCD55"
CALL = CallerIdMessage("225550100", "Jan Kowalski", "", "11251405")
STANDARDS = {Scheme.BELL202: CallerIdStandard.BELL202, Scheme.V23: CallerIdStandard.V23}


def recorded(*parts: Samples) -> Recorded:
    return np.rint(np.concatenate((generate.silence(0.3), *parts))).astype(np.int16)


def told(message: CallerIdMessage, scheme: Scheme, form: Format = Format.MDMF) -> Recorded:
    return recorded(modulate(encode(message, form), STANDARDS[scheme]))


def toned(tone: Tone, seconds: float = 12.0) -> Recorded:
    return recorded(generate.ToneSource(tone).pull(round(seconds * 8000)))


@with_spandsp
def test_spandsp_hears_every_key_as_often_as_it_is_pressed() -> None:
    assert spandsp.keys(recorded(generate.dtmf(KEYS, 80, 80))) == KEYS


@with_multimon
def test_multimon_hears_every_key_as_often_as_it_is_pressed() -> None:
    assert multimon.keys(recorded(generate.dtmf(KEYS, 80, 80))) == KEYS


@with_spandsp
@pytest.mark.parametrize("scheme", STANDARDS)
def test_spandsp_reads_who_calls(scheme: Scheme) -> None:
    assert spandsp.callers(told(CALL, scheme), scheme) == [CALL]


@with_multimon
@pytest.mark.parametrize("scheme", STANDARDS)
def test_multimon_reads_who_calls(scheme: Scheme) -> None:
    assert multimon.callers(told(CALL, scheme), scheme) == [CALL]


@with_minimodem
@pytest.mark.parametrize("scheme", STANDARDS)
def test_minimodem_reads_who_calls(scheme: Scheme) -> None:
    assert minimodem.callers(told(CALL, scheme), scheme) == [CALL]


@with_spandsp
@with_minimodem
@pytest.mark.parametrize(
    "message", [CallerIdMessage("225550100", datetime="11251405"), CallerIdMessage("", "", "P", "11251405")]
)
def test_single_data_messages_are_read_with_their_reason(message: CallerIdMessage) -> None:
    sound = told(message, Scheme.BELL202, SDMF)
    assert spandsp.callers(sound, Scheme.BELL202) == [message]
    assert minimodem.callers(sound, Scheme.BELL202) == [message]


@with_spandsp
@pytest.mark.parametrize(
    ("pressed", "message"),
    [
        ("A225550100C", CallerIdMessage("225550100")),
        ("A225550100#", CallerIdMessage("225550100")),
        ("D225550100C", CallerIdMessage("225550100")),
        ("225550100#", CallerIdMessage("225550100")),
        ("D1#", CallerIdMessage(reason="P")),
    ],
)
def test_spandsp_reads_callers_told_by_keys(pressed: str, message: CallerIdMessage) -> None:
    assert spandsp.callers(recorded(generate.dtmf(pressed, 70, 70)), Scheme.DTMF) == [message]


@with_spandsp
@pytest.mark.parametrize("code", ["pl", "us", "de"])
def test_spandsp_names_the_tones_of_the_country(code: str) -> None:
    country = COUNTRIES[code]
    assert Heard.BUSY in spandsp.tones(toned(country.busy), country)
    assert Heard.RINGBACK in spandsp.tones(toned(country.ringback, 20.0), country)
    assert Heard.DIAL_TONE in spandsp.tones(toned(country.dial), country)


@with_spandsp
def test_spandsp_hears_a_fax_machine_call() -> None:
    assert set(spandsp.tones(toned(Tone((1100.0,), ((500, 3000),))), COUNTRIES["pl"])) == {Heard.FAX}
