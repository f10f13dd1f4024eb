"""What can be wrong with an emulated modem: named faults, all of them absent unless asked for.

Moments are seconds of the clock. A command is named by its beginning, without `AT` and in capitals: `"+VTX"`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """The ways in which this one modem misbehaves."""

    # Answers to commands.
    lost_ok: str = ""
    """The result of this command never comes,"""
    lost_oks: int = 1
    """but only so many times."""
    late_ok: str = ""
    """The result of this command comes late,"""
    late_ok_s: float = 4.0
    """by so much."""
    error_to: str = ""
    """This command is refused."""
    ring_between: str = ""
    """`RING` stands between this command and its result."""

    # Ringing and caller ID.
    no_caller_id: bool = False
    no_name: bool = False
    no_number: bool = False
    garbled_date: bool = False
    caller_id_before_ring: bool = False
    """The first ring is not reported, so that the caller ID comes before any."""

    # Events.
    spurious: tuple[tuple[float, str], ...] = ()
    """Codes that it reports for no reason at all, each with its moment."""
    no_busy_report: bool = False
    no_loop_report: bool = False
    del_for_end: bool = False
    """A key ends with 0x7F where the standard has `~`."""
    no_digit_end: bool = False
    repeated_digits: int = 1
    """How many times each report of a key is sent."""

    # The port and the firmware.
    stuck_stream: bool = False
    """Voice streams ignore the codes that should end them."""
    reset_at: float = math.inf
    """It restarts by itself: on-hook, echo on, everything forgotten, and not a word."""
    stall_at: float = math.inf
    """From here on it takes no bytes,"""
    write_stall_s: float = 0.0
    """for so long."""
    split_bytes: bool = False
    """Answers and sound come in small pieces, cut anywhere."""
