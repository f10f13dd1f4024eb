"""What the HATs of a box are made of: this machine's pins, hook and sound cards, or those of a simulated world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.clock import Clock
from appliance.settings import LineSettings
from hardware.fxo.board import Board
from hardware.fxo.card import SoundCard
from hardware.fxo.hookcontrol import HookControl, HookProcess


def real_hook(settings: LineSettings, board: Board, clock: Clock) -> HookControl:
    """The hook of this machine, worked by a process of its own."""
    return HookProcess(board.hook, clock)


def real_card(settings: LineSettings, board: Board) -> SoundCard:
    """The sound card of this machine."""
    from hardware.fxo.soundcard import AlsaCard  # loads what only a box with a HAT needs
    from hardware.fxo.soundwire import Channel

    sound = board.sound
    return AlsaCard(
        sound.card,
        sound.hears_from or None,
        speak_channel=Channel(sound.speak_channel),
        hear_channel=Channel(sound.hear_channel),
    )


@dataclass(frozen=True, slots=True)
class HatSite:
    """How to come by the parts of a line's HAT. `None` for the pins are those of this machine."""

    hook: Callable[[LineSettings, Board, Clock], HookControl] = real_hook
    card: Callable[[LineSettings, Board], SoundCard] = real_card
    pins: Callable[[LineSettings], Any] = lambda settings: None
