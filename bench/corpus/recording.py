"""One recording of a corpus, and what is on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recording(Generic[T]):
    """Sound at 8000 samples a second (int16), made under `condition`, with `truth` on it."""

    condition: str
    samples: NDArray[np.int16] = field(repr=False)
    truth: T
