"""What a node waits for: requests under way, orphans, and blocks whose time has not come.

All are bounded, as a peer can make a node remember things. When one is full, whoever takes up the
most of it has to give way, so one peer cannot keep the others out.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.block import Block

REQUESTS_MAX = 2_000
ORPHANS_MAX = 100
EARLY_MAX = 100
ASKED_MAX = 10
SOURCES_MAX = 8

Later = Callable[[int, Callable[[], None]], None]


@dataclass(slots=True)
class _Wanted:
    peer: str
    deadline_ns: int
    others: list[str] = field(default_factory=list)


class Requests:
    """Hashes asked for: of whom, until when, and who else has them."""

    def __init__(self, timeout_ns: int) -> None:
        self._timeout_ns = timeout_ns
        self._wanted: dict[bytes, _Wanted] = {}
        self._held: dict[str, int] = {}  # how many of them each peer was asked for

    def __len__(self) -> int:
        return len(self._wanted)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self._wanted

    def announced(self, hash_: bytes, peer: str, now_ns: int) -> bool:
        """Note that a peer has it; whether to ask that peer now."""
        wanted = self._wanted.get(hash_)
        if wanted is None:
            if len(self._wanted) >= REQUESTS_MAX and not self._make_room(peer):
                return False
            self._wanted[hash_] = _Wanted(peer, now_ns + self._timeout_ns)
            self._count(peer, 1)
            return True
        if peer != wanted.peer and peer not in wanted.others and len(wanted.others) < SOURCES_MAX:
            wanted.others.append(peer)
        return False

    def _make_room(self, peer: str) -> bool:
        greediest = max(self._held, key=self._held.__getitem__)
        if self._held[greediest] <= self._held.get(peer, 0) + 1:
            return False
        self._remove(next(h for h, wanted in self._wanted.items() if wanted.peer == greediest))
        return True

    def _count(self, peer: str, change: int) -> None:
        self._held[peer] = self._held.get(peer, 0) + change
        if not self._held[peer]:
            del self._held[peer]

    def _remove(self, hash_: bytes) -> None:
        self._count(self._wanted.pop(hash_).peer, -1)

    def arrived(self, hash_: bytes) -> None:
        """It came, and was good."""
        if hash_ in self._wanted:
            self._remove(hash_)

    def gone(self, peer: str, now_ns: int) -> list[tuple[bytes, str]]:
        """A peer is not talked to any more: what it was asked for, with the next peer to ask."""
        orphaned = []
        for hash_, wanted in list(self._wanted.items()):
            if peer in wanted.others:
                wanted.others.remove(peer)
            if wanted.peer == peer:
                another = self._next_source(hash_, wanted, now_ns)
                if another is not None:
                    orphaned.append((hash_, another))
        return orphaned

    def failed(self, hash_: bytes, now_ns: int) -> str | None:
        """What came was not it; the next peer to ask, if another has it."""
        wanted = self._wanted.get(hash_)
        return None if wanted is None else self._next_source(hash_, wanted, now_ns)

    def overdue(self, now_ns: int) -> list[tuple[bytes, str]]:
        """Hashes whose time is over, each with the next peer to ask; the rest are given up."""
        late = [(h, w) for h, w in self._wanted.items() if w.deadline_ns <= now_ns]
        again = []
        for hash_, wanted in late:
            peer = self._next_source(hash_, wanted, now_ns)
            if peer is not None:
                again.append((hash_, peer))
        return again

    def overdue_s(self, now_ns: int) -> float:
        """For how long the request that is latest has been due; 0 if none is."""
        earliest_ns = min((w.deadline_ns for w in self._wanted.values()), default=now_ns)
        return max(0, now_ns - earliest_ns) / NANOSECONDS

    def _next_source(self, hash_: bytes, wanted: _Wanted, now_ns: int) -> str | None:
        if not wanted.others:
            self._remove(hash_)
            return None
        self._count(wanted.peer, -1)
        wanted.peer = wanted.others.pop(0)
        self._count(wanted.peer, 1)
        wanted.deadline_ns = now_ns + self._timeout_ns
        return wanted.peer


@dataclass(slots=True)
class _Orphan:
    block: Block
    peer: str
    frame: bytes
    asked: int = 0


class Orphans:
    """Blocks whose parent is not known yet; the oldest goes first when there are too many."""

    def __init__(self) -> None:
        self._blocks: dict[bytes, _Orphan] = {}
        self._by_parent: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._blocks)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self._blocks

    def hold(self, block: Block, peer: str, frame: bytes) -> None:
        """Keep a block that `peer` delivered as `frame`."""
        self._blocks[block.hash] = _Orphan(block, peer, frame)
        self._by_parent.setdefault(block.header.parent, []).append(block.hash)
        if len(self._blocks) > ORPHANS_MAX:
            held = Counter(orphan.peer for orphan in self._blocks.values())
            greediest, _ = held.most_common(1)[0]
            self._take(next(h for h, each in self._blocks.items() if each.peer == greediest))

    def forget(self, peer: str) -> None:
        """Let go of all that a peer delivered."""
        for hash_ in [h for h, orphan in self._blocks.items() if orphan.peer == peer]:
            self._take(hash_)

    def children_of(self, parent: bytes) -> list[tuple[Block, str, bytes]]:
        """Take out the blocks that waited for this one."""
        return [self._take(hash_) for hash_ in list(self._by_parent.get(parent, ()))]

    def next_peer(self) -> str | None:
        """Whom to ask for ancestors now: who delivered what was asked for the least often.

        So every peer has its turn. What was asked for too often is given up: whoever makes blocks
        up can make an orphan whose parent does not exist.
        """
        if not self._blocks:
            return None
        peer = min(self._blocks.values(), key=lambda orphan: orphan.asked).peer
        for hash_, orphan in list(self._blocks.items()):
            if orphan.peer == peer:
                orphan.asked += 1
                if orphan.asked > ASKED_MAX:
                    self._take(hash_)
        return peer

    def _take(self, hash_: bytes) -> tuple[Block, str, bytes]:
        held = self._blocks.pop(hash_)
        siblings = self._by_parent[held.block.header.parent]
        siblings.remove(hash_)
        if not siblings:
            del self._by_parent[held.block.header.parent]
        return held.block, held.peer, held.frame


class Early:
    """Blocks that came before their time, each looked at again when it is there."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self._held: dict[bytes, None] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self._held

    def hold(self, hash_: bytes, early_ns: int, again: Callable[[], None]) -> None:
        """Call `again` when a block's time has come; whoever holds sees that there is room."""
        self._held[hash_] = None

        def come() -> None:
            self._held.pop(hash_, None)
            again()

        self._later(early_ns, come)
