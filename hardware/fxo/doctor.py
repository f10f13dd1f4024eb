"""Tests an FXO HAT, and tells what to do: `frontdesk doctor fxo:NAME`.

On-hook it reads the pins and listens to the noise of the line. If nobody is calling and nobody is talking it then takes
the line for some seconds, which is what a modem's doctor never does, but the only way to see whether the hook closes:
current must flow, dial tone must be heard, and a tone of ours must come back. Nothing is dialled. Ringing can only be
seen when somebody calls: the report says how to try that.

Levels are dBm0, lengths milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance.acts import Heard
from appliance.clock import Clock, Waiter
from appliance.faults import BadSettings, LineFault
from appliance.settings import LineSettings
from appliance.signals import countries, generate
from appliance.signals.countries import Country
from appliance.signals.levels import FLOOR_DBM0, Block, dbm0
from appliance.signals.progress import ProgressReceiver
from hardware.fxo.board import INPUTS, Board, Wire, load_board
from hardware.fxo.card import LATENCY_LIMIT_S, SoundCard
from hardware.fxo.hat import CABLE
from hardware.fxo.hookcontrol import HookControl
from hardware.fxo.linestate import LineState, RingBegan, Sign
from hardware.fxo.pins import Pins
from hardware.fxo.site import HatSite
from hardware.instrument import Samples
from hardware.modem.report import Advice, Report, State
from hardware.modem.rig import tone_level_dbm0

LOOKS_S, LISTENS_S, PLAYS_S = 1.5, 3.0, 0.6
FLASH_MS = 100
TONE_HZ, TONE_DBM0 = 1004.0, -16.0
PIECE = 800
"""Samples in which our tone is looked for: a tenth of a second."""
LOUDEST_NOISE_DBM0 = -45.0
SOFTEST_TONE_DBM0, LOUDEST_TONE_DBM0 = -30.0, -3.0
"""Dial tone leaves an exchange with some -10 dBm0; a line takes up to ten decibels."""
LOUDEST_ECHO_DB, SOFTEST_ECHO_DB = -3.0, -45.0
"""What comes back of our own tone, compared with what we said: more, and keys are not told from prompts; less, and
nothing of it has reached the line."""
FLASH_LIMIT_MS = 5.0
MODULES = Path("/sys/module")
"""Where Linux tells the settings of its drivers; those of the pins are `pinctrl_rp1` (Raspberry Pi 5) and
`pinctrl_bcm2835`."""


@dataclass(frozen=True, slots=True)
class PinSeen:
    """One pin: its number, its level on-hook, and how often it changed while we looked."""

    wire: str
    gpio: int
    active: bool
    changes: int


@dataclass(frozen=True, slots=True)
class HatReport(Report):
    """What there is to know of a HAT. What was not measured is `None`, or empty.

    `trouble` is what could not be opened; `why_not_taken` is why the line was left alone; `current` flowed when we had
    taken the line, and `current_after` when we had let go of it. `echo_db` is how much of our own tone came back.
    """

    board: str = ""
    card: str = ""
    trouble: str = ""
    trouble_advice: str = ""
    pins: tuple[PinSeen, ...] = ()
    why_not_taken: str = ""
    current: bool | None = None
    current_after: bool | None = None
    noise_dbm0: float | None = None
    dial_tone: bool | None = None
    dial_tone_dbm0: float | None = None
    echo_db: float | None = None
    flash_ms: float | None = None
    heard_latency_ms: float | None = None
    spoken_latency_ms: float | None = None
    overruns: int = 0
    underruns: int = 0
    drift_ppm: float = 0.0
    pin_outlives_its_owner: bool | None = None

    def facts(self) -> Iterator[tuple[str, str]]:
        """What is told of it, label by label."""
        yield "What it is", self.state.value
        if self.settings_line:
            yield "It is", self.settings_line
        if self.board:
            yield "Board", self.board
            yield "Sound card", self.card
        for pin in self.pins:
            moved = f", changed {pin.changes} times" if pin.changes else ""
            yield f"GPIO{pin.gpio}", f"{pin.wire}: {'active' if pin.active else 'inactive'}{moved}"
        if self.why_not_taken:
            yield "Not taken", self.why_not_taken
        if self.current is not None:
            yield "Hook closes", "yes, current flows" if self.current else "no current flows"
        if self.flash_ms is not None:
            yield "Hook flash", f"{self.flash_ms:.1f} ms, where {FLASH_MS} ms were asked for"
        if self.noise_dbm0 is not None:
            yield "Noise", f"{self.noise_dbm0:.0f} dBm0"
        if self.dial_tone is not None:
            yield "Dial tone", f"{self.dial_tone_dbm0:.0f} dBm0" if self.dial_tone else "not heard"
        if self.echo_db is not None:
            yield "Echo", f"{self.echo_db:.0f} dB"
        if self.heard_latency_ms is not None:
            yield "Sound under way", f"{self.heard_latency_ms:.0f} ms coming, {self.spoken_latency_ms:.0f} ms going"
            yield "Sound lost", f"{self.overruns} times coming, {self.underruns} times going"


# ---------------------------------------------------------------- the visit


def look_at_hat(
    begun: HatReport,
    clock: Clock,
    site: HatSite | None = None,
    country: Country | None = None,
    modules: Path = MODULES,
) -> HatReport:
    """Test the HAT that `begun.path` names; it is left on-hook. Raises nothing: what fails is a finding."""
    waiter = clock.waiter(f"doctor at {begun.path}")
    begun = replace(begun, state=State.MISSING, pin_outlives_its_owner=_pin_outlives_its_owner(modules))
    try:
        board = load_board(begun.path)
        begun = replace(begun, state=State.HAT, board=board.title, card=board.sound.card)
        with _Visit(board, clock, waiter, site or HatSite(), begun.path, country) as visit:
            found = visit.findings(begun)
    except (BadSettings, LineFault) as problem:
        found = replace(begun, trouble=problem.problem, trouble_advice=problem.advice)
    finally:
        waiter.close()
    return replace(found, advice=tuple(_advice(found)))


class _Visit:
    """One HAT, opened; leaving it hangs up."""

    def __init__(
        self, board: Board, clock: Clock, waiter: Waiter, site: HatSite, port: str, country: Country | None
    ) -> None:
        self._board = board
        self._clock = clock
        self._waiter = waiter
        self._site = site
        self._settings = LineSettings("doctor", port)
        self._country = country or countries.country("pl")
        self._close: list[Callable[[], None]] = []
        self._sound: list[Block] = []
        self._say: Samples | None = None
        """What is still to be said, then silence; nothing at all if `None`."""
        self._rang = False

    def __enter__(self) -> _Visit:
        try:
            self._hook: HookControl = self._site.hook(self._settings, self._board, self._clock)
            self._close.append(self._hook.close)
            self._pins = Pins(self._board, self._clock, self._waiter.ring, self._site.pins(self._settings))
            self._close.append(self._pins.close)
            self._card: SoundCard = self._site.card(self._settings, self._board)
            self._card.open(self._waiter)
            self._close.append(self._card.close)
        except BaseException:
            self.__exit__()
            raise
        levels = {wire: bool(self._pins.level(wire)) for wire in Wire}
        self._state = LineState(self._board, levels, self._clock.now())
        self._changes = dict.fromkeys(INPUTS, 0)
        return self

    def __exit__(self, *problem: object) -> None:
        while self._close:
            self._close.pop()()

    def findings(self, begun: HatReport) -> HatReport:
        """All of it.

        Raises:
            LineFault: a part of it has gone.
        """
        self._obeyed()
        quiet = self._listen(LOOKS_S)
        found = replace(
            begun,
            pins=tuple(
                PinSeen(wire.value, self._board.pins[wire].gpio, bool(self._pins.level(wire)), self._changes[wire])
                for wire in INPUTS
                if wire in self._board.pins
            ),
            noise_dbm0=_level(quiet),
            why_not_taken=self._why_not(),
        )
        if not found.why_not_taken:
            found = self._take_the_line(found)
        tally = self._card.tally
        return replace(
            found,
            heard_latency_ms=tally.heard_latency_s * 1000,
            spoken_latency_ms=tally.spoken_latency_s * 1000,
            overruns=tally.overruns,
            underruns=tally.underruns,
            drift_ppm=tally.drift_ppm,
        )

    def _why_not(self) -> str:
        """Why the line cannot be taken now; empty if it can."""
        if self._rang or self._pins.level(Wire.RING):
            return "somebody is calling"
        if self._state.level(Wire.LINE_IN_USE) or self._state.level(Wire.LOOP):
            return "another telephone on this line is in use"
        if self._state.level(Wire.LINE_PRESENT) is False:
            return "there is no voltage on the line"
        return ""

    def _take_the_line(self, found: HatReport) -> HatReport:
        self._hook.off_hook()
        self._obeyed()
        try:
            self._listen(0.5)
            heard = self._listen(LISTENS_S)
            tone = self._listen(PLAYS_S, generate.tone([TONE_HZ], PLAYS_S / 2, TONE_DBM0))
            current = self._state.level(Wire.LOOP)
            self._hook.flash(FLASH_MS)
            self._obeyed()
        finally:
            self._hook.on_hook()
            self._obeyed()
        self._listen(0.5)
        pieces = (tone[at : at + PIECE] for at in range(0, len(tone) - PIECE, PIECE))
        came_back_dbm0 = max((tone_level_dbm0(piece, TONE_HZ) for piece in pieces), default=FLOOR_DBM0)
        return replace(
            found,
            current=current,
            current_after=self._state.level(Wire.LOOP),
            dial_tone=self._is_dial_tone(heard),
            dial_tone_dbm0=_level(heard),
            echo_db=round(came_back_dbm0 - TONE_DBM0, 1),
            flash_ms=self._hook.flash_ms,
        )

    def _is_dial_tone(self, heard: Block) -> bool:
        return any(event.heard is Heard.DIAL_TONE for event in ProgressReceiver(self._country).feed(heard))

    # ------------------------------------------------------------ moments

    def _listen(self, seconds: float, say: Block | None = None) -> Block:
        """What is heard in the next seconds, while `say` is said."""
        self._sound.clear()
        self._say = None if say is None else np.rint(say).astype(np.int16)
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._moment(until)
        self._say = None
        self._card.flush()
        return np.concatenate([*self._sound, np.zeros(0, np.int16)])

    def _obeyed(self) -> None:
        """Until the hook has done what it was told."""
        while True:
            self._hook.attend()
            if not self._hook.busy:
                return
            self._moment(math.inf)

    def _moment(self, until: float) -> None:
        self._waiter.wait(min(until, self._state.due, self._hook.due), self._hook.fd)
        self._hook.attend()
        signs: list[Sign] = []
        for change in self._pins.changes():
            self._changes[change.wire] += 1
            signs += self._state.take(change)
        signs += self._state.turn(self._clock.now())
        self._rang = self._rang or any(isinstance(sign, RingBegan) for sign in signs)
        self._sound.append(self._card.heard())
        room = self._card.room()
        if self._say is not None and room > 0:
            piece, self._say = self._say[:room], self._say[room:]
            self._card.speak(np.concatenate((piece, np.zeros(room - len(piece), np.int16))))


def _pin_outlives_its_owner(modules: Path) -> bool | None:
    """Does this kernel leave a pin as it is when its owner is killed? `None` if it does not say."""
    for told in modules.glob("pinctrl_*/parameters/persist_gpio_outputs"):
        return told.read_text(encoding="ascii").strip() == "Y"
    return None


def _level(sound: Block) -> float:
    return round(dbm0(sound), 1) if len(sound) else FLOOR_DBM0


# ---------------------------------------------------------------- advice


def _advice(found: HatReport) -> Iterator[Advice]:
    """One sentence for each finding."""

    def to_do(sentence: str) -> Advice:
        return Advice("", sentence, True)

    if found.trouble:
        yield to_do(f"{found.trouble[0].upper()}{found.trouble[1:]}. {found.trouble_advice}")
        return
    if found.why_not_taken:
        why = found.why_not_taken
        no_line = "voltage" in why
        later = f"Look again later: {why}, so the line was left alone. If that is not so, check the pins."
        yield to_do(CABLE if no_line else later)
    if found.current is False:
        yield to_do("The hook does not close: check the wire of the offhook pin, and which level takes the line.")
    if found.current_after:
        yield to_do("Current flows although we have hung up: check the offhook pin, and the level of the loop pin.")
    if found.dial_tone is False:
        yield to_do(
            "No dial tone was heard: check the wires from the line module to the input of the sound card, the level of"
            " that input in alsamixer, and the country in the settings."
        )
    elif found.dial_tone_dbm0 is not None and not SOFTEST_TONE_DBM0 <= found.dial_tone_dbm0 <= LOUDEST_TONE_DBM0:
        loud = found.dial_tone_dbm0 > LOUDEST_TONE_DBM0
        yield to_do(
            f"The line is heard too {'loud' if loud else 'soft'}: change listen_db in the file of the board by"
            f" {-10 - found.dial_tone_dbm0:+.0f}, or the level of the input in alsamixer."
        )
    if found.echo_db is not None and found.echo_db < SOFTEST_ECHO_DB:
        yield to_do(
            "Nothing we say reaches the line: check the wires from the output of the sound card, and its level."
        )
    if found.echo_db is not None and found.echo_db > LOUDEST_ECHO_DB:
        yield to_do("Our own voice comes back too loud: lower speak_db in the file of the board, or the input's level.")
    if found.noise_dbm0 is not None and found.noise_dbm0 > LOUDEST_NOISE_DBM0 and not found.why_not_taken:
        yield to_do("The line is noisy: keep its cable away from power supplies, and check the ground of the module.")
    if found.flash_ms is not None and abs(found.flash_ms - FLASH_MS) > FLASH_LIMIT_MS:
        yield to_do("The hook flash is not exact: stop other programs on this box while it answers telephones.")
    if max(found.heard_latency_ms or 0.0, found.spoken_latency_ms or 0.0) > LATENCY_LIMIT_S * 1000:
        yield to_do("Sound takes too long: name the card itself in the file of the board (plughw:), no sound server.")
    if found.pin_outlives_its_owner:
        yield to_do(
            "Write dtparam=strict_gpiod into /boot/firmware/config.txt and restart the Raspberry Pi: without that the"
            " line may stay taken for some seconds if the program is killed."
        )
    if found.overruns or found.underruns:
        yield to_do("Sound was lost while we looked: use another USB socket or cable, and stop other programs.")
    yield from (Advice("", sentence, False) for sentence in _good_to_know(found))


def _good_to_know(found: HatReport) -> Iterator[str]:
    seen = {pin.wire for pin in found.pins}
    if Wire.LOOP.value not in seen:
        yield "This board has no loop pin: that a caller has hung up is known by tones, some seconds later."
    if found.why_not_taken != "somebody is calling":
        yield "To see the ring pin move, call this line and start the doctor while it rings."
