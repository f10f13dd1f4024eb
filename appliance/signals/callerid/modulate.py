"""Send caller ID: the sound of a message on the line, for simulated exchanges and for measuring receivers.

On the line come channel seizure (bits 0101...), mark, then each byte between a start bit and a stop bit, at 1200 bit/s
by frequency shift keying with continuous phase (Bellcore GR-30, ETSI EN 300 659-1). In a conversation there is no
seizure, and an alert of two tones comes first. Japan has a frame of its own and more stop bits; where caller ID comes
by DTMF, `dtmfforms` says which keys, and `generate.dtmf` sends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from appliance.signals.countries import CallerIdStandard
from appliance.signals.generate import soften, tone
from appliance.signals.levels import RATE_HZ, Samples, amplitude

BIT_HZ: Final = 1200
SEIZURE_BITS: Final = 300
MARK_BITS: Final = 180
OFF_HOOK_MARK_BITS: Final = 80
"""There is no seizure before it."""
JAPAN_MARK_BITS: Final = 75
JAPAN_GAP_BITS: Final = 3
"""Three stop bits more than the one."""
ALERT_HZ: Final = (2130.0, 2750.0)
ALERT_S: Final = 0.1
"""Before data on an idle line, 88 to 110 ms (SIN 227); in a conversation 80 to 85 ms."""
OFF_HOOK_ALERT_S: Final = 0.0825


def modulate(
    data: bytes,
    standard: CallerIdStandard,
    dbm0: float = -13.5,
    *,
    seizure_bits: int = SEIZURE_BITS,
    mark_bits: int = MARK_BITS,
    gap_bits: int | Sequence[int] = 0,
    tail_bits: int = 10,
    twist_db: float = 0.0,
    bit_rate: float = 1.0,
    pitch: float = 1.0,
) -> Samples:
    """The signal of a message: seizure, mark, the bytes, `tail_bits` of mark.

    `gap_bits` of mark follow each byte (a number for all, or one for each byte); space is `twist_db` louder than mark,
    their mean being `dbm0`; `bit_rate` and `pitch` are factors to 1200 bit/s and to both frequencies. A bit lasts
    6 2/3 samples; phase is kept at the exact edges of the bits, so that no timing error adds up.
    """
    gaps = [gap_bits] * len(data) if isinstance(gap_bits, int) else list(gap_bits)
    bits = [place % 2 for place in range(seizure_bits)] + [1] * mark_bits
    for byte, gap in zip(data, gaps, strict=True):
        bits += [0, *((byte >> place) & 1 for place in range(8)), 1, *([1] * gap)]
    is_mark = np.array(bits + [1] * tail_bits) == 1
    bit_hz = BIT_HZ * bit_rate
    turns_per_bit = np.where(is_mark, standard.mark_hz, standard.space_hz) * pitch / bit_hz
    edges = np.concatenate(([0.0], np.cumsum(turns_per_bit)))
    place_in_bits = np.arange(int(len(is_mark) * RATE_HZ / bit_hz + 1e-9)) * (bit_hz / RATE_HZ)
    bit = np.minimum(place_in_bits.astype(np.intp), len(is_mark) - 1)
    turns = edges[bit] + turns_per_bit[bit] * (place_in_bits - bit)
    loudness = np.where(is_mark, amplitude(dbm0 - twist_db / 2.0), amplitude(dbm0 + twist_db / 2.0))
    return soften(loudness[bit] * np.sin(2.0 * np.pi * turns))


def alert(dbm0: float = -16.0, seconds: float = ALERT_S) -> Samples:
    """The dual tone that comes before data (DT-AS on an idle line, CAS in a conversation); `dbm0` a tone."""
    return tone(ALERT_HZ, seconds, dbm0)
