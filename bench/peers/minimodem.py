"""minimodem, a command for modem signals of any kind (GPL); its mode `callerid` prints caller-ID messages."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import wave
from typing import Final

from appliance.signals.callerid import CallerIdMessage, Scheme
from appliance.signals.countries import CallerIdStandard
from appliance.signals.levels import RATE_HZ
from bench.peers import Peer, Recorded

_TAIL_S: Final = 0.5
_STANDARDS: Final = {Scheme.BELL202: CallerIdStandard.BELL202, Scheme.V23: CallerIdStandard.V23}
_REASONS: Final = {"[blocked]": "P", "[not available]": "O", "P": "P", "O": "O"}
_TIME: Final = re.compile(r"(\d\d)/(\d\d) (\d\d):(\d\d)")


def installed() -> bool:
    """Is the command there?"""
    return shutil.which("minimodem") is not None


def callers(samples: Recorded, scheme: Scheme) -> list[CallerIdMessage]:
    """The messages of its mode `callerid` with the frequencies of `scheme`; `KeyError` for Japan and keys."""
    standard = _STANDARDS[scheme]
    frequencies = ["--mark", f"{standard.mark_hz:g}", "--space", f"{standard.space_hz:g}"]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            sound.writeframes(samples.astype("<i2").tobytes() + bytes(2 * round(_TAIL_S * RATE_HZ)))
        file.flush()
        command = ["minimodem", "--rx", "--quiet", *frequencies, "--file", file.name, "callerid"]
        told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return [_read(message) for message in _text(told).split("CALLER-ID\n")[1:]]


def _text(told: bytes) -> str:
    try:
        return told.decode()
    except UnicodeDecodeError:
        return told.decode("latin-1")


def _read(message: str) -> CallerIdMessage:
    """From lines as `Time:  11/25 14:05`, `Phone: 225550100` and `Name:  Jan Kowalski`."""
    found = {name: value.strip() for name, _, value in (line.partition(":") for line in message.splitlines())}
    phone, name = found.get("Phone", ""), found.get("Name", "")
    reason = _REASONS.get(phone, _REASONS.get(name, "") if not phone else "")
    time = _TIME.fullmatch(found.get("Time", ""))
    return CallerIdMessage(
        number="" if phone in _REASONS else phone.replace("-", ""),  # it writes 525-042-1745
        name="" if name in _REASONS else name,
        reason=reason,
        datetime="".join(time.groups()) if time else "",
    )


PEER: Final = Peer("minimodem", callers=callers, schemes=tuple(_STANDARDS))
