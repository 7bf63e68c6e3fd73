"""The checker is checked: known bugs, put in one at a time, are each caught by the seeded races."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from powclock.election import difficulty, proof_of_work
from powclock.election.difficulty import BitcoinDifficulty
from powclock.election.proof_of_work import ProofOfWork
from powclock.machine import block, ledger, reason, replica, transaction
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import BlockHeader
from powclock.machine.ledger import Account, Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import Invalid, InvalidBlock, Reason
from powclock.machine.replica import Replica
from powclock.machine.target import target_to_work
from powclock.machine.transaction import Transaction
from powclock.machine.tree import BlockTree, Entry, HeadChange
from powclock.network import conduct, gossip
from powclock.network.conduct import Answer
from powclock.network.gossip import Gossip
from powclock.network.node import Node
from powclock.network.pending import Requests
from powclock.network.serving import Serving
from powclock.network.storage import Disk
from powclock.race.swarm.draw import drawn_kinds
from powclock.race.swarm.trial import try_seed

# Races with many kinds of faults first: they show most.
SEEDS = sorted(range(200), key=lambda seed: -len(drawn_kinds(seed)))
# Where a bug was seen last, so that it need not be looked for again; any change of the draws may
# make this untrue, and then all seeds are searched. Those not named here are shown by the first.
SEEN = {
    "a_balance_may_be_negative": 101,
    "a_block_before_its_time_costs_its_peer": 142,
    "a_coinbase_may_pay_a_key_of_small_order": 21,
    "a_miner_builds_on_the_parent_of_its_head": 34,
    "a_mutated_body_condemns_its_header": 101,
    "a_nonce_may_be_skipped": 11,
    "a_refused_block_leaves_its_transfers_behind": 101,
    "a_repeated_tail_is_accepted": 77,
    "a_resync_forgets_the_last_block": 178,
    "a_seal_is_let_pass": 59,
    "a_spent_nonce_is_accepted": 77,
    "blocks_may_be_longer_than_allowed": 34,
    "damage_on_the_way_costs_the_peer": 52,
    "every_refusal_is_remembered": 142,
    "memory_is_never_audited": 142,
    "nobody_is_forgiven": 5,
    "orphans_are_dropped": 178,
    "the_chain_id_is_not_checked": 77,
    "the_coinbase_amount_is_not_checked": 101,
    "the_coinbase_height_is_not_checked": 5,
    "the_difficulty_is_not_checked": 145,
    "the_future_limit_is_ignored": 142,
    "the_last_block_on_disk_is_not_read": 34,
    "the_longest_chain_wins_instead_of_the_heaviest": 142,
    "the_median_is_of_ten_blocks": 34,
    "the_merkle_root_is_not_checked": 101,
    "the_proof_is_not_checked": 60,
    "the_retarget_comes_one_block_late": 34,
    "the_retarget_is_not_clamped": 29,
    "the_retarget_spans_one_block_more": 34,
    "the_version_is_not_checked": 23,
}
Patch = Callable[[pytest.MonkeyPatch], None]
BUGS: dict[str, Patch] = {}


def bug(put_in: Patch) -> Patch:
    """Register a bug under its name."""
    BUGS[put_in.__name__] = put_in
    return put_in


def seeds_until_caught(seeds: Iterable[int] = SEEDS) -> tuple[int, str]:
    """The first seed that shows the bug, and what it shows; (-1, "") if none does."""
    for seed in seeds:
        broken = try_seed(seed).broken
        if broken:
            return seed, broken
    return -1, ""


@pytest.mark.parametrize("name", BUGS)
def test_a_known_bug_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name](monkeypatch)
    seed, broken = seeds_until_caught([SEEN.get(name, SEEDS[0]), *SEEDS])
    print(f"{name}: seed {seed}: {broken}")
    assert broken


def test_without_a_bug_the_same_seeds_are_clean() -> None:
    assert seeds_until_caught(sorted({*SEEDS[:5], *SEEN.values()})) == (-1, "")


# How bugs are put in.


def swallow(patch: pytest.MonkeyPatch, owner: Any, name: str, *reasons: Reason) -> None:
    """A check goes on as if all were well where it would refuse for one of these reasons."""
    checks = getattr(owner, name)

    def lenient(*args: Any, **options: Any) -> Any:
        try:
            return checks(*args, **options)
        except Invalid as refusal:
            if refusal.reason not in reasons:
                raise
            return None

    patch.setattr(owner, name, lenient)


def nothing(*_args: object, **_options: object) -> None:
    """Does nothing."""


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


@bug
def equal_work_moves_the_head(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(patch, lambda new, head: new.chain_work >= head.chain_work)


@bug
def the_smaller_hash_wins_a_tie(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(
        patch, lambda new, head: (new.chain_work, head.hash) > (head.chain_work, new.hash)
    )


@bug
def the_longest_chain_wins_instead_of_the_heaviest(patch: pytest.MonkeyPatch) -> None:
    insert_moving_when(patch, lambda new, head: new.height > head.height)


@bug
def a_reorg_of_more_than_one_block_is_not_followed(patch: pytest.MonkeyPatch) -> None:
    def moves(new: Entry, head: Entry) -> bool:
        old = head.parent
        near = new.parent in (head, old) or (new.parent is not None and new.parent.parent is old)
        return new.chain_work > head.chain_work and near

    insert_moving_when(patch, moves)


@bug
def a_condemned_branch_stays_the_head(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockTree, "condemn", lambda self, bad, change: ())


@bug
def a_miner_builds_on_the_parent_of_its_head(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Node, "head", property(lambda self: self.replica.head.parent or self.replica.head)
    )


@bug
def work_is_counted_as_one_a_block(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ProofOfWork, "weight", lambda self, block: 1)


@bug
def work_is_off_by_one(patch: pytest.MonkeyPatch) -> None:
    right = target_to_work
    patch.setattr(proof_of_work, "target_to_work", lambda target: right(target) + 1)


# Headers.


@bug
def the_proof_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, proof_of_work, "check_proof", Reason.HIGH_HASH)


@bug
def the_difficulty_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.BAD_DIFFBITS)


@bug
def the_version_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.BAD_VERSION)


@bug
def the_median_time_is_ignored(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.TIME_TOO_OLD)


@bug
def the_future_limit_is_ignored(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify", Reason.TIME_TOO_NEW)


@bug
def a_seal_is_let_pass(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, ProofOfWork, "verify_alone", Reason.BAD_SEAL)


@bug
def the_median_is_of_ten_blocks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(proof_of_work, "median_time_past", lambda entry: entry.time - 1_000)


@bug
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


@bug
def the_retarget_comes_one_block_late(patch: pytest.MonkeyPatch) -> None:
    right = BitcoinDifficulty.next_bits

    def next_bits(self: BitcoinDifficulty, parent: Entry) -> int:
        if (parent.height + 1) % self.window == 0 or parent.height % self.window:
            return parent.bits if parent.height else self.initial_bits
        assert parent.parent is not None or parent.height == 0
        return right(self, parent.parent or parent)

    patch.setattr(BitcoinDifficulty, "next_bits", next_bits)


@bug
def the_retarget_is_not_clamped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(difficulty, "_CLAMP", 1_000)


@bug
def asert_counts_one_block_too_many(patch: pytest.MonkeyPatch) -> None:
    right = difficulty.asert_target

    def off(**options: int) -> int:
        return right(**options | {"height_delta": options["height_delta"] + 1})

    patch.setattr(difficulty, "asert_target", off)


@bug
def asert_has_a_wrong_coefficient(patch: pytest.MonkeyPatch) -> None:
    right = difficulty.asert_target
    patch.setattr(difficulty, "asert_target", lambda **options: right(**options) * 1_001 // 1_000)


# Bodies.


@bug
def the_merkle_root_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_TXNMRKLROOT)


@bug
def a_repeated_tail_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(block, "merkle_root", lambda leaves: (merkle_root(leaves)[0], False))
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_SPENT)


@bug
def the_coinbase_height_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_CB_HEIGHT)


@bug
def blocks_may_be_longer_than_allowed(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, replica, "check_body", Reason.BAD_BLK_LENGTH)
    right = Mempool.select
    patch.setattr(
        Mempool,
        "select",
        lambda self, ledger, most, without: right(self, ledger, most + 1, without),
    )


# The ledger.


@bug
def the_subsidy_is_doubled(patch: pytest.MonkeyPatch) -> None:
    right = ChainParameters.subsidy_at
    patch.setattr(ChainParameters, "subsidy_at", lambda self, height: 2 * right(self, height))


@bug
def the_halving_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ChainParameters, "subsidy_at", lambda self, height: self.subsidy)


@bug
def the_coinbase_amount_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_coinbase", Reason.BAD_CB_AMOUNT)


@bug
def a_coinbase_may_pay_a_key_of_small_order(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_coinbase", Reason.BAD_TXNS_KEY)


@bug
def signatures_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transaction, "verify_signature", lambda *_: True)


@bug
def the_chain_id_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Transaction, "check", Reason.BAD_TXNS_CHAIN_ID)


@bug
def a_spent_nonce_is_accepted(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_SPENT)


@bug
def a_nonce_may_be_skipped(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_GAP)


@bug
def a_balance_may_be_negative(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_IN_BELOWOUT)


@bug
def fees_are_not_paid_to_the_leader(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.apply

    def apply(self: Ledger, block: Block) -> None:
        right(self, block)
        self._add(block.author, -block.fees)

    patch.setattr(Ledger, "apply", apply)


def transfers_as(
    patch: pytest.MonkeyPatch, *, charged_fee: bool = True, extra: int = 0, steps: int = 1
) -> None:
    def transfer(self: Ledger, paid: Transaction) -> None:
        sender = self.account(paid.sender)
        cost = paid.amount + paid.fee * charged_fee
        self._set(paid.sender, Account(sender.balance - cost, sender.nonce + steps))
        self._add(paid.recipient, paid.amount + extra)

    patch.setattr(Ledger, "_transfer", transfer)


@bug
def the_sender_does_not_pay_the_fee(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, charged_fee=False)


@bug
def a_coin_comes_from_nothing(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, extra=1)


@bug
def a_nonce_does_not_move(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, steps=0)


@bug
def undo_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "undo", nothing)


@bug
def undo_leaves_the_coinbase(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.undo

    def undo(self: Ledger, block: Block) -> None:
        right(self, block)
        self._add(block.author, block.coinbase.amount)

    patch.setattr(Ledger, "undo", undo)


@bug
def undo_does_not_move_the_state_root(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.undo

    def undo(self: Ledger, block: Block) -> None:
        before = self._set_hash
        right(self, block)
        self._set_hash = before

    patch.setattr(Ledger, "undo", undo)


@bug
def the_state_root_leaves_nonces_out(patch: pytest.MonkeyPatch) -> None:
    right = ledger._element
    patch.setattr(
        ledger, "_element", lambda address, account: right(address, account._replace(nonce=0))
    )


@bug
def a_refused_block_leaves_its_transfers_behind(patch: pytest.MonkeyPatch) -> None:
    def apply(self: Ledger, block: Block) -> None:
        try:
            for each in block.transactions:
                self.check(each)
                self._transfer(each)
            self._check_coinbase(block)
        except Invalid as refusal:
            raise InvalidBlock(refusal.reason, refusal.detail) from refusal
        self._add(block.author, block.coinbase.amount)

    patch.setattr(Ledger, "apply", apply)


# The mempool, and what is remembered.


@bug
def a_reorg_does_not_refill_the_mempool(patch: pytest.MonkeyPatch) -> None:
    right = Mempool.head_changed
    patch.setattr(
        Mempool,
        "head_changed",
        lambda self, ledger, returned, confirmed: right(self, ledger, (), confirmed),
    )


@bug
def a_mutated_body_condemns_its_header(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        reason,
        "_TEMPORARY",
        reason._TEMPORARY - {Reason.BAD_TXNMRKLROOT, Reason.BAD_TXNS_DUPLICATE},
    )


@bug
def every_refusal_is_remembered(patch: pytest.MonkeyPatch) -> None:
    right = Gossip._refuse

    def refuse(self: Gossip, block: Block, peer: str, refusal: InvalidBlock) -> None:
        if refusal.reason is not Reason.DUPLICATE:
            self._replica._remember_invalid(block.hash)
        right(self, block, peer, refusal)

    patch.setattr(Gossip, "_refuse", refuse)


@bug
def decoded_blocks_are_never_forgotten(patch: pytest.MonkeyPatch) -> None:
    def remember(self: Disk, hash_: bytes, block: Block) -> None:
        self._decoded[hash_] = block

    patch.setattr(Disk, "_remember", remember)


@bug
def the_last_block_on_disk_is_not_read(patch: pytest.MonkeyPatch) -> None:
    right = Node._read_disk

    def read_disk(self: Node) -> None:
        if len(self._disk) > 1:
            del self._disk[list(self._disk)[-1]]
        right(self)

    patch.setattr(Node, "_read_disk", read_disk)


# Gossip.


@bug
def orphans_are_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_hold", nothing)


@bug
def the_locator_is_not_understood(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockTree, "fork_point", lambda self, locator: self.head)


@bug
def a_fetch_is_not_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Serving, "push_after", nothing)


@bug
def requests_never_time_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_look_after", nothing)


@bug
def a_request_that_fails_is_never_made_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Requests, "overdue", lambda self, now_ns: [])


@bug
def blocks_are_not_relayed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_send_others", nothing)


# Memory.


@bug
def memory_is_never_audited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "sound", lambda self: True)


@bug
def a_resync_forgets_the_last_block(patch: pytest.MonkeyPatch) -> None:
    right = Replica._replay

    def replay(self: Replica) -> Entry | None:
        bad = right(self)
        if bad is None and self.head.height:
            self.ledger.undo(self.blocks[self.head.hash])
        return bad

    patch.setattr(Replica, "_replay", replay)


# Conduct.


@bug
def a_block_before_its_time_costs_its_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gossip, "BLOCKS", {**conduct.BLOCKS, Reason.TIME_TOO_NEW: Answer.DROP})


@bug
def damage_on_the_way_costs_the_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gossip, "MESSAGES", {**conduct.MESSAGES, Reason.BAD_CHECKSUM: Answer.DROP})


@bug
def an_orphan_costs_its_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Gossip,
        "_hold",
        lambda self, block, peer, frame: self._drop(peer, Reason.PREV_BLK_NOT_FOUND),
    )


@bug
def nobody_is_forgiven(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_forgive", nothing)
