"""What an emulated modem was seen to do: the evidence for tests, benchmarks and people."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.simulated.loop import Samples

COMMANDS_KEPT = 2000
EVENTS_KEPT = 10_000


@dataclass(slots=True)
class ModemRecord:
    """Everything with its moment, in seconds of the clock."""

    hooks: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """Off-hook (true) and on-hook, flashes included."""
    rings: deque[float] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """When bursts of ringing began."""
    flashes_ms: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """Hook flashes by their beginning, with their length."""
    digits: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """DTMF keys sent on command."""
    tones: deque[tuple[float, int, int, float]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """Other tones and silences sent on command: both frequencies in Hz and the length in seconds."""
    events: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """Codes reported to the host after DLE."""
    lines: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """Results and lines nobody asked for (RING, caller ID), as words."""
    commands: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=COMMANDS_KEPT))
    """Command lines as the host typed them, without `AT`."""
    underruns: deque[float] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """When the host's sound ran dry."""
    overruns: deque[float] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    """When the host did not fetch received sound in time."""
    dropped_bytes: int = 0
    """Received sound thrown away for that, and bytes of the host that no buffer could hold."""
    on_transmit: Callable[[float, Samples], None] | None = None
    """Called with the end of each block and the block, for what the modem puts on the line while off-hook."""
