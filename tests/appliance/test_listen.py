"""`frontdesk listen` names what is in recordings: for people in sentences, for programs in JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import wave
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.listen import EVERYTHING, WENT_WELL, WENT_WRONG, listen, listen_live
from appliance.main import main
from appliance.signals import generate
from appliance.signals.callerid import CallerIdMessage, encode, modulate
from appliance.signals.countries import COUNTRIES, Tone
from appliance.signals.ears import Hearing
from appliance.signals.levels import Samples
from appliance.store.settings import settings_from

PL = COUNTRIES["pl"]
CALL = CallerIdMessage("225550100", "Jan Żak", "", "11251405")


def busy(seconds: float = 4.0) -> Samples:
    return generate.ToneSource(PL.busy, -15.0).pull(round(seconds * 8000))


def called(message: CallerIdMessage) -> Samples:
    return np.concatenate((generate.silence(0.3), modulate(encode(message), PL.caller_id)))


class Listened:
    """What was told about some files, and the exit code."""

    def __init__(
        self, *files: Path | str, country: str | None = "pl", only: Collection[Hearing] = EVERYTHING, json: bool = True
    ) -> None:
        self.lines: list[str] = []
        self.complaints: list[str] = []
        known = COUNTRIES[country] if country else None
        names = [str(file) for file in files]
        self.code = listen(names, known, only, json, self.lines.append, self.complaints.append)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]


def saved(path: Path, *parts: Samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.rint(np.concatenate(parts)).astype("<i2").tobytes())
    return path


def test_every_key_is_a_line_with_the_moment_of_its_decision(tmp_path: Path) -> None:
    file = saved(tmp_path / "keys.wav", generate.silence(1.0), generate.dtmf("0*", 100, 100))
    heard = Listened(file, only=[Hearing.KEYS])
    assert heard.code == WENT_WELL
    assert [event["digit"] for event in heard.events] == ["0", "*"]
    for event, start_s in zip(heard.events, (1.0, 1.2), strict=True):
        assert event.keys() == {"file", "t", "kind", "digit"}
        assert event["file"] == str(file)
        assert start_s + 0.03 <= event["t"] <= start_s + 0.1


def test_a_caller_is_a_line_in_which_what_was_not_told_is_null(tmp_path: Path) -> None:
    known = saved(tmp_path / "known.wav", called(CALL), generate.silence(0.5))
    withheld = saved(tmp_path / "withheld.wav", called(CallerIdMessage(reason="P", datetime="11251406")))
    heard = Listened(known, withheld, only=[Hearing.CALLERS])
    parts = [{key: event[key] for key in event.keys() - {"file", "t"}} for event in heard.events]
    assert parts == [
        {"kind": "callerid", "number": "225550100", "name": "Jan Żak", "reason": None, "datetime": "11251405"},
        {"kind": "callerid", "number": None, "name": None, "reason": "P", "datetime": "11251406"},
    ]


def test_a_tone_is_told_once(tmp_path: Path) -> None:
    heard = Listened(saved(tmp_path / "busy.wav", busy(6.0)), only=[Hearing.TONES])
    assert [(event["kind"], event["tone"]) for event in heard.events] == [("tone", "busy")]


def test_everything_is_heard_together_in_the_order_in_which_it_was_decided(tmp_path: Path) -> None:
    file = saved(tmp_path / "call.wav", called(CALL), generate.dtmf("7", 100, 300), busy())
    heard = Listened(file)
    assert {event["kind"] for event in heard.events} == {"dtmf", "callerid", "tone"}
    times = [event["t"] for event in heard.events]
    assert times == sorted(times)
    assert [event["digit"] for event in heard.of("dtmf")] == ["7"]
    assert "busy" in [event["tone"] for event in heard.of("tone")]


def test_what_ends_with_the_recording_is_not_lost_and_not_told_beyond_its_end(tmp_path: Path) -> None:
    key = saved(tmp_path / "key.wav", generate.silence(0.2), generate.tone(generate.KEYS["5"], 0.045, -12.0))
    caller = saved(tmp_path / "caller.wav", called(CALL))
    heard = Listened(key, caller, only=[Hearing.KEYS, Hearing.CALLERS])
    assert [event["digit"] for event in heard.of("dtmf")] == ["5"]
    assert [event["number"] for event in heard.of("callerid")] == ["225550100"]
    for event, file in zip(heard.events, (key, caller), strict=True):
        with wave.open(str(file)) as recorded:
            assert event["t"] <= recorded.getnframes() / 8000 + 0.001


def test_without_a_country_a_busy_tone_is_still_one(tmp_path: Path) -> None:
    file = saved(tmp_path / "busy.wav", busy(6.0))
    assert [event["tone"] for event in Listened(file, country=None, only=[Hearing.TONES]).events] == ["busy"]


def test_people_who_name_no_country_are_told_whose_tones_fit(tmp_path: Path) -> None:
    sound = generate.ToneSource(COUNTRIES["us"].ringback, -15.0).pull(12 * 8000)
    file = saved(tmp_path / "ringing.wav", sound)
    [fitting] = [line for line in Listened(file, country=None, json=False).lines if "tones as in" in line]
    assert "us" in fitting and "pl" not in fitting
    assert not any("tones as in" in line for line in Listened(file, country="us", json=False).lines)


def test_a_file_that_cannot_be_read_costs_a_sentence_and_not_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00")
    text = tmp_path / "text.wav"
    text.write_text("not a sound at all")
    good = saved(tmp_path / "good.wav", generate.dtmf("42", 80, 80))
    heard = Listened(tmp_path / "missing.wav", broken, tmp_path, text, good, only=[Hearing.KEYS])
    assert heard.code == WENT_WRONG
    assert [event["digit"] for event in heard.events] == ["4", "2"]
    assert len(heard.complaints) == 4
    for complaint, words in zip(
        heard.complaints, ("no such file", "no sound in it", "folder", "not a WAV"), strict=True
    ):
        assert words in complaint
        assert not any(word in complaint.lower() for word in ("error", "invalid", "null", "errno"))


def test_a_recording_that_is_cut_off_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.wav", generate.dtmf("123456789", 80, 80))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[: 44 + 2 * 7800])
    heard = Listened(cut, only=[Hearing.KEYS])
    assert "".join(event["digit"] for event in heard.events) == "123456"
    assert heard.code == WENT_WRONG
    assert "cut off" in heard.complaints[0]


def test_people_read_headings_times_and_levels(tmp_path: Path) -> None:
    file = saved(
        tmp_path / "call.wav", called(CALL), generate.silence(0.3), generate.dtmf("7", 100, 300, -13.0), busy()
    )
    heard = Listened(file, json=False)
    text = "\n".join(heard.lines)
    assert heard.lines[0] == str(file)
    assert "225550100, Jan Żak, on 25.11. at 14:05" in text
    [key] = [line for line in heard.lines if "key 7" in line]
    assert "-10 dBm0" in key  # both tones together
    assert "busy" in text
    assert "16-bit linear, mono, 8000 Hz" in heard.lines[-1]


def test_people_are_told_that_a_recording_is_empty(tmp_path: Path) -> None:
    heard = Listened(saved(tmp_path / "empty.wav", np.zeros(0)), json=False)
    assert heard.lines == [str(tmp_path / "empty.wav"), "there is no sound in it"]
    assert heard.code == WENT_WELL


def test_blocks_of_a_line_are_heard_as_they_come() -> None:
    told: list[str] = []
    sound = np.concatenate((generate.dtmf("159", 80, 80), generate.silence(0.2)))
    blocks = iter(np.array_split(sound, 77))
    listen_live(blocks, "/dev/ttyACM0", PL, [Hearing.KEYS], True, told.append)
    assert [json.loads(line)["digit"] for line in told] == ["1", "5", "9"]


def test_the_command_tells_files_on_one_stream_and_what_is_wrong_on_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = saved(tmp_path / "good.wav", generate.dtmf("42", 80, 80), busy(6.0))
    typed = ["listen", "--country", "pl", "--only", "dtmf", "--json", str(tmp_path / "gone.wav"), str(good)]
    assert main(typed) == WENT_WRONG
    told = capsys.readouterr()
    assert [json.loads(line)["digit"] for line in told.out.splitlines()] == ["4", "2"]
    assert "gone.wav: there is no such file" in told.err


def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path) -> None:
    files = [str(saved(tmp_path / f"{number}.wav", generate.dtmf("1234567890", 60, 60))) for number in range(20)]
    program = [sys.executable, "-c", "import sys; from appliance.main import main; sys.exit(main())"]
    process = subprocess.Popen(
        [*program, "listen", "--json", *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        assert json.loads(process.stdout.readline())["digit"] == "1"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.wait() == WENT_WELL


def test_a_reader_that_goes_away_is_not_taken_for_a_broken_recording(tmp_path: Path) -> None:
    def gone(line: str) -> None:
        raise BrokenPipeError

    complaints: list[str] = []
    file = saved(tmp_path / "keys.wav", generate.dtmf("12", 80, 80))
    with pytest.raises(BrokenPipeError):
        listen([str(file)], PL, EVERYTHING, True, gone, complaints.append)
    assert complaints == []


def test_a_tone_of_the_pbx_is_learned_as_a_line_for_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beeps = generate.ToneSource(Tone((600.0,), ((100, 900),)), -18.0).pull(12 * 8000)
    assert main(["listen", "--learn", "disconnect", str(saved(tmp_path / "gone.wav", beeps))]) == WENT_WELL
    line = capsys.readouterr().out.splitlines()[0]
    (tone,) = tomllib.loads(line)["tones"]
    assert re.fullmatch(r"disconnect (599|600|601)(\.\d)? Hz \d+/\d+", tone)
    assert settings_from({"company": "A", "pbx": {"tones": [tone]}}).pbx.tones == (tone,)


def test_what_cannot_be_learned_is_told_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", "--learn", "busy", str(saved(tmp_path / "quiet.wav", generate.silence(3.0)))]) != WENT_WELL
    assert "No steady tone" in capsys.readouterr().err
    assert main(["listen", "--learn", "busy", str(tmp_path / "missing.wav")]) != WENT_WELL
    assert "there is no such file" in capsys.readouterr().err
