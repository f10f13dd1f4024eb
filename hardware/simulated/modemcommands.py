"""What the commands of a modem do, beyond remembering numbers.

Short ones return their result. Long ones (tones, dialling, answering) are generators that yield the moments at which
they go on; a key that the host presses meanwhile is thrown into them as `KeyPressed` and breaks them off (AN93, "key
abort").
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from appliance.acts import Heard
from appliance.signals import generate
from hardware.simulated.atinterpreter import Command, commands_of
from hardware.simulated.loop import BLOCK_S
from hardware.simulated.modemprofile import Kept
from hardware.simulated.modemsettings import DATA_CLASS, Refused
from hardware.simulated.modemtones import FLASH, Element, elements_of, key

if TYPE_CHECKING:
    from hardware.simulated.modemfirmware import Firmware

Work = Generator[float, None, str]
"""A command under way; what it returns is the result code, empty for none at all."""

NO_HANG_UP = 2
"""The value of `+VNH` by which ATH and ATZ leave the relay alone (CX102184B table 5-4)."""
DIAL_TONE_WITHIN_S = 5.0
ANSWER_TONE = ((2100.0,), 3.3, -13.0)
DONE = ("OK", "VCON")
"""Results after which a command line goes on."""
_ENGAGED = (Heard.BUSY, Heard.CONGESTION)


class KeyPressed(Exception):
    """The host typed something while a command was waiting."""


class Commands:
    """The command table of one modem."""

    def __init__(self, modem: Firmware) -> None:
        self._modem = modem
        self.waiting = False
        """A long command is under way."""
        self.listening = False
        """A call is being set up, so that call-progress tones matter."""
        self._short: dict[str, Callable[[Command], str]] = {
            "+FCLASS": self._set_class,
            "+VLS": self._set_line,
            "+VIP": self._reset_voice,
            "-TRV": self._tell_voltage,
            "+VRID": self._repeat_caller_id,
            "H": self._hook,
            "Z": self._reset,
            "&F": self._factory,
            "&W": self._store,
            "&V": self._view,
            "S": self._register,
            "!": self._poke,
            ":": self._u_register,
            **{name: self._start_stream for name in ("+VTX", "+VRX", "+VTR")},
        }
        self._long: dict[str, Callable[[Command], Work]] = {"+VTS": self._tones, "D": self._dial, "A": self._answer}

    def obey(self, line: str | None) -> Work:
        """One command line: all of its commands, or up to the first that fails."""
        try:
            yield self._modem.now + self._modem.rng.uniform(*self._modem.profile.latency_s)
            result = "OK" if line is not None else "ERROR"
            for command in commands_of(line or ""):
                result = yield from self._do(command)
                if result not in DONE:
                    break
            return result
        except (ValueError, Refused):
            return "ERROR"
        except KeyPressed:
            return "OK"
        finally:
            self.waiting = self.listening = False

    def _do(self, command: Command) -> Work:
        modem, profile = self._modem, self._modem.profile
        if modem.faults.error_to and str(command).startswith(modem.faults.error_to):
            raise Refused(str(command))
        text = profile.texts.get("I0" if str(command) == "I" else str(command))
        if text is not None:
            modem.inform(tuple(text.split("\n")) if text else ())
            return "OK"
        extended = command.name[0] in "+-#*"
        if extended and not profile.knows(command.name):
            raise Refused(str(command))
        family = command.name[0] if command.name[0] in "S!:" else command.name
        if family in self._long:
            self.waiting = True
            result = yield from self._long[family](command)
            self.waiting = False
            return result
        if family in self._short:
            return self._short[family](command)
        if extended:
            modem.inform(modem.settings.parameter(command))
        else:
            modem.settings.set_basic(command.name, command.value)
        return "OK"

    # ---------------------------------------------------------------- voice mode

    def _needs_voice(self) -> None:
        if not self._modem.in_voice:
            raise Refused("outside voice mode")

    def _set_class(self, command: Command) -> str:
        """`+FCLASS` forgets the voice parameters and nothing else: a call that is handed on to fax or data goes on."""
        modem, settings = self._modem, self._modem.settings
        if command.operator == "?":
            modem.inform((settings.service_class,))
            return "OK"
        asked = command.value or DATA_CLASS
        if asked not in modem.profile.texts["+FCLASS=?"].split(","):
            raise Refused(str(command))
        if asked == settings.service_class:
            settings.reset_number("+VNH")
            return "OK"
        modem.deafen()
        settings.service_class = asked
        settings.forget(Kept.VOICE)
        if modem.in_voice and modem.line.off_hook:
            settings.set_number("+VLS", modem.profile.line_label)
        return "OK"

    def _set_line(self, command: Command) -> str:
        modem = self._modem
        modem.inform(modem.settings.parameter(command))
        if "?" in command.operator:
            return "OK"
        if modem.settings["+VLS"] not in modem.profile.off_hook:
            modem.release()
            return "OK"
        if "+VLS" in modem.profile.hook_commands:
            modem.seize()
            if modem.profile.handset_echo_s is not None:
                modem.agenda.at(modem.now + modem.profile.handset_echo_s, lambda: modem.reports.event("H"))
        return modem.profile.vls_result

    def _reset_voice(self, command: Command) -> str:
        self._needs_voice()
        self._modem.settings.forget(Kept.VOICE, but="+VLS")
        return "OK"

    def _start_stream(self, command: Command) -> str:
        self._needs_voice()
        if command.operator not in ("", "=") or command.value not in ("", "0", "1"):
            raise Refused(str(command))
        self._modem.start_stream(command.name)
        return "CONNECT"

    def _tones(self, command: Command) -> Work:
        self._needs_voice()
        modem, profile = self._modem, self._modem.profile
        elements = elements_of(command.value, modem.settings["+VTD"], profile)
        if any(element.key for element in elements) and not profile.vts_digits:
            return ""
        if any(element.key == FLASH for element in elements) and not modem.line.off_hook:
            raise Refused(str(command))
        modem.deafen()
        for element in elements:
            yield from self._send(element)
        return "OK"

    def _send(self, element: Element) -> Generator[float, None, None]:
        """One element of a tone list or dial string, for exactly as long as it lasts."""
        modem = self._modem
        if element.key == FLASH:
            yield from self._flash(element.seconds)
            return
        if element.key:
            modem.record.digits.append((modem.now, element.key))
        else:
            modem.record.tones.append((modem.now, *element.hz, element.seconds))
        try:
            end = modem.line.play(element.sound(), modem.now)
            yield end + (modem.profile.digit_gap_s if element.key else 0.0)
        except KeyPressed:
            modem.line.stop_tones()
            raise

    def _flash(self, seconds: float) -> Generator[float, None, None]:
        """Open the loop for a moment."""
        modem = self._modem
        began = modem.now
        modem.release()
        try:
            yield began + seconds
        except KeyPressed:
            modem.seize()
            raise
        modem.seize()
        modem.record.flashes_ms.append((began, round((modem.now - began) * 1000, 3)))

    # ---------------------------------------------------------------- hook and settings

    def _hook(self, command: Command) -> str:
        if command.value == "1":
            self._seize("H1")
        elif command.value in ("", "0"):
            self._modem.hang_up(relay=self._modem.settings["+VNH"] != NO_HANG_UP)
            if self._modem.faults.forgets_vcid:
                self._modem.settings.reset_number("+VCID")
        else:
            raise Refused(str(command))
        return "OK"

    def _seize(self, command: str) -> None:
        """Go off-hook, if the chip's command really does that."""
        if command in self._modem.profile.hook_commands:
            self._modem.seize()

    def _reset(self, command: Command) -> str:
        self._modem.hang_up(relay=self._modem.settings["+VNH"] != NO_HANG_UP)
        self._modem.settings.recall()
        self._modem.settings.forget(Kept.SESSION)
        return "OK"

    def _factory(self, command: Command) -> str:
        self._modem.settings.to_factory()
        self._modem.settings.forget(Kept.SESSION, but="+VLS")
        return "OK"

    def _store(self, command: Command) -> str:
        self._modem.settings.store()
        return "OK"

    def _view(self, command: Command) -> str:
        self._modem.inform(self._modem.settings.view())
        return "OK"

    def _register(self, command: Command) -> str:
        self._modem.inform(self._modem.settings.register(command))
        return "OK"

    def _poke(self, command: Command) -> str:
        self._modem.settings.poke(command)
        return "OK"

    def _u_register(self, command: Command) -> str:
        self._modem.inform(self._modem.settings.u_register(command))
        return "OK"

    def _repeat_caller_id(self, command: Command) -> str:
        """`+VRID=0`: the last caller once more, `=1`: the message as it came (AN93)."""
        if command.operator != "=" or command.value not in ("0", "1"):
            raise Refused(str(command))
        self._modem.inform(self._modem.reports.last_caller(unformatted=command.value == "1"))
        return "OK"

    def _tell_voltage(self, command: Command) -> str:
        self._modem.inform((f"{self._modem.line.volts:.1f}",))
        return "OK"

    # ---------------------------------------------------------------- calls

    def _answer(self, command: Command) -> Work:
        """ATA: in voice mode off-hook and no more; otherwise an answer tone, to which no modem will reply here."""
        modem = self._modem
        self._seize("A")
        if modem.in_voice:
            modem.settings.set_number("+VLS", modem.profile.line_label)
            return modem.profile.vls_result
        try:
            modem.line.play(generate.tone(*ANSWER_TONE), modem.now)
            yield modem.now + modem.settings.registers[7]
        except KeyPressed:
            pass
        modem.hang_up()
        return "NO CARRIER"

    def _dial(self, command: Command) -> Work:
        """ATD with T, P, pauses, flashes and W; `;` at the end stays in command state."""
        modem = self._modem
        was_off_hook = modem.line.off_hook
        self._seize("D")
        self.listening = True
        try:
            failure = "" if was_off_hook else (yield from self._before_dialling())
            if not failure:
                failure = yield from self._signs(command.value.rstrip(";"))
            if failure or command.value.endswith(";"):
                result = failure or "OK"
            else:
                result = yield from self._outcome()
        except KeyPressed:
            result = "NO CARRIER"
        if result != "OK":
            modem.hang_up()
        elif modem.in_voice:
            modem.settings.set_number("+VLS", modem.profile.line_label)
        return result

    def _before_dialling(self) -> Work:
        """By `X2` and `X4` listen for dial tone, by the others wait blindly for S6 seconds."""
        if self._modem.settings.basic["X"] in (2, 4):
            return (yield from self._dial_tone(DIAL_TONE_WITHIN_S))
        yield self._modem.now + self._modem.settings.registers[6]
        return ""

    def _dial_tone(self, within_s: float) -> Work:
        limit = self._modem.now + within_s
        while self._modem.ears.tone is not Heard.DIAL_TONE:
            if self._modem.now >= limit:
                return "NO DIALTONE"
            yield self._modem.now + BLOCK_S
        return ""

    def _signs(self, signs: str) -> Work:
        modem = self._modem
        registers = modem.settings.registers
        for sign in signs:
            if sign in generate.KEYS:
                tone_s = registers[11] / 1000
                yield from self._send(key(sign, tone_s))
                yield modem.now + tone_s
            elif sign == ",":
                yield modem.now + registers[8]
            elif sign in modem.profile.flash_signs:
                u_register = modem.profile.flash_u_register
                yield from self._flash(
                    registers[29] / 100 if u_register is None else modem.settings.u_registers[u_register] / 1000
                )
            elif sign == "W" and (failure := (yield from self._dial_tone(registers[7]))):
                return failure
        modem.deafen()
        return ""

    def _outcome(self) -> Work:
        """How the call fares; in voice mode an answer is inferred from ringback (`+VRA`, `+VRN`)."""
        modem = self._modem
        limit = modem.now + modem.settings.registers[7]
        never, gone_s = modem.now + modem.settings["+VRN"], modem.settings["+VRA"] * 0.1
        last_ringback: float | None = None
        while modem.now < limit:
            tone = modem.ears.tone
            if tone in _ENGAGED and modem.settings.basic["X"] >= 3:
                return "BUSY"
            if tone is Heard.RINGBACK:
                last_ringback = modem.now
            elif modem.in_voice and modem.now >= (never if last_ringback is None else last_ringback + gone_s):
                return "OK"
            yield modem.now + BLOCK_S
        return "NO ANSWER" if modem.in_voice else "NO CARRIER"
