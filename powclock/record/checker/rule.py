"""What the checker knows of election rules, each with code of its own: work, and a schedule.

It goes by what the race said of its chain, not by the rule's name. Of a rule that said neither it
checks neither seal nor turn, and asks the race what a block weighs; all else that makes a block
good it checks as ever.
"""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from powclock.record.checker.blocks import Seen
from powclock.record.checker.broken import Wrong
from powclock.record.checker.header import check_header, work_of
from powclock.record.checker.parse import Body, Header
from powclock.record.events import NANOSECONDS, RaceStarted
from powclock.record.facts import ChainInfo, ScheduleInfo


class Seals(Protocol):
    """How the blocks of one race are sealed."""

    def weight(self, header: Header, /) -> int | None:
        """What a block weighs; None if that is not known."""
        ...

    def check(self, header: Header, body: Body, parent: Seen, genesis: Seen) -> None:
        """Whether the author was allowed to seal a block on `parent`."""
        ...

    def early_ns(self, time_s: int, turn: int, clock_ns: int, /) -> int | None:
        """By how much more a block comes too early than it may, by a clock; 0 or less is in time.

        `turn` is the header's nonce. None if it is not known.
        """
        ...

    def turn(self, header: Header, body: Body, /) -> tuple[bytes, int, int] | None:
        """Author, slot and beat, where a second block for them is equivocation."""
        ...


def seals_of(started: RaceStarted) -> Seals:
    """How the blocks of this race are sealed."""
    if started.chain.schedule is not None:
        return Scheduled(started.chain.chain_id, started.chain.schedule)
    if started.chain.difficulty:
        return Worked(started.chain, started.proof_scale)
    return Unknown()


class Worked:
    """Sealed by work: the header is its own proof."""

    def __init__(self, chain: ChainInfo, proof_scale: int) -> None:
        self._chain = chain
        self._proof_scale = proof_scale

    def weight(self, header: Header) -> int:
        return work_of(header.bits)

    def check(self, header: Header, body: Body, parent: Seen, genesis: Seen) -> None:
        if body.seal:
            raise Wrong(1, "it carries a seal, but its header is the proof")
        check_header(self._chain, self._proof_scale, header, parent, genesis)

    def early_ns(self, time_s: int, _turn: int, clock_ns: int, /) -> int:
        return (time_s - clock_ns // NANOSECONDS - self._chain.future_limit_s) * NANOSECONDS

    def turn(self, _header: Header, _body: Body, /) -> None:
        return


class Scheduled:
    """Sealed by the leader of its slot, with a signature."""

    def __init__(self, chain_id: int, schedule: ScheduleInfo) -> None:
        self._schedule = schedule
        self._prefix = b"powclock block" + chain_id.to_bytes(4, "little")
        self._keys = [bytes.fromhex(leader) for leader in schedule.leaders]

    def _place(self, beat: int) -> tuple[int, int]:
        """The slot of a beat, counted from 1, and when it ends."""
        schedule = self._schedule
        return (beat - 1) // schedule.blocks, schedule.epoch_ns + beat * schedule.beat_ns

    def weight(self, _header: Header, /) -> int:
        return 1

    def check(self, header: Header, body: Body, parent: Seen, genesis: Seen) -> None:
        before = 0 if parent is genesis else parent.turn
        if header.nonce <= before:
            raise Wrong(11, f"its beat {header.nonce} is not after its parent's {before}")
        slot, end_ns = self._place(header.nonce)
        if body.author != self._keys[slot % len(self._keys)]:
            raise Wrong(11, f"its author {body.author.hex()[:8]} does not lead in slot {slot}")
        if header.time != end_ns // NANOSECONDS:
            raise Wrong(11, f"its time {header.time} is not that of beat {header.nonce}")
        if header.bits != genesis.bits or header.version < 1:
            raise Wrong(1, f"its bits are {header.bits:08x}, its version {header.version}")
        try:
            key = Ed25519PublicKey.from_public_bytes(body.author)
            key.verify(body.seal, self._prefix + header.hash)
        except (InvalidSignature, ValueError) as error:
            raise Wrong(11, "its seal is not its leader's signature") from error

    def early_ns(self, _time_s: int, turn: int, clock_ns: int, /) -> int:
        return self._place(turn)[1] - clock_ns - self._schedule.early_ns

    def turn(self, header: Header, body: Body) -> tuple[bytes, int, int]:
        return body.author, self._place(header.nonce)[0], header.nonce


class Unknown:
    """Sealed by a rule that the checker does not know."""

    def weight(self, _header: Header, /) -> None:
        return

    def check(self, header: Header, body: Body, parent: Seen, genesis: Seen) -> None:
        """Nothing is known of it."""

    def early_ns(self, _time_s: int, _turn: int, _clock_ns: int, /) -> None:
        return

    def turn(self, _header: Header, _body: Body, /) -> None:
        return
