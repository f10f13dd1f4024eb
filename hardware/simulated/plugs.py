"""The box's view of a simulated world's plugs: which modems are plugged in, how one is reset from outside, and which
HATs it wears.
"""

from __future__ import annotations

from typing import Any

from appliance.clock import Clock
from appliance.faults import LineFault
from appliance.settings import LineSettings
from hardware.find import PortFinder
from hardware.fxo.board import Board
from hardware.fxo.card import SoundCard
from hardware.fxo.hookcontrol import HookControl, HookOnClock
from hardware.fxo.site import HatSite
from hardware.modem.modem import ModemSite
from hardware.reset import USB_READY_S
from hardware.simulated.fakehat import FakeHat
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


class WornHats:
    """Which line has which HAT of a world: several of one kind are given out in their order."""

    def __init__(self, world: World) -> None:
        self._hats = [device for device in world.modems if isinstance(device, FakeHat)]
        self._of_line: dict[str, FakeHat] = {}

    def of(self, settings: LineSettings) -> FakeHat:
        """The HAT of a line, from then on.

        Raises:
            LineFault: there is none.
        """
        if settings.name not in self._of_line:
            taken = self._of_line.values()
            free = [hat for hat in self._hats if hat.path == settings.port and hat not in taken]
            if not free:
                raise LineFault(f"there is no HAT {settings.port} for {settings.name}")
            self._of_line[settings.name] = free[0]
        return self._of_line[settings.name]


def hats_of(world: World) -> HatSite:
    """The site of a box that wears the HATs of `world`; a second box at the same world gets one of its own."""
    worn = WornHats(world)

    def hook(settings: LineSettings, board: Board, clock: Clock) -> HookControl:
        return HookOnClock(board.hook, clock, worn.of(settings).pins)

    def card(settings: LineSettings, board: Board) -> SoundCard:
        return worn.of(settings).card

    def pins(settings: LineSettings) -> Any:
        return worn.of(settings).pins

    return HatSite(hook, card, pins)
