"""The makes of PBX that the office can name, and how each wants to be spoken to (R33).

`[pbx] profile = "slican"` in the settings puts the values of `slican.toml` in place of the general ones; each key that
the owner writes beside it counts more. A file says only what is known of its make, and of each key where that comes
from: from a document (`[sources]`), or from hearsay that a day at such a PBX should replace (`[unverified]`). What a
file leaves out is as in `generic-etsi.toml`, which says all. The rules for the values are those of the owner's own
(`appliance.store.settings`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """One make. `pbx` is its table of the settings in plain form; `sources` and `unverified` say why, key by key.

    A key in `unverified` that `pbx` does not have is one of which nobody knows what this make does.
    """

    name: str
    title: str
    pbx: Mapping[str, Any]
    sources: Mapping[str, str]
    unverified: Mapping[str, str]

    def under(self, owner: Mapping[str, Any]) -> dict[str, Any]:
        """The table `[pbx]` with what the `owner` says, and this make's values where they say nothing."""
        merged = {**self.pbx, **owner}
        own, known = owner.get("status"), self.pbx.get("status", {})
        if isinstance(own, Mapping):
            merged["status"] = {**known, **own}
        return merged


def told_of(profile: Profile) -> Iterator[str]:
    """The make in lines for a person: each value, and where it comes from; at the end what nobody knows."""
    yield profile.title
    for key, value in profile.pbx.items():
        told = _spoken(value)
        source = profile.sources.get(key)
        yield f"  {key} = {told}: {source}" if source else f"  {key} = {told}: NOT VERIFIED, {profile.unverified[key]}"
    for key, why in profile.unverified.items():
        if key not in profile.pbx:
            yield f"  {key}: nobody knows; {why}"


def _spoken(value: Any) -> str:
    """A value of a settings file as a person reads it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case Mapping():
            return ", ".join(f"{key} {_spoken(inner)}" for key, inner in value.items())
        case list():
            return f"[{', '.join(map(_spoken, value))}]"
    return f"{value}"


@cache
def known_profiles() -> tuple[str, ...]:
    """The names that `[pbx] profile` can have."""
    names = [entry.name for entry in resources.files(__package__).iterdir()]
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_profile(name: str) -> Profile:
    """The make called `name`. Raises `KeyError` where there is none."""
    if name not in known_profiles():
        raise KeyError(name)
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return Profile(name, told["title"], told["pbx"], told.get("sources", {}), told.get("unverified", {}))
