"""Run every test, the long ones too, and record the result in bench/SOAK.md. `make soak` calls this.

The number of kills in the power-cut test comes from the environment, `FRONTDESK_KILLS`, and so do the hours that all
modems stand together, `FRONTDESK_SOAK_HOURS`. The tests run on all cores; `-n 0` at the end of the command has them run
one after the other.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "build" / "soak.xml"
PARTS = ROOT / "build" / "soak"
RECORD = ROOT / "bench" / "SOAK.md"
ON_ALL_CORES = ("-n", "auto", "--maxprocesses", "8", "--dist", "worksteal")


def main() -> int:
    """Run the tests and write the record, also when some of them failed. Returns pytest's own exit code."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    for former in PARTS.glob("modems-*.json"):
        former.unlink()
    command = [sys.executable, "-m", "pytest", "-m", "", *ON_ALL_CORES, "--durations=10", f"--junit-xml={REPORT}"]
    code = subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, check=False).returncode
    if REPORT.exists():
        parts = [json.loads(part.read_text(encoding="utf-8")) for part in sorted(PARTS.glob("modems-*.json"))]
        RECORD.write_text(record(ElementTree.parse(REPORT).getroot()) + modems(parts), encoding="utf-8")
    return code


def record(report: ElementTree.Element) -> str:
    """The record in words: when, on what, how many, how long, and what failed."""
    cases = list(report.iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    slowest = sorted(cases, key=seconds, reverse=True)[:5]
    lines = [
        "# The last soak",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.machine()},"
        f" {os.cpu_count()} cores, {os.environ.get('FRONTDESK_KILLS', 'the usual number of')} kills.",
        "",
        f"**{len(cases) - len(failed)} of {len(cases)} tests passed** in {sum(map(seconds, cases)) / 60:.1f} minutes.",
        "",
        "| test | seconds | |",
        "|---|---|---|",
        *(row(case, "failed") for case in failed),
        *(row(case, "passed") for case in slowest if case not in failed),
    ]
    return "\n".join(lines) + "\n"


def modems(parts: Sequence[Mapping[str, Any]]) -> str:
    """What the soak of all modems saw, added up over its parts; nothing where it did not run."""
    if not parts:
        return ""
    callers, befallen = added(parts, "callers"), added(parts, "misfortunes")
    healed = {why: max(part["healed_in_s"].get(why, 0.0) for part in parts) for why in (*befallen, "start")}
    hours = sum(part["line_s"] for part in parts) / 3600
    lines = [
        "",
        "## All modems",
        "",
        f"{parts[0]['lines']} emulated modems, one of every make, {hours:.1f} hours of line time in {len(parts)} parts,"
        f" {total(parts, 'calls')} calls, {sum(befallen.values())} misfortunes at random moments."
        f" **{sum(len(part['complaints']) for part in parts)} complaints.**",
        "",
        "| misfortune of a modem | times | longest until it was armed again |",
        "|---|---|---|",
        *(f"| {why} | {befallen.get(why, parts[0]['lines'] * len(parts))} | {s:.1f} s |" for why, s in healed.items()),
        "",
        "| callers | |",
        "|---|---|",
        *(f"| {how} | {count} |" for how, count in callers.most_common()),
        "",
        f"Longest off-hook: {most(parts, 'longest_off_hook_s'):.0f} s. Under-runs: {total(parts, 'underruns')}, of them"
        f" without an injected cause: {total(parts, 'underruns_without_cause')}. Resident memory, without what the"
        f" emulators write down: {most(parts, 'slope_kb_per_line_hour'):+.0f} kB an hour of line time at the most.",
    ]
    return "\n".join(lines) + "\n"


def added(parts: Sequence[Mapping[str, Any]], what: str) -> Counter[str]:
    """The counts called `what`, over all parts."""
    return sum((Counter(part[what]) for part in parts), Counter())


def most(parts: Sequence[Mapping[str, Any]], what: str) -> float:
    """The greatest `what` of all parts."""
    return max(float(part[what]) for part in parts)


def total(parts: Sequence[Mapping[str, Any]], what: str) -> int:
    """The sum of `what` over all parts."""
    return sum(int(part[what]) for part in parts)


def row(case: ElementTree.Element, result: str) -> str:
    """One test as a row of the table."""
    return f"| {case.get('name', '').replace('_', ' ')} | {seconds(case):.1f} | {result} |"


def seconds(case: ElementTree.Element) -> float:
    """How long this test took."""
    return float(case.get("time", "0"))


if __name__ == "__main__":
    sys.exit(main())
