"""Named streams of random numbers.

Each part of a race draws from a stream of its own, named by what it is for, so that no part shifts
another's draws. Only `Random.random` is used: its values are the same on every Python version, as
are exact sums (`fsum`), while `sum` rounds floats otherwise since Python 3.12.
"""

import math
from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """Draws that depend on the seed and the name alone."""

    def __init__(self, seed: int, *name: object) -> None:
        digest = sha256(repr((seed, *map(str, name))).encode()).digest()
        self.random = Random(int.from_bytes(digest, "big")).random

    def uniform(self, low: float, high: float) -> float:
        """Between low and high."""
        return low + (high - low) * self.random()

    def exponential(self, mean: float) -> float:
        """The time until something that has no memory."""
        return -mean * math.log(1.0 - self.random())

    def exponentials(self, mean: float, count: int) -> list[float]:
        """As many of them at once, which is quicker; the first one first."""
        random, log = self.random, math.log
        return [-mean * log(1.0 - random()) for _ in range(count)]

    def normal(self) -> float:
        """Mean 0, deviation 1, within ±6: the sum of twelve uniform numbers (Irwin and Hall)."""
        return math.fsum(self.random() for _ in range(12)) - 6.0

    def below(self, count: int) -> int:
        """An index from 0 to count − 1."""
        return min(count - 1, int(self.random() * count))

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher and Yates)."""
        mixed = list(items)
        for i in range(len(mixed) - 1, 0, -1):
            j = self.below(i + 1)
            mixed[i], mixed[j] = mixed[j], mixed[i]
        return mixed
