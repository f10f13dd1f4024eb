"""A tone of this PBX as it was measured, and whether the box would have known it without being taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.acts import Heard
from appliance.faults import BadSettings
from appliance.signals.learn import LearnedTone, learn
from appliance.signals.levels import Samples

_SAME_HZ: Final = 8.0
_SAME_PART: Final = 0.12
_SAME_MS: Final = 40.0
SHORTEST_MS: Final = 15
"""A burst or a pause that is shorter belongs to somebody's voice; the shortest that any exchange makes is 20 ms."""
NAMES: Final = {
    Heard.DIAL_TONE: frozenset({Heard.DIAL_TONE, Heard.STUTTER}),
    Heard.STUTTER: frozenset({Heard.DIAL_TONE, Heard.STUTTER}),
    Heard.RINGBACK: frozenset({Heard.RINGBACK}),
    Heard.BUSY: frozenset({Heard.BUSY}),
    Heard.CONGESTION: frozenset({Heard.CONGESTION, Heard.SIT}),
    Heard.DISCONNECT: frozenset({Heard.BUSY, Heard.CONGESTION, Heard.DIAL_TONE, Heard.DISCONNECT}),
}
"""What the receiver may call a tone that means this, so that the scripts do what they should."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A tone that means `heard` here: as it was measured, if it could be, and what the receiver called it.

    `after_s` is when it was noticed; `code` the keys that the PBX sent with it.
    """

    heard: Heard
    tone: LearnedTone | None
    named: Heard | None
    after_s: float = 0.0
    code: str = ""

    @property
    def there(self) -> bool:
        """Was there anything?"""
        return self.tone is not None or self.named is not None or bool(self.code)

    @property
    def known(self) -> bool:
        """Does the receiver know it by the tables of the country?"""
        return self.named in NAMES[self.heard]

    @property
    def words(self) -> str:
        """For the card."""
        parts = [_sound(self.tone) if self.tone else self.named.value if self.named else ""]
        parts.append(f"keys {self.code}" if self.code else "")
        return ", ".join(part for part in parts if part) or "nothing"

    def like(self, other: Measured) -> bool:
        """Could nobody tell one from the other by its sound?"""
        if self.tone is None or other.tone is None:
            return self.named is not None and self.named is other.named
        return alike(self.tone, other.tone)


def _sound(tone: LearnedTone) -> str:
    cadence = " ".join(f"{on}/{off}" for on, off in tone.cadence)
    return f"{'+'.join(f'{hz:g}' for hz in tone.frequencies)} Hz {cadence + ' ms' if cadence else 'without a pause'}"


def alike(one: LearnedTone, other: LearnedTone) -> bool:
    """The same frequencies and lengths, as far as they can be measured?"""
    if len(one.frequencies) != len(other.frequencies) or len(one.cadence) != len(other.cadence):
        return False
    near = all(abs(a - b) < _SAME_HZ for a, b in zip(one.frequencies, other.frequencies, strict=True))
    lengths = zip(
        (ms for pair in one.cadence for ms in pair), (ms for pair in other.cadence for ms in pair), strict=True
    )
    return near and all(abs(a - b) < _SAME_PART * max(a, b) + _SAME_MS for a, b in lengths)


def measure(sound: Samples, heard: Heard) -> LearnedTone | None:
    """What tone is in `sound`; `None` where there is no steady one, or it was too short.

    Where the whole cannot be measured, because somebody spoke on another line or a lorry went by, its halves may be.
    """
    half = len(sound) // 2
    for part in (sound, sound[:half], sound[half:], sound[half // 2 : half // 2 + half]):
        try:
            tone = learn([part], heard)
        except BadSettings:
            continue
        if all(on >= SHORTEST_MS and off >= SHORTEST_MS for on, off in tone.cadence):
            return tone
    return None
