"""Who calls, heard on the line while it is on-hook: before the first ring in some countries, after it in others.

The last three seconds are always kept. They are listened to when something shows that a call is on its way: a ring, or
a reversal of polarity. From then on the line is listened to as it comes, for `LISTEN_S`; between calls it costs
nothing. The window is that of DAHDI, six seconds of on-hook transmission after a ring (fxo-and-pbx 3).
"""

from __future__ import annotations

from collections import deque

import numpy as np

from appliance.call import CallerId, Presentation
from appliance.signals.callerid import CallerIdMessage, CallerIdReceiver, Kind
from appliance.signals.levels import RATE_HZ
from hardware.instrument import Samples

KEPT_S = 3.0
LISTEN_S = 6.0


class CallerEar:
    """The ear of one on-hook line. Times are seconds of the clock."""

    def __init__(self) -> None:
        self._kept: deque[Samples] = deque()
        self._length = 0
        self._until = 0.0
        self._receiver: CallerIdReceiver | None = None

    def start_over(self) -> None:
        """What was heard belongs to the past."""
        self._kept.clear()
        self._length, self._receiver = 0, None

    def call_comes(self, now: float) -> list[CallerId]:
        """Something shows that there will be a caller ID, or has been one: listen, also to what was kept."""
        self._until = now + LISTEN_S
        if self._receiver is not None:
            return []
        self._receiver = CallerIdReceiver()
        return self._listen(self._receiver, np.concatenate([np.zeros(0, np.int16), *self._kept]))

    def hear(self, samples: Samples, now: float) -> list[CallerId]:
        """Sound came in."""
        self._kept.append(samples)
        self._length += len(samples)
        while self._length - len(self._kept[0]) >= KEPT_S * RATE_HZ:
            self._length -= len(self._kept.popleft())
        if self._receiver is None:
            return []
        if now > self._until:
            self._receiver = None
            return []
        return self._listen(self._receiver, samples)

    @staticmethod
    def _listen(receiver: CallerIdReceiver, samples: Samples) -> list[CallerId]:
        return [told_by(event.message) for event in receiver.feed(samples) if event.message.kind is Kind.CALL]


def told_by(message: CallerIdMessage) -> CallerId:
    """What a message says of the caller."""
    if message.number:
        return CallerId(message.number, message.name, Presentation.SHOWN)
    shown = {"P": Presentation.WITHHELD, "O": Presentation.UNAVAILABLE}.get(message.reason, Presentation.NOT_SENT)
    return CallerId("", message.name, shown)
