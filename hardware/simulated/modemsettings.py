"""What a modem remembers: basic settings, S-registers and the numbers of its extended commands."""

from __future__ import annotations

from hardware.simulated.atinterpreter import Command, Wording
from hardware.simulated.modemprofile import Kept, Parameter, Profile, Sample

DATA_CLASS, VOICE_CLASS = "0", "8"
"""Values of `+FCLASS`; fax classes are accepted, but there is no fax behind them."""


class Refused(Exception):
    """The command is unknown, not allowed now, or its value out of range: the modem says ERROR."""


class Settings:
    """The memory of one modem; what it can hold is said by its profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._pointer = 0
        self.basic: dict[str, int] = {}
        self.registers: dict[int, int] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}
        self.service_class = DATA_CLASS
        self.caller_id_allowed = not profile.caller_id_pokes
        self.u_registers = dict(profile.u_registers)
        self.to_factory()
        self.store()
        self.forget(Kept.STORED)

    # Whole sets of settings.

    def to_factory(self) -> None:
        """`&F`: basic settings and registers as they left the factory."""
        self.basic = {name: factory for name, (factory, _) in self._profile.basic.items()}
        self.registers = dict(self._profile.registers)

    def store(self) -> None:
        """`&W`: basic settings and registers into the one stored profile."""
        self._stored = dict(self.basic), dict(self.registers)

    def recall(self) -> None:
        """`Z`: basic settings and registers from the stored profile; what was poked is forgotten."""
        self.basic, self.registers = dict(self._stored[0]), dict(self._stored[1])
        self.caller_id_allowed = not self._profile.caller_id_pokes
        self.u_registers = dict(self._profile.u_registers)

    def forget(self, kept: Kept, but: str = "") -> None:
        """Set the numbers of that life, and of every shorter one, to their defaults, except those of `but`."""
        lives = list(Kept)
        for name, parameter in self._profile.parameters.items():
            if lives.index(parameter.kept) <= lives.index(kept) and name != but:
                self._numbers[name] = _numbers(parameter, parameter.default)

    def poke(self, command: Command) -> None:
        """`!4886=00`: a memory cell, of which only those are known here that allow caller ID."""
        if not self._profile.pokes:
            raise Refused(str(command))
        self.caller_id_allowed |= str(command) in self._profile.caller_id_pokes

    def u_register(self, command: Command) -> tuple[str, ...]:
        """`:R4F` reads a register of 16 bits, `:U4F,0064` writes one, and with more values those that follow it."""
        address, *values = command.value.split(",")
        if not self._profile.u_registers or bool(values) is (command.name == ":R"):
            raise Refused(str(command))
        if command.name == ":R":
            return (f"{self.u_registers.get(int(address, 16), 0):04X}",)
        self.u_registers |= {int(address, 16) + place: int(value, 16) for place, value in enumerate(values)}
        return ()

    def view(self) -> tuple[str, ...]:
        """`&V`: all of it for a person to read."""
        return (
            "ACTIVE PROFILE:",
            *_listed(self.basic, self.registers),
            "",
            "STORED PROFILE 0:",
            *_listed(*self._stored),
        )

    # Single ones.

    def __getitem__(self, name: str) -> int:
        """The first number of an extended command; 0 for one that this modem does not have."""
        return self.number(name, 0)

    def number(self, name: str, index: int) -> int:
        """The number at `index` of an extended command; 0 where there is none."""
        numbers = self._numbers.get(name, ())
        return numbers[index] if index < len(numbers) else 0

    def set_number(self, name: str, value: int) -> None:
        """Change the first number of an extended command, as a side effect of another one."""
        self._numbers[name] = (value, *self._numbers.get(name, ())[1:])

    def reset_number(self, name: str) -> None:
        """Set an extended command that this modem may have to its defaults."""
        parameter = self._profile.parameters.get(name)
        if parameter is not None:
            self._numbers[name] = _numbers(parameter, parameter.default)

    def set_basic(self, name: str, argument: str) -> None:
        """A basic command such as `E0`; no digit means 0."""
        value = int(argument or 0)
        if name not in self._profile.basic or value > self._profile.basic[name][1]:
            raise Refused(name)
        self.basic[name] = value

    def register(self, command: Command) -> tuple[str, ...]:
        """`S7`, `S7?`, `S7=60`, and `?` or `=` after a register was pointed at."""
        if command.name != "S":
            self._pointer = int(command.name[1:])
        if self._pointer not in self.registers:
            raise Refused(str(command))
        if command.operator == "?":
            return (f"{self.registers[self._pointer]:03d}",)
        if command.operator == "=" and self._pointer not in self._profile.fixed_registers:
            value = int(command.value or 0)
            if value > 255:
                raise Refused(str(command))
            self.registers[self._pointer] = value
        return ()

    def parameter(self, command: Command) -> tuple[str, ...]:
        """An extended command that remembers numbers; returns what it answers before its result."""
        parameter = self._profile.parameters[command.name]
        if parameter.kept is Kept.VOICE and self.service_class != VOICE_CLASS:
            raise Refused(str(command))
        if command.operator == "=?":
            return parameter.test or (_label(command.name, parameter) + parameter.takes,)
        if command.operator == "?":
            form = "{:02X}" if parameter.base == 16 else "{}"
            numbers = ",".join(form.format(number) for number in self._numbers[command.name])
            return (_label(command.name, parameter) + numbers,)
        self._numbers[command.name] = self._assigned(command, parameter)
        return ()

    def _assigned(self, command: Command, parameter: Parameter) -> tuple[int, ...]:
        """The new numbers: an omitted one stays as it is; a command without value sets its defaults."""
        given = command.value.split(",") if command.operator else []
        old = self._numbers[command.name] if given else _numbers(parameter, parameter.default)
        try:
            new = tuple(int(text, parameter.base) if text else old[index] for index, text in enumerate(given))
        except (ValueError, IndexError) as wrong:
            raise Refused(str(command)) from wrong
        if not parameter.allows(new) or (command.name == "+VSM" and new and new[0] not in self._profile.samples):
            raise Refused(str(command))
        if command.name == "+VSM" and new[1:2] not in ((), (8000,)):
            raise Refused(str(command))
        return new + old[len(new) :]

    @property
    def sample(self) -> Sample:
        """The format of voice streams."""
        return self._profile.samples[self["+VSM"]]

    @property
    def wording(self) -> Wording:
        """How answers are written at present."""
        return Wording(self.basic["V"] == 1, self.registers[3], self.registers[4])


def _numbers(parameter: Parameter, text: str) -> tuple[int, ...]:
    return tuple(int(number, parameter.base) for number in text.split(","))


def _label(name: str, parameter: Parameter) -> str:
    return f"{name}: " if parameter.labelled else ""


def _listed(basic: dict[str, int], registers: dict[int, int]) -> tuple[str, str]:
    return (
        # Tone and pulse are one setting, and all dialling here is by tones.
        " ".join("T" if name == "T" else f"{name}{value}" for name, value in basic.items() if name != "P"),
        " ".join(f"S{number:02d}:{value:03d}" for number, value in sorted(registers.items())),
    )
