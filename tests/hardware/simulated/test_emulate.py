"""Files of calls for `frontdesk emulate`, and an emulated modem answering one of them."""

from __future__ import annotations

import json
import math
import os
import threading
import tty
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.call import Presentation
from appliance.clock import ScaledClock
from appliance.faults import BadSettings
from appliance.signals.generate import tone
from hardware.simulated.emulate import load_calls, run_emulation
from hardware.simulated.exchange import Release
from hardware.simulated.profiles import PROFILES
from hardware.simulated.saved import to_int16, write_wav
from hardware.wires import read_arrived, serial_wires


def written(folder: Path, calls: Any) -> Path:
    path = folder / "calls.json"
    path.write_text(calls if isinstance(calls, str) else json.dumps(calls), encoding="utf-8")
    return path


def test_a_call_with_everything_is_understood(tmp_path: Path) -> None:
    write_wav(tmp_path / "hello.wav", to_int16(tone((500.0,), 0.5, -20)))
    path = written(
        tmp_path,
        [
            {
                "at": 2,
                "number": "225550101",
                "name": "Jan Buyer",
                "says": "hello.wav",
                "presses": [[1.5, "1"], [3, "#"]],
                "hangs_up": {"after": 12, "how": "loop"},
            }
        ],
    )
    [caller] = load_calls(path)
    assert (caller.at_s, caller.number, caller.name) == (2.0, "225550101", "Jan Buyer")
    assert caller.presses == ((1.5, "1"), (3.0, "#"))
    assert (caller.hangs_up_after_s, caller.release) == (12.0, Release.LOOP)
    [(after_s, sound)] = caller.says
    assert after_s == 1.0
    assert isinstance(sound, np.ndarray)
    assert len(sound) == 4000


def test_only_the_time_must_be_there(tmp_path: Path) -> None:
    [caller] = load_calls(written(tmp_path, [{"at": 0, "number": None}]))
    assert caller.caller_id.presentation is Presentation.NOT_SENT
    assert math.isinf(caller.hangs_up_after_s)


@pytest.mark.parametrize(("letter", "presentation"), [("P", Presentation.WITHHELD), ("O", Presentation.UNAVAILABLE)])
def test_p_and_o_stand_for_numbers_that_are_not_shown(tmp_path: Path, letter: str, presentation: Presentation) -> None:
    [caller] = load_calls(written(tmp_path, [{"at": 0, "number": letter, "name": "Jan"}]))
    assert (caller.caller_id.number, caller.caller_id.name) == ("", "")
    assert caller.caller_id.presentation is presentation


@pytest.mark.parametrize(
    ("calls", "sentence"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ({"at": 1}, "must be a list"),
        ([{"at": 1}, 7], "call 2: must be an object"),
        ([{}], "call 1, 'at': is missing"),
        ([{"at": -1}], "call 1, 'at': -1 is not a number of seconds"),
        ([{"at": True}], "call 1, 'at'"),
        ('[{"at": NaN}]', "call 1, 'at': nan is not"),
        ([{"at": "1"}], "call 1, 'at'"),
        ([{"at": 1, "numbr": "5"}], "call 1, 'numbr': is not known"),
        ([{"at": 1, "number": 5550101}], "call 1, 'number': must be a text"),
        ([{"at": 1, "number": "call me"}], "call 1, 'number': may have digits"),
        ([{"at": 1, "number": "1" * 21}], "call 1, 'number'"),
        ([{"at": 1, "name": "a\nb"}], "call 1, 'name'"),
        ([{"at": 1, "says": "missing.wav"}], "call 1, 'says': there is no file"),
        ([{"at": 1, "presses": "123"}], "call 1, 'presses': must be a list"),
        ([{"at": 1, "presses": [[1, 2]]}], "call 1, 'presses': 2 is not a key"),
        ([{"at": 1, "presses": [[1, "12"]]}], "call 1, 'presses': '12' is not a key"),
        ([{"at": 1, "presses": [[1]]}], "is not a pair"),
        ([{"at": 1, "presses": [["1", "1"]]}], "call 1, 'presses': '1' is not a number"),
        ([{"at": 1, "hangs_up": 5}], "call 1, 'hangs_up': must be an object"),
        ([{"at": 1, "hangs_up": {"how": "busy"}}], "call 1, 'hangs_up'"),
        ([{"at": 1, "hangs_up": {"after": 1, "how": "angrily"}}], "'angrily' is not a way to hang up"),
        ([{"at": 1}] * 1001, "1000 are the most"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, calls: Any, sentence: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_calls(written(tmp_path, calls))
    assert sentence in caught.value.problem


def test_a_file_that_is_missing_or_too_large_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        load_calls(tmp_path / "none.json")
    with pytest.raises(BadSettings, match="larger than 1 MB"):
        load_calls(written(tmp_path, " " * 1_000_001))


class Answerer(threading.Thread):
    """A program of somebody else: answers when it knows the number, and hangs up when the far end is gone."""

    def __init__(self, clock: ScaledClock, port: Path) -> None:
        super().__init__(name="answerer", daemon=True)
        self.clock = clock
        self.port = port
        self.waiter = clock.waiter("answerer")
        self.said = b""
        self.done = False
        self.fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.wires = serial_wires(clock, str(port))
        self.wires.to_host.ends_at(self.waiter)

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)
        self.wires.to_modem.sent(len(data))

    def until(self, sign: bytes, seconds: float = 60.0) -> None:
        ends = self.clock.now() + seconds
        while sign not in self.said and self.clock.now() < ends:
            self.waiter.wait(min(ends, self.clock.now() + 0.1))
            self.said += read_arrived(self.fd, self.wires.to_host)

    def run(self) -> None:
        try:
            self.write(b"ATE0+FCLASS=8\r")
            self.until(b"OK")
            self.write(b"AT+VCID=1\r")
            self.until(b"NMBR")
            self.write(b"AT+VLS=1\r")
            self.until(b"\x10" + b"1")  # the caller presses 1
            self.until(b"\x10b")
            self.write(b"ATH\r")
            self.until(b"never", 3)
        finally:
            self.done = True
            self.waiter.close()


def test_an_emulated_modem_is_called_answered_and_its_call_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        [{"at": 1, "number": "225550101", "presses": [[2, "1"]], "hangs_up": {"after": 5, "how": "busy"}}],
    )
    clock = ScaledClock()
    program: list[Answerer] = []
    told: list[str] = []

    def stop() -> bool:
        if not program:
            program.append(Answerer(clock, tmp_path / "modem"))
            program[0].start()
        return program[0].done or clock.now() > 300

    run_emulation(
        PROFILES["v253"], tmp_path / "modem", load_calls(path), tmp_path / "kept", "pl", clock, stop, told.append
    )
    program[0].join()
    os.close(program[0].fd)
    report = json.loads((tmp_path / "kept" / "call-01.json").read_text(encoding="utf-8"))
    assert report["number"] == "225550101"
    assert report["rings"] in (1, 2)
    assert [hook["off_hook"] for hook in report["hook"]] == [True, False]
    assert report["ended_s"] - report["answered_s"] == pytest.approx(5, abs=0.05)
    assert report["ended_how"] == "hung up"
    assert (tmp_path / "kept" / "01-caller-225550101-heard.wav").stat().st_size > 16_000 * 5
    assert any("Call 1 was answered at ring" in sentence for sentence in told)
    assert b"225550101" in program[0].said
