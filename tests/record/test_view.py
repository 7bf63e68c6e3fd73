"""The view and the camera, from the records of a real race and against the nodes themselves."""

from collections import Counter

import msgspec
import pytest

from powclock.machine.header import display
from powclock.network.faults.cuts import Partition
from powclock.network.faults.links import BitFlips
from powclock.network.faults.nodes import ClockSkew, Crash, Join, Leave
from powclock.record.blocks import SPREADS_KEPT, Acceptance, Blocks
from powclock.record.camera import EVENTS_MAX, Camera
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    BlockRefused,
    FaultOn,
    ForkOpened,
    LeaderElected,
    MessageRefused,
    Record,
    Reorg,
    Sampled,
    TransactionConfirmed,
    TransactionRefused,
    TransactionReturned,
    TransactionSent,
)
from powclock.record.frame import ActiveFault, EventLine, Frame, Totals
from powclock.record.view import BLOCKS_KEPT, LINES_MAX, View
from tests.scenarios.races import Race, race, scenario

BUSY = scenario(
    4,
    nodes={"count": 8},
    workload={"transactions_per_s": 2},
    difficulty={"interval_s": 2},
    links={"latency_ms": 150},
)


def break_things(running: Race) -> None:
    """Something of everything."""
    running.run(20)
    running.begin(Partition(share=0.4))
    running.run(25)
    running.begin(Crash(nodes=("bob",)))
    running.begin(Join(nodes=("zara",)))
    running.run(15)
    running.heal_all()
    running.begin(Leave(nodes=("carol",)))
    running.begin(BitFlips(probability=0.2))
    running.begin(ClockSkew(offset_s=-40, nodes=("dave",)))
    running.run(25)
    running.heal_all()
    running.run(20.05)


def test_the_view_knows_what_the_nodes_know() -> None:
    with race(BUSY) as running:
        for _ in range(3):
            break_things(running)
            view, nodes = running.view, running.nodes()
            assert list(view.nodes) == running.world.node_names()
            for name, node in nodes.items():
                shown = view.nodes[name]
                assert shown.running
                assert (shown.head, shown.height) == (display(node.head.hash), node.head.height)
            heaviest = max(node.head.chain_work for node in nodes.values())
            assert view.tick is not None
            trees = [node.replica.tree for node in nodes.values()]
            ticked = bytes.fromhex(view.tick.hash)[::-1]
            best = next(tree.entries[ticked] for tree in trees if ticked in tree)
            assert (best.chain_work, best.height) == (heaviest, view.height)
            frame = Camera(view).take(running.driver.now_ns)
            assert {tip.hash: set(tip.nodes) for tip in frame.tips} == {
                display(head): {n for n, node in nodes.items() if node.head.hash == head}
                for head in running.heads()
            }
            assert [tip.best for tip in frame.tips] == [True] + [False] * (len(frame.tips) - 1)
            on_best = {display(entry.hash) for entry in best.branch()}
            assert frame.chain
            for block in frame.chain:
                assert block.best == (block.hash in on_best)
                assert block.holders == sum(
                    display(node.head.hash) == block.hash for node in nodes.values()
                )


def test_the_view_knows_who_is_linked_to_whom() -> None:
    with race(BUSY) as running:
        break_things(running)
        assert list(running.view.nodes) == [
            "alice", "bob", "dave", "erin", "frank", "grace", "heidi", "carol",
        ]  # fmt: skip
        pairs = {frozenset(pair): latency for pair, latency in running.view.links.items()}
        assert pairs == {
            frozenset((link.source, link.target)): 150.0 for link in running.driver.world.links()
        }


def test_the_view_knows_where_transfers_stand() -> None:
    with race(BUSY) as running:
        break_things(running)
        stands: dict[str, str | None] = {}
        for record in running.records:
            match record.event:
                case TransactionSent(id=id_):
                    stands[id_] = None
                case TransactionConfirmed(id=id_, block=block):
                    stands[id_] = block
                case TransactionReturned(id=id_):
                    stands[id_] = None
        transfers = running.view.transactions.values()
        assert {transfer.id: transfer.block for transfer in transfers} == stands
        assert len(set(stands.values())) > 10
        assert None in stands.values()


def counted(records: list[Record]) -> dict[str, int]:
    """What a plain count over the records says."""
    kinds = Counter(type(record.event) for record in records)
    depths = [r.event.depth for r in records if isinstance(r.event, Reorg)]
    heights = [r.event.height for r in records if isinstance(r.event, LeaderElected)]
    samples = [r.event for r in records if isinstance(r.event, Sampled)]
    return {
        "forks": kinds[ForkOpened],
        "reorgs": kinds[Reorg],
        "reorg_depth_max": max(depths),
        "blocks_mined": kinds[BlockFound],
        "blocks_stale": kinds[BlockFound] - heights[-1],
        "blocks_refused": kinds[BlockRefused],
        "messages_refused": kinds[MessageRefused] + kinds[TransactionRefused],
        "transactions_sent": kinds[TransactionSent],
        "transactions_confirmed": kinds[TransactionConfirmed] - kinds[TransactionReturned],
        "transactions_returned": kinds[TransactionReturned],
        "messages": samples[-1].messages,
        "message_bytes": samples[-1].message_bytes,
    }


def test_totals_are_a_count_over_the_records() -> None:
    with race(BUSY) as running:
        break_things(running)
        totals = msgspec.structs.asdict(running.view.totals())
        assert totals.pop("hashes") > 0
        assert totals.pop("peers_dropped") == 0  # nobody lies
        assert totals.pop("equivocations") == 0
        assert totals == counted(running.records)
        assert all(totals.values())
        mined = Counter(r.node for r in running.records if isinstance(r.event, BlockFound))
        assert running.view.wins == dict(mined)


def test_hashes_are_those_of_the_miners_also_of_nodes_that_left() -> None:
    with race(scenario(nodes={"wander": 0, "hash_rate": 10_000})) as running:
        running.run(30)
        running.begin(Leave(nodes=("bob",)))
        running.run(30)
        spent = 10_000 * 60 - 30 * running.driver.world.scenario.nodes.hash_rate * (
            running.view.started.nodes[1].hash_rate / 10_000 if running.view.started else 0
        )
        assert running.view.hashes == pytest.approx(spent, rel=0.02)


def fold(records: list[Record], every: int) -> list[Frame]:
    """Frames taken every so many records."""
    view = View()
    camera = Camera(view)
    frames = []
    for record in records:
        view.apply(record)
        if view.records % every == 0:
            frames.append(camera.take(record.time_ns))
    return frames


def test_records_that_went_through_json_give_the_same_frames() -> None:
    with race(BUSY) as running:
        break_things(running)
        data = [msgspec.json.encode(record) for record in running.records]
        again = [msgspec.json.decode(line, type=Record) for line in data]
        frames = fold(running.records, 50)
        assert fold(again, 50) == frames
        assert len(frames) > 20
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(frames[-1]), type=Frame) == frames[-1]


def test_a_frame_has_each_event_once_and_counts_what_it_leaves_out() -> None:
    with race(BUSY) as running:
        camera = Camera(running.view)
        lines: list[EventLine] = []
        for _ in range(40):
            running.run(1)
            frame = camera.take(running.driver.now_ns)
            lines += frame.events
            assert frame.events_left_out == 0
        assert lines == list(running.view.lines)
        assert camera.take(running.driver.now_ns).events == ()
        before = running.view.notable
        running.run(500)
        frame = camera.take(running.driver.now_ns)
        assert len(frame.events) == EVENTS_MAX
        assert frame.events_left_out == running.view.notable - before - EVENTS_MAX


def test_a_frame_before_the_first_tick() -> None:
    with race(scenario(nodes={"count": 3})) as running:
        frame = Camera(running.view).take(0)
        started = running.view.started
        assert started is not None
        assert (frame.height, frame.head, frame.leader) == (0, started.genesis, None)
        assert (frame.hash_rate, frame.expected_interval_s, frame.work) == (0.0, 5, 300_000)
        assert frame.totals == Totals()
        assert [(block.hash, block.best) for block in frame.chain] == [(started.genesis, True)]
        assert (frame.faults, frame.sides) == ((), ())
        assert [tip.nodes for tip in frame.tips] == [("alice", "bob", "carol")]
        assert [line.text for line in frame.events] == ["3 nodes race by pow"]


def test_the_state_of_a_node_is_shown() -> None:
    with race(scenario()) as running:
        running.run(5)
        running.begin(Partition(nodes=("alice",)))
        running.begin(Crash(nodes=("bob",)))
        running.begin(ClockSkew(offset_s=7, nodes=("carol",)))
        running.run(5)
        frame = Camera(running.view).take(running.driver.now_ns)
        rows = {row.name: row for row in frame.nodes}
        # Also a node whose own links all work is on one side of a network that is cut.
        assert {name: row.state for name, row in rows.items()} == {
            name: "down" if name == "bob" else "split" for name in rows
        }
        assert [row.name for row in frame.nodes if row.name != "bob" and not row.peers_cut]
        assert rows["alice"].peers == 0
        assert rows["alice"].peers_cut == 4
        assert (rows["bob"].hash_rate, rows["bob"].peers) == (0.0, 0)
        assert rows["carol"].skew_s == 7
        assert sum(row.share for row in frame.nodes) == pytest.approx(1)
        assert frame.sides == (("alice",), ("bob", "carol", "dave", "erin", "frank"))
        at = 5_000_000_000
        assert frame.faults == (
            ActiveFault("partition", "partition", "partition", ("alice",), at),
            ActiveFault("crash:bob", "crash", "crash", ("bob",), at),
            ActiveFault("clock_skew:carol", "clock_skew", "clock +7 s", ("carol",), at),
        )
        assert [(m.time_ns, m.fault, m.on) for m in frame.marks] == [
            (at, "partition", True), (at, "crash", True), (at, "clock_skew", True),
        ]  # fmt: skip
        assert len(running.events(FaultOn)) == 3


def test_what_the_view_remembers_is_bounded() -> None:
    with race(
        scenario(difficulty={"interval_s": 1}, workload={"transactions_per_s": 0})
    ) as running:
        running.run(BLOCKS_KEPT + 300)
        view = running.view
        assert view.height > BLOCKS_KEPT
        assert len(view.blocks) == BLOCKS_KEPT
        kept = view.blocks.between(0, view.blocks.highest)
        assert len(kept) == BLOCKS_KEPT
        assert kept[0].height == view.blocks.lowest > 0
        assert sum(bool(block.accepted) for block in kept) <= SPREADS_KEPT
        assert len(view.lines) == LINES_MAX
        assert len(view.hash_rates) == 400


HEADER = "00" * 80


def found(name: str, parent: str, height: int) -> BlockFound:
    """A block that was found."""
    return BlockFound(name, parent, height, HEADER, 0, 1, 0, 0)


def grown(blocks_kept: int = 100) -> Blocks:
    """Two branches from height 1."""
    blocks = Blocks(blocks_kept)
    blocks.start("genesis", bytes(80))
    for name, parent, height in (
        ("a1", "genesis", 1), ("a2", "a1", 2), ("b2", "a1", 2), ("b3", "b2", 3), ("a3", "a2", 3),
    ):  # fmt: skip
        blocks.found(found(name, parent, height), "alice", height)
    return blocks


def names(blocks: Blocks, low: int, high: int) -> list[str]:
    """Hashes by height."""
    return [block.hash for block in blocks.between(low, high)]


def test_the_best_chain_moves_from_one_branch_to_the_other() -> None:
    blocks = grown()
    best = []
    for tip in ("a1", "a2", "b3", "a3"):
        blocks.choose(tip)
        best.append([block.hash for block in blocks.between(0, 9) if block.best])
    assert best == [
        ["genesis", "a1"],
        ["genesis", "a1", "a2"],
        ["genesis", "a1", "b2", "b3"],
        ["genesis", "a1", "a2", "a3"],
    ]
    assert names(blocks, 3, 3) == ["b3", "a3"]
    assert names(blocks, -5, 1) == ["genesis", "a1"]
    assert blocks.get("nothing") is None


def test_the_block_found_first_is_forgotten_first() -> None:
    blocks = grown(blocks_kept=3)
    assert names(blocks, 0, 9) == ["b2", "b3", "a3"]
    assert (blocks.lowest, blocks.highest, len(blocks)) == (2, 3, 3)
    blocks.choose("a3")
    blocks.choose("b3")
    assert [block.hash for block in blocks.between(0, 9) if block.best] == ["b2", "b3"]
    blocks.found(found("new", "genesis", 1), "bob", 9)
    assert names(blocks, 0, 9) == ["new", "b3", "a3"]
    assert (blocks.lowest, blocks.highest) == (1, 3)


def test_it_is_known_when_the_newest_blocks_reached_a_node() -> None:
    blocks = grown(blocks_kept=1_000)
    blocks.accepted(BlockAccepted("a1", 1, "alice", None), "alice", 5)
    blocks.accepted(BlockAccepted("a1", 1, "alice", "alice"), "bob", 7)
    blocks.accepted(BlockAccepted("a1", 1, "alice", "carol"), "bob", 9)
    blocks.accepted(BlockAccepted("unknown", 1, "alice", None), "alice", 5)
    first = blocks.get("a1")
    assert first is not None
    assert first.accepted == {"alice": Acceptance(5, None), "bob": Acceptance(7, "alice")}
    for number in range(SPREADS_KEPT - 4):
        blocks.found(found(f"c{number}", "a3", 4), "alice", 10)
    assert first.accepted == {}
    blocks.accepted(BlockAccepted("a1", 1, "alice", None), "dave", 11)
    assert first.accepted == {}
