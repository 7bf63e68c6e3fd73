"""Bugs that are put in on purpose, each under the name of what is then so."""

from collections.abc import Callable
from typing import Any

import pytest

from powclock.machine.reason import Invalid, Reason

Patch = Callable[[pytest.MonkeyPatch], None]


class Bugs(dict[str, Patch]):
    """Bugs by name."""

    def put(self, put_in: Patch) -> Patch:
        """Register a bug under its name."""
        self[put_in.__name__] = put_in
        return put_in


def swallow(patch: pytest.MonkeyPatch, owner: Any, name: str, *reasons: Reason) -> None:
    """A check goes on as if all were well where it would refuse for one of these reasons."""
    checks = getattr(owner, name)

    def lenient(*args: Any, **options: Any) -> Any:
        try:
            return checks(*args, **options)
        except Invalid as refusal:
            if refusal.reason not in reasons:
                raise
            return None

    patch.setattr(owner, name, lenient)


def nothing(*_args: object, **_options: object) -> None:
    """Does nothing."""
