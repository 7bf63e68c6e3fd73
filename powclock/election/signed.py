"""Elections by signature: whoever's turn it is seals with its key, and all others know the keys.

What such rules have in common, ours and third parties': a node waits by its own clock until its
turn is due, drafts a block and signs the header's hash. The others check that the author is known,
that the signature is its own, that the turn was its turn, and by their own clock that it has come.
A rule of this kind says one thing: when a node's next turn is (`next_turn`).

The signature covers the chain's id, so that it is worth nothing on another chain. It is not under
the header's hash: a block with a bad seal says nothing about the header.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from powclock.clock.node_clock import Clock
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.election import BLOCKS, Candidate, Setting
from powclock.election.rule import Claim, Draft, NodeId
from powclock.machine.block import Block
from powclock.machine.keys import SigningKey, verify_signature
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.tree import Entry
from powclock.record.facts import ScheduleInfo

DOMAIN = b"powclock block"
VERSION_MIN = 1
FOR_EVER_NS = 1 << 62


class Turn(NamedTuple):
    """A right to seal: its number, which the header's nonce carries, and when it is due."""

    number: int
    due_ns: int


class SignedElection(ABC):
    """The election of a race by signatures; `keys` are the names behind the keys of the first."""

    offers: ClassVar[frozenset[str]] = frozenset({BLOCKS})
    work: None = None
    schedule: ScheduleInfo | None = None

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.interval_s = float(setting.interval_s)
        self.early_ns = NANOSECONDS // 2
        self.keys: dict[bytes, NodeId] = {key: name for name, key in setting.nodes}

    @abstractmethod
    def next_turn(self, parent: Entry, author: bytes, now_ns: int) -> Turn | None:
        """The turn of a node on top of `parent` that is due now, or next; None if it never is.

        A turn that is due stays so for as long as the block may be sealed.
        """

    def check_alone(self, block: Block) -> None:  # noqa: B027 (most have nothing to say)
        """What can be said of a block's turn while its parent is unknown; nothing, as it is here.

        Raises:
            InvalidBlock: bad-leader or bad-slot.
        """

    def due_ns(self, block: Block, parent: Entry) -> int:
        """When the turn of a block on top of `parent` was due.

        Raises:
            InvalidBlock: bad-leader or bad-slot.
        """
        header = block.header
        turn = self.next_turn(parent, block.author, header.time * NANOSECONDS)
        if turn is None:
            raise InvalidBlock(Reason.BAD_LEADER, f"it is never {self.name(block.author)}'s turn")
        if (turn.number, turn.due_ns // NANOSECONDS) != (header.nonce, header.time):
            raise InvalidBlock(Reason.BAD_SLOT, f"turn {header.nonce} at {header.time}")
        return turn.due_ns

    def claim(self, _block: Block, /) -> Claim | None:
        """Which turn a block claims, where a second block for it is misbehaviour."""
        return None

    def leaders(self, _now_ns: int, /) -> tuple[NodeId, ...]:
        """Who may speak at a time; nobody, where that depends on the parent."""
        return ()

    def admits(self, key: bytes) -> bool:
        """Whether a node with this key may ever lead: only the first ones are known."""
        return key in self.keys

    def name(self, author: bytes) -> str:
        """Whose a key is; its start if it is nobody's."""
        return self.keys.get(author, author.hex()[:8])

    def rule(self, candidate: Candidate) -> "SignedRule":
        """A rule for a node that comes up."""
        return SignedRule(self, candidate.key)

    def sealed(self, author: bytes, number: int) -> None:  # noqa: B027 (few remember it)
        """A node sealed a block in a turn of its own."""

    def reseal(self, block: Block, key: SigningKey) -> Block:
        """The block with the signature that this key gives."""
        seal = key.sign(message(self.setting.chain_id, block.hash))
        return Block(block.header, block.coinbase, block.transactions, seal)


class SignedRule:
    """One node's rule."""

    def __init__(self, election: SignedElection, key: SigningKey) -> None:
        self._election = election
        self._key = key

    def prepare(self, parent: Entry, now_ns: int) -> tuple[int, int, int]:
        """Time, bits and nonce of a header that would follow `parent`; bits say nothing here."""
        turn = self._election.next_turn(parent, self._key.public, now_ns)
        assert turn is not None, "who never leads drafts nothing"
        return turn.due_ns // NANOSECONDS, parent.bits, turn.number

    async def seal(self, draft: Draft, clock: Clock) -> Block:
        """Wait for the next turn by the node's clock, and sign."""
        election, author = self._election, self._key.public
        while True:
            turn = election.next_turn(draft.parent, author, clock.now())
            if turn is None:
                await clock.sleep_until(FOR_EVER_NS)
            elif turn.due_ns > clock.now():
                await clock.sleep_until(turn.due_ns)
            else:
                block = election.reseal(draft(), self._key)
                election.sealed(author, turn.number)
                return block

    def verify_alone(self, block: Block) -> None:
        """Check author and signature.

        Raises:
            InvalidBlock: bad-leader, bad-seal or bad-slot.
        """
        election = self._election
        if not election.admits(block.author):
            raise InvalidBlock(Reason.BAD_LEADER, f"nobody knows the key {block.author.hex()[:8]}")
        signed = message(election.setting.chain_id, block.hash)
        if not verify_signature(block.author, block.seal, signed):
            raise InvalidBlock(Reason.BAD_SEAL, f"not signed by {election.name(block.author)}")
        election.check_alone(block)

    def verify(self, block: Block, parent: Entry, now_ns: int) -> None:
        """Check that it was the author's turn, and that by this node's clock it has come.

        A turn long gone is no reason to refuse: whoever was cut off fetches old blocks, and a late
        leader's block loses by itself, as the others have built on without it.

        Raises:
            InvalidBlock: bad-leader, bad-seal, bad-diffbits, bad-version, bad-slot or time-too-new.
        """
        self.verify_alone(block)
        header = block.header
        if header.bits != parent.bits:
            raise InvalidBlock(Reason.BAD_DIFFBITS, f"{header.bits:08x} instead of genesis'")
        if header.version < VERSION_MIN:
            raise InvalidBlock(Reason.BAD_VERSION, str(header.version))
        early_ns = self._election.due_ns(block, parent) - now_ns
        if early_ns > self._election.early_ns:
            refusal = InvalidBlock(Reason.TIME_TOO_NEW, f"{early_ns / NANOSECONDS:.3f} s early")
            refusal.early_ns = early_ns - self._election.early_ns
            raise refusal

    def weight(self, _block: Block, /) -> int:
        """One: the longest chain wins."""
        return 1

    def claim(self, block: Block) -> Claim | None:
        """Which turn a block claims, where a second block for it is misbehaviour."""
        return self._election.claim(block)

    def leader(self, _head: Entry, now_ns: int, /) -> NodeId | None:
        """Who may speak now."""
        leaders = self._election.leaders(now_ns)
        return leaders[0] if leaders else None


def message(chain_id: int, hash_: bytes) -> bytes:
    """What a leader signs."""
    return DOMAIN + chain_id.to_bytes(4, "little") + hash_
