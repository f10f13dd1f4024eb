"""Listen to a line as it is: the sound of an instrument, moment by moment, for whoever wants to hear what it hears.

For the person who looks after the telephones: `frontdesk listen --port` names what comes. Nothing is said into the line
but silence, and nothing is dialled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from appliance.clock import Clock
from hardware.instrument import Instrument, Samples, Sound
from hardware.outgoing import Outgoing

MOMENT_S = 0.02


def live_sound(
    instrument: Instrument, outgoing: Outgoing, clock: Clock, *, off_hook: bool, ended: Callable[[], bool]
) -> Iterator[Samples]:
    """The sound of the line in blocks of any length, until `ended` says so; the line is on-hook and free afterwards.

    `off_hook` takes the line, as lifting a telephone does: a modem hears nothing otherwise, an FXO HAT does.

    Raises:
        LineFault: the port cannot be opened, the instrument does not take the line, or it breaks.
    """
    outgoing.mute()
    try:
        instrument.open()
        if off_hook:
            instrument.off_hook()
            instrument.listen()
        while not ended():
            for signal in instrument.wait(clock.now() + MOMENT_S):
                if isinstance(signal, Sound):
                    yield signal.samples
        if off_hook:
            instrument.on_hook()
    finally:
        instrument.close()
