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
    bad_order: bool = False
    """The caller ID is told from its end to its beginning: name, number, time, date."""
    forgets_vcid: bool = False
    """Not only ATZ but every hang-up by ATH switches caller ID off (quirk Q6)."""
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

    talk_off: str = ""
    """Two seconds into a stream that plays it takes a voice for this key and reports it,"""
    talk_offs: int = 1
    """in so many streams."""

    # Sound.
    byte_loss: float = 0.0
    """This share of the samples is lost in streams, both ways."""
    sample_ratio: float = 1.0
    """Its sample clock takes and gives so many times 8000 samples a second."""
    gain_db: float = 0.0
    """What it plays and what it records is so much too loud."""
    echo_db: float | None = None
    """Its hybrid returns our voice so loud, whatever its profile says."""

    # The port and the firmware.
    vit_expires_s: float = math.inf
    """A stream ends by itself after so long, as if the host had been silent (`+VIT`),"""
    vit_expiries: int = 1
    """but only so many times."""
    unplug_at: float = math.inf
    """Its plug is pulled out: the port dies and the modem loses its power;"""
    back_after_s: float = math.inf
    """so much later it is plugged in again,"""
    another_name: bool = False
    """where the port gets another name, to which the link does not lead."""
    forgets_at: float = math.inf
    """Its settings are lost, the call goes on: caller ID off, echo on, voice parameters as from the factory."""
    hangs_at: float = math.inf
    """From then on it does nothing at all, and its hook stays as it is,"""
    hang_ends: str = "close"
    """until the port is closed (`"close"`) or until it loses its power (`"power"`)."""
    ignores_dtr: bool = False
    """It does not notice that the port was closed."""
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
