"""Looking into a live race: what is told is what the nodes hold, and looking changes nothing."""

from collections.abc import Callable

import msgspec
import pytest

from powclock.clock.node_clock import EPOCH_S
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display
from powclock.machine.target import bits_to_target, target_to_work
from powclock.network.faults.cuts import Partition
from powclock.network.faults.links import Delay
from powclock.network.faults.nodes import ClockSkew, Crash, Leave
from powclock.network.node import Node
from powclock.network.wire import Deliver, encode
from powclock.race.probe import ROWS_MAX, TREE_BLOCKS_MAX, WorldProbe
from powclock.race.scenario import Scenario
from powclock.record.camera import Camera
from powclock.record.detail import Account, Focus, NodeDetail, TransactionDetail, TreeBlock
from powclock.record.frame import Frame
from tests.scenarios.races import Race, race, scenario

BUSY = scenario(
    4,
    nodes={"count": 8},
    workload={"transactions_per_s": 3},
    difficulty={"interval_s": 2},
    links={"latency_ms": 150},
)


def probe_of(running: Race) -> WorldProbe:
    return WorldProbe(running.world, running.view)


def detail_of(running: Race, name: str) -> NodeDetail:
    detail = probe_of(running).node(name)
    assert detail is not None
    return detail


def test_a_node_is_told_as_it_is() -> None:
    with race(BUSY) as running:
        running.run(60)
        for name, node in running.nodes().items():
            detail, replica = detail_of(running, name), node.replica
            assert (detail.name, detail.running, detail.skew_s) == (name, True, 0.0)
            assert running.world.name_of(bytes.fromhex(detail.address)) == name
            assert detail.clock_ns == EPOCH_S * NANOSECONDS + running.driver.now_ns
            assert (detail.head, detail.height) == (display(node.head.hash), node.head.height)
            assert detail.chain_work == node.head.chain_work
            assert detail.tree_blocks == len(replica.tree) == detail.disk_blocks + 1
            assert (detail.requests, detail.orphans) == node.gossip.waiting
            assert detail.state_root == replica.ledger.state_root.hex()


def test_its_mempool_is_told_highest_fee_first() -> None:
    with race(BUSY) as running:
        running.run_until(lambda: len(a_node(running).replica.mempool) > 5, 60)
        pool = list(a_node(running).replica.mempool)
        detail = detail_of(running, "alice")
        assert detail.mempool_count == len(pool)
        assert {each.id for each in detail.mempool} == {display(each.id) for each in pool}
        fees = [each.fee for each in detail.mempool]
        assert fees == sorted(fees, reverse=True)
        transfer = detail.mempool[0]
        same = next(each for each in pool if display(each.id) == transfer.id)
        assert (transfer.amount, transfer.fee, transfer.nonce) == (
            same.amount, same.fee, same.nonce,
        )  # fmt: skip
        assert transfer.sender == running.world.name_of(same.sender)
        assert transfer.recipient.startswith("client")


def a_node(running: Race) -> Node:
    return running.nodes()["alice"]


def test_its_ledger_is_told_richest_first_and_sums_to_the_supply() -> None:
    with race(BUSY) as running:
        running.run(60)
        detail, ledger = detail_of(running, "bob"), running.nodes()["bob"].replica.ledger
        assert detail.ledger_count == len(ledger) <= ROWS_MAX
        assert sum(account.balance for account in detail.ledger) == detail.supply
        assert detail.supply == ledger.supply
        assert set(detail.ledger) == {
            Account(running.world.name_of(address), account.balance, account.nonce)
            for address, account in ledger
        }
        balances = [account.balance for account in detail.ledger]
        assert balances == sorted(balances, reverse=True)
        own = {account.name: account.balance for account in detail.ledger}
        assert detail.balance == own.get("bob", 0)


def test_its_tree_holds_the_newest_blocks_and_knows_its_own_chain() -> None:
    with race(BUSY) as running:
        running.run(20)
        running.begin(Partition(share=0.4))
        running.run(40)
        running.heal_all()
        running.run(10)
        tree = a_node(running).replica.tree
        detail = detail_of(running, "alice")
        newest = list(tree.entries.values())[-TREE_BLOCKS_MAX:]
        assert len(detail.tree) == min(TREE_BLOCKS_MAX, len(tree))
        assert set(detail.tree) == {
            TreeBlock(
                display(entry.hash),
                display(entry.parent.hash) if entry.parent is not None else "0" * 64,
                entry.height,
                known.author if (known := running.view.blocks.get(display(entry.hash))) else "",
                tree.in_best_chain(entry),
            )
            for entry in newest
        }
        assert [block.height for block in detail.tree] == sorted(e.height for e in newest)
        assert any(not block.best for block in detail.tree)


def test_its_links_are_told_with_the_faults_on_them() -> None:
    with race(BUSY) as running:
        running.run(5)
        cut, slow = Partition(("alice",)), Delay(nodes=("alice",))
        running.begin(cut)
        running.begin(slow)
        peers = detail_of(running, "alice").peers
        links = list(running.world.peers("alice"))
        assert [peer.name for peer in peers] == [link.target for link in links]
        assert {peer.cut for peer in peers} == {True}
        assert {peer.latency_ms for peer in peers} == {150.0}
        assert {kind.partition(":")[0] for peer in peers for kind in peer.faults} == {"delay"}
        assert [(peer.messages, peer.bytes) for peer in peers] == [
            (link.messages, link.bytes) for link in links
        ]
        running.heal_all()
        assert not any(peer.cut or peer.faults for peer in detail_of(running, "alice").peers)


def test_of_a_node_that_is_down_what_lasts_is_told() -> None:
    with race(BUSY) as running:
        running.run(30)
        before = detail_of(running, "carol")
        running.begin(Crash(nodes=("carol",)))
        running.begin(ClockSkew(offset_s=-40, nodes=("carol",)))
        down = detail_of(running, "carol")
        assert (down.running, down.head, down.tree, down.ledger) == (False, "", (), ())
        assert (down.address, down.disk_blocks) == (before.address, before.disk_blocks)
        assert down.skew_s == -40.0
        assert down.clock_ns == before.clock_ns - 40 * NANOSECONDS
        running.begin(Leave(nodes=("carol",)))
        assert probe_of(running).node("carol") is None
        assert probe_of(running).node("nobody") is None


def test_a_body_is_the_one_under_the_header() -> None:
    with race(BUSY) as running:
        running.run(40)
        probe, node = probe_of(running), a_node(running)
        disk = next(seat.disk for seat in running.world.seats() if seat.name == "alice")
        carried = 0
        for entry in node.replica.tree.best_chain[1:]:
            block, body = disk[entry.hash], probe.body(display(entry.hash))
            assert body is not None
            assert body.seal == b""
            assert body.bytes == len(encode(Deliver(block)))
            assert body.reward == block.coinbase.amount
            assert body.transactions == tuple(
                TransactionDetail(
                    display(each.id),
                    running.world.name_of(each.sender),
                    running.world.name_of(each.recipient),
                    each.amount,
                    each.fee,
                    each.nonce,
                )
                for each in block.transactions
            )
            carried += len(body.transactions)
        assert carried > 10
        assert probe.body(display(node.replica.tree.genesis.hash)) is None


@pytest.mark.parametrize("table", [{"rule": "asert"}, {"rule": "bitcoin", "window": 6}])
def test_the_difficulty_foretold_is_what_the_next_block_carries(table: dict[str, object]) -> None:
    what = scenario(3, nodes={"count": 3}, difficulty={"interval_s": 2, **table})
    with race(what) as running:
        probe = probe_of(running)
        changed = 0
        for height in range(1, 20):
            told = probe.retarget()
            assert told is not None
            best = running.view.tick.hash if running.view.tick is not None else None
            running.run_until(at_height(running, height), 200)
            tick = running.view.tick
            assert tick is not None
            block = running.view.blocks.get(tick.hash)
            assert block is not None
            if best is not None and block.parent != best:
                continue  # a rival won: what was foretold was for another parent
            bits = int.from_bytes(block.header[72:76], "little")
            work = target_to_work(bits_to_target(bits))
            assert told.work == float(work)
            assert told.height >= height
            if told.height > height:
                assert told.change == pytest.approx(foretold(running, block.parent) / work - 1)
            if told.height == height and height > 1:
                before = running.view.blocks.get(block.parent)
                assert before is not None
                assert told.change == pytest.approx(work / before.work - 1)
                changed += 1
        assert changed >= 3


def foretold(running: Race, parent: str) -> int:
    """The work to which the rule is bound after a block, by what stands before it."""
    tree = running.nodes()["alice"].replica.tree
    terms = running.world.election.work
    assert terms is not None
    _, bits = terms.difficulty.outlook(tree.entries[bytes.fromhex(parent)[::-1]])
    return target_to_work(bits_to_target(bits))


def at_height(running: Race, height: int) -> Callable[[], bool]:
    return lambda: running.view.height >= height


def run_to_the_end(what: Scenario, look: Callable[[Race], object]) -> tuple[str, int]:
    """The digest of a race that is looked at after every turn."""
    with race(what) as running:
        running.run(2)
        running.begin(Partition(share=0.4))
        for _ in range(600):
            running.world.advance(running.driver.now_ns + NANOSECONDS * 60, turns_max=1)
            look(running)
        running.heal_all()
        running.begin(Crash(nodes=("bob",)))
        for _ in range(300):
            running.world.advance(running.driver.now_ns + NANOSECONDS * 60, turns_max=1)
            look(running)
        return running.world.recorder.digest, running.driver.now_ns


def test_looking_at_every_turn_does_not_change_the_race() -> None:
    frames: list[Frame] = []

    def look(running: Race) -> None:
        camera = Camera(running.view, probe_of(running))
        for name in ("bob", "alice"):
            head = running.view.nodes[name].head
            camera.focus = Focus(node=name, block=head, network=True)
            frames.append(camera.take(running.driver.now_ns))

    wander = msgspec.structs.replace(BUSY, nodes=msgspec.structs.replace(BUSY.nodes, wander=0.1))
    assert run_to_the_end(wander, lambda _: None) == run_to_the_end(wander, look)
    assert sum(frame.node_detail is not None for frame in frames) == len(frames)
    assert sum(frame.block_detail is not None for frame in frames) == len(frames)
    for frame in frames[::100]:
        data = msgspec.msgpack.encode(frame)
        assert msgspec.msgpack.decode(data, type=Frame) == frame
