"""Measure the figures and write them into RESULTS.md: `python -m bench [--only SECTION]`.

Calls take about eleven minutes, hand-overs and ears as long again. What is not measured this time stays as it was.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.cards import card_figures
from bench.contacts import contact_figures
from bench.ears import Size, cost, measure, table, tape_table
from bench.figures import Figure, call_figures, day_figure, hold_figures, start_figure
from bench.handover import handover_figures
from bench.manycalls import many_calls_figure
from bench.routing import routing_figures
from bench.waits import WAITS_HOW, waits_figures

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
SECTIONS: Final = ("calls", "days", "waits", "routing", "handover", "contacts", "ears", "cards")


def main() -> int:
    """Run, print, write."""
    usual = Size()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", choices=SECTIONS, help="one section (all)")
    options.add_argument("--minutes", type=float, default=7.5, help="how long the eight lines hold (7.5)")
    options.add_argument("--callers", type=int, default=18, help="handed over at each make and level of noise (18)")
    options.add_argument("--each", type=int, default=usual.each, help=f"recordings a condition ({usual.each})")
    options.add_argument("--hours", type=float, default=usual.hours, help=f"of speech without keys ({usual.hours:g})")
    chosen = options.parse_args()
    sections: dict[str, Callable[[], tuple[str, bool]]] = {
        "calls": lambda: calls(chosen.minutes),
        "days": lambda: in_days([many_calls_figure()], "Virtual time: what counts is the time of the processor."),
        "waits": lambda: in_days(waits_figures(), WAITS_HOW),
        "routing": routing,
        "handover": lambda: handover(chosen.callers),
        "contacts": contacts,
        "ears": lambda: ears(Size(chosen.each, chosen.hours)),
        "cards": cards,
    }
    all_reached = True
    for name in SECTIONS if chosen.only is None else (chosen.only,):
        text, reached = sections[name]()
        write_section(RESULTS, name, text)
        all_reached = all_reached and reached
    return 0 if all_reached else 1


def calls(minutes: float) -> tuple[str, bool]:
    """The figures of calls on emulated lines, and whether all were reached."""
    figures: list[Figure] = []
    for measure_some in (lambda: [day_figure(), start_figure()], call_figures, lambda: hold_figures(minutes)):
        for figure in measure_some():
            figures.append(figure)
            sys.stdout.write(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n")
            sys.stdout.flush()
    how = (
        "Measured at the far end of emulated lines (profile `cx93001`), whose modems run in a process of their own;"
        " they have a command latency of 5 to 50 ms."
    )
    return figures_table(figures, how), all(figure.reached for figure in figures)


def in_days(measured: Iterable[Figure], how: str) -> tuple[str, bool]:
    """Figures of whole days in virtual time, and whether all were reached."""
    figures: list[Figure] = []
    for figure in measured:
        figures.append(figure)
        sys.stdout.write(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit}; {figure.conditions})\n")
        sys.stdout.flush()
    return figures_table(figures, how), all(figure.reached for figure in figures)


def handover(callers: int) -> tuple[str, bool]:
    """How hand-overs are judged, and how fast, and whether all was reached."""
    figures = handover_figures(callers)
    sys.stdout.write(
        "".join(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n" for figure in figures)
    )
    how = "The real program on emulated modems, at simulated PBXs, in their own time; delays are read off the tapes."
    return figures_table(figures, how), all(figure.reached for figure in figures)


def routing() -> tuple[str, bool]:
    """How long decisions take, and whether that is short enough."""
    figures = routing_figures()
    sys.stdout.write(
        "".join(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n" for figure in figures)
    )
    how = "In time of the processor, so that whatever else this machine does counts for nothing."
    return figures_table(figures, how), all(figure.reached for figure in figures)


def contacts() -> tuple[str, bool]:
    """What a book of many contacts costs, and whether all was reached."""
    figures: list[Figure] = []
    for figure in contact_figures():
        figures.append(figure)
        sys.stdout.write(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n")
        sys.stdout.flush()
    return figures_table(figures, "Processor time; nobody waits for the disk but the keeper."), all(
        figure.reached for figure in figures
    )


def cards() -> tuple[str, bool]:
    """The card box at its largest, and whether all was reached."""
    figures = card_figures()
    sys.stdout.write(
        "".join(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n" for figure in figures)
    )
    how = "Process times, with the ledger on this machine's disk."
    return figures_table(figures, how), all(figure.reached for figure in figures)


def figures_table(figures: Sequence[Figure], how: str) -> str:
    """Figures as a table, below how they were measured."""
    lines = [f"{measured_on()} {how}", "", "| what | must reach | measured | | conditions |", "|---|---|---|---|---|"]
    lines += [
        f"| {figure.what} | {figure.limit} | {figure.measured} | {mark(figure).strip()} | {figure.conditions} |"
        for figure in figures
    ]
    return "\n".join(lines)


def ears(size: Size) -> tuple[str, bool]:
    """Our receivers beside others, and whether ours reached everything."""
    rows, tape = table(measure(size), cost()), tape_table()
    sys.stdout.write("\n".join([*rows, "", *tape]) + "\n")
    lines = [
        f"{measured_on()} Every program hears the same recordings (`bench/corpus`), in which everything is drawn at"
        " random within a condition. Where a program must be told the modem or the country, it is told the right one;"
        " ours is told the country, not the modem, and is fed blocks of 20 ms. A dash: the program does not offer it.",
        "",
        *rows,
        "",
        "DTMF as on side 1 of Mitel's tape CM7291, 50 ms on and 50 ms off (`bench/corpus/mitel.py`):",
        "",
        *tape,
    ]
    return "\n".join(lines), not any("MISSED" in row for row in rows)


def mark(figure: Figure) -> str:
    """Reached, or not."""
    return "reached" if figure.reached else "MISSED "


def measured_on() -> str:
    """When, and on what."""
    return (
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: Python {platform.python_version()},"
        f" {platform.machine()}, {os.cpu_count()} shared cores."
    )


def write_section(results: Path, name: str, text: str) -> None:
    """Put `text` under the heading of its section, which is added if there is none; the others stay as they are."""
    kept = results.read_text(encoding="utf-8") if results.exists() else ""
    parts = re.split(r"^## (\w+)\n", kept, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True)) | {name.title(): text}
    titles = [section.title() for section in SECTIONS if section.title() in sections]
    written = "\n\n".join(f"## {title}\n\n{sections[title].strip()}" for title in titles)
    results.write_text(f"# Figures\n\n{written}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
