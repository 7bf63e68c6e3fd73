"""Forged blocks: a node sends, before each true block, ones like it that no correct node accepts.

Every flaw keeps the rest of the block sound, and the proof too where the header changes, so that it
is one check alone that stands between the forgery and the chain. The forger is given its proofs for
nothing; only where blocks are grinded they cost the machine as many hashes as any.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

from powclock.clock.streams import Stream
from powclock.election.election import BLOCKS, Election
from powclock.machine.block import Block
from powclock.machine.keys import SigningKey
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import Invalid
from powclock.machine.target import TARGET_END, bits_to_target
from powclock.machine.transaction import MONEY_MAX, Transaction
from powclock.mining.miner import scaled_target
from powclock.network.faults.breakable import Breakable, Undo
from powclock.network.faults.fault import Fault
from powclock.network.link import Link, Send
from powclock.network.wire import Deliver, decode, encode

Flaw = Literal[
    "any", "proof", "bits", "version", "old", "future", "orphan", "seal", "body", "tail", "height",
    "subsidy", "key", "signature", "chain", "overdraft", "gap", "replay",
]  # fmt: skip

FLAWS_A_BLOCK = 4  # where any will do

_FAR_S = 1_000_000
_SMALL_ORDER = bytes([1]) + bytes(31)  # the neutral element: it signs anything


class Forge(Fault, frozen=True, tag="forge"):
    """The nodes deliver forged blocks before each true one; `flaw` says what is wrong with them."""

    dishonest: ClassVar[bool] = True

    flaw: Flaw = "any"

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        return "forges blocks" if self.flaw == "any" else f"forges blocks: {self.flaw}"

    def begin(self, race: Breakable) -> Undo:
        forgers = {
            node: Forger(race.key(node), race.election, race.stream("forge", node))
            for node in self.targets(race)
        }

        def stage(link: Link, send: Send) -> Send:
            forger = forgers.get(link.source)
            if forger is None:
                return send

            def forging(data: bytes) -> None:
                for forged in forger.forge(data, self.flaw):
                    send(forged)
                send(data)

            return forging

        return self.wrap_links(race, stage)


@dataclass(slots=True)
class Forger:
    """One node's forgeries; remembers the last block, and a transfer that was on the chain."""

    key: SigningKey
    election: Election
    stream: Stream
    _spent: Transaction | None = None
    _last: tuple[bytes, tuple[bytes, ...]] = (b"", ())

    def forge(self, frame: bytes, flaw: Flaw) -> tuple[bytes, ...]:
        """Forged blocks for the frame of a true one; none if there is nothing to forge."""
        if frame == self._last[0]:
            # Each peer gets another one first, as it may not listen to a second one.
            frames = self._last[1][1:] + self._last[1][:1]
            self._last = (frame, frames)
            return frames
        try:
            message = decode(frame)
        except Invalid:
            return ()  # another fault was here before
        if not isinstance(message, Deliver):
            return ()
        block = message.block
        flaws: list[Flaw] = [flaw]
        if flaw == "any":
            flaws = self.stream.shuffled(get_args(Flaw)[1:])[:FLAWS_A_BLOCK]
        forged = (self._flawed(block, each) for each in flaws)
        frames = tuple(encode(Deliver(each)) for each in forged if each is not None)
        for transaction in block.transactions[-1:]:
            self._spent = transaction
        self._last = (frame, frames)
        return frames

    def _flawed(self, block: Block, flaw: Flaw) -> Block | None:
        header, coinbase = block.header, block.coinbase
        match flaw:
            case "proof":
                return self._unproven(block)
            case "bits":
                return self._proven(replace(block, header=replace(header, bits=header.bits ^ 1)))
            case "version":
                return self._proven(replace(block, header=replace(header, version=0)))
            case "old":
                return self._at_time(block, header.time - _FAR_S)
            case "future":
                return self._at_time(block, header.time + _FAR_S)
            case "orphan":
                return self._proven(replace(block, header=replace(header, parent=header.hash)))
            case "seal":
                return replace(block, seal=b"trust me")
            case "body":
                return replace(block, coinbase=replace(coinbase, recipient=self.key.public))
            case "tail":
                return _with_tail(block)
            case "replay":
                if not block.transactions:
                    return None
                again = (*block.transactions, block.transactions[0])
                return self._proven(replace(block, transactions=again))
            case "height":
                changed = replace(coinbase, height=coinbase.height + 1)
            case "subsidy":
                changed = replace(coinbase, amount=coinbase.amount + 1)
            case "key":
                changed = replace(coinbase, recipient=_SMALL_ORDER)
            case _:
                return self._with_transfer(block, flaw)
        return self._proven(replace(block, coinbase=changed))

    def _with_transfer(self, block: Block, flaw: Flaw) -> Block | None:
        transfer = self._transfer(flaw, block.coinbase.recipient)
        if transfer is None:
            return None
        amount = block.coinbase.amount - block.fees + transfer.fee
        coinbase = replace(block.coinbase, amount=amount)
        return self._proven(replace(block, coinbase=coinbase, transactions=(transfer,)))

    def _transfer(self, flaw: Flaw, somebody: bytes) -> Transaction | None:
        def pay(chain_id: int, amount: int = 1, nonce: int = 0) -> Transaction:
            return Transaction.signed(
                self.key,
                chain_id=chain_id,
                recipient=somebody,
                amount=amount,
                fee=0,
                nonce=nonce,
            )

        spent = self._spent
        if spent is None:
            return None
        make: dict[str, Callable[[], Transaction]] = {
            "chain": lambda: pay(spent.chain_id ^ 1),
            "overdraft": lambda: pay(spent.chain_id, amount=MONEY_MAX),
            "gap": lambda: pay(spent.chain_id, nonce=5),
            "signature": lambda: replace(spent, recipient=self.key.public, nonce=spent.nonce + 1),
        }
        return make[flaw]()

    def _at_time(self, block: Block, time_s: int) -> Block:
        return self._proven(replace(block, header=replace(block.header, time=time_s)))

    def _proven(self, block: Block) -> Block:
        root, _ = merkle_root(block.leaves())
        header = replace(block.header, merkle_root=root)
        return self.election.reseal(replace(block, header=header), self.key)

    def _unproven(self, block: Block) -> Block | None:
        work = self.election.work
        if work is None:  # another's signature, say: it fits another header
            return replace(block, seal=bytes(each ^ 1 for each in block.seal))
        target = scaled_target(bits_to_target(block.header.bits), work.proof_scale)
        if target >= TARGET_END - 1:
            return None  # any hash is a proof, where a sampled one is to take a single try
        header = block.header
        while int.from_bytes(header.hash, "little") <= target:
            header = replace(header, nonce=(header.nonce + 1) % 2**32)
        return replace(block, header=header)


def _with_tail(block: Block) -> Block | None:
    """The block with its last transfers repeated under the same Merkle root (CVE-2012-2459)."""
    for count in (1, 2, 4):
        longer = block.transactions + block.transactions[-count:]
        forged = replace(block, transactions=longer)
        if count <= len(block.transactions) and merkle_root(forged.leaves())[0] == (
            block.header.merkle_root
        ):
            return forged
    return None
