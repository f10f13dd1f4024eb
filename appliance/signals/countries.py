"""What the telephone network of each country sounds like.

Tones and cadences are ITU-T E.180 supplement 2 as Asterisk's `indications.conf.sample` and DAHDI's `zonedata` have
them. What an exchange sends where these agree is in the fields of a `Country`; what is sent elsewhere in it, or by
another reading of the supplement (spandsp's `global-tones.xml`), is in `also`. A modulated tone whose carrier is
suppressed is listed by its side bands (India 400x25 is 375 + 425 Hz, Japan 400x15 is 384 + 416 Hz). A PBX often makes
tones of its own, and Ukraine's values are the least sure. Sweden and the Netherlands also have caller ID by DTMF, which
is not told here. Country codes are those of ITU-T T.35, annex A.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.acts import Heard
from appliance.faults import BadSettings

Cadence = tuple[tuple[int, int], ...]
"""Pairs of on and off in milliseconds, repeated; `()` is continuous."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A call-progress tone: `frequencies` in Hz sound together, or, `in_turn`, one after the other, a burst each.

    `modulated_by_hz`: they swell and fade so often, fully. `softer_db`: how much softer each burst of the cadence is.
    `one_less`: every other burst lacks the first frequency.
    """

    frequencies: tuple[float, ...]
    cadence: Cadence = ()
    in_turn: bool = False
    modulated_by_hz: float = 0.0
    softer_db: tuple[float, ...] = ()
    one_less: bool = False


@dataclass(frozen=True, slots=True)
class Also:
    """Another tone that means the same in parts of a country, or on its older exchanges."""

    heard: Heard
    tone: Tone


class CallerIdStandard(Enum):
    """The modem that carries caller ID: its mark (1) and space (0) frequency in Hz."""

    BELL202 = (1200.0, 2200.0)
    V23 = (1300.0, 2100.0)

    @property
    def mark_hz(self) -> float:
        """Sent for a one, and when there is nothing to send."""
        return self.value[0]

    @property
    def space_hz(self) -> float:
        """Sent for a zero."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Country:
    """One country's network. `recall_dial` answers a hook flash; `ring` is the cadence of ringing; `also`: see above.

    `t35` is what `AT+GCI` takes. T.35 has no code for Lithuania, which is given Germany's: the same kind of line.
    """

    code: str
    dial: Tone
    recall_dial: Tone
    ringback: Tone
    busy: Tone
    congestion: Tone
    sit: Tone
    ring: Cadence
    caller_id: CallerIdStandard
    t35: int
    also: tuple[Also, ...] = ()


_THEN_STEADY: Final = ((100, 100), (100, 100), (100, 100), (30_000, 0))
"""Three short bursts, then as good as continuous: a PBX gives up before it comes round again."""
_DOUBLE_RING: Final = ((400, 200), (400, 2000))
_SIT: Final = Tone((950.0, 1400.0, 1800.0), ((330, 0), (330, 0), (330, 1000)), in_turn=True)
_CHINESE_SIT: Final = Tone((450.0,), ((100, 100), (100, 100), (100, 100), (400, 400)))
_SIT_GAPS: Final = Tone((950.0, 1400.0, 1800.0), ((330, 30), (330, 30), (330, 1000)), in_turn=True)


def _european(
    code: str,
    t35: int,
    *,
    busy: int,
    congestion: int,
    hz: float = 425.0,
    ring: tuple[int, int] = (1000, 4000),
    dial: Cadence = (),
    recall: Cadence | None = None,
    sit: Tone = _SIT,
    caller_id: CallerIdStandard = CallerIdStandard.V23,
    also: tuple[Also, ...] = (),
) -> Country:
    """A country that makes everything of one frequency, with bursts as long as the pauses in busy and congestion."""
    one = (hz,)
    return Country(
        code=code,
        dial=Tone(one, dial),
        recall_dial=Tone(one, dial if recall is None else recall),
        ringback=Tone(one, (ring,)),
        busy=Tone(one, ((busy, busy),)),
        congestion=Tone(one, ((congestion, congestion),)),
        sit=sit,
        ring=(ring,),
        caller_id=caller_id,
        t35=t35,
        also=also,
    )


def _old_ringback(hz: float = 425.0) -> Also:
    """Of exchanges of the former Soviet Union."""
    return Also(Heard.RINGBACK, Tone((hz,), ((800, 3200),)))


def _north_american(code: str, t35: int) -> Country:
    """The precise tone plan."""
    dial = (350.0, 440.0)
    return Country(
        code=code,
        dial=Tone(dial),
        recall_dial=Tone(dial, _THEN_STEADY),
        ringback=Tone((440.0, 480.0), ((2000, 4000),)),
        busy=Tone((480.0, 620.0), ((500, 500),)),
        congestion=Tone((480.0, 620.0), ((250, 250),)),
        sit=_SIT,
        ring=((2000, 4000),),
        caller_id=CallerIdStandard.BELL202,
        t35=t35,
    )


UK_SPECIAL_DIAL: Final = Tone((350.0, 440.0), ((750, 0), (750, 0)), one_less=True)
"""350 + 440 Hz and 440 Hz alone, in turn."""
_UK: Final = Country(
    code="uk",
    dial=Tone((350.0, 440.0)),
    recall_dial=Tone((350.0, 440.0)),
    ringback=Tone((400.0, 450.0), _DOUBLE_RING),
    busy=Tone((400.0,), ((375, 375),)),
    congestion=Tone((400.0,), ((400, 350), (225, 525))),
    sit=Tone((950.0, 1400.0, 1800.0), ((330, 15), (330, 15), (330, 1000)), in_turn=True),
    ring=_DOUBLE_RING,
    caller_id=CallerIdStandard.V23,
    t35=0xB4,
    also=(
        Also(Heard.STUTTER, Tone((350.0, 440.0), _THEN_STEADY)),
        Also(Heard.STUTTER, UK_SPECIAL_DIAL),
    ),
)
_SPAIN: Final = Country(
    code="es",
    dial=Tone((425.0,)),
    recall_dial=Tone((425.0,), _THEN_STEADY),
    ringback=Tone((425.0,), ((1500, 3000),)),
    busy=Tone((425.0,), ((200, 200),)),
    congestion=Tone((425.0,), ((200, 200), (200, 200), (200, 600))),
    sit=_SIT,
    ring=((1500, 3000),),
    caller_id=CallerIdStandard.V23,
    t35=0xA0,
)
_SWEDEN: Final = Country(
    code="se",
    dial=Tone((425.0,)),
    recall_dial=Tone((425.0,), ((320, 20),)),
    ringback=Tone((425.0,), ((1000, 5000),)),
    busy=Tone((425.0,), ((250, 250),)),
    congestion=Tone((425.0,), ((250, 750),)),
    sit=Tone((950.0, 1400.0, 1800.0), ((332, 24), (332, 24), (332, 2000)), in_turn=True),
    ring=((1000, 5000),),
    caller_id=CallerIdStandard.V23,
    t35=0xA5,
)
_AUSTRALIA: Final = Country(
    code="au",
    dial=Tone((413.0, 438.0)),
    recall_dial=Tone((413.0, 438.0)),
    ringback=Tone((413.0, 438.0), _DOUBLE_RING),
    busy=Tone((425.0,), ((375, 375),)),
    congestion=Tone((425.0,), ((375, 375), (375, 375)), softer_db=(0.0, 10.0)),
    sit=Tone((425.0,), ((2500, 500),)),
    ring=_DOUBLE_RING,
    caller_id=CallerIdStandard.BELL202,
    t35=0x09,
    also=(
        Also(Heard.DIAL_TONE, Tone((400.0, 450.0))),
        Also(Heard.DIAL_TONE, Tone((425.0,), modulated_by_hz=25.0)),
        Also(Heard.RINGBACK, Tone((400.0, 450.0), _DOUBLE_RING)),
        Also(Heard.RINGBACK, Tone((425.0,), _DOUBLE_RING, modulated_by_hz=25.0)),
        Also(Heard.STUTTER, Tone((413.0, 438.0), _THEN_STEADY)),
    ),
)
_INDIA: Final = Country(
    code="in",
    dial=Tone((375.0, 425.0)),
    recall_dial=Tone((375.0, 425.0)),
    ringback=Tone((375.0, 425.0), _DOUBLE_RING),
    busy=Tone((400.0,), ((750, 750),)),
    congestion=Tone((400.0,), ((250, 250),)),
    sit=_SIT,
    ring=_DOUBLE_RING,
    caller_id=CallerIdStandard.V23,
    t35=0x53,
    also=(
        *(Also(Heard.DIAL_TONE, Tone((400.0,), modulated_by_hz=hz)) for hz in (25.0, 33.0, 50.0)),
        *(Also(Heard.DIAL_TONE, Tone((400.0 - hz, 400.0 + hz))) for hz in (33.0, 50.0)),
        *(Also(Heard.RINGBACK, Tone((400.0,), _DOUBLE_RING, modulated_by_hz=hz)) for hz in (25.0, 33.0, 50.0)),
        *(Also(Heard.RINGBACK, Tone((400.0 - hz, 400.0 + hz), _DOUBLE_RING)) for hz in (33.0, 50.0)),
        Also(Heard.RINGBACK, Tone((375.0, 425.0), ((400, 200), (400, 2600)))),
        Also(Heard.BUSY, Tone((400.0,), ((600, 600),))),
    ),
)
_JAPAN: Final = Country(
    code="jp",
    dial=Tone((400.0,)),
    recall_dial=Tone((400.0,)),
    ringback=Tone((384.0, 416.0), ((1000, 2000),)),
    busy=Tone((400.0,), ((500, 500),)),
    congestion=Tone((400.0,), ((500, 500),)),
    sit=_SIT,
    ring=((1000, 2000),),
    caller_id=CallerIdStandard.V23,
    t35=0x00,
    also=(
        *(Also(Heard.RINGBACK, Tone((400.0,), ((1000, 2000),), modulated_by_hz=hz)) for hz in (15.0, 16.0, 20.0)),
        Also(Heard.RINGBACK, Tone((380.0, 420.0), ((1000, 2000),))),
        Also(Heard.STUTTER, Tone((400.0,), _THEN_STEADY)),
    ),
)

COUNTRIES: Final[dict[str, Country]] = {
    each.code: each
    for each in (
        _european("pl", 0x8A, busy=500, congestion=500, recall=((500, 50),)),
        _north_american("us", 0xB5),
        _north_american("ca", 0x20),
        _UK,
        _european(
            "de",
            0x42,
            busy=480,
            congestion=240,
            recall=_THEN_STEADY,
            also=(Also(Heard.BUSY, Tone((425.0,), ((150, 475),))), Also(Heard.DIAL_TONE, Tone((450.0,)))),
        ),
        _european(
            "fr",
            0x3D,
            busy=500,
            congestion=250,
            hz=440.0,
            ring=(1500, 3500),
            also=(Also(Heard.DIAL_TONE, Tone((330.0, 440.0))),),
        ),
        _european("cz", 0x2E, busy=330, congestion=165, dial=((330, 330), (660, 660)), sit=_SIT_GAPS),
        _european("sk", 0xC5, busy=333, congestion=165, dial=((333, 333), (660, 660)), sit=_SIT_GAPS),
        _european("hu", 0x51, busy=300, congestion=300, ring=(1250, 3750)),
        _european(
            "lt",
            0x42,
            busy=350,
            congestion=200,
            also=(_old_ringback(), Also(Heard.BUSY, Tone((425.0,), ((400, 400),)))),
        ),
        _european("ua", 0xB2, busy=350, congestion=175, also=(_old_ringback(),)),
        _european(
            "ru",
            0xB8,
            busy=350,
            congestion=175,
            recall=((400, 40),),
            also=(_old_ringback(), Also(Heard.BUSY, Tone((425.0,), ((400, 400),)))),
        ),
        _european(
            "nl",
            0x7B,
            busy=500,
            congestion=250,
            recall=((500, 50),),
            also=(Also(Heard.DIAL_TONE, Tone((450.0,))),),
        ),
        _SPAIN,
        _european("it", 0x59, busy=500, congestion=200, dial=((200, 200), (600, 1000))),
        _SWEDEN,
        _AUSTRALIA,
        _european(
            "cn",
            0x26,
            busy=350,
            congestion=700,
            hz=450.0,
            caller_id=CallerIdStandard.BELL202,
            sit=_CHINESE_SIT,
            also=(Also(Heard.SIT, Tone((450.0,), ((100, 100), (100, 100), (100, 100), (400, 40)))),),
        ),
        _INDIA,
        _JAPAN,
    )
}
"""By the two letters that the settings use."""


def country(code: str) -> Country:
    """The country with this two-letter code, in any case; `gb` is `uk`. Raises `BadSettings` if we do not know it."""
    asked = code.strip().lower()
    found = COUNTRIES.get("uk" if asked == "gb" else asked)
    if found is None:
        known = ", ".join(sorted(COUNTRIES))
        raise BadSettings(f"The country {code!r} is not known. Known countries: {known}.")
    return found
