"""What a modem tells its host unasked: ringing, caller ID, and the codes after DLE with their repetitions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.acts import Heard
from appliance.signals.callerid import CallerIdMessage, FskReceiver, encode
from appliance.signals.countries import Country
from appliance.signals.dtmf import KeyEvent
from hardware.simulated.loop import Samples
from hardware.simulated.modemears import Listened

if TYPE_CHECKING:
    from hardware.simulated.modemfirmware import Firmware

SAME_RING_S = 1.0
"""A pause shorter than this is inside a double ring, which is one ring."""
NEXT_CALL_S = 8.0
"""After such a pause the next ring belongs to another call; register S1 starts again."""
REPORT_S = (0.01, 0.05)
FORMATTED, UNFORMATTED = 1, 2
EXTENSION_PICKUP, REVERSAL_IS_HANG_UP = 2, 4
"""The bits of `-STE` that have another telephone on the line reported, and a polarity reversal count as the far end's
hanging up."""

FSK_TYPES = (0, 1, 2)
"""Values of `+VCDT` with which a caller ID by FSK is understood; the others are Japan's and those by DTMF (AN93)."""
TALK_OFF_S = 0.08

_CODES = {Heard.BUSY: "b", Heard.CONGESTION: "b", Heard.DIAL_TONE: "d", Heard.RINGBACK: "r"}


class Reports:
    """The reporting half of a modem's firmware."""

    def __init__(self, modem: Firmware, country: Country) -> None:
        self._modem = modem
        self._country = country
        self._fsk = FskReceiver(country.caller_id)
        self._ring_began = -math.inf
        self._ring_ended = -math.inf
        self._volts = 48.0
        self._tone_told: tuple[str, float] = ("", -math.inf)
        self._key = ""
        self._caller: CallerIdMessage | None = None

    def forget(self) -> None:
        """The line was hung up, or we are deaf for a while."""
        self._key = ""
        self._tone_told = ("", -math.inf)

    def event(self, code: str) -> None:
        """Report `code`, if this modem can in its present state."""
        if code in self._modem.reportable:
            self.tell(code)

    def tell(self, code: str) -> None:
        """Report `code`, whatever the modem can, but in voice mode only."""
        if self._modem.in_voice:
            self._modem.event(code.encode("latin-1"))

    def _soon(self) -> float:
        return self._modem.now + self._modem.rng.uniform(*REPORT_S)

    # ---------------------------------------------------------------- on-hook

    def ring_changed(self, on: bool) -> None:
        """Ringing voltage came or went."""
        modem = self._modem
        distinctive, delay = modem.settings["+VDR"], modem.settings.number("+VDR", 1)
        if on:
            modem.record.rings.append(modem.now)
            pause_s = modem.now - self._ring_ended
            self._ring_began = modem.now
            if pause_s > NEXT_CALL_S:
                modem.settings.registers[1] = 0
                self._fsk = FskReceiver(self._country.caller_id)
            elif distinctive:
                self._tell_cadence("DROF", pause_s)
            if pause_s > SAME_RING_S and not distinctive:
                modem.agenda.at(self._soon(), self._ring)
        else:
            self._ring_ended = modem.now
            if distinctive:
                self._tell_cadence("DRON", modem.now - self._ring_began)
                if delay:
                    modem.agenda.at(modem.now + delay * 0.1, self._ring)

    def _tell_cadence(self, tag: str, seconds: float) -> None:
        if not self._modem.line.off_hook:
            self._modem.say(f"{tag}={round(seconds * 10)}")

    def _ring(self) -> None:
        modem = self._modem
        if modem.line.off_hook:
            return
        modem.settings.registers[1] = min(255, modem.settings.registers[1] + 1)
        if modem.faults.caller_id_before_ring and modem.settings.registers[1] == 1:
            return
        if modem.in_voice:
            modem.record.events.append((modem.now, "R"))
            modem.send(modem.profile.ring_in_voice)
        else:
            modem.say("RING")
            if 0 < modem.settings.registers[0] <= modem.settings.registers[1]:
                modem.answer_by_itself()

    def on_hook_sound(self, block: Samples) -> None:
        """20 ms of an idle line: caller ID comes this way."""
        for message in self._fsk.feed(block):
            if self._understands_callers():
                self._modem.agenda.at(self._soon(), lambda message=message: self._caller_id(message))  # type: ignore[misc]

    def _understands_callers(self) -> bool:
        settings = self._modem.settings
        wanted = settings["+VCID"] and settings["+VCDT"] in FSK_TYPES
        return bool(wanted) and settings.caller_id_allowed and not self._modem.faults.no_caller_id

    def _caller_id(self, message: CallerIdMessage) -> None:
        modem = self._modem
        if modem.line.off_hook:
            return
        if modem.faults.no_name:
            message = replace(message, name="")
        if modem.faults.no_number:
            message = replace(message, number="", reason="")
        self._caller = message
        lines = self.last_caller(modem.settings["+VCID"] == UNFORMATTED)
        if modem.in_voice and modem.profile.voice_caller_id:
            lines = ("CIDM", *lines)
        if modem.streams and modem.profile.voice_caller_id:
            modem.send(b"\x10X" + modem.settings.wording.lines(lines) + b"\x10.")
            return
        for line in lines:
            modem.say(line)

    def last_caller(self, unformatted: bool) -> tuple[str, ...]:
        """The lines that tell who called last; none where nobody did."""
        if self._caller is None:
            return ()
        if unformatted:
            return (encode(self._caller)[:-1].hex().upper(),)
        blanks = self._modem.profile.blanks
        return tuple(f"{tag}{blanks}={blanks}{value}" for tag, value in self._tags(self._caller) if value)

    def _tags(self, message: CallerIdMessage) -> tuple[tuple[str, str], ...]:
        faults = self._modem.faults
        date, time = ("DATE", "4D?" if faults.garbled_date else message.datetime[:4]), ("TIME", message.datetime[4:])
        number, name = ("NMBR", message.number or message.reason), ("NAME", message.name)
        return (name, number, time, date) if faults.bad_order else (date, time, number, name)

    # ---------------------------------------------------------------- off-hook

    def battery_changed(self, volts: float) -> None:
        """The exchange's feeding: a break long enough, or a reversal where that is asked for, is a hang-up."""
        modem = self._modem
        reversed_now = volts * self._volts < 0
        self._volts = volts
        if volts == 0:
            modem.agenda.at(modem.now + modem.profile.loop_break_s, self._loop_broken)
        elif reversed_now and modem.settings["-STE"] & REVERSAL_IS_HANG_UP:
            self._hung_up()

    def _loop_broken(self) -> None:
        if self._volts == 0:
            self._hung_up()

    def _hung_up(self) -> None:
        if self._modem.line.off_hook and not self._modem.faults.no_loop_report:
            self.event("l")

    def handset_lifted(self, lifted: bool) -> None:
        """Another telephone on the line was lifted or put down: the voltage tells, while we are off-hook."""
        if self._modem.line.off_hook and self._modem.settings["-STE"] & EXTENSION_PICKUP:
            self.event("P" if lifted else "p")

    def heard(self, listened: Listened) -> None:
        """What the detectors made of 20 ms."""
        for key in listened.keys:
            self._key_changed(key)
        self._tone(listened.tone)
        if listened.silence:
            self.event(listened.silence)

    def talk_off(self, key: str) -> None:
        """Take a voice for a key: report it as if somebody had pressed it."""
        modem = self._modem
        self._key_changed(KeyEvent(key, True, 0))
        modem.agenda.at(modem.now + TALK_OFF_S, lambda: self._key_changed(KeyEvent(key, False, 0)))

    def _key_changed(self, key: KeyEvent) -> None:
        """`DLE /`, the key again and again, `DLE ~`; or only the key."""
        faults = self._modem.faults
        if self._modem.profile.keys_bare:
            for _ in range(faults.repeated_digits if key.down else 0):
                self.event(key.key)
        elif key.down:
            self._key = key.key
            self.event("/")
            self._repeat_key(key)
        elif self._key:
            self._key = ""
            if faults.del_for_end:
                self.tell("\x7f")
            elif not faults.no_digit_end:
                self.event("~")

    def _repeat_key(self, key: KeyEvent) -> None:
        if self._key != key.key:
            return
        for _ in range(self._modem.faults.repeated_digits):
            self.event(key.key)
        self._modem.agenda.at(self._modem.now + self._modem.profile.key_every_s, lambda: self._repeat_key(key))

    def _tone(self, tone: Heard | None) -> None:
        """Busy and dial tone are told at once, and again every few seconds while they last."""
        code = _CODES.get(tone, "") if tone is not None else ""
        told, at = self._tone_told
        profile = self._modem.profile
        every_s = profile.busy_every_s if code == "b" else profile.dial_tone_every_s
        if code != told or (code and self._modem.now >= at + every_s):
            self._tone_told = code, self._modem.now
            if code and not (code == "b" and self._modem.faults.no_busy_report):
                self.event(code)
