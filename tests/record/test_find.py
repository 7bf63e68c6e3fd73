"""The search, over a view that real records made."""

from powclock.network.faults.nodes import Crash
from powclock.record.detail import Hit
from powclock.record.events import NANOSECONDS
from powclock.record.find import HITS_MAX, find
from powclock.record.view import View
from tests.scenarios.races import race, scenario

BUSY = scenario(4, workload={"transactions_per_s": 3}, difficulty={"interval_s": 2})


def made() -> View:
    with race(BUSY) as running:
        running.run(60)
        running.begin(Crash(nodes=("carol",)))
        return running.view


VIEW = made()


def test_nothing_and_nonsense_find_nothing() -> None:
    for text in ("", "   ", "qzz", "[/red]", "0" * 65, "\x1b[31m", "٣" * 150):
        assert find(VIEW, text) == ()


def test_a_node_is_found_by_a_part_of_its_name_those_that_begin_so_first() -> None:
    assert [hit.id for hit in find(VIEW, "a") if hit.kind == "node"] == [
        "alice", "carol", "dave", "frank",
    ]  # fmt: skip
    won, height = VIEW.nodes["alice"].won, VIEW.nodes["alice"].height
    assert find(VIEW, " ALICE ") == (Hit("node", "alice", f"alice, at {height}, {won} found"),)
    won = VIEW.nodes["carol"].won
    assert find(VIEW, "caro") == (Hit("node", "carol", f"carol, down, {won} found"),)


def test_a_block_is_found_by_its_height_the_best_first() -> None:
    at = VIEW.blocks.between(7, 7)
    hits = [hit for hit in find(VIEW, "7") if hit.kind == "block"]
    assert [hit.id for hit in hits] == [
        block.hash for block in sorted(at, key=lambda block: not block.best)
    ]
    best = next(block for block in at if block.best)
    assert hits[0] == Hit(
        "block", best.hash, f"7 {best.hash[-4:]} by {best.author}", height=7, stale=False
    )


def test_a_block_is_found_by_either_end_of_its_hash() -> None:
    (block,) = (each for each in VIEW.blocks.between(5, 5) if each.best)
    for text in (block.hash, block.hash[-6:].upper(), block.hash[:12]):
        assert block.hash in [hit.id for hit in find(VIEW, text)]
    genesis = VIEW.blocks.between(0, 0)[0]
    assert find(VIEW, genesis.hash) == (
        Hit("block", genesis.hash, f"0 {genesis.hash[-4:]} genesis", height=0),
    )


def test_a_stale_block_is_marked() -> None:
    stale = next(each for each in VIEW.blocks.between(0, 99) if not each.best)
    assert find(VIEW, stale.hash) == (
        Hit(
            "block",
            stale.hash,
            f"{stale.height} {stale.hash[-4:]} by {stale.author}, stale",
            height=stale.height,
            stale=True,
        ),
    )


def test_a_transaction_is_found_by_its_id_with_the_block_in_which_it_stands() -> None:
    stands = next(each for each in VIEW.transactions.values() if each.block is not None)
    block = VIEW.blocks.get(stands.block or "")
    assert block is not None
    sent = f"{stands.id[-4:]} of {stands.client} via {stands.node}"
    at = f"at {stands.sent_ns / NANOSECONDS:.1f} s"
    assert find(VIEW, stands.id) == (
        Hit("transaction", stands.id, f"{sent} {at}, in {block.hash[-4:]} at {block.height}",
            block.hash, block.height),
    )  # fmt: skip
    waits = next(each for each in VIEW.transactions.values() if each.block is None)
    sent = f"{waits.id[-4:]} of {waits.client} via {waits.node}"
    at = f"at {waits.sent_ns / NANOSECONDS:.1f} s"
    assert find(VIEW, waits.id) == (Hit("transaction", waits.id, f"{sent} {at}, waits"),)


def test_a_client_s_transfers_are_found_newest_first() -> None:
    own = [each for each in VIEW.transactions.values() if each.client == "client2"]
    hits = find(VIEW, "Client2")
    assert [hit.id for hit in hits] == [each.id for each in reversed(own)][:HITS_MAX]


def test_many_of_one_kind_do_not_hide_the_others() -> None:
    names = [f"ab{number}" for number in range(HITS_MAX + 5)]
    what = scenario(
        4, nodes={"count": len(names), "names": names}, workload={"transactions_per_s": 10}
    )
    with race(what) as running:
        running.run(30)
        assert any(each.id.startswith("ab") for each in running.view.transactions.values())
        kinds = [hit.kind for hit in find(running.view, "ab")]
        assert kinds.count("node") == HITS_MAX
        assert kinds.count("transaction") > 0


def test_what_starts_with_zeros_is_no_height() -> None:
    assert {hit.height for hit in find(VIEW, "0") if hit.kind == "block"} == {0}
    assert all(hit.id.startswith("00") or hit.id.endswith("007") for hit in find(VIEW, "007"))
