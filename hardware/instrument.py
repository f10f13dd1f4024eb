"""What a line is made of: an instrument, and the signals that it reports.

An `Instrument` is what a voice modem or an FXO HAT can do; `hardware.line` makes a line of any of them. It is used by
the line's own thread only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.acts import Heard
from appliance.call import CallerId
from appliance.faults import LineFault

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class RingBurst:
    """Ringing voltage came. `cadence_ms` is the rhythm of the ring before it (burst, pause, burst ...), where known."""

    cadence_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CallerIdCame:
    """Caller ID, or a part of it."""

    caller_id: CallerId


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The far end pressed a key of its telephone."""

    key: str


@dataclass(frozen=True, slots=True)
class ToneReported:
    """The instrument itself says that it hears a tone.

    `deaf` while it lets us hear nothing ourselves; `trusted` if its kind is not known for hearing tones that are not
    there.
    """

    heard: Heard
    deaf: bool
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class LoopBroken:
    """The loop current was interrupted from the far end."""


@dataclass(frozen=True, slots=True)
class LineInUse:
    """Another telephone on the same line was lifted, or (`used` false) put down."""

    used: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """What the far end sounded like: int16 samples at 8 kHz."""

    samples: Samples


Signal = RingBurst | CallerIdCame | KeyPressed | ToneReported | LoopBroken | LineInUse | Sound


class Instrument(Protocol):
    """What a modem or a HAT can do. Used by the line's own thread only; everything may raise `LineFault`."""

    @property
    def duplex(self) -> bool:
        """Can it hear while it speaks?"""

    answers: bool
    """Can it answer? If not, it only reports rings and caller ID."""
    complaint: LineFault | None
    """What the office should know of an instrument that is open, but not as it should be."""

    @property
    def sound_lost(self) -> int:
        """How many times sound was lost on its way, coming or going, since it was made; never less than before."""

    def open(self) -> None:
        """Find the port, set it up, be on-hook and ready for calls."""

    def close(self) -> None:
        """Be on-hook as far as that can be reached, and release the port. Raises nothing."""

    def wait(self, until: float) -> list[Signal]:
        """Wait for something to happen, at most until the clock shows `until`, keeping the outgoing stream fed."""

    def off_hook(self) -> None:
        """Answer."""

    def settle(self, until: float) -> None:
        """Use the time until ringing is tripped for the rest of the set-up."""

    def on_hook(self) -> None:
        """Hang up and be ready for the next call."""

    def flash(self, length_ms: int) -> None:
        """Open the loop for so long."""

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF."""

    def talk(self) -> None:
        """Open the stream for speaking (and hearing, if duplex)."""

    def refresh(self) -> None:
        """Find out whether the instrument is still there, where a pause of some hundredths of a second is not heard."""

    def listen(self) -> None:
        """Open the stream for hearing (and speaking, if duplex)."""

    def flush(self) -> None:
        """Throw away what was handed over but has not been spoken yet."""

    def unspoken_s(self) -> float:
        """Seconds of sound handed over but not spoken yet."""
