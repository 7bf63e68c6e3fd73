"""Bugs in what a node makes of headers, bodies and branches."""

from collections.abc import Callable

import pytest

from powclock.election import difficulty, proof_of_work
from powclock.election.difficulty import BitcoinDifficulty
from powclock.election.proof_of_work import ProofOfWork
from powclock.machine import block, replica
from powclock.machine.header import BlockHeader
from powclock.machine.ledger import Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.target import target_to_work
from powclock.machine.tree import BlockTree, Entry, HeadChange
from powclock.network.node import Node
from tests.scenarios.bugs import Bugs, swallow

BUGS = Bugs()


# Fork choice.


def insert_moving_when(patch: pytest.MonkeyPatch, moves: Callable[[Entry, Entry], bool]) -> None:
    def insert(self: BlockTree, header: BlockHeader, weight: int) -> HeadChange | None:
        parent = self.entries.get(header.parent)
        if header.hash in self.entries or parent is None:
            raise InvalidBlock(Reason.DUPLICATE)
        entry = Entry(header, parent, weight)
        self.entries[entry.hash] = entry
        return self._move_head(entry) if moves(entry, self.head) else None

    patch.setattr(BlockTree, "insert", insert)


@BUGS.put
def equal_work_moves_the_head(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(patch, lambda new, head: new.chain_work >= head.chain_work)


@BUGS.put
def the_smaller_hash_wins_a_tie(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(
        patch, lambda new, head: (new.chain_work, head.hash) > (head.chain_work, new.hash)
    )


@BUGS.put
def the_longest_chain_wins_instead_of_the_heaviest(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(patch, lambda new, head: new.height > head.height)


@BUGS.put
def a_reorg_of_more_than_one_block_is_not_followed(patch: pytest.MonkeyPatch) -> None:
    def moves(new: Entry, head: Entry) -> bool:
        old = head.parent
        near = new.parent in (head, old) or (new.parent is not None and new.parent.parent is old)
        return new.chain_work > head.chain_work and near

    insert_moving_when(patch, moves)


@BUGS.put
def a_condemned_branch_stays_the_head(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockTree, "condemn", lambda self, bad, change: ())


@BUGS.put
def a_miner_builds_on_the_parent_of_its_head(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Node, "head", property(lambda self: self.replica.head.parent or self.replica.head)
    )


@BUGS.put
def work_is_counted_as_one_a_block(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ProofOfWork, "weight", lambda self, block: 1)


@BUGS.put
def work_is_off_by_one(patch: pytest.MonkeyPatch) -> None:
    right = target_to_work
    patch.setattr(proof_of_work, "target_to_work", lambda target: right(target) + 1)


# Headers.


@BUGS.put
def the_proof_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, proof_of_work, "check_proof", Reason.HIGH_HASH)


@BUGS.put
def the_difficulty_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.BAD_DIFFBITS)


@BUGS.put
def the_version_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.BAD_VERSION)


@BUGS.put
def the_median_time_is_ignored(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.TIME_TOO_OLD)


@BUGS.put
def the_future_limit_is_ignored(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.TIME_TOO_NEW)


@BUGS.put
def a_seal_is_let_pass(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify_alone", Reason.BAD_SEAL)


@BUGS.put
def the_median_is_of_ten_blocks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(proof_of_work, "median_time_past", lambda entry: entry.time - 1_000)


@BUGS.put
def the_retarget_spans_one_block_more(patch: pytest.MonkeyPatch) -> None:
    def next_bits(self: BitcoinDifficulty, parent: Entry) -> int:
        if parent.height == 0:
            return self.initial_bits
        if (parent.height + 1) % self.window:
            return parent.bits
        first = parent.ancestor(max(0, parent.height - self.window))
        ideal_s = self.window * self.interval_s
        return difficulty.retarget(parent.bits, parent.time - first.time, ideal_s, self.limit)

    patch.setattr(BitcoinDifficulty, "next_bits", next_bits)


@BUGS.put
def the_retarget_comes_one_block_late(patch: pytest.MonkeyPatch) -> None:
    right = BitcoinDifficulty.next_bits

    def next_bits(self: BitcoinDifficulty, parent: Entry) -> int:
        if (parent.height + 1) % self.window == 0 or parent.height % self.window:
            return parent.bits if parent.height else self.initial_bits
        assert parent.parent is not None or parent.height == 0
        return right(self, parent.parent or parent)

    patch.setattr(BitcoinDifficulty, "next_bits", next_bits)


@BUGS.put
def the_retarget_is_not_clamped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(difficulty, "_CLAMP", 1_000)


@BUGS.put
def asert_counts_one_block_too_many(patch: pytest.MonkeyPatch) -> None:
    right = difficulty.asert_target

    def off(**options: int) -> int:
        return right(**options | {"height_delta": options["height_delta"] + 1})

    patch.setattr(difficulty, "asert_target", off)


@BUGS.put
def asert_has_a_wrong_coefficient(patch: pytest.MonkeyPatch) -> None:
    right = difficulty.asert_target
    patch.setattr(difficulty, "asert_target", lambda **options: right(**options) * 1_001 // 1_000)


# Bodies.


@BUGS.put
def the_merkle_root_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_TXNMRKLROOT)


@BUGS.put
def a_repeated_tail_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(block, "merkle_root", lambda leaves: (merkle_root(leaves)[0], False))
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_SPENT)


@BUGS.put
def the_coinbase_height_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_CB_HEIGHT)


@BUGS.put
def blocks_may_be_longer_than_allowed(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_BLK_LENGTH)
    right = Mempool.select
    patch.setattr(
        Mempool,
        "select",
        lambda self, ledger, most, without: right(self, ledger, most + 1, without),
    )
