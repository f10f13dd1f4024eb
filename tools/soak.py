"""Run every test, the long ones too, and record the result in bench/SOAK.md. `make soak` calls this.

The number of kills in the power-cut test comes from the environment, `FRONTDESK_KILLS`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "build" / "soak.xml"
RECORD = ROOT / "bench" / "SOAK.md"


def main() -> int:
    """Run the tests and write the record, also when some of them failed. Returns pytest's own exit code."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-m", "", "--durations=10", f"--junit-xml={REPORT}", *sys.argv[1:]]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if REPORT.exists():
        RECORD.write_text(record(ElementTree.parse(REPORT).getroot()), encoding="utf-8")
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


def row(case: ElementTree.Element, result: str) -> str:
    """One test as a row of the table."""
    return f"| {case.get('name', '').replace('_', ' ')} | {seconds(case):.1f} | {result} |"


def seconds(case: ElementTree.Element) -> float:
    """How long this test took."""
    return float(case.get("time", "0"))


if __name__ == "__main__":
    sys.exit(main())
