"""What the modem says it hears, weighed against our own ears."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.call import HangUpSign
from appliance.settings import ListeningSettings
from appliance.signals.countries import country
from hardware.farend import FarEnd
from hardware.outgoing import Outgoing


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd(country("pl"), ListeningSettings(), Outgoing(np.zeros(8000, np.int16)))


def test_one_report_of_a_tone_that_we_do_not_hear_is_not_believed(far_end: FarEnd) -> None:
    far_end.report(Heard.BUSY, False, 0.0)
    assert far_end.has_gone() is None


def test_a_tone_reported_again_and_again_is_believed_though_the_modem_keeps_it_from_us(far_end: FarEnd) -> None:
    for now in (0.0, 4.0, 8.0):
        far_end.report(Heard.BUSY, False, now)
    assert far_end.has_gone() is HangUpSign.BUSY


def test_false_reports_now_and_then_do_not_add_up(far_end: FarEnd) -> None:
    for now in (0.0, 60.0, 120.0, 180.0):
        far_end.report(Heard.BUSY, False, now)
    assert far_end.has_gone() is None
