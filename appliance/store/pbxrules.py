"""What must fit together in what the owner says of their PBX, and in the numbers dialled on it (R20, R35)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.faults import BadSettings
from appliance.pbx.profiles import known_profiles, load_profile
from appliance.settings import PbxSettings, Settings
from appliance.signals.learn import LearnedTone
from appliance.store.problems import Place, Problems, nearest, row, shown
from appliance.toll import codes

MOST_TONES = 20

_PBX = Place("[pbx]")


def with_profile(plain: Mapping[Any, Any], problems: Problems) -> Mapping[Any, Any]:
    """Lay what the owner says of their PBX over what is known of its make.

    Of a make that nobody knows, what the owner did not say stays open.
    """
    pbx = plain.get("pbx", {})
    name = pbx.get("profile", PbxSettings().profile) if isinstance(pbx, Mapping) else ""
    if not isinstance(name, str) or not name.strip():
        return plain  # which is told in a sentence of its own
    if name.strip() in known_profiles():
        return {**plain, "pbx": load_profile(name.strip()).under(pbx)}
    close = nearest(name, known_profiles())
    meant = f'did you mean "{close}"? ' if close else ""
    words = f"profile = {shown(name)} is not known: {meant}There are {', '.join(known_profiles())}."
    problems.misread(_PBX.at("profile"), words)
    for key in PbxSettings.__slots__:
        if key not in pbx:
            problems.doubt(_PBX.at(key))
    return {**plain, "pbx": {key: value for key, value in pbx.items() if key != "profile"}}


def check_flash(settings: Settings, problems: Problems) -> None:
    """The flash lies in its window."""
    pbx = settings.pbx
    shortest, longest = _PBX.at("flash_min_ms"), _PBX.at("flash_max_ms")
    if pbx.flash_min_ms > pbx.flash_max_ms:
        words = f"flash_min_ms = {pbx.flash_min_ms} is longer than flash_max_ms = {pbx.flash_max_ms}."
        problems.tell(shortest, words, longest)
    elif not pbx.flash_min_ms <= pbx.flash_ms <= pbx.flash_max_ms:
        problems.tell(
            _PBX.at("flash_ms"),
            f"flash_ms = {pbx.flash_ms} does not lie between flash_min_ms = {pbx.flash_min_ms} "
            f"and flash_max_ms = {pbx.flash_max_ms}: change these too, or name the make of your PBX as profile.",
            shortest,
            longest,
        )


def check_rest(settings: Settings, problems: Problems) -> None:
    """After a call the line rests for longer than any flash, so that nobody takes its end for one (R20)."""
    lengths = [settings.pbx.flash_max_ms, *(line.flash_ms for line in settings.lines)]
    if settings.pbx.on_hook_s * 1000 <= max(lengths):
        problems.tell(
            _PBX.at("on_hook_s"),
            f"on_hook_s = {settings.pbx.on_hook_s:g} is no longer than a hook flash can be: "
            f"write more than {max(lengths) / 1000:g}.",
            _PBX.at("flash_max_ms"),
        )


def check_outside(settings: Settings, problems: Problems) -> None:
    """Nothing that stays in the house may begin as a call to the outside does (R35)."""
    prefix, outside = settings.pbx.outside_prefix, _PBX.at("outside_prefix")
    if not prefix:
        return
    for code in sorted(codes(settings.pbx)):
        if code.startswith(prefix):
            words = f'the code "{code}" begins with outside_prefix = "{prefix}": one of the two is wrong.'
            problems.tell(outside, words)
    for place, extension in _extensions(settings):
        if extension.startswith(prefix):
            words = f'{extension} begins with outside_prefix = "{prefix}" of [pbx]: one of the two is wrong.'
            problems.tell(place, words, outside)


def check_pattern(settings: Settings, problems: Problems) -> None:
    """Extensions look as those of this PBX do."""
    patterns = settings.pbx.extension_pattern.split()
    if not patterns:
        return
    fits = re.compile("|".join(pattern.replace("X", "[0-9]") for pattern in patterns))
    for place, extension in _extensions(settings):
        if not fits.fullmatch(extension):
            words = f"{extension} does not fit extension_pattern of [pbx]: one of the two is wrong."
            problems.tell(place, words, _PBX.at("extension_pattern"))


def _extensions(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Every extension that may be dialled, each with its place."""
    if settings.operator:
        yield Place("", "operator"), settings.operator
    for number, person in enumerate(settings.people, 1):
        if person.extension:
            yield row("people", number, person.name, "extension"), person.extension


def check_tones(settings: Settings, problems: Problems) -> None:
    """Tones that the PBX has of its own must be written as they were learned, and not be too many to listen for."""
    tones, place = settings.pbx.tones, _PBX.at("tones")
    if len(tones) > MOST_TONES:
        problems.tell(place, f"there are {len(tones)} tones: write {MOST_TONES} at most.")
        return
    for tone in tones:
        try:
            LearnedTone.read(tone)
        except BadSettings as problem:
            problems.tell(place, f"{problem.problem}: {problem.advice}")
