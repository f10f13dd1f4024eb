"""All emulated modems for a day of line time, with random callers and random misfortunes. `make soak` runs it.

`FRONTDESK_SOAK_HOURS` says how many hours the lines stand together (24 unless told); they are shared out to parts that
may run at the same time. `FRONTDESK_SOAK_HOURS=0.5` is a try of some minutes. The figures stay in `build/soak`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak

HOURS = float(os.environ.get("FRONTDESK_SOAK_HOURS", "24"))
HOURS_OF_A_PART = 6.0
PARTS = max(1, round(HOURS / HOURS_OF_A_PART))
GROWS_KB = 6000
"""Calls take and leave about 1 MB each of large arrays; what is left on average stays below a few calls' worth."""
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "2"}
"""The allocator gives large arrays back at once, so that resident memory is what is in use."""


@pytest.mark.parametrize("seed", range(1, PARTS + 1))
def test_modems_with_every_misfortune_answer_on_and_lose_nobody(seed: int, root: Path) -> None:
    """R21, R23, R37: no line is stuck, each heals in time, each ring has its record, nobody is lost, nothing grows."""
    report = root / "build" / "soak" / f"modems-{seed}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    part = [sys.executable, "-m", "tests.soak.part", str(seed), str(HOURS / PARTS), str(report)]
    subprocess.run(part, cwd=root, env=os.environ | GIVE_BACK, check=True)
    seen = json.loads(report.read_text(encoding="utf-8"))
    assert seen["complaints"] == []
    assert seen["grown_kb"] < GROWS_KB
