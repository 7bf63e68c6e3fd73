"""The checker of a race without blocks: what each replica promises by itself.

No replica promises to agree with another, so nothing is asked of two of them together. But each
applies only transfers that their owners signed, none twice, none that its sender cannot pay, and
its state is what these make of the balances at the start: so no coin comes from nothing, and none
gets lost. Each replica is replayed here, from the bytes in its journal, with code of the checker's
own.

A replica in whose memory a bit flipped has no way to find that out. Until it starts again with a
fresh memory its state may be anything, and it may let transfers pass that are not covered.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Protocol

from powclock.record.checker.broken import BrokenInvariant, Place, Wrong
from powclock.record.checker.parse import Transfer, check_limits, read_transfer
from powclock.record.checker.signature import Signatures
from powclock.record.checker.states import EMPTY, MODULUS, Account, share
from powclock.record.checker.witness import Queue
from powclock.record.event import Event
from powclock.record.events import (
    MemoryFlipped,
    NodeJoined,
    NodeLeft,
    NodeUp,
    RaceStarted,
    Record,
    Sampled,
    StateMoved,
)

SAMPLES_A_LOOK = 10
TRANSFERS_KEPT = 1_024


class NaiveWitness(Protocol):
    """Looks into the replicas of a race without touching them; ids are in internal order."""

    def journal(self, node: str) -> Iterable[bytes]:
        """All that a replica has applied, as the messages in which it came, in order."""
        ...

    def applied(self, node: str, id_: bytes) -> bytes | None:
        """One of these messages; None if the replica did not apply that transfer."""
        ...

    def state_root(self, node: str) -> bytes:
        """The state root of a replica that runs."""
        ...

    def queues(self, node: str) -> Iterable[Queue]:
        """Everything in a replica that others can make longer."""
        ...


class _State:
    """One replica as the checker replays it."""

    def __init__(self, allocation: dict[bytes, int]) -> None:
        self.accounts = {address: Account(amount, 0) for address, amount in allocation.items()}
        self.total = sum(share(*item) for item in self.accounts.items()) % MODULUS
        self.applied: dict[bytes, None] = {}
        self.damaged = False
        self.doubtful = False  # memory was damaged while the journal was written

    def root(self) -> bytes:
        return sha256(self.total.to_bytes(256, "little")).digest()

    def covers(self, transfer: Transfer) -> bool:
        return self.accounts.get(transfer.sender, EMPTY).balance >= transfer.amount

    def pay(self, transfer: Transfer) -> None:
        balance, nonce = self.accounts.get(transfer.sender, EMPTY)
        self._set(transfer.sender, Account(balance - transfer.amount, nonce + 1))
        balance, nonce = self.accounts.get(transfer.recipient, EMPTY)
        self._set(transfer.recipient, Account(balance + transfer.amount, nonce))

    def _set(self, address: bytes, account: Account) -> None:
        change = share(address, account) - share(address, self.accounts.get(address, EMPTY))
        self.total = (self.total + change) % MODULUS
        self.accounts[address] = account


class NaiveChecker:
    """Reads records in order; `report` is told once, and after that nothing is read."""

    def __init__(self, witness: NaiveWitness, report: Callable[[BrokenInvariant], None]) -> None:
        self.broken: BrokenInvariant | None = None
        self._witness = witness
        self._report = report
        self._allocation: dict[bytes, int] = {}
        self._signatures: Signatures
        self._states: dict[str, _State] = {}
        self._transfers: dict[bytes, Transfer] = {}
        self._samples = 0
        self._handlers: dict[type[Event], Callable[[str, Any], None]] = {
            RaceStarted: self._start,
            NodeJoined: self._join,
            NodeUp: self._up,
            NodeLeft: self._leave,
            StateMoved: self._moved,
            MemoryFlipped: self._flipped,
            Sampled: self._sampled,
        }

    def __call__(self, record: Record) -> None:
        """Take a record in."""
        handler = self._handlers.get(type(record.event))
        if handler is None or self.broken is not None:
            return
        try:
            handler(record.node or "", record.event)
        except Wrong as wrong:
            place = Place(wrong.node or record.node or "", "", record.sequence, record.time_ns)
            self.broken = BrokenInvariant(wrong.invariant, wrong.detail, place)
            self._report(self.broken)

    def _start(self, _: str, event: RaceStarted) -> None:
        chain = event.chain
        self._allocation = {bytes.fromhex(address): amount for address, amount in chain.allocation}
        self._signatures = Signatures(chain.chain_id)
        for info in event.nodes:
            self._states[info.name] = _State(self._allocation)

    def _join(self, node: str, _: NodeJoined) -> None:
        self._states[node] = _State(self._allocation)

    def _leave(self, node: str, _: NodeLeft) -> None:
        del self._states[node]

    def _up(self, node: str, _: NodeUp) -> None:
        """A replica reads its journal: what damaged memory had let pass is not applied again."""
        before, state = self._states[node], _State(self._allocation)
        doubtful = before.doubtful or before.damaged
        for frame in self._witness.journal(node):
            transfer = self._judged(frame)
            if transfer.id not in before.applied:
                raise Wrong(8, f"{node} has a transfer in its journal that it did not apply")
            state.applied[transfer.id] = None
            if state.covers(transfer):
                state.pay(transfer)
            elif not doubtful:
                raise Wrong(8, f"{node} has a transfer in its journal that is not covered")
        state.doubtful = doubtful and bool(state.applied)
        self._states[node] = state
        self._compare(node, self._witness.state_root(node), state)

    def _moved(self, node: str, event: StateMoved) -> None:
        state, id_ = self._states[node], bytes.fromhex(event.id)[::-1]
        frame = self._witness.applied(node, id_)
        if frame is None:
            raise Wrong(1, f"{node} applies a transfer that is not in its journal")
        transfer = self._judged(frame)
        if transfer.id != id_:
            raise Wrong(1, f"{node} has another transfer under this id in its journal")
        if id_ in state.applied:
            raise Wrong(8, f"{node} applies transfer {event.id} a second time")
        if not state.damaged and not state.covers(transfer):
            raise Wrong(8, f"{node} applies transfer {event.id}, which is not covered")
        state.applied[id_] = None
        if event.applied != len(state.applied):
            count = len(state.applied)
            raise Wrong(6, f"{node} says that it applied {event.applied} transfers, it is {count}")
        if not state.damaged:
            state.pay(transfer)
            self._compare(node, bytes.fromhex(event.state_root), state)

    def _compare(self, node: str, root: bytes, state: _State) -> None:
        if root != state.root():
            raise Wrong(6, f"{node} has the state {root.hex()}, replay gives {state.root().hex()}")

    def _judged(self, frame: bytes) -> Transfer:
        """A transfer that its owner signed; most replicas have the same bytes."""
        transfer = self._transfers.get(frame)
        if transfer is None:
            transfer = self._transfers[frame] = read_transfer(frame)
            check_limits(transfer)
            self._signatures.check(transfer)
            if len(self._transfers) > TRANSFERS_KEPT:
                del self._transfers[next(iter(self._transfers))]
        return transfer

    def _flipped(self, node: str, _: MemoryFlipped) -> None:
        self._states[node].damaged = True

    def _sampled(self, _: str, event: Sampled) -> None:
        self._samples += 1
        if self._samples % SAMPLES_A_LOOK:
            return
        for sample in event.nodes:
            for queue in self._witness.queues(sample.node):
                if queue.length > queue.bound:
                    detail = f"{queue.name}: {queue.length:g}, at most {queue.bound:g}"
                    raise Wrong(15, detail, sample.node)
