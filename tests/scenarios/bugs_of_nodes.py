"""Bugs in what a node remembers, says and pays out."""

import pytest

from powclock.machine import ledger, reason, transaction
from powclock.machine.block import Block, ChainParameters
from powclock.machine.ledger import Account, Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.reason import Invalid, InvalidBlock, Reason
from powclock.machine.replica import Replica
from powclock.machine.transaction import Transaction
from powclock.machine.tree import BlockTree, Entry
from powclock.network import conduct, gossip
from powclock.network.conduct import Answer
from powclock.network.gossip import Gossip
from powclock.network.node import Node
from powclock.network.pending import Requests
from powclock.network.serving import Serving
from powclock.network.storage import Disk
from tests.scenarios.bugs import Bugs, nothing, swallow

BUGS = Bugs()


# The ledger.


@BUGS.put
def the_subsidy_is_doubled(patch: pytest.MonkeyPatch) -> None:
    right = ChainParameters.subsidy_at
    patch.setattr(ChainParameters, "subsidy_at", lambda self, height: 2 * right(self, height))


@BUGS.put
def the_halving_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ChainParameters, "subsidy_at", lambda self, height: self.subsidy)


@BUGS.put
def the_coinbase_amount_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_coinbase", Reason.BAD_CB_AMOUNT)


@BUGS.put
def a_coinbase_may_pay_a_key_of_small_order(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_coinbase", Reason.BAD_TXNS_KEY)


@BUGS.put
def signatures_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transaction, "verify_signature", lambda *_: True)


@BUGS.put
def the_chain_id_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Transaction, "check", Reason.BAD_TXNS_CHAIN_ID)


@BUGS.put
def a_spent_nonce_is_accepted(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_SPENT)


@BUGS.put
def a_nonce_may_be_skipped(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_NONCE_GAP)


@BUGS.put
def a_balance_may_be_negative(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, Ledger, "_check_account", Reason.BAD_TXNS_IN_BELOWOUT)


@BUGS.put
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


@BUGS.put
def the_sender_does_not_pay_the_fee(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, charged_fee=False)


@BUGS.put
def a_coin_comes_from_nothing(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, extra=1)


@BUGS.put
def a_nonce_does_not_move(patch: pytest.MonkeyPatch) -> None:
    transfers_as(patch, steps=0)


@BUGS.put
def undo_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "undo", nothing)


@BUGS.put
def undo_leaves_the_coinbase(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.undo

    def undo(self: Ledger, block: Block) -> None:
        right(self, block)
        self._add(block.author, block.coinbase.amount)

    patch.setattr(Ledger, "undo", undo)


@BUGS.put
def undo_does_not_move_the_state_root(patch: pytest.MonkeyPatch) -> None:
    right = Ledger.undo

    def undo(self: Ledger, block: Block) -> None:
        before = self._set_hash
        right(self, block)
        self._set_hash = before

    patch.setattr(Ledger, "undo", undo)


@BUGS.put
def the_state_root_leaves_nonces_out(patch: pytest.MonkeyPatch) -> None:
    right = ledger._element
    patch.setattr(
        ledger, "_element", lambda address, account: right(address, account._replace(nonce=0))
    )


@BUGS.put
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


@BUGS.put
def a_reorg_does_not_refill_the_mempool(patch: pytest.MonkeyPatch) -> None:
    right = Mempool.head_changed
    patch.setattr(
        Mempool,
        "head_changed",
        lambda self, ledger, returned, confirmed: right(self, ledger, (), confirmed),
    )


@BUGS.put
def a_mutated_body_condemns_its_header(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        reason,
        "_TEMPORARY",
        reason._TEMPORARY - {Reason.BAD_TXNMRKLROOT, Reason.BAD_TXNS_DUPLICATE},
    )


@BUGS.put
def every_refusal_is_remembered(patch: pytest.MonkeyPatch) -> None:
    right = Gossip._refuse

    def refuse(self: Gossip, block: Block, peer: str, refusal: InvalidBlock) -> None:
        if refusal.reason is not Reason.DUPLICATE:
            self._replica._remember_invalid(block.hash)
        right(self, block, peer, refusal)

    patch.setattr(Gossip, "_refuse", refuse)


@BUGS.put
def decoded_blocks_are_never_forgotten(patch: pytest.MonkeyPatch) -> None:
    def remember(self: Disk, hash_: bytes, block: Block) -> None:
        self._decoded[hash_] = block

    patch.setattr(Disk, "_remember", remember)


@BUGS.put
def the_last_block_on_disk_is_not_read(patch: pytest.MonkeyPatch) -> None:
    right = Node._read_disk

    def read_disk(self: Node) -> None:
        if len(self._disk) > 1:
            del self._disk[list(self._disk)[-1]]
        right(self)

    patch.setattr(Node, "_read_disk", read_disk)


# Gossip.


@BUGS.put
def orphans_are_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_hold", nothing)


@BUGS.put
def the_locator_is_not_understood(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockTree, "fork_point", lambda self, locator: self.head)


@BUGS.put
def a_fetch_is_not_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Serving, "push_after", nothing)


@BUGS.put
def requests_never_time_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_look_after", nothing)


@BUGS.put
def a_request_that_fails_is_never_made_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Requests, "overdue", lambda self, now_ns: [])


@BUGS.put
def blocks_are_not_relayed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_send_others", nothing)


# Memory.


@BUGS.put
def memory_is_never_audited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "sound", lambda self: True)


@BUGS.put
def a_resync_forgets_the_last_block(patch: pytest.MonkeyPatch) -> None:
    right = Replica._replay

    def replay(self: Replica) -> Entry | None:
        bad = right(self)
        if bad is None and self.head.height:
            self.ledger.undo(self.blocks[self.head.hash])
        return bad

    patch.setattr(Replica, "_replay", replay)


# Conduct.


@BUGS.put
def a_block_before_its_time_costs_its_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gossip, "BLOCKS", {**conduct.BLOCKS, Reason.TIME_TOO_NEW: Answer.DROP})


@BUGS.put
def damage_on_the_way_costs_the_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gossip, "MESSAGES", {**conduct.MESSAGES, Reason.BAD_CHECKSUM: Answer.DROP})


@BUGS.put
def an_orphan_costs_its_peer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Gossip,
        "_hold",
        lambda self, block, peer, frame: self._drop(peer, Reason.PREV_BLK_NOT_FOUND),
    )


@BUGS.put
def nobody_is_forgiven(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gossip, "_forgive", nothing)
