"""A letter of one page, as text for a telephone's screen and as a page to be printed.

Names and matters in it came over the telephone network or from a file: they are freed of control characters here, and
escaped in HTML.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

WIDTH = 72
"""Letters in a line of text (RFC 3676, section 4.2)."""
LONGEST = 300
"""Letters of one sentence; what is longer did not come from people."""

_STYLE = (
    "body{font:11pt/1.45 sans-serif;color:#111;background:#fff;max-width:42em;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.5em;line-height:1.2}h2{font-size:1.1em;margin:1.4em 0 .3em;border-bottom:1px solid #999}"
    "p{margin:.3em 0}ul{margin:.3em 0;padding-left:1.3em}li{margin:.3em 0;break-inside:avoid}small{color:#444}"
    "@media print{body{margin:0;max-width:none}@page{margin:2cm}}"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list: what it is, and more about it in smaller letters."""

    words: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter: sentences under a heading, and a list."""

    heading: str
    sentences: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter. `language` is that of its words, as HTML names it."""

    title: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    language: str = "en"

    def text(self) -> str:
        """As plain text."""
        lines = [seen(self.title), "=" * min(WIDTH, len(self.title)), "", *_wrapped(self.sentences)]
        for part in self.parts:
            lines += ["", seen(part.heading), "-" * min(WIDTH, len(part.heading)), *_wrapped(part.sentences)]
            for item in part.items:
                lines += textwrap.wrap(seen(item.words), WIDTH, initial_indent="* ", subsequent_indent="  ")
                for detail in item.details:
                    lines += textwrap.wrap(seen(detail), WIDTH, initial_indent="  ", subsequent_indent="  ")
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """As a page that needs nothing else and can be printed."""
        parts = "".join(
            f"<h2>{_safe(part.heading)}</h2>{_paragraphs(part.sentences)}{_list(part.items)}" for part in self.parts
        )
        return (
            f'<!doctype html><html lang="{_safe(self.language)}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{_safe(self.title)}</title>'
            f"<style>{_STYLE}</style></head><body><h1>{_safe(self.title)}</h1>"
            f"{_paragraphs(self.sentences)}{parts}</body></html>\n"
        )


def seen(text: str) -> str:
    """Text without what cannot be seen or turns the direction of writing, on one line, cut."""
    one_line = "".join(sign if sign.isprintable() else " " for sign in text[: 2 * LONGEST])
    tidy = " ".join(one_line.split())
    return tidy if len(tidy) <= LONGEST else tidy[: LONGEST - 1] + "…"


def _safe(text: str) -> str:
    return escape(seen(text))


def _wrapped(sentences: tuple[str, ...]) -> list[str]:
    return [line for sentence in sentences for line in textwrap.wrap(seen(sentence), WIDTH)]


def _paragraphs(sentences: tuple[str, ...]) -> str:
    return "".join(f"<p>{_safe(sentence)}</p>" for sentence in sentences)


def _list(items: tuple[Item, ...]) -> str:
    if not items:
        return ""
    return f"<ul>{''.join(f'<li>{_safe(item.words)}{_details(item)}</li>' for item in items)}</ul>"


def _details(item: Item) -> str:
    return "".join(f"<br><small>{_safe(detail)}</small>" for detail in item.details)
