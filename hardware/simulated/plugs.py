"""The box's view of a simulated world's plugs: which modems are plugged in, and how one is reset from outside."""

from __future__ import annotations

from hardware.find import PortFinder
from hardware.modem.modem import ModemSite
from hardware.reset import USB_READY_S
from hardware.simulated.world import World


class WorldReset:
    """Takes the power of an emulated modem away for a moment, as a reset through the USB hub does."""

    hold_s = 0.0
    ready_s = USB_READY_S

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, path: str) -> bool:
        """Reset the modem at `path`."""
        return self._world.power_cycle(path)

    def end(self) -> None:
        """Nothing is held."""


def site_of(world: World) -> ModemSite:
    """The site of a box whose modems are those of `world`; a second box at the same world gets one of its own."""
    return ModemSite(PortFinder(world.found_ports), lambda reset_gpio: WorldReset(world))
