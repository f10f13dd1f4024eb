"""Which length of the hook flash to try next, and which to keep (facts 4.3).

A flash that is too short is ignored and costs nothing, one that is too long cuts the other party off; so lengths are
tried upward. Then a longer one is tried too, so that the one that is kept does not lie on the edge of what this PBX
takes: the contacts of a modem are some milliseconds late, and no two ports are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from appliance.settings import PbxSettings

LENGTHS_MS: Final = (80, 100, 120, 160, 200, 250, 300, 400, 500, 600, 700, 850, 1000, 1200)
LEAST_MS, MOST_MS = 50, 1200
_NARROW_MS: Final = 30
"""Two lengths nearer than that are the same to most modems."""
_MARGIN_MS: Final = 20
_MARGIN_PART: Final = 0.1
_MOST_LOST: Final = 4
"""How often the person who helps has to take the call again, before we give up."""


class Tried(Enum):
    """What came of a flash."""

    TOO_SHORT = "too short"
    WORKED = "worked"
    TOO_LONG = "too long"


def lengths_for(pbx: PbxSettings) -> tuple[int, ...]:
    """The lengths to try on this PBX, upward: the usual ones, and what the settings or their profile suggest."""
    middle = (pbx.flash_min_ms + pbx.flash_max_ms) // 2
    wanted = {*LENGTHS_MS, pbx.flash_ms, _tens(middle)}
    return tuple(sorted(length for length in wanted if LEAST_MS <= length <= MOST_MS))


class FlashSearch:
    """Tell it what came of `next_ms()`, until there is none. `window`: go on to the longest that works."""

    def __init__(self, lengths_ms: Sequence[int], *, window: bool = False) -> None:
        self._lengths = sorted(lengths_ms)
        self._window = window
        self.tried: list[tuple[int, Tried]] = []

    def tell(self, length_ms: int, result: Tried) -> None:
        """What came of a flash of this length."""
        self.tried.append((length_ms, result))

    def next_ms(self) -> int | None:
        """The length to try next; `None` when enough is known, or nothing works."""
        if self._times(Tried.TOO_LONG) > _MOST_LOST:
            return None
        if not self.worked:
            return self._upward() if self.too_long_ms is None else self._between(self.too_short_ms, self.too_long_ms)
        longer = self._longer()
        return longer if longer is not None else self._shorter()

    # ------------------------------------------------------------ what is known

    @property
    def worked(self) -> list[int]:
        """The lengths that held the other party, upward."""
        return sorted({length for length, result in self.tried if result is Tried.WORKED})

    @property
    def too_short_ms(self) -> int | None:
        """The longest that did nothing."""
        return max((length for length, result in self.tried if result is Tried.TOO_SHORT), default=None)

    @property
    def too_long_ms(self) -> int | None:
        """The shortest that cut somebody off."""
        return min((length for length, result in self.tried if result is Tried.TOO_LONG), default=None)

    @property
    def kept_ms(self) -> int | None:
        """The length to keep: in the middle of what works, but not twice as long as it need be."""
        worked = self.worked
        return min(_tens((worked[0] + worked[-1]) / 2), 2 * worked[0]) if worked else None

    @property
    def narrow(self) -> bool:
        """Is there little room for a modem that is not exact?"""
        worked = self.worked
        return bool(worked) and worked[-1] - worked[0] < 2 * _MARGIN_MS

    # ------------------------------------------------------------ where to look

    def _upward(self) -> int | None:
        done = self.too_short_ms or 0
        return next((length for length in self._lengths if length > done), None)

    def _longer(self) -> int | None:
        """A longer one than works: by the margin, or, for the whole window, the next of the list."""
        longest, limit = self.worked[-1], self.too_long_ms
        if limit is not None:
            return self._between(longest, limit) if self._window or self.narrow else None
        if self._window:
            return next((length for length in self._lengths if length > longest), None)
        wanted = min(MOST_MS, _tens(self.worked[0] + 2 * max(_MARGIN_MS, _MARGIN_PART * self.worked[0])))
        return wanted if wanted > longest else None

    def _shorter(self) -> int | None:
        """A shorter one than works, where there is no room above, or where the edge is asked for."""
        if self._window or self.narrow:
            return self._between(self.too_short_ms, self.worked[0])
        return None

    def _between(self, short_ms: int | None, long_ms: int) -> int | None:
        short_ms = LEAST_MS - _NARROW_MS if short_ms is None else short_ms
        middle = _tens((short_ms + long_ms) / 2)
        enough = long_ms - short_ms <= _NARROW_MS or any(middle == length for length, _ in self.tried)
        return None if enough else middle

    def _times(self, result: Tried) -> int:
        return sum(found is result for _, found in self.tried)


def _tens(length_ms: float) -> int:
    return round(length_ms / 10) * 10
