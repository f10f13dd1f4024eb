"""How long a hook flash must be on each line: the settings say it, and experience corrects it (R33).

Too short, and the PBX takes it for a bounce of the contacts: the caller is still there, so the next one may be longer.
Too long, and the PBX takes it for a hang-up. What was found out holds until the program is started again; the fault
tells the owner what to write into the settings.
"""

from __future__ import annotations

from appliance.call import FlashPlan, FlashResult
from appliance.faults import Fault
from appliance.settings import Settings

STEP = 1.4
"""How much longer, or shorter, the next flash is."""


class Flashes:
    """The hook flash of every line."""

    def __init__(self, settings: Settings) -> None:
        self._pbx = settings.pbx
        self._set_ms: dict[str, int] = {}
        self._length_ms: dict[str, int] = {}
        self._proven: set[str] = set()
        self.take_up(settings)

    def take_up(self, settings: Settings) -> list[str]:
        """Other settings: what was found out stays, where they say nothing else of the flash.

        Gives the lines of which all is open again.
        """
        set_ms = {line.name: settings.pbx.on(line).flash_ms for line in settings.lines}
        same = {name for name, ms in set_ms.items() if (ms, settings.pbx) == (self._set_ms.get(name), self._pbx)}
        others = [name for name in self._set_ms if name not in same]
        self._length_ms = {name: self._length_ms[name] if name in same else ms for name, ms in set_ms.items()}
        proven = set_ms.keys() - same if settings.pbx.flash_proven else set()
        self._proven = (self._proven & same) | proven
        self._pbx, self._set_ms = settings.pbx, set_ms
        return others

    def plan(self, line: str) -> FlashPlan:
        """How long the next flash on `line` should be."""
        return FlashPlan(self._length_ms[line], line in self._proven)

    def tried(self, line: str, length_ms: int, result: FlashResult) -> Fault | None:
        """Learn from a flash of `length_ms`; what to tell the office, or `None` when all is well."""
        about = self.about(line)
        match result:
            case FlashResult.WORKED:
                self._proven.add(line)
                if length_ms == self._set_ms[line]:
                    return None
                told = f"a hook flash of {self._set_ms[line]} ms did not work, one of {length_ms} ms does"
                return Fault(about, told, f"Write flash_ms = {length_ms} into the settings of this line.")
            case FlashResult.TOO_SHORT:
                self._proven.discard(line)
                self._length_ms[line] = min(_tens(length_ms * STEP), max(self._pbx.flash_max_ms, length_ms))
                told = f"no dial tone came after a hook flash of {length_ms} ms"
                return Fault(about, told, "Ask the PBX installer which length it wants, or run frontdesk teach.")
            case FlashResult.TOO_LONG:
                self._proven.discard(line)
                self._length_ms[line] = max(_tens(length_ms / STEP), min(self._pbx.flash_min_ms, length_ms))
                told = f"a hook flash of {length_ms} ms cut a caller off"
                return Fault(about, told, "Ask the PBX installer which length it wants, or run frontdesk teach.")

    @staticmethod
    def about(line: str) -> str:
        """What a fault of this line's flash is about."""
        return f"hook flash on {line}"


def _tens(length_ms: float) -> int:
    return round(length_ms / 10) * 10
