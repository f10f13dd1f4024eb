"""What must fit together in what the owner says of their PBX, and in the numbers that would be dialled on it.

Every problem is one sentence for the owner, as in `appliance.store.settings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from appliance.faults import BadSettings
from appliance.settings import PbxSettings, Settings
from appliance.toll import codes


def check_pbx(settings: Settings) -> None:
    """Raise `BadSettings` for lengths that contradict one another and numbers that this PBX cannot have."""
    _check_flash(settings.pbx)
    _check_rest(settings)
    _check_outside(settings)
    _check_pattern(settings)


def _wrong(where: str, words: str) -> NoReturn:
    raise BadSettings(f"In {where}, {words}" if where else f"At the top of the file, {words}")


def _check_flash(pbx: PbxSettings) -> None:
    """The flash lies in its window."""
    if pbx.flash_min_ms > pbx.flash_max_ms:
        _wrong("[pbx]", f"flash_min_ms = {pbx.flash_min_ms} is longer than flash_max_ms = {pbx.flash_max_ms}.")
    if not pbx.flash_min_ms <= pbx.flash_ms <= pbx.flash_max_ms:
        _wrong(
            "[pbx]",
            f"flash_ms = {pbx.flash_ms} does not lie between flash_min_ms = {pbx.flash_min_ms} "
            f"and flash_max_ms = {pbx.flash_max_ms}: change these too, or name the make of your PBX as profile.",
        )


def _check_rest(settings: Settings) -> None:
    """After a call the line rests for longer than any flash, so that nobody takes its end for one (R20)."""
    lengths = [settings.pbx.flash_max_ms, *(line.flash_ms for line in settings.lines)]
    if settings.pbx.on_hook_s * 1000 <= max(lengths):
        _wrong(
            "[pbx]",
            f"on_hook_s = {settings.pbx.on_hook_s:g} is no longer than a hook flash can be: "
            f"write more than {max(lengths) / 1000:g}.",
        )


def _check_outside(settings: Settings) -> None:
    """Nothing that stays in the house may begin as a call to the outside does (R35)."""
    prefix = settings.pbx.outside_prefix
    if not prefix:
        return
    for code in sorted(codes(settings.pbx)):
        if code.startswith(prefix):
            _wrong("[pbx]", f'the code "{code}" begins with outside_prefix = "{prefix}": one of the two is wrong.')
    for where, extension in _extensions(settings):
        if extension.startswith(prefix):
            _wrong(where, f'{extension} begins with outside_prefix = "{prefix}" of [pbx]: one of the two is wrong.')


def _check_pattern(settings: Settings) -> None:
    """Extensions look as those of this PBX do."""
    patterns = settings.pbx.extension_pattern.split()
    if not patterns:
        return
    fits = re.compile("|".join(pattern.replace("X", "[0-9]") for pattern in patterns))
    for where, extension in _extensions(settings):
        if not fits.fullmatch(extension):
            _wrong(where, f"{extension} does not fit extension_pattern of [pbx]: one of the two is wrong.")


def _extensions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every extension that may be dialled, each with its place."""
    if settings.operator:
        yield "", settings.operator
    for number, person in enumerate(settings.people, 1):
        yield f"[[people]] number {number} ({person.name[:40]})", person.extension
