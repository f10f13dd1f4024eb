"""How a modem reads its command lines and words its answers, by ITU-T V.250.

`LineEditor` turns keystrokes into command lines (echo, backspace, `A/`), `commands_of` divides a line into commands,
`Wording` turns results, information and unsolicited lines into bytes. Nothing here knows what any command does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RESULT_DIGITS = {
    "OK": 0,
    "CONNECT": 1,
    "RING": 2,
    "NO CARRIER": 3,
    "ERROR": 4,
    "NO DIALTONE": 6,
    "BUSY": 7,
    "NO ANSWER": 8,
    "RINGING": 11,
}
"""Numeric result codes, sent when `V0` is set (V.250 table 1 and the usual extensions)."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: `E0` is `E` + `0`, `+VLS=1` is `+VLS`, `=` and `1`, `+VSM=?` is `+VSM` and `=?`."""

    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        return self.name + self.operator + self.value


_COMMAND = re.compile(
    r"""
      (?P<dial>D) (?P<string>[^;]*;?)
    | (?P<poke>!) (?P<address>[0-9A-F]+) (?P<poked>=?) (?P<byte>[0-9A-F]*)
    | :(?P<u_way>[UR]) (?P<u_what>[0-9A-F]{2}(?:,[0-9A-F]{1,4})*)
    | (?P<extended>[+\-\#*][A-Z][A-Z0-9]*) (?: (?P<test>=\?) | (?P<query>\?) | (?P<set>=) (?P<to>(?:"[^"]*"|[^;"])*) )?
    | S (?P<register>\d*) (?: (?P<ask>\?) | (?P<assign>=) (?P<number>\d*) )?
    | (?P<basic>[&\\%]?[A-Z]) (?P<argument>\d*)
    """,
    re.VERBOSE,
)


def commands_of(body: str) -> list[Command]:
    """Divide what follows `AT`, in capitals and without blanks, into its commands.

    Raises:
        ValueError: the line cannot be divided; nothing of it should be done.
    """
    found: list[Command] = []
    position, needs_semicolon = 0, False
    while position < len(body):
        if body[position] == ";":
            position, needs_semicolon = position + 1, False
            continue
        match = _COMMAND.match(body, position)
        if match is None or needs_semicolon:
            raise ValueError(f"not a command: {body[position:]}")
        found.append(_command(match))
        needs_semicolon = match["extended"] is not None
        position = match.end()
    return found


def _command(match: re.Match[str]) -> Command:
    if match["dial"]:
        return Command("D", "", match["string"])
    if match["poke"]:
        return Command("!" + match["address"], match["poked"], match["byte"])
    if match["u_way"]:
        return Command(":" + match["u_way"], "", match["u_what"])
    if match["extended"]:
        return Command(match["extended"], match["test"] or match["query"] or match["set"] or "", match["to"] or "")
    if match["basic"]:
        return Command(match["basic"], "", match["argument"])
    return Command("S" + match["register"], match["ask"] or match["assign"] or "", match["number"] or "")


class LineEditor:
    """Collects keystrokes until a command line is complete.

    Before `AT` everything is ignored; both letters must be of one case. A line longer than `limit` characters is given
    back as `None`.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._typed = ""
        self._last = ""

    def clear(self) -> None:
        """Forget a half-typed line."""
        self._typed = ""

    def type(self, key: int, enter: int, backspace: int) -> tuple[bool, str | None]:
        """Take one keystroke: whether a line is complete, and what follows its `AT` (`None`: too long).

        `enter` and `backspace` are the characters of S3 and S5.
        """
        if key == enter:
            return self._enter()
        if key == backspace:
            self._typed = self._typed[:-1]
        elif key > ord(" ") and key < 0x7F:
            self._typed += chr(key)
            if self._typed in ("A/", "a/"):
                self._typed = ""
                return True, self._last
            if self._typed[:2] not in ("A", "a", "AT", "at"):
                self._typed = chr(key) if key in b"Aa" else ""
        return False, None

    def _enter(self) -> tuple[bool, str | None]:
        line, self._typed = self._typed, ""
        if len(line) < len("AT"):
            return False, None
        if len(line) - len("AT") > self._limit:
            return True, None
        self._last = line[2:].upper()
        return True, self._last


@dataclass(frozen=True, slots=True)
class Wording:
    """How answers look on the wire, by the settings of `V`, S3 and S4 (V.250 6.2.6)."""

    verbose: bool = True
    enter: int = 13
    feed: int = 10

    def result(self, text: str) -> bytes:
        """A result code: `\\r\\nOK\\r\\n` or `0\\r`."""
        if self.verbose or text not in RESULT_DIGITS:
            return self.lines((text,))
        return b"%d%c" % (RESULT_DIGITS[text], self.enter)

    def lines(self, texts: tuple[str, ...]) -> bytes:
        """Information, or an unsolicited line."""
        end = bytes((self.enter, self.feed))
        body = b"".join(text.encode("latin-1", "replace") + end for text in texts)
        return (end if self.verbose else b"") + body
