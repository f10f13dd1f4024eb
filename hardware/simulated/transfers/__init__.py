"""Thousands of hand-overs in virtual time, with every misfortune that we know of: nobody may be lost (R16, R23, R37).

Offices are drawn by dice, each with the PBX that its settings speak of, and live through an hour of calls. The truth of
where each caller came to is the event PBX's; the office's own records and cards are held against it.
"""

from hardware.simulated.transfers.report import Report
from hardware.simulated.transfers.run import simulate_transfers

__all__ = ["Report", "simulate_transfers"]
