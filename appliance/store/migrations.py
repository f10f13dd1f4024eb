"""Brings stored settings of an older form to the present one, step by step.

Whoever changes what a stored table means, or takes a key away, adds a step at the end of `MIGRATIONS`; a key that is
only new needs none, because its default stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.faults import BadSettings
from appliance.settings import PbxSettings
from appliance.store.plainform import Plain

SHORTEST_REST_S = 0.1
"""How much longer than the longest flash the line rests, in settings of a time when nobody compared the two."""

Migration = Callable[[Plain], Plain]


def _recipes_instead_of_flashes(plain: Plain) -> Plain:
    """Version 2 names the way back to the caller, once for each reason, and knows how long a flash may be."""
    pbx = _with_window(plain.get("pbx", {}), plain.get("lines", ()))
    if pbx.pop("flashes_to_retrieve", 1) == 2:
        for reason in ("busy", "no_answer", "refusal", "reorder"):
            pbx[f"back_from_{reason}"] = "flash flash"
    return {**plain, "pbx": pbx}


def _with_window(pbx: Plain, lines: Sequence[Plain]) -> Plain:
    """The flash of version 1 may lie outside the usual window, and the rest of the line be as short as a flash."""
    usual = PbxSettings()
    flash_ms = pbx.get("flash_ms", usual.flash_ms)
    longest_ms = max(flash_ms, usual.flash_max_ms, *(line.get("flash_ms", 0) for line in lines))
    window = {"flash_min_ms": min(flash_ms, usual.flash_min_ms), "flash_max_ms": max(flash_ms, usual.flash_max_ms)}
    rest = {"on_hook_s": max(pbx.get("on_hook_s", usual.on_hook_s), longest_ms / 1000 + SHORTEST_REST_S)}
    return {**window, **pbx, **rest}


MIGRATIONS: tuple[Migration, ...] = (_recipes_instead_of_flashes,)
"""The first one turns the plain settings of version 1 into those of version 2, and so on."""


def migrate(plain: Plain, version: int, migrations: Sequence[Migration] = MIGRATIONS) -> Plain:
    """Bring plain settings of an older `version` (counted from 1) to the present one.

    Raises `BadSettings` for a version that this program does not know yet.
    """
    if not 1 <= version <= len(migrations) + 1:
        raise BadSettings(
            f"They were written by another version of Frontdesk (form {version}, here {len(migrations) + 1}).",
            "Install the newest version of Frontdesk.",
        )
    try:
        for step in migrations[version - 1 :]:
            plain = step(plain)
    except (AttributeError, TypeError, ValueError):  # what is of another kind than it ever was
        raise BadSettings("They were changed by hand into something that no version of Frontdesk wrote.") from None
    return plain
