"""The description of an FXO HAT: which pin does what, how ringing looks on it, and which sound card it has.

A line whose port is `fxo:NAME` has the board of that name in `hardware/fxo/boards`; `fxo:` and a path ending in `.toml`
names a file of one's own. `docs/fxo.md` explains every key; the shipped files are examples with comments. The file is
read strictly: a key that nobody knows is a mistake that somebody should hear of, not a wish to be overlooked.

Lengths are milliseconds, gains decibels, pins numbers of Broadcom (GPIO17, not the 11th pin of the header).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path

from appliance.faults import BadSettings

PORT = "fxo:"
"""How the port of a line begins that has a HAT."""
SHIPPED = Path(__file__).parent / "boards"
GPIOS = range(28)
"""The pins on the header of every Raspberry Pi with 40 of them."""
EEPROM = (0, 1)
"""By these the Raspberry Pi reads at boot which HAT it wears."""
CHANNELS = ("only", "left", "right")
LARGEST_FILE = 100_000


class Pull(Enum):
    """The resistor inside the Raspberry Pi."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class RingForm(Enum):
    """What the ring pin shows while the telephone rings."""

    PULSES = "pulses"
    """A pulse for each wave of the ringing voltage."""
    ENVELOPE = "envelope"
    """One level for the whole burst."""


class Wire(Enum):
    """What a pin of a HAT carries, by its name in the file."""

    OFF_HOOK = "offhook"
    RING = "ring"
    LOOP = "loop"
    LINE_PRESENT = "line_present"
    LINE_IN_USE = "line_in_use"
    POLARITY = "polarity"
    RESET = "reset"


INPUTS = (Wire.RING, Wire.LOOP, Wire.LINE_PRESENT, Wire.LINE_IN_USE, Wire.POLARITY)
NEEDED = (Wire.OFF_HOOK, Wire.RING)
DEBOUNCE_MS = {Wire.LOOP: 80, Wire.LINE_PRESENT: 1000, Wire.LINE_IN_USE: 200, Wire.POLARITY: 64}
"""How long a level must last to count (fxo-and-pbx 3: loop 64 to 80, polarity 64, a missing line 1000). A dialled pulse
opens the loop for some 60 ms, and is none of these."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin; `pull` and `debounce_ms` matter for inputs only."""

    gpio: int
    active_high: bool = True
    pull: Pull = Pull.NONE
    debounce_ms: int = 0


@dataclass(frozen=True, slots=True)
class Ringing:
    """How ringing is told from clicks (fxo-and-pbx 3 and 4.2).

    It rings when `pulses` came `within_ms`, or, for an envelope, when a counter that climbs by 1 and falls by 1/4 in a
    millisecond has reached `envelope_ms`; it has rung out when no pulse came for `off_after_ms`, or the counter is at
    0. A burst is told when it has lasted for `told_after_ms`.
    """

    form: RingForm = RingForm.PULSES
    pulses: int = 3
    within_ms: int = 120
    off_after_ms: int = 180
    envelope_ms: int = 64
    told_after_ms: int = 160


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """The sound card, as ALSA calls it, and what is to be done with its sound.

    `hears_from` is another card for what is heard, if it is not the same one; `speak_channel` and `hear_channel` say
    which channel of a stereo card the line is on. `on_hook`: does the module let the line be heard while on-hook?
    Without that there is no caller ID. `gpios` are pins that the card itself uses.
    """

    card: str
    hears_from: str = ""
    speak_channel: str = "only"
    hear_channel: str = "only"
    speak_db: float = 0.0
    listen_db: float = 0.0
    on_hook: bool = True
    gpios: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """One kind of HAT. `in_use_off_hook`: `line_in_use` tells of another telephone also while we have the line."""

    name: str
    title: str
    pins: Mapping[Wire, Pin]
    sound: SoundSettings
    ringing: Ringing = field(default_factory=Ringing)
    in_use_off_hook: bool = False

    @property
    def hook(self) -> Pin:
        """The pin that closes the loop."""
        return self.pins[Wire.OFF_HOOK]


def is_board(port: str) -> bool:
    """Does this port of a line name a HAT?"""
    return port.startswith(PORT)


def shipped_boards() -> list[str]:
    """The names of the boards that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_board(port: str) -> Board:
    """The board that the port of a line names.

    Raises:
        BadSettings: there is no such board, or its file says something that cannot be; the sentence names the key.
    """
    name = port.removeprefix(PORT)
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    if not name.endswith(".toml") and name not in shipped_boards():
        raise BadSettings(f"there is no board called {name}", _choice())
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST_FILE:
            raise BadSettings(f"{path} is no description of a board: it is too long", _choice())
        return read_board(path.stem, raw.decode())
    except FileNotFoundError:
        raise BadSettings(f"there is no board called {name}", _choice()) from None
    except OSError as problem:
        raise BadSettings(f"the board {path} cannot be read: {problem.strerror}", _choice()) from problem
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is no text", _choice()) from None


def _choice() -> str:
    names = ", ".join(PORT + name for name in shipped_boards())
    return f"Choose {names}, or the path of a file, as in fxo:/etc/my.toml."


def read_board(name: str, text: str) -> Board:
    """The board described by `text`; `name` is that of its file.

    Raises:
        BadSettings: see `load_board`.
    """
    reader = _Reader(name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise reader.wrong("the file", f"is no TOML: {problem}") from None
    reader.known(table, "", ("title", "pins", "ringing", "sound", "in_use_off_hook"))
    board = Board(
        name,
        reader.text(table, "", "title", name),
        reader.pins(reader.table(table, "", "pins")),
        reader.sound(reader.table(table, "", "sound")),
        reader.ringing(reader.table(table, "", "ringing")),
        reader.flag(table, "", "in_use_off_hook", False),
    )
    reader.refuse_clashes(board)
    return board


class _Reader:
    """Reads the tables of one file; every complaint names the key in full."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wrong(self, key: str, what: str) -> BadSettings:
        """What to raise."""
        advice = "Correct it in the file of the board; docs/fxo.md tells how."
        return BadSettings(f"board {self._name}: {key} {what}", advice)

    # ------------------------------------------------------------ tables

    def pins(self, table: Mapping[str, object]) -> dict[Wire, Pin]:
        self.known(table, "pins.", [wire.value for wire in Wire])
        pins = {wire: self._pin(wire, self.table(table, "pins.", wire.value)) for wire in Wire if wire.value in table}
        for wire in NEEDED:
            if wire not in pins:
                raise self.wrong(f"pins.{wire.value}", "is missing")
        return pins

    def _pin(self, wire: Wire, table: Mapping[str, object]) -> Pin:
        where = f"pins.{wire.value}."
        inputs = ("pull", "debounce_ms") if wire in INPUTS else ()
        self.known(table, where, ("gpio", "active", *inputs))
        if "gpio" not in table:
            raise self.wrong(f"{where}gpio", "is missing")
        return Pin(
            self._gpio(table["gpio"], f"{where}gpio"),
            self._choice(table, where, "active", "low" if wire is Wire.RING else "high", ("high", "low")) == "high",
            Pull(self._choice(table, where, "pull", "none", [pull.value for pull in Pull])),
            self._number(table, where, "debounce_ms", DEBOUNCE_MS.get(wire, 0), 0, 5000),
        )

    def ringing(self, table: Mapping[str, object]) -> Ringing:
        self.known(table, "ringing.", [field.name for field in fields(Ringing)])
        usual = Ringing()
        form = RingForm(self._choice(table, "ringing.", "form", usual.form.value, [form.value for form in RingForm]))
        limits = {
            "pulses": (2, 10), "within_ms": (40, 500), "off_after_ms": (80, 1000),
            "envelope_ms": (16, 1024), "told_after_ms": (0, 1000),
        }  # fmt: skip
        numbers = {
            name: self._number(table, "ringing.", name, getattr(usual, name), *between)
            for name, between in limits.items()
        }
        return Ringing(form, **numbers)

    def sound(self, table: Mapping[str, object]) -> SoundSettings:
        self.known(table, "sound.", [field.name for field in fields(SoundSettings)])
        card = self.text(table, "sound.", "card", "")
        if not card:
            raise self.wrong("sound.card", "is missing")
        gpios = table.get("gpios", [])
        if not isinstance(gpios, list):
            raise self.wrong("sound.gpios", "must be a list of pins, as in [18, 19]")
        return SoundSettings(
            card,
            self.text(table, "sound.", "hears_from", ""),
            self._choice(table, "sound.", "speak_channel", "only", CHANNELS),
            self._choice(table, "sound.", "hear_channel", "only", CHANNELS),
            self._decibels(table, "sound.", "speak_db"),
            self._decibels(table, "sound.", "listen_db"),
            self.flag(table, "sound.", "on_hook", True),
            tuple(self._gpio(gpio, "sound.gpios") for gpio in gpios),
        )

    def refuse_clashes(self, board: Board) -> None:
        """No pin may have two masters."""
        owners: dict[int, str] = dict.fromkeys(EEPROM, "the HAT's own memory")
        uses = [(pin.gpio, f"pins.{wire.value}") for wire, pin in board.pins.items()]
        for gpio, key in [*((gpio, "sound.gpios") for gpio in board.sound.gpios), *uses]:
            if gpio in owners:
                raise self.wrong(f"{key}", f"wants GPIO{gpio}, which is already taken by {owners[gpio]}")
            owners[gpio] = key

    # ------------------------------------------------------------ values

    def known(self, table: Mapping[str, object], where: str, names: Sequence[str]) -> None:
        for key in table:
            if key not in names:
                raise self.wrong(f"{where}{key}", f"is not known; there are {', '.join(names)}")

    def table(self, table: Mapping[str, object], where: str, key: str) -> Mapping[str, object]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{where}{key}", f"must be a table, as in [{where}{key}]")
        return value

    def text(self, table: Mapping[str, object], where: str, key: str, usual: str) -> str:
        value = table.get(key, usual)
        if not isinstance(value, str):
            raise self.wrong(f"{where}{key}", 'must be a text, as in "this"')
        return value

    def flag(self, table: Mapping[str, object], where: str, key: str, usual: bool) -> bool:
        value = table.get(key, usual)
        if not isinstance(value, bool):
            raise self.wrong(f"{where}{key}", "must be true or false")
        return value

    def _choice(self, table: Mapping[str, object], where: str, key: str, usual: str, choices: Sequence[str]) -> str:
        value = table.get(key, usual)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(f"{where}{key}", f"must be one of {', '.join(choices)}")
        return value

    def _number(self, table: Mapping[str, object], where: str, key: str, usual: int, least: int, most: int) -> int:
        value = table.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(f"{where}{key}", f"must be a whole number from {least} to {most}")
        return value

    def _decibels(self, table: Mapping[str, object], where: str, key: str) -> float:
        value = table.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -30.0 <= value <= 30.0:
            raise self.wrong(f"{where}{key}", "must be a number from -30 to 30")
        return float(value)

    def _gpio(self, value: object, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in GPIOS:
            raise self.wrong(key, f"must be a pin of the header by its GPIO number, 2 to {GPIOS[-1]}")
        return value
