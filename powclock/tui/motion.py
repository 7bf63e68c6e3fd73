"""How things move: numbers that glide to where they belong, and words that do not flicker.

Nothing here reads a clock or draws: every method is given the time, so a test can stop it anywhere.
A glide that is interrupted goes on from where it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

# The picture moves on by a block, by a step of the person, and swaps its lanes.
FOLLOW_S = 0.3
PAN_S = 0.15
SWAP_S = 0.6
# A word that changes more often than this is not read.
CALM_S = 1.0

Value = TypeVar("Value")


def eased(part: float) -> float:
    """How much of the way is done when this part of the time is over: quick first, then slow."""
    return 1 - (1 - min(max(part, 0.0), 1.0)) ** 3


def swung(part: float) -> float:
    """The same for what has further to go: slow at both ends."""
    part = min(max(part, 0.0), 1.0)
    return part * part * (3 - 2 * part)


@dataclass(frozen=True)
class Glide:
    """A number on its way."""

    start: float
    end: float
    since_s: float
    lasts_s: float
    curve: Callable[[float], float] = eased

    @classmethod
    def still(cls, value: float) -> "Glide":
        """A number that stays where it is."""
        return cls(value, value, 0.0, 0.0)

    def at(self, now_s: float) -> float:
        """The number now."""
        if self.done(now_s):
            return self.end
        part = self.curve((now_s - self.since_s) / self.lasts_s)
        return self.start + (self.end - self.start) * part

    def done(self, now_s: float) -> bool:
        """Whether it has arrived."""
        return self.start == self.end or now_s >= self.since_s + self.lasts_s

    def to(
        self, end: float, now_s: float, lasts_s: float, curve: Callable[[float], float] = eased
    ) -> "Glide":
        """The same number on its way elsewhere, from where it is now."""
        return Glide(self.at(now_s), end, now_s, lasts_s, curve)


class Swap:
    """The rows of blocks, each of which glides when it belongs into another one."""

    def __init__(self) -> None:
        self._glides: dict[str, Glide] = {}

    def snap(self) -> None:
        """Forget where things were: the next rows hold at once."""
        self._glides = {}

    def update(self, rows: Mapping[str, int], parents: Mapping[str, str], now_s: float) -> None:
        """Say into which rows blocks belong now.

        A block that is new comes with its parent, if both belong into one row.
        """
        before = self._glides
        glides: dict[str, Glide] = {}
        for hash_, row in rows.items():
            glide = before.get(hash_)
            if glide is None:
                parent = before.get(parents.get(hash_, ""))
                same = parent is not None and rows.get(parents[hash_]) == row
                glide = parent if parent is not None and same else Glide.still(row)
            glides[hash_] = glide if glide.end == row else glide.to(row, now_s, SWAP_S, swung)
        self._glides = glides

    def row(self, hash_: str, now_s: float) -> int | None:
        """The row in which a block is shown now, a whole one; None for a block not named yet."""
        glide = self._glides.get(hash_)
        return None if glide is None else round(glide.at(now_s))

    def moving(self, now_s: float) -> bool:
        """Whether any block is on its way."""
        return any(not glide.done(now_s) for glide in self._glides.values())


class Calm(Generic[Value]):
    """A value to be read, which changes no more than once in a while."""

    def __init__(self, first: Value, hold_s: float = CALM_S) -> None:
        self.value = first
        self._hold_s = hold_s
        self._changed_s = float("-inf")

    def update(self, value: Value, now_s: float) -> Value:
        """Offer a value; what is to be shown now."""
        if value != self.value and now_s >= self._changed_s + self._hold_s:
            self.value, self._changed_s = value, now_s
        return self.value
