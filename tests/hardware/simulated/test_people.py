"""Callers and staff at their telephones, their voices, and what is kept of them."""

from __future__ import annotations

import math
import wave
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from appliance.faults import BadSettings
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import tone
from appliance.signals.levels import dbm0
from hardware.simulated import voices
from hardware.simulated.circuit import Hook
from hardware.simulated.exchange import Exchange
from hardware.simulated.legs import Segment, Where
from hardware.simulated.loop import BLOCK_S, Loop
from hardware.simulated.minipbx import MiniPbx
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.people import Caller, CallerAtPhone, Desk, Staff
from hardware.simulated.saved import Tape, to_int16, write_wav
from hardware.simulated.story import CallerStory, save_stories, silences
from hardware.simulated.voices import babble, read_sound, spoken, voice_of


class SmallOffice:
    """Callers reach Anna's telephone directly: she is the whole hunt group."""

    def __init__(self, staff: Staff) -> None:
        where = country("pl")
        self.pbx = MiniPbx(where, lambda: datetime(2026, 11, 24, 9, 30))
        loop = Loop(staff.name)
        self.port: Port = self.pbx.connect_extension(staff.extension, loop, in_hunt_group=True)
        self.desk = Desk(staff, loop)
        self.exchange = Exchange(where, [self.pbx])
        self.blocks = 0

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.blocks += 1
            at = self.blocks * BLOCK_S
            self.desk.take_turn(self.port.is_ringing, self.port.state is PortState.LEFT, at)
            self.exchange.block(at)


def whistle(hz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return tone((hz,), seconds, -15)


def test_staff_answer_after_their_time_speak_and_hang_up() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=3, talks_s=5, says=whistle(800, 2)))
    caller = CallerAtPhone(Caller("1"))
    call = office.exchange.call(caller, 0.0)
    office.wait(15)
    assert call.answered_at == pytest.approx(3, abs=0.05)
    assert dbm0(caller.heard.between(3.6, 5.2)) == pytest.approx(-19, abs=1)
    assert call.ended_at == pytest.approx(8.4, abs=0.1)
    assert caller.ended_how == "was hung up on"


def test_staff_who_are_left_alone_put_the_handset_down() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=1, talks_s=600))
    office.exchange.call(CallerAtPhone(Caller("1", hangs_up_after_s=4)), 0.0)
    office.wait(8)
    assert not office.desk._loop.off_hook


def test_staff_who_never_answer_let_it_ring() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=None))
    caller = CallerAtPhone(Caller("1", ring_patience_s=30))
    office.exchange.call(caller, 0.0)
    office.wait(35)
    assert caller.ended_how == "gave up while it rang"


def test_staff_on_the_phone_are_busy_only_for_that_time() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=1, on_the_phone=((2.0, 6.0),)))
    office.wait(4)
    caller = CallerAtPhone(Caller("1"))
    call = office.exchange.call(caller, 4.0)
    office.wait(1)
    assert not office.port.is_ringing
    office.wait(4)
    assert call.answered_at is not None


def test_a_caller_speaks_and_presses_keys_at_their_times_after_the_answer() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=1, talks_s=60))
    caller = Caller("1", says=((1.0, whistle(500, 1)),), presses=((3.0, "4"), (4.0, "#")), hangs_up_after_s=6)
    person = CallerAtPhone(caller)
    call = office.exchange.call(person, 0.0)
    office.wait(10)
    assert call.answered_at is not None
    since = call.answered_at
    assert dbm0(office.desk.heard.between(since + 1.1, since + 1.9)) == pytest.approx(-19, abs=0.5)
    keys = [event for event in DtmfReceiver().feed(office.desk.heard.sound()) if event.down]
    assert [event.key for event in keys] == ["4", "#"]
    assert office.desk.heard.began is not None
    assert [office.desk.heard.began + event.at / 8000 - since for event in keys] == pytest.approx([3, 4], abs=0.03)
    assert person.ended_how == "hung up"
    assert call.ended_at == pytest.approx(since + 6, abs=0.03)


def test_a_caller_who_was_put_through_stays_for_the_talk() -> None:
    office = SmallOffice(Staff("Anna", "11", answers_after_s=1, talks_s=600))
    person = CallerAtPhone(Caller("1", hangs_up_after_s=5, chats="Hello Anna.", chat_s=10))
    call = office.exchange.call(person, 0.0)
    office.wait(3)
    person.put_through(3.0)
    office.wait(12)
    assert call.ended_at == pytest.approx(13, abs=0.05)
    assert person.ended_how == "said goodbye to a colleague"
    assert dbm0(person.said.between(5.0, 5.5)) > -30


# ---------------------------------------------------------------- voices and tapes


def test_everybody_keeps_their_own_voice() -> None:
    assert voice_of("Anna") == voice_of("Anna")
    assert len({voice_of(name) for name in ("Anna", "Bartek", "Celina", "Dorota", "Ewa", "Filip")}) > 2


def test_without_a_speech_engine_people_babble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    speech = spoken("Nobody has installed a speech engine here.", "en+f1")
    assert 1 < len(speech) / 8000 < 5
    assert -24 < dbm0(speech) < -14
    assert np.array_equal(babble("a", "x"), babble("a", "x"))


def test_a_sound_file_of_another_rate_keeps_its_pitch_length_and_level(tmp_path: Path) -> None:
    path = tmp_path / "high.wav"
    seconds = np.arange(22050 * 2) / 22050
    stereo = np.repeat(to_int16(8000 * np.sin(2 * np.pi * 700 * seconds)), 2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(stereo.tobytes())
    sound = read_sound(path)
    assert len(sound) == 16000
    assert dbm0(sound) == pytest.approx(20 * math.log10(8000 / 32768) + 3.14, abs=0.1)
    assert np.argmax(np.abs(np.fft.rfft(sound))) == 1400


def test_a_file_that_is_no_sound_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(b"Dear Sir or Madam")
    with pytest.raises(BadSettings, match=r"letter\.wav"):
        read_sound(path)
    assert voices.is_file(str(path))


def test_a_tape_keeps_the_time_where_nobody_recorded() -> None:
    tape = Tape()
    tape.add(np.full(160, 7.0), 10.02)
    tape.add(np.full(160, 9.0), 10.12)
    assert tape.began == pytest.approx(10.0)
    assert tape.seconds == pytest.approx(0.12)
    assert set(tape.between(10.02, 10.1).tolist()) == {0}
    assert set(tape.between(10.1, 10.2).tolist()) == {9}


# ---------------------------------------------------------------- stories


def story_of(heard: list[tuple[float, float]], said: list[tuple[float, float]], *segments: Segment) -> CallerStory:
    """A story of 30 s from moment 100 on, with sound at -20 dBm0 in the spans given, counted from its begin."""

    def sound(spans: list[tuple[float, float]]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        track = np.zeros(30 * 8000)
        for first, last in spans:
            track[round(first * 8000) : round(last * 8000)] = tone((500.0,), last - first, -20)
        return to_int16(track)

    return CallerStory(
        order=3, number="225550101", name="Jan Żak", began=100.0, answered_at=100.0, ended_at=130.0,
        ended_how="hung up", talked_to=(), rings=1, segments=segments, digits="", flashes_ms=(),
        hooks=(Hook(100.0, True), Hook(130.0, False)), heard=sound(heard), said=sound(said), line=sound([]),
        ours=sound([]), line_began=100.0,
    )  # fmt: skip


OURS = Segment(Where.OFFICE, "31", 100.0, 130.0)


def test_dead_air_is_found_with_its_begin_and_end() -> None:
    story = story_of([(0, 10), (13, 30)], [], OURS)
    assert silences(story) == [pytest.approx((110.0, 113.0), abs=0.03)]


def test_a_pause_of_less_than_two_seconds_is_none() -> None:
    assert silences(story_of([(0, 10), (11.9, 30)], [], OURS)) == []


def test_hold_of_the_pbx_and_colleagues_are_not_our_dead_air() -> None:
    hold = Segment(Where.HOLD, "31", 110.0, 118.0)
    colleague = Segment(Where.COLLEAGUE, "11", 118.0, 130.0)
    assert silences(story_of([(0, 9.9)], [], Segment(Where.OFFICE, "31", 100.0, 110.0), hold, colleague)) == []


def test_it_is_no_dead_air_while_the_caller_speaks() -> None:
    assert silences(story_of([(0, 10), (15, 30)], [(11, 14)], OURS)) == []


def test_a_saved_story_can_be_played_and_read(tmp_path: Path) -> None:
    save_stories([story_of([(0, 30)], [], OURS)], tmp_path / "calls")
    assert {path.name for path in (tmp_path / "calls").iterdir()} == {
        "03-caller-jan-żak-heard.wav",
        "03-caller-jan-żak-line.wav",
        "stories.json",
    }
    with wave.open(str(tmp_path / "calls" / "03-caller-jan-żak-heard.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() == 30 * 8000
    assert '"ended_how": "hung up"' in (tmp_path / "calls" / "stories.json").read_text(encoding="utf-8")


def test_a_sound_too_loud_for_a_wav_is_clipped_not_wrapped(tmp_path: Path) -> None:
    write_wav(tmp_path / "loud.wav", to_int16(np.array([40000.0, -40000.0])))
    assert read_sound(tmp_path / "loud.wav").tolist() == [32767.0, -32768.0]
