"""Programs that hear what ours hears, each behind the same three questions: which keys, which callers, which tones?

They are Debian's spandsp 0.0.6 (libspandsp2), multimon-ng and minimodem; `tools/set-up --bench` fetches them. Each is
asked in the way that suits it best: where it must be told the modem or the country, it is told the right one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.acts import Heard
from appliance.signals.callerid import CallerIdMessage, Scheme
from appliance.signals.countries import Country

Recorded = NDArray[np.int16]
"""8000 samples a second."""


class HearsKeys(Protocol):
    """Which keys are pressed, each as often as it was heard."""

    def __call__(self, samples: Recorded) -> str: ...


class HearsCallers(Protocol):
    """Which caller IDs are told; ours need not know the scheme."""

    def __call__(self, samples: Recorded, scheme: Scheme) -> list[CallerIdMessage]: ...


class HearsTones(Protocol):
    """Everything that the far end is called, in the order in which it was named."""

    def __call__(self, samples: Recorded, country: Country) -> list[Heard]: ...


@dataclass(frozen=True, slots=True)
class Peer:
    """A program, and what it can be asked."""

    name: str
    keys: HearsKeys | None = None
    callers: HearsCallers | None = None
    schemes: tuple[Scheme, ...] = ()
    """Of the callers that it knows."""
    must_be_told: bool = True
    """Whether it has to know the scheme."""
    tones: HearsTones | None = None


class NotInstalled(OSError):
    """The peer is not on this machine."""


def peers() -> list[Peer]:
    """Those that are installed."""
    from bench.peers import minimodem, multimon, spandsp

    return [module.PEER for module in (spandsp, multimon, minimodem) if module.installed()]
