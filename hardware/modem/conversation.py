"""Speaking commands with a modem: a line goes out, we wait until its result is in.

What the modem reports meanwhile (rings, caller ID, sounds) is handed on in order and gets lost by no command. Three
kinds of refusal are told apart: *ERROR* is an answer; *silence* within the time a command may take is a modem in
trouble; a *port* that is gone is another matter altogether.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from appliance.clock import Clock
from appliance.faults import ModemRefused, ModemSilent
from hardware.modem import at
from hardware.modem.at import ResultCode
from hardware.modem.dialects import LONGEST_BODY

log = logging.getLogger(__name__)

COMMAND_S = 5.0
"""No command of V.250 takes longer, unless it takes time on the line."""
HELLOS_S = (0.7, 0.9, 1.5)
"""A modem that is well answers the first word within this time, or the second, or the third."""
LATE_S = 1.0
"""After a command that nobody answered: its result may still come, and must not be taken for that of the next one."""
PAUSE_S = 0.2
"""What a modem still has to say after its stream was stopped."""

WAKE = "ATE0V1Q0"
"""Understood in any state, and answered in words even if a former program had forbidden every answer."""
STOP_ALL = at.insist(at.END_DUPLEX) + at.insist(at.END_TRANSMIT) + at.insist(at.END_RECEIVE)
"""Ends any stream of a modem that overlooked the one code or reads it otherwise; without a stream it says nothing."""
CHAIN_PROBE, ASK_CLASS, LEAVE_VOICE = "AT+FCLASS=8;+FCLASS=0", "AT+FCLASS?", "AT+FCLASS=0"

DONE = frozenset({ResultCode.OK, ResultCode.VCON, ResultCode.CONNECT})
"""How a command ends well. Anything else but ERROR tells of the line: it may come at any time and answers nothing."""
DIALLED = frozenset(code for code in ResultCode if code.final)
STOPPED = DONE | {ResultCode.ERROR}


class BytePort(Protocol):
    """What a conversation needs of a serial port; see `hardware.modem.port.SerialPort`."""

    path: str

    def write(self, data: bytes) -> None:
        """Hand bytes to the modem."""

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        """Wait for bytes, at most until the clock shows `until`."""


class Conversation:
    """One modem at one open port. `hear` gets every event that answers no command; the line's thread only."""

    def __init__(self, port: BytePort, clock: Clock, hear: Callable[[at.Event], None]) -> None:
        self.port = port
        self.parser = at.Parser()
        self.takes_chains = False
        """Does it obey several commands in one line? `probe_chains` finds out."""
        self.given_up = False
        """Nothing helps any more: no time is to be lost by asking it again."""
        self._clock = clock
        self._hear = hear
        self._answers: deque[at.Result | at.Information] = deque(maxlen=64)
        self._refused: set[str] = set()
        self._overlooked: set[str] = set()
        self._unanswered = False

    # ------------------------------------------------------------ bytes

    def send(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.port.write(data)

    def take(self, data: bytes) -> None:
        """Understand bytes: answers wait for the command they belong to, the rest is handed on."""
        for event in self.parser.feed(data, self._clock.now()):
            if isinstance(event, at.Result | at.Information):
                self._answers.append(event)
            self._hear(event)

    def listen_until(self, moment: float) -> None:
        """Take in what comes until then, whatever it is."""
        while self._clock.now() < moment:
            self.take(self.port.wait(moment))

    def listen_for(self, seconds: float) -> None:
        """Take in what comes for so long."""
        self.listen_until(self._clock.now() + seconds)

    # ------------------------------------------------------------ commands

    def command(self, command: str, seconds: float = COMMAND_S) -> list[str]:
        """Send one command line and wait for its result; the lines of information before it.

        Raises:
            ModemRefused: ERROR.
            ModemSilent: no result within `seconds`.
            LineFault: the port is gone.
        """
        return self.ask(command, seconds, DIALLED if command.startswith("ATD") else DONE)

    def ask(self, command: str, seconds: float, ends: frozenset[ResultCode]) -> list[str]:
        """The same for a command that ends by one of the results `ends`."""
        if self._unanswered:
            self.listen_for(LATE_S)
            self._unanswered = False
        self._answers.clear()
        self.parser.command_sent(command)
        self.send(command.encode("ascii") + b"\r")
        information: list[str] = []
        deadline = self._clock.now() + seconds
        while True:
            while self._answers:
                match self._answers.popleft():
                    case at.Result(ResultCode.ERROR):
                        raise ModemRefused(f"the modem at {self.port.path} refused {command}")
                    case at.Result(code) if code in ends:
                        return information
                    case at.Information(text):
                        information.append(text)
            if self._clock.now() >= deadline:
                self._unanswered = True
                raise ModemSilent(f"the modem at {self.port.path} gave no answer to {command}")
            self.take(self.port.wait(deadline))

    def wish(self, command: str) -> bool:
        """Send a command whose refusal is normal; one that was refused, or twice overlooked, is not sent again.

        Raises:
            ModemSilent: it answers nothing else either.
        """
        if command in self._refused:
            return False
        try:
            self.command(command)
            self._overlooked.discard(command)
            return True
        except ModemRefused:
            self._refused.add(command)
        except ModemSilent:  # perhaps only its result got lost
            (self._refused if command in self._overlooked else self._overlooked).add(command)
            self.command("AT", 1.0)
        return False

    def hurry_on(self) -> None:
        """Do not wait for the result that the last command still owes: what comes next cannot wait."""
        self._unanswered = False

    def wish_all(self, commands: Sequence[str]) -> None:
        """Wishes, in one line where the modem takes that."""
        wishes = [wish for wish in commands if wish not in self._refused]
        if wishes and not self.chain([wish.removeprefix("AT") for wish in wishes]):
            for wish in wishes:
                self.wish(wish)

    def chain(self, bodies: Sequence[str]) -> bool:
        """Try several commands in one line, which saves their latencies; `False` where the modem will not have that."""
        line = ";".join(bodies)
        return self.takes_chains and len(line) <= LONGEST_BODY and self.wish(f"AT{line}")

    def answer_to(self, question: str, seconds: float = COMMAND_S) -> str:
        """The lines that answer a question, or its bare result: `OK` or `ERROR`.

        Raises:
            ModemSilent: no result within `seconds`.
            LineFault: the port is gone.
        """
        try:
            return "\n".join(self.command(question, seconds)) or "OK"
        except ModemRefused:
            return "ERROR"

    # ------------------------------------------------------------ the state the modem is in

    def wake_up(self) -> None:
        """End whatever a former program left the modem in, a voice stream too, and wait for an answer.

        Raises:
            ModemSilent: there is none.
        """
        answers = True
        for hello_s in HELLOS_S:
            self.send(STOP_ALL + b"\r")
            self.listen_for(PAUSE_S)
            self._unanswered = False
            try:
                self.command(WAKE, hello_s)
            except ModemRefused:
                log.debug("%s: understands only a part of %s", self.port.path, WAKE)
            except ModemSilent:
                self.parser, answers = at.Parser(), False
                continue
            self._unanswered = not answers
            return
        self.given_up = True
        raise ModemSilent(f"the modem at {self.port.path} does not answer")

    def probe_chains(self) -> None:
        """Find out whether the modem obeys a whole line of commands: some refuse it, some obey only its beginning."""
        self.takes_chains = self.wish(CHAIN_PROBE)
        if self.takes_chains:
            self.takes_chains = not self.answer_to(ASK_CLASS).endswith("8")
        if not self.takes_chains:
            self.wish(LEAVE_VOICE)

    def stops_after(self, words: bytes, seconds: float) -> bool:
        """Send `words` that end a stream; does a result come within so many seconds?"""
        self._answers.clear()
        self.send(words)
        deadline = self._clock.now() + seconds
        while self._clock.now() < deadline:
            if any(isinstance(answer, at.Result) and answer.code in STOPPED for answer in self._answers):
                self._answers.clear()
                return True
            self.take(self.port.wait(deadline))
        return False
