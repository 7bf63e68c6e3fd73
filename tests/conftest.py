"""Fixtures for all tests.

Property tests draw the same examples in every run; `--hypothesis-profile=default` explores others,
and POWCLOCK_LONG=1 explores many.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

LONG = os.environ.get("POWCLOCK_LONG") == "1"

settings.register_profile("reproducible", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5_000, stateful_step_count=100)
settings.load_profile("long" if LONG else "reproducible")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of third-party test vectors."""
    folder = os.environ.get("POWCLOCK_VECTORS")
    if not folder:
        pytest.skip("POWCLOCK_VECTORS is not set: it names the folder of third-party test vectors")
    return Path(folder)
