"""Fixtures for all tests.

Property tests draw the same examples in every run; `--hypothesis-profile=default` explores others.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("reproducible", deadline=None, derandomize=True)
settings.load_profile("reproducible")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of third-party test vectors."""
    folder = os.environ.get("POWCLOCK_VECTORS")
    if not folder:
        pytest.skip("POWCLOCK_VECTORS is not set: it names the folder of third-party test vectors")
    return Path(folder)
