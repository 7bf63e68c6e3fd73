"""The keys that were pressed just now, for those who watch somebody press them.

It is given the time and draws nothing. Keys that follow soon on each other stay together, so that a
way through a sheet can be read; after a while without a key, all are gone.
"""

from dataclasses import dataclass, replace

FRESH_S = 0.9
STAYS_S = 1.8
SHOWN_MAX = 6


@dataclass(frozen=True)
class Press:
    """A key as it is written, what it does in a word or two, and how often it was pressed."""

    key: str
    words: str
    times: int = 1


class KeyPresses:
    """The last keys."""

    def __init__(self) -> None:
        self._presses: tuple[Press, ...] = ()
        self._last_s = float("-inf")

    def press(self, key: str, words: str, now_s: float) -> None:
        """A key is pressed."""
        before = self.shown(now_s)
        last = before[-1] if before else None
        if last is not None and (last.key, last.words) == (key, words):
            self._presses = (*before[:-1], replace(last, times=last.times + 1))
        else:
            self._presses = (*before, Press(key, words))[-SHOWN_MAX:]
        self._last_s = now_s

    def shown(self, now_s: float) -> tuple[Press, ...]:
        """The keys to show, the last one last."""
        return self._presses if now_s < self._last_s + STAYS_S else ()

    def fresh(self, now_s: float) -> bool:
        """Whether the last key was pressed a moment ago."""
        return now_s < self._last_s + FRESH_S
