"""Who is calling: caller-ID messages, the sounds that carry them, and the receiver of them all.

* `messages` - what a message says, and its bytes; `japan` and `dtmfforms` - how Japan frames it, how it is keyed
* `modulate` - sends
* `receiver` - hears: `fsk` finds a message behind its mark (`marks`) and reads it (`bits`, `closest`), past what the
  line adds to it (`front`)
"""

from appliance.signals.callerid.fsk import CallerIdEvent, Scheme
from appliance.signals.callerid.messages import (
    MDMF,
    SDMF,
    BadMessage,
    CallerIdMessage,
    CallerType,
    CallType,
    Format,
    Forwarding,
    Kind,
    encode,
    parse,
    parse_unchecked,
)
from appliance.signals.callerid.modulate import alert, modulate
from appliance.signals.callerid.receiver import ALL_SCHEMES, CallerIdReceiver, FskReceiver

__all__ = [
    "ALL_SCHEMES",
    "MDMF",
    "SDMF",
    "BadMessage",
    "CallType",
    "CallerIdEvent",
    "CallerIdMessage",
    "CallerIdReceiver",
    "CallerType",
    "Format",
    "Forwarding",
    "FskReceiver",
    "Kind",
    "Scheme",
    "alert",
    "encode",
    "modulate",
    "parse",
    "parse_unchecked",
]
