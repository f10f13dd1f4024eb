"""One modem for any program to try: `frontdesk emulate` offers it on a serial port and has it called as a file says.

The modem hangs on an extension port of a small PBX, on which there are four more extensions: 11 answers, 12 is busy, 13
never answers, 14 does not want to be disturbed.

The file is a JSON list of calls, each an object:

* `at`: seconds after the start (the only one that must be there);
* `number` and `name` of the caller; without both no caller ID is sent. `"P"` is a withheld number, `"O"` an
  unavailable one;
* `says`: a text to be spoken, or the path of a WAV file (from the folder of the list), one second after the modem
  answers;
* `presses`: a list of `[seconds after off-hook, key]`;
* `hangs_up`: `{"after": seconds after off-hook, "how": "busy", "loop" or "silence"}`, where `how` is what the line
  gets as the sign of it (also `"congestion"`, `"dial tone"`, `"loop and busy"`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from appliance.call import Presentation
from appliance.clock import Clock
from appliance.faults import BadSettings
from appliance.signals.generate import KEYS
from hardware.simulated.exchange import Release
from hardware.simulated.people import Caller, Staff
from hardware.simulated.profiles import Profile
from hardware.simulated.story import CallerStory, save_story
from hardware.simulated.voices import read_sound
from hardware.simulated.world import PlannedModem, World

MOST_BYTES = 1_000_000
MOST_CALLS = 1000
MOST_PRESSES = 200
LONGEST_S = 86_400.0
SAYS_AFTER_S = 1.0
LOOKS_EVERY_S = 0.2
_SOUND_FILES = (".wav", ".mp3", ".ogg", ".flac")
_ADVICE = "Correct the file of calls; `frontdesk emulate --help` says what it may hold."
_WITHHELD = {"P": Presentation.WITHHELD, "O": Presentation.UNAVAILABLE}

EXTENSIONS = (
    Staff("Anna Nowak", "11", answers_after_s=4.0, talks_s=20.0),
    Staff("Bert Busy", "12", on_the_phone=((0.0, math.inf),)),
    Staff("Nora Nobody", "13", answers_after_s=None),
    Staff("Dora Door", "14", do_not_disturb=True),
)


def load_calls(path: Path) -> tuple[Caller, ...]:
    """Read a file of calls.

    Raises:
        BadSettings: it cannot be read, or says something that cannot be done; the sentence names the call and the key.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong(f"{path} is larger than 1 MB")
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise _wrong(f"{path} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise _wrong(f"{path} is not JSON: {problem}") from problem
    if not isinstance(entries, list):
        raise _wrong(f"{path} must be a list of calls, in square brackets")
    if len(entries) > MOST_CALLS:
        raise _wrong(f"{path} has {len(entries)} calls; {MOST_CALLS} are the most")
    return tuple(_Entry(entry, f"{path}, call {index}", path.parent).caller() for index, entry in enumerate(entries, 1))


def run_emulation(
    profile: Profile,
    link: Path | None,
    calls: Sequence[Caller],
    save: Path | None,
    country: str,
    clock: Clock,
    stop: Callable[[], bool],
    tell: Callable[[str], None],
) -> None:
    """Offer the modem and place the calls until `stop()`; `tell` gets a sentence for the user now and then.

    Raises:
        BadSettings: unknown country, or a sound file that cannot be read.
        OSError: the link or the folder `save` cannot be written.
    """
    world = World(clock, country=country, modems=[PlannedModem(profile, link)], staff=EXTENSIONS, callers=calls)
    tell(f"The modem {profile.name} is at {link or world.lines[0]}.")
    tell("Extensions: 11 answers, 12 is busy, 13 never answers, 14 does not want to be disturbed.")
    waiter = clock.waiter("emulation")
    kept = 0
    world.start()
    try:
        while not stop() and world.failure is None:
            waiter.wait(clock.now() + LOOKS_EVERY_S)
            kept += _keep(world.stories[kept:], save, tell)
    finally:
        waiter.close()
        world.stop()
    _keep(world.stories[kept:], save, tell)


def call_report(story: CallerStory) -> str:
    """The JSON text that is saved of a call: hook transitions, flash lengths, digits, rings before the answer."""
    return json.dumps(story.told(), indent=2, ensure_ascii=False) + "\n"


def _keep(stories: Sequence[CallerStory], save: Path | None, tell: Callable[[str], None]) -> int:
    for story in stories:
        answer = "was not answered" if story.answered_at is None else f"was answered at ring {story.rings}"
        tell(f"Call {story.order} {answer}; the caller {story.ended_how}.")
        if save is not None:
            save_story(story, save)
            (save / f"call-{story.order:02}.json").write_text(call_report(story), encoding="utf-8")
    return len(stories)


class _Entry:
    """One call of the file, being checked."""

    KEYS = frozenset({"at", "number", "name", "says", "presses", "hangs_up"})

    def __init__(self, entry: Any, where: str, folder: Path) -> None:
        self._where = where
        self._folder = folder
        if not isinstance(entry, dict):
            raise _wrong(f"{where}: must be an object, in curly brackets")
        for key in entry.keys() - self.KEYS:
            raise self._wrong(key, f"is not known; known are {', '.join(sorted(self.KEYS))}")
        if "at" not in entry:
            raise self._wrong("at", "is missing")
        self._entry: Mapping[str, Any] = entry

    def caller(self) -> Caller:
        number = self._text("number", 20)
        presentation = _WITHHELD.get(number, Presentation.SHOWN)
        if presentation is Presentation.SHOWN and not set(number) <= set("0123456789*#+"):
            raise self._wrong("number", "may have digits, *, # and + only, or be P or O")
        after_s, release = self._hangs_up()
        return Caller(
            number="" if number in _WITHHELD else number,
            name=self._text("name", 50),
            at_s=self._seconds("at", self._entry["at"]),
            presentation=presentation,
            says=self._says(),
            presses=self._presses(),
            hangs_up_after_s=after_s,
            release=release,
        )

    def _says(self) -> tuple[tuple[float, Any], ...]:
        text = self._text("says", 2000)
        if not text:
            return ()
        if not text.lower().endswith(_SOUND_FILES):
            return ((SAYS_AFTER_S, text),)
        path = self._folder / text
        if not path.is_file():
            raise self._wrong("says", f"there is no file {path}")
        try:
            return ((SAYS_AFTER_S, read_sound(path)),)
        except BadSettings as problem:
            raise self._wrong("says", problem.problem) from problem

    def _presses(self) -> tuple[tuple[float, str], ...]:
        presses = self._entry.get("presses") or []
        if not isinstance(presses, list) or len(presses) > MOST_PRESSES:
            raise self._wrong("presses", f"must be a list of at most {MOST_PRESSES} pairs [seconds, key]")
        found = []
        for press in presses:
            if not isinstance(press, list) or len(press) != 2:
                raise self._wrong("presses", f"{press!r} is not a pair [seconds, key]")
            seconds, key = press
            if not isinstance(key, str) or key not in KEYS:
                raise self._wrong("presses", f"{key!r} is not a key; keys are {''.join(KEYS)}, as texts")
            found.append((self._seconds("presses", seconds), key))
        return tuple(found)

    def _hangs_up(self) -> tuple[float, Release]:
        hangs_up = self._entry.get("hangs_up")
        if hangs_up is None:
            return math.inf, Release.BUSY
        if not isinstance(hangs_up, dict) or not hangs_up.keys() <= {"after", "how"} or "after" not in hangs_up:
            raise self._wrong("hangs_up", 'must be an object {"after": seconds, "how": "busy", "loop" or "silence"}')
        ways = {release.value: release for release in Release}
        how = hangs_up.get("how", "busy")
        if not isinstance(how, str) or how not in ways:
            raise self._wrong("hangs_up", f"{how!r} is not a way to hang up; ways are {', '.join(ways)}")
        return self._seconds("hangs_up", hangs_up["after"]), ways[how]

    def _text(self, key: str, most: int) -> str:
        text = self._entry.get(key)
        if text is None:
            return ""
        if not isinstance(text, str) or len(text) > most or not text.isprintable():
            raise self._wrong(key, f"must be a text of at most {most} signs")
        return text.strip()

    def _seconds(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_S:
            raise self._wrong(key, f"{value!r} is not a number of seconds from 0 to {LONGEST_S:.0f}")
        return float(value)

    def _wrong(self, key: str, what: str) -> BadSettings:
        return _wrong(f"{self._where}, {key!r}: {what}")


def _wrong(problem: str) -> BadSettings:
    return BadSettings(problem, _ADVICE)
