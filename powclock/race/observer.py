"""The observer: sees every node at once, which no node can, and says what that shows.

A tick, a fork and a confirmation are statements about the whole race. They are derived here from
what nodes report and put into the same stream.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.recorder import Recorder
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    DifficultyChanged,
    ForkOpened,
    Hash,
    LeaderElected,
    NodeId,
    RaceStarted,
    Record,
    TransactionConfirmed,
    TransactionReturned,
    TransactionSent,
)

DIFFICULTY_STEP = 0.1
REMEMBERED_BLOCKS_MAX = 1_000
REMEMBERED_TRANSACTIONS_MAX = 5_000


@dataclass(slots=True)
class _Seen:
    found: BlockFound
    chain_work: int
    children: list[Hash]
    accepted: bool = False


class Observer:
    """Derives the events of the whole race.

    `transactions_of` looks into a node's copy of a block. Blocks are remembered for as long as
    nodes do: one that lost its disk starts again at genesis, however old that is.
    """

    def __init__(
        self, recorder: Recorder, transactions_of: Callable[[NodeId, Hash], list[Hash]]
    ) -> None:
        self._recorder = recorder
        self._transactions_of = transactions_of
        self._blocks: dict[Hash, _Seen] = {}
        self._genesis_children: list[Hash] = []
        self._genesis: Hash = ""
        self._best: Hash = ""
        self._best_work = 0
        self._tick_ns = 0
        self._work_said = 0
        self._sent_ns: dict[Hash, int] = {}
        self._contents: dict[Hash, list[Hash]] = {}

    def knows(self, hash_: Hash) -> bool:
        """Whether a block was found."""
        return hash_ in self._blocks

    def forget(self, height: int) -> None:
        """Forget blocks below a height, as the nodes do."""
        self._blocks = {h: seen for h, seen in self._blocks.items() if seen.found.height >= height}

    def __call__(self, record: Record) -> None:
        """Take a record in."""
        match record.event:
            case RaceStarted(genesis=genesis):
                self._genesis = self._best = genesis
            case TransactionSent(id=id_):
                self._sent_ns[id_] = record.time_ns
                _forget(self._sent_ns, REMEMBERED_TRANSACTIONS_MAX)
            case BlockFound() as found:
                self._found(found)
            case BlockAccepted(hash=hash_) if hash_ in self._blocks:
                seen = self._blocks[hash_]
                if not seen.accepted:
                    assert record.node is not None
                    seen.accepted = True
                    self._contents[hash_] = self._transactions_of(record.node, hash_)
                    _forget(self._contents, REMEMBERED_BLOCKS_MAX)
                    self._accepted(seen, record)
            case _:
                pass

    def _found(self, found: BlockFound) -> None:
        parent = self._blocks.get(found.parent)
        before = 0 if parent is None else parent.chain_work
        self._blocks[found.hash] = _Seen(found, before + found.work, [])

    def _accepted(self, seen: _Seen, record: Record) -> None:
        found = seen.found
        parent = self._blocks.get(found.parent)
        siblings = self._genesis_children if parent is None else parent.children
        siblings.append(found.hash)
        if seen.chain_work > self._best_work:
            self._tick(seen, record)
        if len(siblings) > 1:
            self._recorder.emit(None, ForkOpened(found.parent, found.height, tuple(siblings)))

    def _tick(self, seen: _Seen, record: Record) -> None:
        found = seen.found
        assert record.node is not None
        interval_s = (record.time_ns - self._tick_ns) / NANOSECONDS
        self._tick_ns = record.time_ns
        stale, fresh = self._paths(found.hash)
        self._recorder.emit(
            None,
            LeaderElected(
                record.node, found.height, found.hash, interval_s, found.work, len(stale)
            ),
        )
        self._say_difficulty(found)
        self._best, self._best_work = found.hash, seen.chain_work
        for hash_ in stale:
            for id_ in self._contents.get(hash_, ()):
                if not any(id_ in self._contents.get(other, ()) for other in fresh):
                    self._recorder.emit(None, TransactionReturned(id_, hash_))
        back = {id_ for hash_ in stale for id_ in self._contents.get(hash_, ())}
        for hash_ in fresh:
            self._confirm(hash_, back, record.time_ns)

    def _confirm(self, hash_: Hash, known: set[Hash], now_ns: int) -> None:
        height = self._blocks[hash_].found.height
        for id_ in self._contents.get(hash_, ()):
            if id_ not in known:
                wait_s = (now_ns - self._sent_ns.get(id_, now_ns)) / NANOSECONDS
                self._recorder.emit(None, TransactionConfirmed(id_, hash_, height, wait_s))

    def _say_difficulty(self, found: BlockFound) -> None:
        if not self._work_said:
            self._work_said = found.work
        change = found.work / self._work_said - 1
        if abs(change) >= DIFFICULTY_STEP:
            self._work_said = found.work
            self._recorder.emit(None, DifficultyChanged(found.height, found.work, change))

    def _paths(self, new: Hash) -> tuple[list[Hash], list[Hash]]:
        """Blocks that leave the best chain, tip first, and those that join it, tip last."""
        stale: list[Hash] = []
        fresh: list[Hash] = []
        one: Hash | None = self._best
        two: Hash | None = new
        while one != two and (one is not None or two is not None):
            if self._height(two) >= self._height(one):
                assert two is not None
                fresh.append(two)
                two = self._parent(two)
            else:
                assert one is not None
                stale.append(one)
                one = self._parent(one)
        fresh.reverse()
        return stale, fresh

    def _height(self, hash_: Hash | None) -> int:
        seen = self._blocks.get(hash_) if hash_ is not None else None
        return 0 if seen is None else seen.found.height

    def _parent(self, hash_: Hash) -> Hash | None:
        seen = self._blocks.get(hash_)
        return None if seen is None else seen.found.parent


def _forget(memory: dict[Hash, Any], count_max: int) -> None:
    if len(memory) > count_max:
        del memory[next(iter(memory))]
