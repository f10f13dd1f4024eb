"""What each program makes of the corpora: the counts behind the table of ears, one function for each corpus.

Each function takes a share of its corpus, so that shares can be counted in several processes and added up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from appliance.acts import Heard
from appliance.signals.callerid import CallerIdMessage, Scheme
from appliance.signals.countries import COUNTRIES
from appliance.signals.levels import RATE_HZ
from bench.corpus import callerid, dtmf, mitel, progress, talkoff
from bench.corpus.dtmf_conditions import CONDITIONS
from bench.corpus.recording import Recording
from bench.peers import Peer, ours, peers

SEED = 20
"""Not the one that anybody tunes on."""
ANSWERED_WITHIN_MS = 800.0


@dataclass(slots=True)
class Count:
    """Of `of` things, so many were heard right, and `wrong` were heard that are not there."""

    right: int = 0
    wrong: int = 0
    of: int = 0
    seconds: float = 0.0
    """How much sound that was."""
    recordings: int = 0
    late_ms: list[float] = field(default_factory=list)
    """From each thing's beginning to its being told."""

    def add(self, other: Count) -> None:
        """Both together."""
        for part in dataclasses.fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


Counts = dict[tuple[str, str], Count]
"""By row of the table and name of the program."""


def asked() -> list[Peer]:
    """All programs, ours last."""
    return [*peers(), ours.PEER]


# ---------------------------------------------------------------- keys


def keys(number: int, each: int) -> Counts:
    """About `each` keys under condition `number`: taken where they must be taken, left where they must be left."""
    condition = CONDITIONS[number]
    row = "keys to take" if condition.taken else "keys to leave"
    scores = {peer.name: dtmf.Score(condition.taken) for peer in asked() if peer.keys}
    late_ms: list[float] = []
    for recording in dtmf.recordings(each, SEED, [condition]):
        for peer in asked():
            if peer.keys:
                scores[peer.name].add(recording.truth.keys, peer.keys(recording.samples))
        late_ms += _late_ms(recording)
    counts = {(row, name): Count(one.right, one.extra, one.pressed) for name, one in scores.items()}
    counts[row, "ours"].late_ms = late_ms
    return counts


def _late_ms(recording: Recording[dtmf.Pressed]) -> list[float]:
    """Of keys all heard right, the time from the press to the block in which each is told."""
    found, truth = dtmf.heard(recording.samples), recording.truth
    if not truth.taken or "".join(key for key, _ in found) != truth.keys:
        return []
    return [(given - start) * 1000 / RATE_HZ for (_, given), start in zip(found, truth.starts, strict=True)]


def talk(kind: str, share: int, seconds: float) -> Counts:
    """Keys heard in `seconds` of sound without any: `speech`, or hard `vowels`. Each `share` is other sound."""
    made: Callable[[float, int], Iterator[Recording[str]]] = getattr(talkoff, kind)
    counts: Counts = {}
    for recording in made(seconds, SEED + share):
        for peer in asked():
            if peer.keys:
                count = counts.setdefault((kind, peer.name), Count())
                count.wrong += len(peer.keys(recording.samples))
                count.seconds += len(recording.samples) / RATE_HZ
    return counts


def tape(name: str) -> list[mitel.Figure]:
    """What one program makes of the classic test tape; nothing if it hears no keys."""
    return [figure for peer in asked() if peer.name == name and peer.keys for figure in mitel.measure(peer.keys)]


# ---------------------------------------------------------------- callers


def callers(number: int, each: int) -> Counts:
    """`each` recordings under condition `number`: whole messages right, and messages that nobody sent."""
    condition = callerid.CONDITIONS[number]
    row = f"callers {condition.scheme.value}" if condition.scheme else "no callers"
    counts: Counts = {}
    for recording in callerid.recordings(each, SEED, [condition]):
        sent = [_said(message) for message in recording.truth.messages]
        for peer in asked():
            schemes = _schemes(peer, condition.scheme)
            if peer.callers and schemes:
                told = [_said(message) for scheme in schemes for message in peer.callers(recording.samples, scheme)]
                _count(counts.setdefault((row, peer.name), Count()), sent, told)
    for count in counts.values():
        count.recordings = each
    return counts


def _schemes(peer: Peer, scheme: Scheme | None) -> Sequence[Scheme]:
    """What to ask a program for. Where nothing is sent it must not take it for anything."""
    if scheme:
        return [scheme] if scheme in peer.schemes else []
    return peer.schemes if peer.must_be_told else peer.schemes[:1]


def _said(message: CallerIdMessage) -> tuple[str, ...]:
    """What every program can tell; of reasons it matters only whether the caller wants it so."""
    reason = "O" if message.reason not in ("", "P") else message.reason
    return message.number, message.name, reason, message.datetime


def _count(count: Count, sent: list[tuple[str, ...]], told: list[tuple[str, ...]]) -> None:
    """Each message sent may be told once. Wrong is a number that nobody sent, or one told once more."""
    count.of += len(sent)
    left = list(sent)
    for message in told:
        if message in left:
            left.remove(message)
            count.right += 1
        elif message[0] and (message in sent or message[0] not in {number for number, *_ in sent}):
            count.wrong += 1


# ---------------------------------------------------------------- tones and people


_PEOPLE = frozenset({Heard.VOICE, Heard.MUSIC, Heard.SILENCE})
"""What only ours has names for."""


def sounds(part: str, share: int) -> Counts:
    """Recordings named right, and those with a wrong name: `tones`, `specials`, `people` or `answers` of the corpus.

    Each `share` is other sound. Ours is asked a second time without being told the country.
    """
    made: Callable[[int, int], Iterator[Recording[progress.Truth]]] = getattr(progress, part)
    counts: Counts = {}

    def add(row: str, name: str, recording: Recording[progress.Truth], said: progress.Named) -> None:
        count = counts.setdefault((row, name), Count())
        verdict = progress.verdict(recording, said)
        count.of += 1
        count.right += verdict == "right"
        count.wrong += verdict == "WRONG"

    for recording in made(1, SEED + share):
        people = bool(recording.truth.wanted & _PEOPLE)
        said = progress.named(recording)
        if part == "answers":
            counts.setdefault(("answers", "ours"), Count()).add(_answered(recording.truth, said))
        else:
            add("people" if people else "tones", "ours", recording, said)
            add("any country", "ours", recording, progress.named(recording, any_country=True))
        if part != "answers" and not people:
            for peer in peers():
                if peer.tones:
                    heard = peer.tones(recording.samples, COUNTRIES[recording.truth.country])
                    add("tones", peer.name, recording, [(0.0, name) for name in heard])
    return counts


def _answered(truth: progress.Truth, said: progress.Named) -> Count:
    """How late the voice that answers was named; right is in time."""
    if truth.voice_s is None:
        return Count()
    after = [moment - truth.voice_s for moment, name in said if name is Heard.VOICE and moment > truth.voice_s]
    late_ms = [1000.0 * min(after)] if after else []
    early = any(name is Heard.VOICE and moment <= truth.voice_s for moment, name in said)
    return Count(right=bool(late_ms) and late_ms[0] <= ANSWERED_WITHIN_MS, wrong=early, of=1, late_ms=late_ms)
