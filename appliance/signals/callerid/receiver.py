"""Hear who is calling, whichever way the network says it: every receiver at once, and the checksum decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from appliance.signals.callerid.dtmfforms import FormListener
from appliance.signals.callerid.fsk import CallerIdEvent, FskListener, Scheme
from appliance.signals.callerid.messages import CallerIdMessage, Kind
from appliance.signals.countries import CallerIdStandard
from appliance.signals.dtmf import DtmfReceiver, KeyEvent
from appliance.signals.levels import RATE_HZ, Block

ALL_SCHEMES: Final = frozenset(Scheme)
_LATEST_KEY: Final = RATE_HZ // 5
"""A key is told within so many samples after it went down."""


class CallerIdReceiver:
    """Feed it what the line says, from before the first ring on; it answers with messages, none wrong."""

    def __init__(self, schemes: Collection[Scheme] = ALL_SCHEMES) -> None:
        by_fsk = [scheme for scheme in schemes if scheme is not Scheme.DTMF]
        self._fsk = FskListener(by_fsk) if by_fsk else None
        self._forms = FormListener() if Scheme.DTMF in schemes else None
        self._keys = DtmfReceiver()
        self._heard = 0

    def feed(self, block: Block, keys: Sequence[KeyEvent] | None = None) -> list[CallerIdEvent]:
        """The messages that `block`, of any length, completes.

        `keys`: what a `DtmfReceiver` that hears the same line made of the same block; without it one is run here.
        Raises `ValueError` unless the block is one-dimensional.
        """
        self._heard += len(block)
        events = self._fsk.feed(block) if self._fsk else []
        if self._forms:
            events += self._by_keys(self._forms, self._keys.feed(block) if keys is None else keys)
        return events

    def finish(self, keys: Sequence[KeyEvent] | None = None) -> list[CallerIdEvent]:
        """What is still to be told when the sound ends right behind a message; `keys` as in `feed`."""
        events = self._fsk.finish() if self._fsk else []
        if self._forms:
            late = self._keys.feed(np.zeros(_LATEST_KEY)) if keys is None else keys
            events += self._by_keys(self._forms, late)
        return [CallerIdEvent(event.message, event.scheme, event.at, self._heard) for event in events]

    @staticmethod
    def _by_keys(forms: FormListener, keys: Sequence[KeyEvent]) -> list[CallerIdEvent]:
        events = []
        for key in keys:
            began = forms.began
            if message := forms.hear(key):
                events.append(CallerIdEvent(message, Scheme.DTMF, began, key.decided))
        return events


class FskReceiver:
    """A modem that knows one standard only: it answers with the calls announced by that."""

    def __init__(self, standard: CallerIdStandard) -> None:
        self._listener = FskListener([Scheme[standard.name]])

    def feed(self, block: Block) -> list[CallerIdMessage]:
        """The calls whose announcement `block`, of any length, completes."""
        return [event.message for event in self._listener.feed(block) if event.message.kind is Kind.CALL]
