"""Blocks that are withheld for a time: who hears of them when, and what the attacker tells."""

from dataclasses import dataclass

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.nodes import Crash
from powclock.network.faults.withhold import Withhold
from powclock.record.attack_events import AttackMoved
from powclock.record.events import BlockAccepted, BlockFound, HeadMoved, Reorg
from tests.scenarios.races import Race, race, scenario

STILL = scenario(nodes={"count": 4, "wander": 0}, workload={"transactions_per_s": 1})


@dataclass
class Spread:
    """When a block was found, and when the first other node had it."""

    author: str
    found_ns: int
    heard_ns: int | None = None


def spreads(running: Race) -> dict[str, Spread]:
    """How each block of the race went round, by hash."""
    blocks: dict[str, Spread] = {}
    for record in running.records:
        match record.event:
            case BlockFound(hash=hash_):
                blocks[hash_] = Spread(record.node or "", record.time_ns)
            case BlockAccepted(hash=hash_, peer=str()):
                if blocks[hash_].heard_ns is None:
                    blocks[hash_].heard_ns = record.time_ns
            case _:
                pass
    return blocks


def waits_s(running: Race, author: str) -> list[float]:
    """How long each block of a node took to its first peer; blocks that nobody has are left out."""
    return [
        (block.heard_ns - block.found_ns) / NANOSECONDS
        for block in spreads(running).values()
        if block.author == author and block.heard_ns is not None
    ]


def test_withheld_blocks_reach_somebody_after_the_delay_and_others_at_once() -> None:
    with race(STILL) as running:
        running.begin(Withhold(nodes=("alice",), delay_s=20))
        running.run(300)
        late = waits_s(running, "alice")
        assert len(late) > 5
        assert all(20 < wait < 21 for wait in late)
        assert all(wait < 1 for wait in waits_s(running, "bob"))


def test_those_who_withhold_keep_their_blocks_from_each_other_too() -> None:
    with race(STILL) as running:
        running.begin(Withhold(delay_s=15))
        running.run(200)
        for author in STILL.node_names():
            assert all(15 < wait < 16 for wait in waits_s(running, author))
        assert running.view.counts.reorgs > 10
        running.check_states()


def test_at_the_end_all_that_was_withheld_is_published() -> None:
    fault = Withhold(nodes=("alice",), delay_s=100_000)
    with race(STILL) as running:
        running.begin(fault)
        running.run(200)
        own = [block for block in spreads(running).values() if block.author == "alice"]
        assert len(own) > 5
        assert all(block.heard_ns is None for block in own)
        found = len(running.found())
        running.heal(fault)
        running.run(1)
        assert len(running.found()) == found
        weights = {node.head.chain_work for node in running.nodes().values()}
        assert len(weights) == 1
        hashes = {record.hash for record in running.found()}
        tree = running.nodes()["bob"].replica.tree
        assert all(bytes.fromhex(hash_)[::-1] in tree for hash_ in hashes)


def test_it_tells_what_it_keeps_back_and_what_was_still_ahead() -> None:
    with race(STILL) as running:
        running.begin(Withhold(nodes=("alice",), delay_s=9))
        running.run(300)
        told = running.events(AttackMoved)
        kept = [event for event in told if event.stage == "withholds"]
        let_go = [event for event in told if event.stage == "publishes"]
        assert {event.id for event in told} == {"withhold:alice"}
        assert {event.attacker for event in told} == {"alice"}
        authors = {hash_: block.author for hash_, block in spreads(running).items()}
        own = [event for event in running.found() if authors[event.hash] == "alice"]
        assert len(kept) == len(own)
        assert kept[-1].tries == len(own)
        assert 0 <= len(kept) - len(let_go) == told[-1].withheld
        assert all(event.branch >= 1 for event in told)
        assert let_go[-1].won == ahead_when_let_go(running, own)
        assert 0 < let_go[-1].won < len(let_go)


def ahead_when_let_go(running: Race, own: list[BlockFound]) -> int:
    """How many of alice's blocks were higher than bob's head when they were published."""
    ahead = bob_height = 0
    waiting = list(own)
    for record in running.records:
        match record.event:
            case HeadMoved(height=height) | Reorg(height=height) if record.node == "bob":
                bob_height = height
            case AttackMoved(stage="publishes"):
                ahead += waiting.pop(0).height > bob_height
            case _:
                pass
    return ahead


def test_what_a_lost_disk_held_back_is_gone() -> None:
    with race(STILL) as running:
        fault = Withhold(nodes=("alice",), delay_s=50)
        crash = Crash(nodes=("alice",), lose_disk=True)
        running.begin(fault)
        running.run_until(lambda: bool(running.events(AttackMoved)), 200)
        running.begin(crash)
        running.run(1)
        running.heal(crash)
        running.run(60)
        running.heal(fault)
        running.run(30)
        first = running.events(AttackMoved)[0]
        assert first.withheld == 1
        lost = next(b for b in spreads(running).values() if b.author == "alice")
        assert lost.heard_ns is None
        running.run_until(running.agreed, 60)
