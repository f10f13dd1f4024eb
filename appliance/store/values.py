"""Reads single values of the plain form; who cannot, gives up with `Misread` and says what to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import fields

from appliance.settings import Settings
from appliance.store.problems import SHOWN, Place, Problems, shown
from appliance.store.ranges import Shape

LONGEST_TEXT = 200
LONGEST_ADDRESS = 600
"""Addresses of some services carry long keys."""
ADDRESSES = ("notify", "urls")


def text_from(plain: object, place: Place, shape: Shape | None = None) -> str:
    """Read one text, which stands on one line and looks as it must."""
    if not isinstance(plain, str):
        meant = place.shown(plain) if isinstance(plain, int) else "…"
        place.wrong(f'{place.key} = {place.shown(plain)} must be in quotation marks: write {place.key} = "{meant}".')
    text = plain.strip()
    longest = LONGEST_ADDRESS if place.key in ADDRESSES else LONGEST_TEXT
    if len(text) > longest:
        place.wrong(f"{place.key} is too long: write at most {longest} letters.")
    if not text.isprintable():
        place.wrong(f"{place.key} has a line break or an invisible sign in it: write it again on one line.")
    if text and shape and not shape[0].fullmatch(text):
        place.wrong(f"{place.key} = {place.shown(text)} does not fit: write {shape[1]}.")
    return text


def yes_or_no_from(plain: object, place: Place) -> bool:
    """Read true or false."""
    if not isinstance(plain, bool):
        place.wrong(f"{place.key} = {shown(plain)} does not fit: write true or false, without quotation marks.")
    return plain


def number_from(kind: type[int] | type[float], plain: object, place: Place, span: tuple[float, float]) -> float:
    """Read a number that lies in `span`."""
    low, high = span
    advice = f"write a {'whole ' if kind is int else ''}number from {low:g} to {high:g}"
    if isinstance(plain, bool) or not isinstance(plain, (kind, int)):
        place.wrong(f"{place.key} = {shown(plain)} does not fit: {advice}, without quotation marks.")
    if not low <= plain <= high:
        place.wrong(f"{place.key} = {shown(plain)} is out of range: {advice}.")
    return kind(plain)


def refuse_unknown(plain: Mapping[str, object], known: Iterable[str], place: Place, problems: Problems) -> None:
    """Tell every key that nobody knows, with the one that may be meant."""
    known = list(known)
    for key in plain:
        if key in known:
            continue
        if problems.full:
            return
        word, here = key[:SHOWN], place.at(key)
        close = difflib.get_close_matches(key.lower(), known, n=1)
        if place.table and key in {field.name for field in fields(Settings)}:
            words = f"there is a line {word}, which belongs at the top of the file: move it up."
            problems.doubt(Place("", key))
        elif close:
            words = f"nothing is called {word}: did you mean {close[0]}?"
            problems.doubt(place.at(close[0]))
        else:
            words = f"nothing is called {word}: there can be {', '.join(known)}."
        problems.misread(here, words, plain[key])
