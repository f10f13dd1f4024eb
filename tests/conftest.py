"""What all tests share: where the repository stands, and random examples that are the same in every run."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# The machine that runs the tests may be slow and busy: an example is judged by its result, not by its time.
hypothesis.settings.register_profile("frontdesk", deadline=None, derandomize=True)
hypothesis.settings.load_profile("frontdesk")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).parent.parent
