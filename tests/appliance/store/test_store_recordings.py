"""Recordings can be opened at every moment and hold what was said so far."""

from __future__ import annotations

import os
import resource
import wave
from pathlib import Path

import numpy as np
import pytest

from appliance.store.recordings import HEADER_BYTES, RecordingFile, read_recording, recording_path

SPEECH = np.arange(-400, 400, dtype=np.int16)


def test_any_player_can_open_it_after_every_block(tmp_path: Path) -> None:
    recording = RecordingFile(tmp_path / "call-1.wav")
    for blocks in range(4):
        with wave.open(str(recording.path)) as player:
            assert (player.getframerate(), player.getnchannels(), player.getsampwidth()) == (8000, 1, 2)
            assert player.getnframes() == blocks * len(SPEECH)
            assert player.readframes(10_000) == SPEECH.tobytes() * blocks
        assert recording.path.stat().st_size == HEADER_BYTES + blocks * SPEECH.nbytes
        recording.append(SPEECH.tobytes())
    assert recording.seconds == 0.4
    recording.close()
    assert (read_recording(recording.path) == np.tile(SPEECH, 4)).all()


def test_a_file_cut_at_any_byte_gives_what_is_there(tmp_path: Path) -> None:
    recording = RecordingFile(tmp_path / "call-1.wav")
    recording.append(SPEECH[:20].tobytes())
    recording.close()
    whole = recording.path.read_bytes()
    for size in range(len(whole) + 1):
        recording.path.write_bytes(whole[:size])
        found = read_recording(recording.path)
        assert (found == SPEECH[: len(found)]).all()
        assert len(found) == max(0, size - HEADER_BYTES) // 2


def test_a_full_disk_spoils_nothing_and_the_block_can_be_written_again(tmp_path: Path) -> None:
    recording = RecordingFile(tmp_path / "call-1.wav")
    recording.append(SPEECH.tobytes())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HEADER_BYTES + SPEECH.nbytes + 100, before[1]))
    try:
        with pytest.raises(OSError):
            recording.append(SPEECH.tobytes())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (read_recording(recording.path) == SPEECH).all()
    recording.append(SPEECH.tobytes())
    recording.close()
    assert (read_recording(recording.path) == np.tile(SPEECH, 2)).all()


def test_no_recording_grows_without_end(tmp_path: Path) -> None:
    recording = RecordingFile(tmp_path / "call-1.wav", longest_s=0.15)
    for _ in range(5):
        recording.append(SPEECH.tobytes())
    recording.close()
    assert len(read_recording(recording.path)) == 1200


def test_an_older_recording_of_the_same_name_is_kept(tmp_path: Path) -> None:
    for value in (1, 2):
        recording = RecordingFile(tmp_path / "recordings" / "call-1.wav")
        recording.append(np.full(5, value, np.int16).tobytes())
        recording.close()
    assert read_recording(recording.path).tolist() == [2] * 5
    assert read_recording(tmp_path / "recordings" / "call-1.wav.kept-1").tolist() == [1] * 5
    assert len(os.listdir(tmp_path / "recordings")) == 2


@pytest.mark.parametrize("name", ["call-1.wav", "recordings/2026-11-24_call-1.wav"])
def test_a_recording_lies_below_the_home_folder(tmp_path: Path, name: str) -> None:
    assert recording_path(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".wav",
        "/etc/x.wav",
        "../x.wav",
        "a/../../x.wav",
        "a/b/x.wav",
        ".hidden/x.wav",
        "a\\x.wav",
        "x.wav\n",
        "x\0.wav",
        "settings.json",
        "x.wav.json",
        "-x.wav",
        "a" * 300 + ".wav",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a recording"):
        recording_path(tmp_path, name)
