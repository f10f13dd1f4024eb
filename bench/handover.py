"""How well the box knows what became of a hand-over, and how fast: heard through emulated modems at every make of PBX.

Every caller is handed over to a telephone whose habits are known (`hardware.simulated.transfers.audible`): busy, not
answered, answered by a person or a machine, or no such number. Noise is set that many decibels below each frequency of
the PBX's tones.
"""

from __future__ import annotations

import math
import multiprocessing
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from appliance.main import box_in
from appliance.store.settings import settings_from
from bench.figures import Figure
from hardware.simulated.makes import MAKES
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.profiles import PROFILES
from hardware.simulated.transfers.audible import Heard, hear_transfers
from hardware.simulated.transfers.report import Fate
from hardware.simulated.world import PlannedModem

SNR_DB: Final = (math.inf, 25.0, 20.0, 15.0)
MODEMS: Final = ("cx93001", "usr5637", "zoom3095", "cx93001")


@dataclass(frozen=True, slots=True)
class Job:
    """Callers for one make of PBX with so much noise on its lines."""

    make: str
    snr_db: float
    callers: int


def handover_figures(callers: int) -> list[Figure]:
    """The figures of issue and rules R16 and R17; `callers` for each make and level of noise."""
    jobs = [Job(make, snr_db, callers) for make in MAKES for snr_db in SNR_DB]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return figures(pool.map(run, jobs, chunksize=1), f"{len(jobs)} runs of {callers} callers")


def run(job: Job) -> Heard:
    """Have the callers of one job handed over."""
    pbx = settings_from({"company": "Northwind", "country": "pl", "pbx": {"profile": job.make}}).pbx
    devices = [PlannedModem(PROFILES[name]) for name in MODEMS]
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as home:
        their_pbx = with_noise(MAKES[job.make], job.snr_db)
        return hear_transfers(
            (pbx, their_pbx),
            devices,
            box_in,
            Path(home),
            count=job.callers,
            seed=round(min(job.snr_db, 99)),
            hasty=0.0,
        )


def with_noise(profile: PbxProfile, snr_db: float) -> PbxProfile:
    """The same PBX with noisy lines."""
    if math.isinf(snr_db):
        return profile
    return replace(profile, tones=replace(profile.tones, noise_dbm0=profile.tones.dbm0 - snr_db))


def figures(runs: Sequence[Heard], conditions: str) -> list[Figure]:
    """What must be reached, and was or was not."""
    checked = [attempt for heard in runs for attempt in heard.attempts]
    right = sum(attempt.right for attempt in checked)
    whisper_s = [delay for heard in runs for delay in heard.whisper_s]
    back_s = [delay for heard in runs for delay in heard.back_s]
    lost = sum(heard.fates[Fate.LOST] for heard in runs)
    told = f"{conditions}; six makes of PBX, noise 25, 20, 15 dB below the tones and none"
    share = right / max(1, len(checked))
    return [
        Figure("verdicts of hand-overs right", "≥ 99 %", f"{share:.1%} of {len(checked)}", share >= 0.99, told),
        Figure(
            "first sound of whoever answers → whisper",
            "median ≤ 700 ms",
            f"median {_ms(statistics.median(whisper_s))}, worst {_ms(max(whisper_s))} of {len(whisper_s)}",
            statistics.median(whisper_s) <= 0.7,
            told,
        ),
        Figure(
            "busy or congestion tone → caller back",
            "≤ 3 s",
            f"median {_ms(statistics.median(back_s))}, worst {_ms(max(back_s))} of {len(back_s)}",
            max(back_s) <= 3.0,
            told,
        ),
        Figure("callers lost", "none", f"{lost}", lost == 0, told),
    ]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
