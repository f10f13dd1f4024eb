"""A telephone outside that can be called from the office, over a trunk of the mini-PBX and the public network."""

from __future__ import annotations

from hardware.simulated.exchange import LINE_LOSS_DB
from hardware.simulated.loop import BLOCK, Samples
from hardware.simulated.pbxport import Port
from hardware.simulated.sounds import gain

ROUTE_MS = 2500.0
"""From the last digit to ringback or busy tone: the public network takes longer than a PBX."""
_LOSS = gain(-LINE_LOSS_DB)


class OutsideTelephone(Port):
    """It behaves as an extension with a long number; what is said to it and by it is softer, and nobody tells the PBX
    when it is answered.
    """

    outside = True

    def pull(self, count: int) -> Samples:
        return self.said * _LOSS

    def _block(self, at: float) -> Samples:
        block = self._noise.pull(BLOCK)
        return block if self.hears is None else block + self.hears.pull(BLOCK) * _LOSS
