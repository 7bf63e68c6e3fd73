"""Figures beside what theory expects of them, in as few words as there is room for.

A figure that lies in its band has a tick, one outside a mark that shouts: never the hue alone. They
are worked out again only when blocks were found or faults began, not for every frame.
"""

from collections.abc import Callable
from typing import TypeVar

from powclock.lab.expected import (
    Comparison,
    Comparisons,
    Expected,
    Unknown,
    expected_of_frame,
)
from powclock.lab.expected_of_nodes import revenue
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.glyphs import FITS, OUTSIDE
from powclock.tui.theme import Palette

Part = tuple[str, "Style"]
Made = TypeVar("Made")


class Expectations:
    """The comparisons of the newest frame, made at most once a tick."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, object]] = {}
