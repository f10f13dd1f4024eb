"""A sound server of our own, whose sound cards are wires: what is said on one comes out at its far end.

PulseAudio with null sinks, in a folder of its own, reached through ALSA's `pulse` plugin as any card is. It keeps the
pace of a real card, needs no sound hardware, and no other program knows of it.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import wave
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
RATE_HZ = 8000
TOOLS = ("pulseaudio", "pactl", "parec")
SAID, HEARD = "said", "heard"
"""The wires: what the line says, and what it hears."""
RECORD = ["parec", "--raw", f"--rate={RATE_HZ}", "--channels=1", "--format=s16le", f"--device={SAID}.monitor"]
CONFIGURATION = """
</usr/share/alsa/alsa.conf>
pcm.speaker { type pulse device "said" handle_underrun 1 hint { show on description "speaks" } }
pcm.microphone { type pulse device "heard.monitor" hint { show on description "hears" } }
pcm.codec { type asym playback.pcm "speaker" capture.pcm "microphone" hint { show on description "both" } }
pcm.parrot_ear { type pulse device "said.monitor" }
pcm.parrot { type asym playback.pcm "speaker" capture.pcm "parrot_ear" hint { show on description "hears itself" } }
"""
"""`codec` is one card, `speaker` and `microphone` are two, `parrot` hears what it says."""


def missing() -> list[str]:
    """Programs that this machine lacks for it."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    plugins = any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    return lacking + ([] if plugins else ["libasound2-plugins"])


class SoundServer:
    """One server, in `folder`; `with` starts and ends it. `environment` leads a program to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._far_ends: list[subprocess.Popen[bytes]] = []
        self._server: int | None = None
        configuration = folder / "asound.conf"
        configuration.write_text(CONFIGURATION, "utf-8")
        self.environment = {
            "ALSA_CONFIG_PATH": str(configuration),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
            "HOME": str(folder),
        }

    def start(self) -> None:
        """Returns when cards can be opened."""
        command = ["pulseaudio", "-n", "--daemonize=yes", "--exit-idle-time=3600", "--disable-shm=yes"]
        modules = ["module-native-protocol-unix auth-anonymous=1"]
        modules += [f"module-null-sink sink_name={wire} rate=48000 channels=1 norewinds=1" for wire in (SAID, HEARD)]
        command += [f"--load={module}" for module in modules] + [f"--log-target=file:{self._folder}/log"]
        (self._folder / "pulse").mkdir(mode=0o700, exist_ok=True)
        subprocess.run(command, env=self._environment, check=True, capture_output=True)
        self._server = os.pidfd_open(int((self._folder / "pulse" / "pid").read_text("utf-8")))

    def stop(self) -> None:
        """The server dies, and every card with it."""
        for far_end in self._far_ends:
            far_end.kill()
            far_end.wait()
        self._far_ends.clear()
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._server, signal.SIGKILL)
        select.select([self._server], [], [], 5.0)
        os.close(self._server)
        self._server = None
        (self._folder / "pulse" / "pid").unlink(missing_ok=True)

    def __enter__(self) -> SoundServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    # ------------------------------------------------------------ the far end

    def record(self) -> Recorder:
        """Begin to record what the line says."""
        recorder = Recorder(self._folder / f"recording{len(self._far_ends)}", self._environment)
        self._far_ends.append(recorder.process)
        return recorder

    def play(self, sound: Samples) -> None:
        """Let the line hear `sound`. The server has it beforehand, so that no other program can be late with it."""
        file = self._folder / "sound.wav"
        with wave.open(str(file), "wb") as wav:
            wav.setparams((1, 2, RATE_HZ, len(sound), "NONE", ""))
            wav.writeframes(sound.tobytes())
        for command in (["upload-sample", str(file), "sound"], ["play-sample", "sound", HEARD]):
            subprocess.run(["pactl", *command], env=self._environment, check=True, capture_output=True)


class Recorder:
    """The far end's ear."""

    def __init__(self, file: Path, environment: dict[str, str]) -> None:
        self._file = file
        with file.open("wb") as target:
            self.process = subprocess.Popen(RECORD, env=environment, stdout=target)

    def stop(self) -> Samples:
        """All that was recorded."""
        self.process.terminate()
        self.process.wait()
        return np.fromfile(self._file, np.int16)
