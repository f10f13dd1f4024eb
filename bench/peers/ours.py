"""Our own receivers, asked as the peers are; they are fed blocks of 20 ms and not told the scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from appliance.acts import Heard
from appliance.signals.callerid import CallerIdMessage, CallerIdReceiver, Scheme
from appliance.signals.countries import Country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import RATE_HZ
from appliance.signals.progress import ProgressReceiver
from bench.peers import Peer, Recorded

BLOCK: Final = RATE_HZ // 50
_TAIL: Final = np.zeros(RATE_HZ // 2, dtype=np.int16)


def blocks(samples: Recorded, tail: Recorded = _TAIL) -> Iterator[Recorded]:
    """Blocks of 20 ms, and half a second of silence for what is decided late."""
    sound = np.concatenate((samples, tail))
    return (sound[start : start + BLOCK] for start in range(0, len(sound), BLOCK))


def keys(samples: Recorded) -> str:
    """Every key that goes down."""
    receiver = DtmfReceiver()
    return "".join(event.key for block in blocks(samples) for event in receiver.feed(block) if event.down)


def callers(samples: Recorded, scheme: Scheme) -> list[CallerIdMessage]:
    """All messages, of whatever scheme."""
    receiver = CallerIdReceiver()
    told = [event for block in blocks(samples, samples[:0]) for event in receiver.feed(block)] + receiver.finish()
    return [event.message for event in told]


def tones(samples: Recorded, country: Country) -> list[Heard]:
    """Every name; a recording that is cut ends where it ends."""
    receiver = ProgressReceiver(country)
    return [event.heard for block in blocks(samples, samples[:0]) for event in receiver.feed(block)]


PEER: Final = Peer("ours", keys, callers, tuple(Scheme), must_be_told=False, tones=tones)
