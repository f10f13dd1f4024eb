"""From a value to the words for it: numbers digit by digit, places in line, minutes, days and times.

What the words are stands in the tables of `voice-prompts/<language>/prompts.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

LONGEST_WAIT_MIN = 15
"""No wait is told more exactly than "more than fifteen minutes"."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def daypart(moment: datetime) -> str:
    """The word for this time of day that `greeting` takes: morning until noon, evening from six and before five."""
    if moment.hour < 5 or moment.hour >= 18:
        return "evening"
    return "morning" if moment.hour < 12 else "afternoon"


class Speller:
    """Turns the value of a placeholder into words: one method for each kind that is more than a name."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words
        self._kinds: dict[str, Callable[[str], str]] = {
            "daypart": lambda value: str(words["daypart"][value]),
            "kind": lambda value: str(words["cards"][value]),
            "when": lambda value: str(words["when"][value]),
            "key": lambda value: str(words["keys"][value]),
            "number": self.digits,
            "place": self.place,
            "low": self.count,
            "high": self.minutes,
        }

    def spell(self, placeholder: str, value: str | int) -> str:
        """`value` in words. Raises `LookupError` or `ValueError` where there are none for it."""
        told = str(value).strip()
        if not told:
            raise ValueError("nothing to say")
        return self._kinds.get(placeholder, str)(told)

    def digits(self, value: str) -> str:
        """A number digit by digit, in threes with a breath between them; blanks and dashes are not spoken."""
        names = [self._words["digits"][mark] for mark in value if mark not in " -()/."]
        if not names:
            raise ValueError("no digits")
        # The last group may have four, never one alone.
        cuts = [*range(0, max(len(names) - 1, 1), 3), len(names)]
        return ", ".join(" ".join(names[start:end]) for start, end in pairwise(cuts))

    def place(self, value: str) -> str:
        """A place in line as an ordinal."""
        place, words = int(value), self._words["places"]
        if place < 1:
            raise ValueError("places begin at one")
        within = place <= len(words["ordinals"])
        return str(words["ordinals"][place - 1] if within else words["beyond"].format(place=place))

    def count(self, value: str) -> str:
        """A number of minutes without the word "minutes"."""
        if not 1 <= int(value) <= LONGEST_WAIT_MIN:
            raise ValueError("minutes are told from one to fifteen")
        return str(self._words["minutes"]["counts"][int(value) - 1])

    def minutes(self, value: str) -> str:
        """A number of minutes with the word "minutes"."""
        form = self._words["minutes"]["one" if int(value) == 1 else "many"]
        return str(form.format(count=self.count(value)))

    def opening(self, opens: datetime, now: datetime | None) -> str:
        """Day and time; "today", "tomorrow" and a date only when it is known what day it is now.

        A weekday alone means the next one, so a week from now, or later, the date is told, too.
        """
        words = self._words["opening"]
        days_off = (opens.date() - now.date()).days if now else None
        day = words["days"]["today" if days_off == 0 else "tomorrow" if days_off == 1 else _WEEKDAYS[opens.weekday()]]
        if days_off is not None and days_off >= len(_WEEKDAYS):
            date, month = words["dates"][opens.day - 1], words["months"][opens.month - 1]
            day = words["on-date"].format(weekday=day, date=date, month=month)
        minute = words["early-minute"].format(minute=opens.minute) if opens.minute < 10 else opens.minute
        form = words["past-the-hour" if opens.minute else "on-the-hour"]
        hour, part = words["hours"][opens.hour], words["parts"][daypart(opens)]
        return str(form.format(day=day, hour=hour, minute=minute, part=part))

    def past(self, day: datetime, now: datetime) -> str:
        """A day that is over, or today; a weekday only while it cannot be mistaken for the one before."""
        days_ago = (now.date() - day.date()).days
        if 1 < days_ago < len(_WEEKDAYS):
            return str(self._words["opening"]["days"][_WEEKDAYS[day.weekday()]])
        return str(self._words["past"]["today" if days_ago <= 0 else "yesterday" if days_ago == 1 else "earlier"])
