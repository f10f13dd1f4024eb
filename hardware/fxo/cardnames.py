"""Find the sound card that somebody means by a name.

The list of cards is PortAudio's, in which a card is called `USB Audio Device: - (hw:1,0)` and anything from an ALSA
configuration as it is called there (`pulse`, `default`). A name can be one of these, a part of one (`USB Audio`), or
what ALSA calls the card (`hw:1`, `plughw:1,0`, `hw:CARD=Device`). The last keeps its meaning when the plugs change
places, and we need no `plug`: rates and channels we convert ourselves, and better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

KERNEL: Final = Path("/proc/asound")
"""Where the kernel lists its cards: `card1`, `Device` -> `card1`, and `cards` in words."""
_ALSA_NAME: Final = re.compile(r"(?:plug)?hw:(?:CARD=)?(?P<card>[\w-]+)(?:,(?:DEV=)?(?P<device>\d+))?", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\(hw:\d+,\d+\)$")


def find(wanted: str, names: Sequence[str], kernel: Path = KERNEL) -> list[int]:
    """The places in `names` that `wanted` fits: none, the one, or several of which it does not say which."""
    if wanted in names:
        return [names.index(wanted)]
    if (alsa := _ALSA_NAME.fullmatch(wanted)) is not None:
        number = _number(alsa["card"], kernel)
        return [place for place, name in enumerate(names) if name.endswith(f"(hw:{number},{alsa['device'] or 0})")]
    part = wanted.casefold()
    fitting = [place for place, name in enumerate(names) if part in name.casefold()]
    itself = [place for place in fitting if names[place].casefold().split(":")[0] == part]
    return itself if len(itself) == 1 else fitting


def kernel_knows(wanted: str, kernel: Path = KERNEL) -> bool:
    """Is there such a card, although PortAudio does not list it? It leaves out those that another program uses."""
    if (alsa := _ALSA_NAME.fullmatch(wanted)) is not None:
        return (kernel / f"card{_number(alsa['card'], kernel)}").exists()
    try:
        return bool(wanted) and wanted.casefold() in (kernel / "cards").read_text("utf-8").casefold()
    except OSError:
        return False


def _number(card: str, kernel: Path) -> str:
    """The number of the card with this number or ALSA identifier."""
    link = kernel / card
    return link.readlink().name.removeprefix("card") if link.is_symlink() else card
