"""Measure all figures and write RESULTS.md: `python -m bench [--minutes M]`. Takes about eleven minutes."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, call_figures, day_figure, hold_figures, start_figure

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Run, print, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=7.5, help="how long the eight lines hold (7.5)")
    minutes = options.parse_args().minutes
    figures: list[Figure] = []
    for measure in (lambda: [day_figure(), start_figure()], call_figures, lambda: hold_figures(minutes)):
        for figure in measure():
            figures.append(figure)
            sys.stdout.write(f"{mark(figure)}  {figure.what}: {figure.measured} ({figure.limit})\n")
            sys.stdout.flush()
    RESULTS.write_text(table(figures), encoding="utf-8")
    return 0 if all(figure.reached for figure in figures) else 1


def mark(figure: Figure) -> str:
    """Reached, or not."""
    return "reached" if figure.reached else "MISSED "


def table(figures: list[Figure]) -> str:
    """The file of results."""
    lines = [
        "# Figures",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: Python {platform.python_version()},"
        f" {platform.machine()}, {os.cpu_count()} shared cores. Measured at the far end of emulated lines (profile"
        " `cx93001`), whose modems run in a process of their own; they have a command latency of 5 to 50 ms.",
        "",
        "| what | must reach | measured | | conditions |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {figure.what} | {figure.limit} | {figure.measured} | {mark(figure).strip()} | {figure.conditions} |"
        for figure in figures
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
