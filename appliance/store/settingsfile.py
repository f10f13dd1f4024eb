"""Reads the owner's settings file: TOML in UTF-8, of a size that a person may have written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from appliance.faults import BadSettings
from appliance.store.plainform import Plain

LARGEST_FILE = 1_000_000
"""Bytes. A hundred people take some ten thousand; more than this is another kind of file."""


def plain_of(path: Path) -> Plain:
    """The tables of the file. Raises `BadSettings` when it is missing, too large, or no TOML."""
    return parsed(_text_of(path))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise BadSettings(f"There is no such file; looked for it at {path}.") from None
    except OSError as refused:
        raise BadSettings(f"The file cannot be opened ({refused.strerror}).") from None
    if len(content) > LARGEST_FILE:
        raise BadSettings("The file is larger than 1 MB, so it is hardly a settings file: give another one.")
    try:
        return content.decode("utf-8-sig")  # some editors put a mark at the beginning
    except UnicodeDecodeError:
        raise BadSettings("The file is not in UTF-8: save it again with the encoding UTF-8.") from None


def parsed(text: str) -> Plain:
    """The tables of a text in TOML. Raises `BadSettings` when it is none."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadSettings("There are too many brackets inside brackets: take them out.") from None
    except tomllib.TOMLDecodeError as wrong:
        spot = re.search(r"at (line \d+, column \d+)", str(wrong))
        place = spot[1] if spot else "its end"
        if re.match("Cannot (overwrite|declare|mutate)", str(wrong)):
            raise BadSettings(f"At {place}, something is written that was given before: keep one of them.") from None
        raise BadSettings(
            f"The file cannot be understood at {place}: look there for a missing quotation mark, bracket or = sign."
        ) from None
    except ValueError:
        raise BadSettings("There is a number of thousands of digits in the file: write a shorter one.") from None
