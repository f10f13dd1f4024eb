"""What users of voice modems have reported, one test for each: Q1 to Q22, as the facts number them (section 9).

Software can do nothing about two of them: Q17 (a unit that works only sometimes: it is to be replaced; what it does
meanwhile is in `tests/hardware/test_every_fault.py`) and Q22 (answering late in a virtual machine: the box is a
Raspberry Pi). Most need no call: the driver stands against an emulated modem on a line that a test holds in its hand.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from appliance.call import HangUpSign, Outcome, Presentation
from appliance.clock import ScaledClock
from appliance.settings import GroupSettings, LineSettings, MenuSettings, PersonSettings
from appliance.signals.codec import from_unsigned8
from appliance.signals.countries import country
from appliance.signals.generate import dtmf, tone
from appliance.signals.levels import RATE_HZ, dbm0
from hardware.find import FoundPort, PortFinder
from hardware.instrument import KeyPressed, LoopBroken, RingBurst, Signal, Sound
from hardware.keys import Keys
from hardware.modem import at
from hardware.modem.dialects import DIALECTS
from hardware.modem.modem import Modem, ModemSite
from hardware.outgoing import Outgoing
from hardware.simulated.exchange import Release
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.loop import BLOCK, BLOCK_S, Loop, Samples
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller
from hardware.simulated.profiles import PROFILES, Profile

Rehearse = Callable[..., Any]

JAN = Caller("225550101", "Jan", at_s=4.0, presses=((6.0, "1"),), chat_s=4.0)
VOICE = sorted(PROFILES.keys() - {"no-voice"})
EVERY = pytest.mark.parametrize("kind", VOICE)
RAMP = from_unsigned8(bytes(range(256)))
"""Every byte that can be a sample, DLE (0x10) among them."""
EMPTY_OFFICE: dict[str, Any] = {"staff": (), "people": ()}


class Desk:
    """An emulated modem on a line of its own, and the driver at its port. `far` is what the far end says next."""

    def __init__(
        self,
        profile: str | Profile,
        *,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        music: Samples = RAMP,
        reversal_hangs_up: bool = True,
        **line: Any,
    ) -> None:
        self.clock = ScaledClock(math.inf)
        self.loop = Loop("line")
        self.far: deque[Samples] = deque()
        self.line_heard: list[Samples] = []
        kind = PROFILES[profile] if isinstance(profile, str) else profile
        self.emulated = FakeModem(kind, self.loop, self.clock, country=country("pl"), faults=faults)
        self.record = self.emulated.record
        self.record.on_transmit = lambda _, block: self.line_heard.append(block)
        self.outgoing = Outgoing(np.asarray(music, np.int16))
        self._todo: deque[Callable[[float], None]] = deque()
        self._stopping = False
        self._seat, self._wall = self.clock.waiter("test"), self.clock.waiter("wall")
        self.emulated.wake_with(self._wall)
        self._thread = threading.Thread(target=self._run, name="wall")
        self._thread.start()
        settings = LineSettings("Line 1", self.emulated.path, **line)
        port = FoundPort(self.emulated.path, kind.usb_id)
        site = ModemSite(PortFinder(lambda: (port,)))
        self.modem = Modem(
            settings, country("pl"), self.clock, self._seat, self.outgoing,
            site, reversal_hangs_up=reversal_hangs_up,
        )  # fmt: skip

    def _run(self) -> None:
        blocks = 1
        try:
            while not self._stopping:
                self._wall.wait(min(self.emulated.next_due(), blocks * BLOCK_S))
                self.emulated.attend(self.clock.now())
                while blocks * BLOCK_S <= self.clock.now():
                    self._block(blocks * BLOCK_S)
                    blocks += 1
        finally:
            self._wall.close()

    def _block(self, moment: float) -> None:
        while self._todo:
            self._todo.popleft()(moment)
        self.emulated.hear(self.far.popleft() if self.far else np.zeros(BLOCK), moment)
        self.emulated.speak(moment)

    def do(self, action: Callable[[float], None]) -> None:
        """Have something done to the line at the next block."""
        self._todo.append(action)

    def say(self, sound: Samples) -> None:
        """Let the far end say this, beginning with the next block."""
        whole = np.asarray(sound[: len(sound) - len(sound) % BLOCK], np.float64)
        self.far.extend(whole.reshape(-1, BLOCK))

    def pass_by(self, seconds: float) -> list[Signal]:
        """Let time pass; what happened."""
        signals, until = [], self.clock.now() + seconds
        while self.clock.now() < until:
            signals += self.modem.wait(min(until, self.clock.now() + 0.02))
        return signals

    def call(self) -> None:
        """Answer, and be in a stream for speaking."""
        self.modem.off_hook()
        self.modem.settle(self.clock.now() + 0.3)
        self.modem.talk()

    @property
    def commands(self) -> list[str]:
        """What the driver has said so far, command by command."""
        return [body for _, line in self.record.commands for body in line.split(";")]

    def close(self) -> None:
        self.modem.close()
        self._stopping = True
        self._wall.ring()
        self._seat.close()
        self._thread.join()
        self.emulated.close()


MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk() -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make(profile: str | Profile, **how: Any) -> Desk:
        made.append(Desk(profile, **how))
        made[-1].modem.open()
        return made[-1]

    yield make
    for each in made:
        each.close()


# ---------------------------------------------------------------- what it is


def test_a_us_robotics_with_old_firmware_serves_and_the_board_asks_for_an_update(rehearse: Rehearse) -> None:
    """Q1; what happens where nothing takes the line is in `tests/hardware/test_every_modem.py`."""
    seen = rehearse(JAN, profile="usr5637-old")
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert "the firmware of this US Robotics modem is too old" in seen.faults_seen


def test_a_voice_modem_that_has_lost_its_voice_is_told_and_tells_who_rings(desk: MakeDesk) -> None:
    """Q1b: every name says that it can, `+FCLASS=8` says ERROR."""
    modem = desk("usr5637", faults=Faults(error_to="+FCLASS=8")).modem
    assert not modem.answers
    assert modem.complaint is not None
    assert "no voice mode" in modem.complaint.problem


def test_a_us_robotics_that_tells_no_caller_answers_the_second_ring(rehearse: Rehearse) -> None:
    """Q2."""
    seen = rehearse(JAN, profile="usr5637", faults=Faults(no_caller_id=True))
    assert (seen.record.outcome, seen.record.rings) == (Outcome.TRANSFERRED, 2)
    assert seen.record.caller_id.presentation is Presentation.NOT_SENT


# ---------------------------------------------------------------- streams


def test_a_modem_that_overlooks_a_single_dle_is_told_once_more_and_from_then_on_at_once(desk: MakeDesk) -> None:
    """Q3: a Zoom 3095 that nobody knows to be one."""
    on = desk(PROFILES["zoom3095"].but(usb_id=""), dialect="cx93001")
    on.call()
    took = []
    for _ in range(2):
        on.pass_by(0.5)
        began = on.clock.now()
        on.modem.flash(100)
        took.append(on.clock.now() - began)
        on.modem.talk()
    assert took[0] < 2.0
    assert took[1] < 0.5


def test_three_dle_do_no_harm_to_a_modem_that_needs_only_one(desk: MakeDesk) -> None:
    """Q3: to it they are one sample and the code."""
    on = desk("cx93001", dialect="zoom3095")
    on.call()
    on.pass_by(0.5)
    began = on.clock.now()
    on.modem.flash(100)
    assert on.clock.now() - began < 0.5
    assert [length for _, length in on.record.flashes_ms] == [100.0]


@EVERY
def test_sound_comes_through_byte_for_byte(kind: str, desk: MakeDesk) -> None:
    """Q4: also where a sample has the value of DLE, which would else begin a code and garble all that follows."""
    on = desk(kind)
    on.outgoing.hold(True)
    on.call()
    on.pass_by(2.0)
    heard = np.concatenate(on.line_heard)[-RATE_HZ:].astype(np.int64)
    start = next(place for place in range(len(RAMP)) if np.array_equal(heard[place : place + 256], RAMP))
    rest = heard[start:]
    assert np.array_equal(rest, np.resize(RAMP, len(rest)))
    assert list(on.record.underruns) == []


@pytest.mark.parametrize(
    "what", [b"\x10\x10", b"\x10\x1a", b"\x105", b"\x10b", b"\x10/\x105\x10~", b"\x10\x03\r\nOK\r\n"]
)
def test_a_code_is_understood_wherever_it_is_cut(what: bytes) -> None:
    """Q18: the same events, however the bytes come in."""

    def told(*pieces: bytes) -> list[at.Event]:
        parser = at.Parser()
        parser.command_sent("AT+VRX")
        events = [event for piece in (b"\r\nCONNECT\r\n", *pieces) for event in parser.feed(piece, 0.0)]
        samples = b"".join(event.data for event in events if isinstance(event, at.Audio))
        return [at.Audio(samples), *(event for event in events if not isinstance(event, at.Audio))]

    stream = b"\x80\x81" + what + b"\x82"
    whole = told(stream)
    for first in range(len(stream) + 1):
        for second in range(first, len(stream) + 1):
            assert told(stream[:first], stream[first:second], stream[second:]) == whole


@pytest.mark.parametrize("kind", ["cx93001", "usr5637"])
def test_a_caller_who_leaves_in_the_middle_of_the_menu_does_not_cost_the_next_one_the_call(
    kind: str, rehearse: Rehearse
) -> None:
    """Q14: the stream is left, the line released, and the next call answered as ever."""
    early = replace(JAN, presses=(), hangs_up_after_s=3.0)
    second = replace(JAN, number="501600700", name="Ola", at_s=20.0)
    seen = rehearse(early, second, profile=kind)
    assert [record.outcome for record in seen.records] == [Outcome.ABANDONED, Outcome.TRANSFERRED]
    assert seen.records[1].rings <= 2


# ---------------------------------------------------------------- caller ID


def test_without_the_owners_word_no_modem_memory_is_poked_and_the_caller_is_unknown(rehearse: Rehearse) -> None:
    """Q5: an RD02-D400 whose caller ID its makers have switched off."""
    seen = rehearse(JAN, profile="cx-rd02", setups={})
    assert (seen.record.outcome, seen.record.rings) == (Outcome.TRANSFERRED, 2)
    assert not seen.record.caller_id.told
    assert not any(line.startswith("!") for _, line in seen.world.modems[0].record.commands)


def test_with_the_owners_word_it_is_poked_after_every_reset(desk: MakeDesk) -> None:
    """Q5."""
    on = desk("cx-rd02", modem_setup=("AT!4886=00",), faults=Faults(forgets_at=20.0))
    on.pass_by(40.0)
    resets = [place for place, body in enumerate(on.commands) if body == "Z"]
    pokes = [place for place, body in enumerate(on.commands) if body == "!4886=00"]
    assert len(resets) == len(pokes) >= 2
    assert all(reset < poke for reset, poke in zip(resets, pokes, strict=True))
    assert all("+VCID=1" in on.commands[poke:] for poke in pokes)


def test_a_modem_that_forgets_caller_id_while_nobody_calls_is_noticed_within_ten_seconds(desk: MakeDesk) -> None:
    """Q6."""
    on = desk("cx93001", faults=Faults(forgets_at=23.0))
    on.pass_by(23.0 - on.clock.now() + 0.5)
    begun = len(on.record.commands)
    on.pass_by(11.5)
    again = [(moment, line) for moment, line in list(on.record.commands)[begun:] if line == "+VCID=1"]
    assert again
    assert again[0][0] - 23.0 < 12.0


def test_a_modem_that_forgets_caller_id_with_every_hang_up_tells_the_second_caller_too(rehearse: Rehearse) -> None:
    """Q6."""
    second = replace(JAN, number="501600700", name="Ola", at_s=60.0)
    seen = rehearse(JAN, second, faults=Faults(forgets_vcid=True))
    assert [record.caller_id.number for record in seen.records] == ["225550101", "501600700"]


@EVERY
def test_an_idle_modem_is_not_left_in_voice_mode_where_a_ring_is_no_word(kind: str, desk: MakeDesk) -> None:
    """Q7; and `DLE R` is understood should it come all the same."""
    on = desk(kind)
    assert [body for body in on.commands if body.startswith("+FCLASS=") and body[-1] in "08"][-1] == "+FCLASS=0"
    on.call()
    on.modem.on_hook()
    assert [body for body in on.commands if body.startswith("+FCLASS=") and body[-1] in "08"][-1] == "+FCLASS=0"
    on.do(lambda moment: on.loop.ring(True, moment))
    assert RingBurst() in on.pass_by(0.5)
    assert at.Parser().feed(b"\x10R", 0.0) == [at.Ring()]


# ---------------------------------------------------------------- levels


@EVERY
def test_no_modem_is_sent_a_gain_and_the_level_is_ours_at_both_ends(kind: str, desk: MakeDesk) -> None:
    """Q8, Q9: `+VGT` and `+VGR` mean something else to each chip, so both ways are made louder in software."""
    levels = []
    steady = tone((400.0,), 3.0, -20.0)
    for louder_db in (0.0, 6.0):
        on = desk(kind, music=steady[: 2 * RATE_HZ], speak_db=louder_db, listen_db=louder_db)
        on.outgoing.hold(True)
        on.call()
        on.pass_by(1.5)
        spoken = dbm0(np.concatenate(on.line_heard)[-RATE_HZ // 2 :])
        on.outgoing.mute()
        on.modem.listen()
        on.pass_by(0.7)
        on.say(steady)
        sounds = [signal.samples for signal in on.pass_by(1.5) if isinstance(signal, Sound)]
        levels.append((spoken, dbm0(np.concatenate(sounds)[-RATE_HZ // 2 :])))
        assert not [body for body in on.commands if body.startswith(("+VGT", "+VGR"))]
    assert levels[1][0] - levels[0][0] == pytest.approx(6.0, abs=0.5)
    assert levels[1][1] - levels[0][1] == pytest.approx(6.0, abs=0.5)


def test_no_dialect_knows_a_word_for_gain() -> None:
    """Q8, Q9."""
    for kind in DIALECTS.values():
        said = (*kind.setup, *kind.wishes, *kind.voice_wishes, *kind.off_hook, *kind.on_hook, kind.hang_up_signs)
        assert not [command for command in said if "+VG" in command]


# ---------------------------------------------------------------- signs that lie, and signs that are missing


def test_the_handset_that_a_us_robotics_sees_in_itself_changes_nothing(rehearse: Rehearse) -> None:
    """Q10."""
    seen = rehearse(JAN, profile="usr5637", faults=Faults(spurious=((7.0, "H"), (7.4, "H"), (12.0, "H"))))
    assert [code for _, code in seen.world.modems[0].record.events if code == "H"]
    assert seen.record.outcome is Outcome.TRANSFERRED


MATTER = (14.0, "Please call me back about the two parcels that came on Tuesday.")
MESSAGE = replace(JAN, presses=((2.0, "1"), (8.0, "3")), says=(MATTER,), hangs_up_after_s=17.0)
"""Waits, chooses to leave a message, and is gone in the middle of it."""


@pytest.mark.parametrize("kind", ["usr5637", "mt9234mu", "agere-v253"])
def test_where_the_modem_tells_nothing_the_busy_tone_is_heard_by_ourselves(kind: str, rehearse: Rehearse) -> None:
    """Q11: while a message is recorded."""
    faults = Faults(no_busy_report=True, no_loop_report=True)
    seen = rehearse(replace(MESSAGE, release=Release.BUSY), profile=kind, faults=faults, **EMPTY_OFFICE)
    assert seen.record.hung_up is HangUpSign.BUSY
    assert seen.story.line_free_at - seen.story.ended_at < 3.5


@pytest.mark.parametrize("code", ["d", "i"])
def test_a_dial_tone_that_is_not_there_does_not_end_the_call(code: str, rehearse: Rehearse) -> None:
    """Q12: reported while we speak and while we record."""
    spurious = tuple((moment, code) for moment in (8.0, 10.5, 20.5))
    caller = replace(MESSAGE, says=((14.0, tone((500.0,), 6.0, -15.0)),), hangs_up_after_s=22.0)
    seen = rehearse(caller, profile="usr5637", faults=Faults(spurious=spurious), **EMPTY_OFFICE)
    assert [told for _, told in seen.world.modems[0].record.events if told == code] == [code] * len(spurious)
    assert seen.record.outcome is Outcome.MESSAGE
    assert seen.story.ended_how == "hung up"


@EVERY
def test_a_recording_does_not_run_to_its_limit_when_the_caller_has_gone_without_a_sign(
    kind: str, rehearse: Rehearse
) -> None:
    """Q13: silence ends it; the message is kept, and nobody says what to do with it."""
    seen = rehearse(replace(MESSAGE, release=Release.SILENCE), profile=kind, keep_audio=False, **EMPTY_OFFICE)
    assert seen.record.outcome is Outcome.MESSAGE
    assert seen.story.line_free_at - seen.story.ended_at < 36.0


@pytest.mark.parametrize("kind", ["cx93001", "zoom3095", "cx-rd02"])
def test_a_conexants_own_silence_detector_is_switched_off(kind: str, desk: MakeDesk) -> None:
    """Q15."""
    on = desk(kind)
    on.call()
    assert "+VSD=0,0" in on.commands
    on.modem.listen()
    on.pass_by(8.0)
    assert not {"s", "q"} & {code for _, code in on.record.events}


@pytest.mark.parametrize("reversal_hangs_up", [True, False])
def test_a_reversal_of_polarity_is_a_hang_up_only_where_the_pbx_means_it_so(
    reversal_hangs_up: bool, desk: MakeDesk
) -> None:
    """Q21."""
    on = desk("cx93001", reversal_hangs_up=reversal_hangs_up)
    assert ("-STE=7" if reversal_hangs_up else "-STE=3") in on.commands
    on.call()
    on.do(lambda moment: on.loop.feed(-48.0, moment))
    assert (LoopBroken() in on.pass_by(1.0)) is reversal_hangs_up


# ---------------------------------------------------------------- talk-off

TWO_GROUPS: dict[str, Any] = {
    "people": (PersonSettings("Anna", "11"), PersonSettings("Bartek", "12")),
    "groups": (GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    "menu": MenuSettings((("1", "sales"), ("2", "service")), "service"),
}


def test_a_voice_taken_for_a_key_neither_stops_the_prompt_nor_chooses(rehearse: Rehearse) -> None:
    """Q16: where we hear the line while we speak; the key that was really pressed counts."""
    seen = rehearse(JAN, faults=Faults(talk_off="2"), **TWO_GROUPS)
    told = [code for _, code in seen.world.modems[0].record.events if code in "12"]
    assert "2" in told
    assert "1" in told
    assert [wait.group for wait in seen.record.waits] == ["sales"]
    assert seen.story.talked_to == ("Anna",)


@pytest.mark.parametrize("kind", ["cx93001", "usr5637"])
def test_a_modem_that_takes_voices_for_keys_again_and_again_serves_the_caller_all_the_same(
    kind: str, rehearse: Rehearse
) -> None:
    """Q16: nobody can tell on one that is deaf while it speaks; the caller is understood, or asked again."""
    seen = rehearse(JAN, profile=kind, faults=Faults(talk_off="9", talk_offs=3))
    assert seen.record.outcome is Outcome.TRANSFERRED


def keys(*sounds: Samples) -> Keys:
    heard = Keys()
    for sound in sounds:
        heard.hear(np.asarray(sound, np.int16))
    return heard


SPEECH = tone((300.0, 700.0), 0.3, -15.0)


def test_a_key_that_is_reported_before_its_sound_comes_is_believed_when_it_comes() -> None:
    """Q16: the order of report and sound is the modem's."""
    told = keys(SPEECH)
    told.press("5", 1.0, speaking=True, hearing=True)
    assert len(told) == 0
    told.hear(np.asarray(0.25 * dtmf("5", 60, 0), np.int16))
    assert told.take() == "5"
    told.press("7", 30.0, speaking=True, hearing=True)
    for _ in range(5):
        told.hear(np.asarray(SPEECH[:800], np.int16))
    assert len(told) == 0


def test_a_key_that_is_in_the_sound_is_believed_while_we_speak() -> None:
    """Q16: also beneath the echo of our own voice, which is 6 dB louder."""
    pressed = 0.25 * dtmf("5", 100, 0)
    echo = 2.0 * np.max(np.abs(pressed)) / np.max(np.abs(SPEECH)) * SPEECH[: len(pressed)]
    for sound in (pressed, pressed + echo):
        heard = keys(sound)
        heard.press("5", 1.0, speaking=True, hearing=True)
        assert heard.take() == "5"


def test_a_key_that_is_not_in_the_sound_is_doubted_once() -> None:
    """Q16: some modems keep the tones of keys out of the sound, so a second report is believed."""
    heard = keys(SPEECH)
    heard.press("5", 1.0, speaking=True, hearing=True)
    assert len(heard) == 0
    heard.press("3", 4.0, speaking=True, hearing=True)
    assert heard.take() == "3"


def test_a_key_is_believed_while_we_are_silent_or_deaf() -> None:
    """Q16: then there is no voice of ours to be mistaken for it, or no second witness."""
    for speaking, hearing in ((False, True), (True, False)):
        heard = keys(SPEECH)
        heard.press("5", 1.0, speaking=speaking, hearing=hearing)
        assert heard.take() == "5"


def test_what_was_learnt_of_keys_does_not_outlive_the_call() -> None:
    """Q16."""
    heard = keys(SPEECH)
    heard.press("5", 1.0, speaking=False, hearing=True)
    heard.start_over()
    heard.hear(np.asarray(SPEECH, np.int16))
    heard.press("5", 2.0, speaking=True, hearing=True)
    assert len(heard) == 0


# ---------------------------------------------------------------- refusals, and other ports


def strict(kind: str) -> Profile:
    """A modem that knows no more than it must: every wish is refused."""
    profile = PROFILES[kind]
    must = {"+FCLASS", "+VSM", "+VLS", "+VTX", "+VRX", "+VTR", "+VTS", "+VCID"}
    refused = (profile.parameters.keys() | profile.actions) - must
    basic = {name: most for name, most in profile.basic.items() if name in {*"EVQXLM", "&D"}}
    return replace(profile, unknown=profile.unknown | refused, basic=basic)


@EVERY
def test_a_modem_that_refuses_every_wish_takes_calls_all_the_same(kind: str, desk: MakeDesk) -> None:
    """Q19: flow control, country, line signs, silence detector, time limits, `&D2` and all."""
    on = desk(strict(kind))
    assert on.modem.answers
    on.outgoing.hold(True)
    on.call()
    on.pass_by(1.0)
    assert on.loop.off_hook
    assert dbm0(np.concatenate(on.line_heard)[-RATE_HZ // 2 :]) > -20.0
    on.say(dtmf("7", 120, 200))
    assert KeyPressed("7") in on.pass_by(0.6)
    on.modem.on_hook()
    assert not on.loop.off_hook


def test_two_modems_that_swap_their_names_keep_their_lines() -> None:
    """Q20: after a brown-out `ttyACM0` is the one that was `ttyACM1`; each line finds its own by its socket."""
    first, second = FoundPort("/dev/ttyACM0", "0572:1340", "1-1.1"), FoundPort("/dev/ttyACM1", "0572:1340", "1-1.2")
    ports = [first, second]
    finder = PortFinder(lambda: tuple(ports))
    names = {"Line 1": "usb:1-1.1", "Line 2": "usb:1-1.2"}
    assert [finder.locate(line, name).path for line, name in names.items()] == ["/dev/ttyACM0", "/dev/ttyACM1"]
    ports[:] = [replace(first, path="/dev/ttyACM1"), replace(second, path="/dev/ttyACM0")]
    assert [finder.locate(line, name).path for line, name in names.items()] == ["/dev/ttyACM1", "/dev/ttyACM0"]


def test_modems_that_come_back_under_other_names_serve_the_callers_of_their_own_lines(rehearse: Rehearse) -> None:
    """Q20: both lose power in the middle of the day."""
    callers = [replace(JAN, number=number, at_s=at_s) for number, at_s in (("225550101", 30.0), ("225550102", 30.1))]
    faults = Faults(unplug_at=12.0, back_after_s=3.0, another_name=True)
    seen = rehearse(*callers, lines=2, faults=faults, colleagues=2)
    assert [(call.line, call.record.caller_id.number) for call in seen.rounds()] == [
        ("Line 1", "225550101"),
        ("Line 2", "225550102"),
    ]
    assert {call.record.outcome for call in seen.rounds()} == {Outcome.TRANSFERRED}
