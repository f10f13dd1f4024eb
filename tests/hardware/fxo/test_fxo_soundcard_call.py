"""A whole call over a HAT whose sound goes through PortAudio and ALSA, in and out, as on a Pi."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.call import Outcome, TransferResult
from bench.pipedcard import CardBehindPipes, PipedCard, missing
from hardware.fxo import soundlink
from hardware.simulated import fakehat
from hardware.simulated.people import Caller, Staff

BARTEK = Staff("Bartek", "12", answers_after_s=3.0, talks_s=20.0, says="Hello, this is Bartek.")
JAN = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "2"),), chat_s=5.0)


def test_a_caller_is_known_answered_understood_and_put_through_over_real_alsa(
    rehearse: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing():
        pytest.skip(f"this machine lacks PortAudio: sudo apt-get install {missing()}")
    (tmp_path / "pipes").mkdir()
    pipes = PipedCard(tmp_path / "pipes")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(pipes.configuration))
    monkeypatch.setattr(soundlink, "GONE_S", 60.0)  # the card stands still whenever the line's time does
    monkeypatch.setattr(CardBehindPipes, "pipes", pipes, raising=False)
    monkeypatch.setattr(CardBehindPipes, "tallies", [], raising=False)
    monkeypatch.setattr(fakehat, "FakeCard", CardBehindPipes)
    seen = rehearse(JAN, profile="fxo:ch1817-usb", staff=[BARTEK])
    pipes.close()
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.record.caller_id.number == JAN.number
    [taken] = seen.record.transfers  # he pressed 2: without that key he would be Anna's
    assert (taken.person, taken.result) == ("Bartek", TransferResult.TAKEN)
    assert seen.faults_seen == []
    assert [(tally.underruns, tally.overruns) for tally in CardBehindPipes.tallies] == [(0, 0)]
