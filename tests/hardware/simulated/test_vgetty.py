"""A stranger on our emulator: Debian's answering machine `vgetty` takes a call, greets, and records what is said.

It is written for real modems and knows nothing of us, so that what it finds on the emulated port is what a driver finds
on a real one. It runs on the wall clock, with folders of its own mounted over those of the machine, and where it is not
installed or the mounting is not allowed there is nothing to see.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from appliance.clock import SystemClock
from appliance.signals.codec import from_signed8
from hardware.simulated.exchange import LINE_LOSS_DB
from hardware.simulated.loop import RATE_HZ, Samples
from hardware.simulated.people import Caller
from hardware.simulated.profiles import PROFILES
from hardware.simulated.saved import to_int16, write_wav
from hardware.simulated.story import CallerStory
from hardware.simulated.voices import spoken
from hardware.simulated.world import PlannedModem, World

MODEMS = ("agere-v253", "cx93001", "si24xx", "v253")
"""Profiles that can do what vgetty asks for. It takes the `DLE H` of a `usr5637` for a hang-up, waits for a busy tone
that a `mt9234mu` does not report, and files a call under a caller ID that a `cx-rd02` does not give."""

GREETING = "Northwind. Please speak."
WORDS = "This is Jan. Please send paper."
CALLER, NAME = "225550101", "Jan"
SPEAKS_AFTER_S = 3.5
GOES_AFTER_S = 6.5
RINGS = 2
"""The fewest that vgetty accepts."""

ALIKE = 0.9
"""A likeness that only the sound itself reaches, whole and without a gap; another sentence has less than 0.2."""
LONGEST_S = 90.0
"""After so long on the wall clock, whoever is not done is ended."""
LOOKS_EVERY_S = 0.1
TOOLS = ("vgetty", "unshare", "mount", "wavtopvf", "pvftormd", "rmdtopvf", "pvftolin")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
ITS_FOLDERS = ("/etc/mgetty", "/var/spool/voice", "/var/log", "/run")
OUR_FOLDERS = ("etc", "spool", "log", "run")
INSIDE = """mount --make-rprivate / && while [ "$1" != -- ]; do mount --bind "$1" "$2" && shift 2 || exit; done
shift && exec "$@"
"""
"""For `sh -c`: pairs of folders, the second being where the first is to appear; then `--` and what is to run."""

VOICE_CONF = f"""part generic
voice_log_level 6
voice_dir /var/spool/voice
receive_dir incoming
message_dir messages
message_list Index
backup_message standard.rmd
phone_owner root
phone_group root
phone_mode 0660
forceV253 TRUE
port_speed 115200
command_delay 10
rec_compression 8
rec_max_len 30
beep_frequency 933
beep_length 300
watchdog_timeout 60
program vgetty
rings {RINGS}
answer_mode voice
rec_always_keep TRUE
dtmf_program
button_program
call_program
message_program
"""
"""`rec_compression 8` is 8-bit linear, which vgetty looks up in the modem's own table of formats."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of one call: the caller's story, the messages in the spool by file name, the log, the exit code."""

    story: CallerStory
    messages: Mapping[str, Samples]
    log: str
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a sound is within another one: how like it is (0 to 1), when it begins, and how much louder it came."""

    likeness: float
    at_s: float
    gain_db: float


def find(sound: Samples, within: Samples) -> Found:
    """Look for the place that is most like `sound`, by their correlation."""
    size = 1 << (len(sound) + len(within)).bit_length()
    spectrum = np.fft.rfft(within, size) * np.conj(np.fft.rfft(sound, size))
    products = np.fft.irfft(spectrum, size)[: max(1, len(within) - len(sound))]
    place = int(np.argmax(products))
    there = within[place : place + len(sound)]
    loudness, own = float(np.linalg.norm(there)), float(np.linalg.norm(sound))
    return Found(float(products[place]) / (loudness * own), place / RATE_HZ, 20 * float(np.log10(loudness / own)))


class Stranger:
    """One vgetty on one emulated modem, and the caller who comes when it waits for calls."""

    def __init__(self, profile: str, folder: Path, inside: Sequence[str]) -> None:
        self._folder = folder
        furnish(folder)
        says = ((SPEAKS_AFTER_S, spoken(WORDS)),)
        self._caller = Caller(CALLER, NAME, says=says, hangs_up_after_s=GOES_AFTER_S)
        self._world = World(SystemClock(), country="pl", modems=[PlannedModem(PROFILES[profile])])
        self._called = False
        self._world.start()
        port = self._world.lines[0].removeprefix("/dev/")
        with (folder / "stderr").open("wb") as complaints:
            self._vgetty = subprocess.Popen(
                [*inside, *mounts(folder), "--", "vgetty", port],
                env={"PATH": PATH},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """All that vgetty has written so far."""
        files = [*self._folder.glob("log/mgetty/*"), self._folder / "stderr"]
        return "\n".join(file.read_text("utf-8", "replace") for file in files)

    def is_done(self) -> bool:
        """Let the caller call when it is time; true when the call is over and vgetty has gone."""
        if self._vgetty.poll() is not None:
            return self._world.done
        if not self._called and "waiting..." in self.log:
            self._called = True
            self._world.place(self._caller)
        return False

    def end(self) -> None:
        """Whatever vgetty is doing, it and its children are gone after this, and so is the world."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._vgetty.pid, signal.SIGKILL)
        self._vgetty.wait(5.0)
        self._world.stop()

    def visit(self) -> Visit:
        """What came of it; call it after the end."""
        assert self._called, f"vgetty never waited for a call; it says:\n{self.log[-3000:]}"
        [story] = self._world.stories
        messages = {file.name: decoded(file) for file in self._folder.glob("spool/incoming/*.rmd")}
        return Visit(story, messages, self.log, self._vgetty.returncode)


def furnish(folder: Path) -> None:
    """Make the folders that vgetty will see as the machine's own, with its settings and its greeting."""
    for name in ("etc", "spool/incoming", "spool/messages", "log/mgetty", "run/lock"):
        (folder / name).mkdir(parents=True)
    (folder / "etc/voice.conf").write_text(VOICE_CONF)
    (folder / "etc/mgetty.config").write_text("speed 115200\n")
    (folder / "etc/dialin.config").touch()
    (folder / "etc/login.config").touch(0o600)
    (folder / "spool/messages/Index").write_text("standard.rmd\n")
    write_wav(folder / "greeting.wav", to_int16(spoken(GREETING)))
    recording = tool("pvftormd", "V253modem", "8", given=tool("wavtopvf", given=(folder / "greeting.wav").read_bytes()))
    (folder / "spool/messages/standard.rmd").write_bytes(recording)


def decoded(message: Path) -> Samples:
    """The sound of a recording of vgetty, in units of int16."""
    samples = tool("pvftolin", "-C", "-S", given=tool("rmdtopvf", given=message.read_bytes()))
    return from_signed8(samples).astype(np.float64)


def tool(*command: str, given: bytes) -> bytes:
    """What one of the programs for sound makes of `given`."""
    done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=20.0)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mounts(folder: Path) -> list[str]:
    """Our folders, and where they are to appear, in pairs."""
    pairs = zip(OUR_FOLDERS, ITS_FOLDERS, strict=True)
    return [word for ours, its in pairs for word in (str(folder / ours), its)]


def way_inside(folder: Path) -> list[str]:
    """The command that gives a program folders of its own; skips the test where it is not to be had."""
    missing = [name for name in TOOLS if shutil.which(name, path=PATH) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed; the packages are mgetty-voice and mgetty-pvftools")
    for name in OUR_FOLDERS:
        (folder / name).mkdir()
    for rights in ("-m", "-rm"):
        inside = ["unshare", rights, "sh", "-c", INSIDE, "sh"]
        if succeeds([*inside, *mounts(folder), "--", "true"]):
            return inside
    pytest.skip("vgetty needs folders of its own, and this account may not mount any (unshare, user namespaces)")


def succeeds(command: Sequence[str]) -> bool:
    """Whether it runs and is content."""
    return subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False, timeout=20.0).returncode == 0


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stranger]:
    """One call on each modem, all at the same time, and all of them over."""
    inside = way_inside(tmp_path_factory.mktemp("probe"))
    clock = SystemClock()
    seat, strangers = clock.waiter("test"), dict[str, Stranger]()
    try:
        for profile in MODEMS:
            strangers[profile] = Stranger(profile, tmp_path_factory.mktemp(profile), inside)
        latest = clock.now() + LONGEST_S
        while not all([stranger.is_done() for stranger in strangers.values()]) and clock.now() < latest:
            seat.wait(clock.now() + LOOKS_EVERY_S)
    finally:
        seat.close()
        for stranger in strangers.values():
            stranger.end()
    return strangers


@pytest.mark.parametrize("profile", MODEMS)
def test_vgetty_answers_greets_records_and_lets_the_line_go(profile: str, strangers: Mapping[str, Stranger]) -> None:
    visit = strangers[profile].visit()
    story, told = visit.story, f"vgetty says:\n{visit.log[-3000:]}"
    assert story.answered_at is not None, told
    assert 1 <= story.rings <= RINGS

    greeting = find(spoken(GREETING), story.heard.astype(np.float64))
    assert greeting.likeness > ALIKE, told
    assert greeting.gain_db == pytest.approx(-LINE_LOSS_DB, abs=1.0)
    assert 0.0 <= story.began + greeting.at_s - story.answered_at < 1.5

    [(name, message)] = visit.messages.items()
    words = find(spoken(WORDS), message)
    assert f"-{CALLER}." in name
    assert words.likeness > ALIKE, told
    assert words.gain_db == pytest.approx(-LINE_LOSS_DB, abs=1.0)

    assert story.ended_how == "hung up"
    assert story.line_free_at is not None, told
    assert story.line_free_at - story.ended_at < 5.0
    assert visit.exit_code == 0, told
