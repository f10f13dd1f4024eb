"""multimon-ng, a command that reads raw sound of 22050 samples a second and prints what it decodes (GPL).

Its DTMF decoder prints a line a key; CLIPFSK, for caller ID of both modems, a line a message.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final

import numpy as np

from appliance.signals.callerid import CallerIdMessage, Scheme
from appliance.signals.levels import RATE_HZ
from appliance.signals.resample import Resampler
from bench.peers import Peer, Recorded

_RATE_HZ: Final = 22050
_TAIL_S: Final = 0.5
_FIELD: Final = re.compile(r"\b(DATE|CID|RACLI|CNT)=")


def installed() -> bool:
    """Is the command there?"""
    return shutil.which("multimon-ng") is not None


def _decoded(samples: Recorded, decoder: str) -> list[str]:
    """The lines that one of its decoders prints, without their label."""
    resampler = Resampler(RATE_HZ, _RATE_HZ)
    sound = np.concatenate((resampler.feed(samples), resampler.finish(), np.zeros(round(_TAIL_S * _RATE_HZ))))
    raw = np.clip(np.rint(sound), -32768.0, 32767.0).astype("<i2").tobytes()
    command = ["multimon-ng", "-q", "-n", "-t", "raw", "-a", decoder, "-"]
    told = subprocess.run(command, input=raw, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    label = f"{decoder}: "
    return [line.removeprefix(label) for line in told.decode("latin-1").splitlines() if line.startswith(label)]


def keys(samples: Recorded) -> str:
    """The keys of its DTMF decoder."""
    return "".join(line.strip() for line in _decoded(samples, "DTMF"))


def callers(samples: Recorded, scheme: Scheme) -> list[CallerIdMessage]:
    """The call set-up messages of its CLIPFSK decoder, which knows Bell 202 and V.23 and is not told which it is."""
    return [_read(line) for line in _decoded(samples, "CLIPFSK") if line.startswith("CS ")]


def _read(line: str) -> CallerIdMessage:
    """From `CS DATE=11251405 CID=225550100 CNT=Jan Kowalski`."""
    parts = _FIELD.split(line)[1:]
    found = {name: value.strip() for name, value in zip(parts[::2], parts[1::2], strict=True)}
    return CallerIdMessage(
        number=found.get("CID", ""),
        name=found.get("CNT", ""),
        reason=found.get("RACLI", "")[:1],
        datetime=found.get("DATE", ""),
    )


PEER: Final = Peer("multimon-ng", keys, callers, (Scheme.BELL202, Scheme.V23), must_be_told=False)
