"""Reads a recording into a past, a slice at a time, so that the screen is up at once."""

from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

from powclock.clock.pace import wall_ns
from powclock.record.past import Past, Unfounded
from powclock.record.recording.reader import NoRecording, Recording, shown

RECORDS_A_LOOK = 20


class Loading:
    """A recording on its way into `past`, which may have the first of its records already; `whole`
    once all is there that can be.

    `damage` says in a line what is wrong with the recording, and where, if anything is.

    Raises:
        NoRecording: one line: there is not one record in it.
    """

    def __init__(self, path: Path, past: Past | None = None) -> None:
        self.recording = Recording(path)
        self.past = past or Past()
        self.whole = False
        self.damage = ""
        blocks, count = self.recording.blocks, self.past.count
        block = bisect_right(blocks, count, key=lambda each: each.sequence) - 1
        self._both = self.recording.both(max(0, block))
        self._take(1)
        if not self.past.count:
            self.recording.close()
            said = self.damage or "there is no record in it that is whole"
            raise NoRecording(f"{shown(path)}: {said}")

    @property
    def end_ns(self) -> int:
        """When the recording ends, as far as that is known before it is read."""
        ending, blocks = self.recording.ending, self.recording.blocks
        if self.whole:
            return self.past.end_ns if self.damage or ending is None else ending.time_ns
        return ending.time_ns if ending is not None else blocks[-1].time_ns

    def load(self, until_wall_ns: int, wall: Callable[[], int] = wall_ns) -> None:
        """Read on until a moment of the wall clock, or to the end."""
        while not self.whole and wall() < until_wall_ns:
            self._take(RECORDS_A_LOOK)

    def _take(self, records: int) -> None:
        try:
            for _ in range(records):
                both = next(self._both, None)
                if both is None:
                    self._end()
                    return
                if both[0].sequence >= self.past.count:
                    self.past.add(*both)
        except Unfounded as error:
            self.damage = str(error)
            self.whole = True

    def _end(self) -> None:
        self.whole = True
        damage = self.recording.damage
        if damage is not None:
            self.damage = str(damage)
