"""Take our own voice out of what the line says, so that a caller can press keys while a prompt plays.

What we say comes back from the hybrid (the transformer where two wires become four), 6 to 20 dB weaker, a few
milliseconds long, and as late as sound card or modem buffer it. First the delay is found, by the phases of what was
said and heard; then an adaptive filter of 80 ms around it learns the echo, block by block in the frequency domain
(overlap-save, partitioned; normalised least mean squares).

There are two filters, as since Ochiai's "echo canceler with two path models" (IEEE Trans. Comm. 25, 1977). One
learns all the time, and is led astray whenever the caller talks or presses a key. The other makes the echo that is
taken out: it changes only when the first has learned to leave clearly less of the line over.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import RATE_HZ, Block, Samples, power
from appliance.signals.steps import Steps

_BLOCK: Final = 160
_PARTS: Final = 4
"""Of one block each: the length of the filter, 80 ms."""
_BEFORE: Final = 80
"""The filter begins 10 ms before the delay that was found: not all of an echo is late."""
_LONGEST_S: Final = 0.6
"""Of the delay; a voice modem on USB has 200 to 400 ms."""
_LONGEST: Final = round(_LONGEST_S * RATE_HZ)
_SEARCHED: Final = 50
"""Blocks of what was heard that are looked through for the delay, a second."""
_KEPT: Final = _SEARCHED + _LONGEST // _BLOCK
"""Blocks of what was said that are kept for it."""
_TRANSFORM: Final = 16384
"""Long enough that what wraps around is at no delay which is looked at."""
_SEARCH_EACH: Final = 25
"""Blocks, half a second."""
_PLAIN: Final = 8.0
"""The delay is where the correlation is so many times as high as it is in general."""

_SILENCE: Final = power(-55.0)
_RATE: Final = 0.5
_MEMORY: Final = 0.8
"""By block, for the powers that are compared: about 100 ms."""
_BETTER: Final = 0.2
_WORSE: Final = 0.7
_HELPS: Final = 0.5
_ASTRAY: Final = 3.0
"""Natural logarithms of powers, 0.23 is 1 dB. While it learns, a filter is often worse than none for a second."""
_STRAY: Final = 2.0
"""Times the median over the lines."""
_CALM: Final = 3.0
"""The mean square, in squared medians, of an error like noise is 1.4; a key in it makes that 10 and more."""
_LEAST_STRENGTH: Final = 0.003
"""Of the mean over all lines: from what we say hardly at all, nothing is learned."""
_VOICE: Final = slice(12, 137)
"""300 to 3400 Hz, of the lines of two blocks."""
_VOICES: Final = 125
_TRUSTED: Final = 0
_LEARNING: Final = 1
_WINDOW: Final = np.hanning(_BLOCK + 2)[1:-1]

Spectra = NDArray[np.complex128]
_LINES: Final = _BLOCK + 1


class EchoCanceller:
    """Give it what the line says and what we say at the same time; it gives back the line without our echo.

    One for each line, for as long as the line is there: what it has learned holds for the next prompt too.
    """

    def __init__(self) -> None:
        self._heard = Steps(_BLOCK, _BLOCK)
        self._said = Steps(_BLOCK, _BLOCK)
        self._lines: list[Samples] = [np.zeros(_BLOCK)] * _SEARCHED
        """What was heard, block by block."""
        self._ours: list[Samples] = [np.zeros(_BLOCK)] * _KEPT
        """What was said, until the same time."""
        self._late: int | None = None
        """By how many samples."""
        self._spectra: Spectra = np.zeros((_PARTS, _LINES), dtype=np.complex128)
        """Of what was said, newest first."""
        self._filters: Spectra = np.zeros((2, _PARTS, _LINES), dtype=np.complex128)
        """The trusted one, and the one that is learning."""
        self._loud: Samples = np.zeros(3)
        """Lately (`_loudness`): the line, what the trusted filter leaves of it, what the learning one does."""
        self._blocks = 0
        self._silent = _KEPT
        """Blocks since we said something: after so many there is no echo, and nothing to learn."""

    @property
    def delay_s(self) -> float | None:
        """How late the echo is, as far as we know."""
        return None if self._late is None else self._late / RATE_HZ

    def feed(self, heard: Block, said: Block) -> Samples:
        """The line without echo, as far as whole blocks of 20 ms are complete.

        Raises `ValueError` unless both blocks are one-dimensional and of one length.
        """
        if len(heard) != len(said):
            raise ValueError(f"what was heard and said have one length, not {len(heard)} and {len(said)} samples")
        pairs = zip(self._heard.feed(heard), self._said.feed(said), strict=True)
        cleared = [self._clear(line, ours) for line, ours in pairs]
        return np.concatenate(cleared) if cleared else np.zeros(0)

    def _clear(self, line: Samples, said: Samples) -> Samples:
        """One block of the line without echo; `said` is what was said at the same time."""
        self._blocks += 1
        self._silent = 0 if said.any() else self._silent + 1
        if self._silent > _KEPT:
            return line
        self._lines = [*self._lines[1:], line]
        self._ours = [*self._ours[1:], said]
        if self._blocks % _SEARCH_EACH == 0:
            self._search()
        if self._late is None:
            return line
        ours = self._two_blocks(max(self._late - _BEFORE, 0))
        self._spectra = np.concatenate((np.fft.rfft(ours)[None], self._spectra[:-1]))
        strength = np.square(self._spectra.real) + np.square(self._spectra.imag)
        if strength.sum() < _SILENCE * (2 * _BLOCK) * _LINES:
            return line
        echoes = np.fft.irfft((self._filters * self._spectra).sum(axis=1))[:, _BLOCK:]
        left, learned = line - echoes
        self._choose(np.stack((line, left, learned)))
        self._learn(learned, strength.sum(axis=0))
        return np.asarray(left)

    def _two_blocks(self, ago: int) -> Samples:
        """Two blocks of what was said, which ended so many samples ago."""
        whole, rest = divmod(ago, _BLOCK)
        end = _KEPT - whole
        return np.concatenate(self._ours[end - 3 : end])[_BLOCK - rest : 3 * _BLOCK - rest]

    def _learn(self, error: Samples, strength: Samples) -> None:
        """A step of the learning filter towards what would have left less over."""
        spectrum = np.fft.rfft(error, 2 * _BLOCK)
        # Zeros first and the error behind them: a shift by half the transform, which turns every other line around.
        spectrum[1::2] = -spectrum[1::2]
        strength = strength + strength.sum() * (_LEAST_STRENGTH / _LINES) + _SILENCE * _BLOCK
        # What is no echo is strong on a few lines: from them nothing is learned, and little from others meanwhile.
        size = np.abs(spectrum) / np.sqrt(strength)
        band = size[_VOICE]
        usual = np.partition(band, _VOICES // 2)[_VOICES // 2] + 1e-9
        calm = min(1.0, _CALM * _VOICES * usual**2 / float(band @ band + 1e-18))
        spectrum *= _RATE * calm * np.minimum(1.0, _STRAY * usual / (size + 1e-9)) / strength
        learning = self._filters[_LEARNING]
        learning += self._spectra.conj() * spectrum
        # Each part is a filter of one block; in turn they are cut back to that.
        part = self._blocks % _PARTS
        taps = np.fft.irfft(learning[part])
        taps[_BLOCK:] = 0.0
        learning[part] = np.fft.rfft(taps)

    def _choose(self, sounds: Samples) -> None:
        """Trust what was learned when it is better, and learn anew from what is trusted when it went astray."""
        now = _loudness(sounds)
        self._loud = _MEMORY * self._loud + (1.0 - _MEMORY) * now
        line, left, learned = self._loud.tolist()
        if learned < left - _BETTER and now[2] < now[1]:
            self._filters[_TRUSTED] = self._filters[_LEARNING]
            self._loud[1] = learned
        elif learned > left + _ASTRAY:
            self._filters[_LEARNING] = self._filters[_TRUSTED]
            self._loud[2] = left
        if left > line + _WORSE:
            self._filters[_TRUSTED] = 0.0
            self._loud[1] = line

    def _search(self) -> None:
        """Find out how late the echo is, unless the filter does well where it is."""
        line, left, _ = self._loud.tolist()
        said = np.concatenate(self._ours)
        if (self._late is not None and left < line - _HELPS) or said @ said < _SILENCE * len(said):
            return
        likeness = _likeness(np.concatenate(self._lines), said)
        late = int(likeness.argmax())
        if likeness[late] < _PLAIN * likeness.sum() / len(likeness):
            return
        if self._late is None or abs(late - self._late) > _BEFORE // 2:
            self._late = late
            for forgotten in (self._filters, self._spectra, self._loud):
                forgotten[:] = 0.0


def _likeness(heard: Samples, said: Samples) -> Samples:
    """How alike they are, for each delay from 0 to `_LONGEST`; `said` begins so much earlier, both end together."""
    cross = np.fft.rfft(heard, _TRANSFORM) * np.fft.rfft(said, _TRANSFORM).conj()
    size = np.abs(cross)
    # Mostly by phase, or the pitch of a voice would make peaks of its own.
    cross /= (size + 1e-3 * size.sum() / len(size) + 1.0) ** 0.8
    correlation = np.abs(np.fft.irfft(cross))
    return np.concatenate((correlation[_TRANSFORM - _LONGEST :], correlation[:1]))


def _loudness(sounds: Samples) -> Samples:
    """The mean over all lines of the logarithm of power, for each sound: a key, strong on few lines, matters little."""
    spectra = np.fft.rfft(sounds * _WINDOW)[:, _VOICE.start // 2 : _VOICE.stop // 2]
    return np.asarray(np.log(np.square(spectra.real) + np.square(spectra.imag) + 1.0).sum(axis=1) / len(spectra[0]))
