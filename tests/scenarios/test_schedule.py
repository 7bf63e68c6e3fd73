"""Leaders in turn: what clocks, crashes, forgeries, lies and partitions do to a schedule."""

import pytest

from powclock.clock.streams import Stream
from powclock.network.faults.cuts import Partition
from powclock.network.faults.equivocate import Equivocate
from powclock.network.faults.fault import FaultError
from powclock.network.faults.flood import Flood
from powclock.network.faults.forge import Forge
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Pause
from powclock.race.scenario import Scenario
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    BlockRefused,
    Equivocation,
    LeaderElected,
    PeerDropped,
    Reorg,
)
from tests.scenarios.races import Race, race, scenario

SLOT_S = 4.0
NAMES = ("alice", "bob", "carol", "dave", "erin", "frank")
OFFSETS_SLOTS = (0.0, 0.5, 1.0, 2.0, 3.0)


def scheduled(seed: int = 3, blocks: int = 1) -> Scenario:
    schedule = {"slot_s": SLOT_S, "blocks": blocks}
    links = {"topology": "full_mesh", "latency_ms": 50, "jitter_ms": 0}
    return scenario(seed, rule="schedule", schedule=schedule, links=links)


def leaders(running: Race) -> list[tuple[float, str]]:
    """When each block was sealed, in seconds of the race, and by whom."""
    return [
        (record.time_ns / 1e9, record.node or "")
        for record in running.records
        if isinstance(record.event, BlockFound)
    ]


def beats(running: Race) -> list[int]:
    """The beats of the best chain."""
    head = max(running.nodes().values(), key=lambda node: node.head.chain_work).head
    return [entry.nonce for entry in head.branch() if entry.height][::-1]


@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_nodes_lead_in_turn_and_seal_each_beat_at_its_end(blocks: int) -> None:
    with race(scheduled(blocks=blocks)) as running:
        running.run(2 * len(NAMES) * SLOT_S + 0.5)
        beat_s = SLOT_S / blocks
        told = leaders(running)
        assert told == [
            (number * beat_s, NAMES[(number - 1) // blocks % len(NAMES)])
            for number in range(1, 2 * len(NAMES) * blocks + 1)
        ]
        assert running.agreed()
        assert running.view.blocks_stale == 0
        assert not running.events(BlockRefused)
        assert running.view.counts.transactions_confirmed > 20
        running.check_states()


def test_the_leader_of_now_is_known_to_all() -> None:
    with race(scheduled()) as running:
        election = running.world.election
        epoch_ns = 1_231_006_505 * 10**9
        for slot in range(14):
            for at_s in (0, SLOT_S / 2, SLOT_S - 1e-6):
                now_ns = epoch_ns + round((slot * SLOT_S + at_s) * 1e9)
                assert election.leaders(now_ns) == (NAMES[slot % 6],)
                rule = running.nodes()["erin"].rule
                assert rule.leader(running.nodes()["erin"].head, now_ns) == NAMES[slot % 6]


def test_a_leader_whose_clock_is_ahead_is_refused_and_its_slot_is_lost() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=5.0))
        running.run(2 * 6 * SLOT_S + 1)
        refused = running.events(BlockRefused)
        assert {event.reason for event in refused} == {"time-too-new"}
        # It leads in slots 2 and 8, and seals five seconds before they end: on bob's parent.
        assert [told for told in leaders(running) if told[1] == "carol"] == [
            (3 * SLOT_S - 5, "carol"),
            (9 * SLOT_S - 5, "carol"),
        ]
        assert beats(running) == [beat for beat in range(1, 13) if beat not in (3, 9)]
        assert running.view.blocks_stale == 2
        assert not running.events(PeerDropped)


def test_what_is_less_than_a_slot_too_early_is_refused_for_now_and_taken_in_time() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=3.0))
        running.run(12 * SLOT_S + 1)
        assert {event.reason for event in running.events(BlockRefused)} == {"time-too-new"}
        taken = [
            record.time_ns / 1e9
            for record in running.records
            if isinstance(record.event, BlockAccepted)
            and record.event.author == "carol"
            and record.event.peer
        ]
        assert taken == [3 * SLOT_S - 0.5] * 5 + [9 * SLOT_S - 0.5] * 5
        assert beats(running) == list(range(1, 13))


def test_a_little_too_early_is_taken() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=0.5))
        running.run(12 * SLOT_S + 1)
        assert beats(running) == list(range(1, 13))
        assert not running.events(BlockRefused)


def test_a_leader_whose_clock_is_behind_comes_late_and_then_not_at_all() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=-SLOT_S / 2))
        running.run(6 * SLOT_S + 1)
        assert (3.5 * SLOT_S, "carol") in leaders(running)
        assert 3 in beats(running)
        running.begin(ClockSkew(nodes=("carol",), offset_s=-1.5 * SLOT_S))
        running.run(6 * SLOT_S)
        assert 9 not in beats(running)
        assert not running.events(PeerDropped)


def test_drift_makes_a_leader_early_in_the_end() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=0, drift_ppm=5_000))
        running.run(6 * SLOT_S)
        assert not running.events(BlockRefused)
        running.run(30 * SLOT_S)
        assert {event.reason for event in running.events(BlockRefused)} == {"time-too-new"}


def test_clocks_apart_make_two_leaders_at_once() -> None:
    with race(scheduled()) as running:
        running.begin(ClockSkew(nodes=("carol",), offset_s=SLOT_S))
        running.run(3 * SLOT_S + 1)
        # Bob ends slot 1 when carol believes that slot 2, hers, ends.
        assert {told[1] for told in leaders(running) if told[0] == 2 * SLOT_S} == {"bob", "carol"}
        assert len(running.heads()) == 2
        running.run(2 * SLOT_S)
        assert running.agreed()


def test_a_clock_that_is_set_wakes_its_leader_at_the_right_moment() -> None:
    with race(scheduled()) as running:
        fault = ClockSkew(nodes=("carol",), offset_s=-100)
        running.begin(fault)
        running.run(2.9 * SLOT_S)
        running.heal(fault)
        running.run(0.2 * SLOT_S)
        assert (3 * SLOT_S, "carol") in leaders(running)


def test_the_slots_of_a_leader_that_is_down_stay_empty() -> None:
    with race(scheduled(blocks=2)) as running:
        running.begin(Crash(nodes=("bob",)))
        running.run(12 * SLOT_S + 1)
        assert beats(running) == [beat for beat in range(1, 25) if beat not in (3, 4, 15, 16)]
        running.heal_all()
        running.run(12 * SLOT_S)
        assert {27, 28} < set(beats(running))
        running.run_until(running.agreed, 10)


def test_a_frozen_leader_seals_nothing_and_does_not_make_up_for_it() -> None:
    with race(scheduled()) as running:
        fault = Pause(nodes=("bob",))
        running.begin(fault)
        running.run(3.5 * SLOT_S)
        running.heal(fault)
        running.run(8 * SLOT_S)
        assert beats(running) == [1, *range(3, 12)]


def test_a_leader_that_lost_its_disk_in_its_beat_does_not_seal_it_again() -> None:
    with race(scheduled()) as running:
        running.run(2 * SLOT_S + 0.01)
        fault = Crash(nodes=("bob",), lose_disk=True)
        running.begin(fault)
        running.heal(fault)
        running.run(7 * SLOT_S)
        assert sum(told[1] == "bob" for told in leaders(running)) == 2
        assert not running.events(Equivocation)
        running.run_until(running.agreed, 10)


def test_a_forged_signature_is_refused_and_its_sender_dropped() -> None:
    for flaw in ("proof", "seal"):
        with race(scheduled()) as running:
            running.begin(Forge(nodes=("bob",), flaw=flaw))
            running.run(8 * SLOT_S)
            assert {event.reason for event in running.events(BlockRefused)} == {"bad-seal"}
            assert {event.peer for event in running.events(PeerDropped)} == {"bob"}


def test_two_blocks_for_one_beat_are_evidence_once_a_node() -> None:
    with race(scheduled()) as running:
        fault = Equivocate(nodes=("bob",))
        running.begin(fault)
        running.run(3 * SLOT_S - 1)
        told = running.events(Equivocation)
        assert {(each.author, each.slot, each.beat) for each in told} == {("bob", 1, 2)}
        assert len({frozenset((each.one, each.two)) for each in told}) == 1
        accusers = [r.node or "" for r in running.records if isinstance(r.event, Equivocation)]
        assert sorted(accusers) == sorted(set(accusers))
        assert len(accusers) == 5  # all are peers, so all but bob see both
        running.heal(fault)
        running.run(4 * SLOT_S)
        assert running.agreed()
        assert running.view.counts.equivocations == 1
        assert running.driver.summary().equivocations == 1
        assert not running.events(PeerDropped)
        assert any(line.kind == "evidence" for line in running.view.lines)


def test_the_sides_of_a_partition_go_on_without_the_leaders_of_the_other_and_heal() -> None:
    with race(scheduled()) as running:
        fault = Partition(nodes=("alice", "bob"))
        running.begin(fault)
        running.run(12 * SLOT_S + 1)
        heights = sorted(node.head.height for node in running.nodes().values())
        assert heights == [4, 4, 8, 8, 8, 8]
        running.heal(fault)
        running.run(2)
        running.run_until(running.agreed, 2 * SLOT_S)
        running.check_states()
        assert [event.depth for event in running.events(Reorg)].count(4) == 2
        assert not running.events(PeerDropped)


def test_who_joins_unknown_follows_and_never_leads() -> None:
    with race(scheduled()) as running:
        running.begin(Join(nodes=("zara",)))
        running.run(20 * SLOT_S + 1)
        assert running.nodes()["zara"].head.height == 20
        assert "zara" not in {told[1] for told in leaders(running)}
        assert any("nobody knows its key" in line.text for line in running.view.lines)
    with race(scenario(3)) as running:
        running.begin(Join(nodes=("zara",), hash_rate=60_000))
        running.run(120)
        assert running.view.wins["zara"] > 0
        assert not any("nobody knows its key" in line.text for line in running.view.lines)


def test_what_needs_hashes_is_declined() -> None:
    with race(scheduled()) as running:
        for fault, message in (
            (
                HashRateFactor(factor=2),
                "hash_rate needs proof of work: under schedule nobody hashes",
            ),
            (Flood(junk="headers"), "flood needs proof of work: under schedule nobody hashes"),
        ):
            with pytest.raises(FaultError) as caught:
                running.begin(fault)
            assert str(caught.value) == message
    with race(scenario(3)) as running, pytest.raises(FaultError) as caught:
        running.begin(Equivocate(nodes=("bob",)))
    assert str(caught.value) == (
        "equivocate needs a leader schedule: under pow nobody knows beforehand who leads"
    )


# The trouble with clocks, measured.

SLOTS = 96


def with_offsets(what: Scenario, slots: float, seed: int) -> Race:
    """A race that is over, with each node's clock off by up to ± so many slots."""
    stream = Stream(seed, "offsets")
    with race(what) as running:
        for name in NAMES:
            fault = ClockSkew(nodes=(name,), offset_s=slots * SLOT_S * stream.uniform(-1, 1))
            running.begin(fault)
        running.run(SLOTS * SLOT_S)
        return running


def test_clock_offsets_cost_a_schedule_slots() -> None:
    lost, forks = [], []
    for offset in OFFSETS_SLOTS:
        races = [with_offsets(scheduled(seed), offset, seed) for seed in range(2)]
        lost.append(sum(SLOTS - each.view.height for each in races) / (SLOTS * len(races)))
        forks.append(sum(each.view.counts.forks for each in races))
        refused = sum(each.view.counts.blocks_refused for each in races)
        print(f"±{offset:g} slots: {lost[-1]:.1%} lost, {forks[-1]} forks, {refused} refused")
    assert lost[0] == forks[0] == 0
    assert lost == sorted(lost)
    assert lost[2] > 0.02
    assert lost[4] > 0.3


def test_clock_offsets_cost_work_nothing() -> None:
    fixed = {"rule": "bitcoin", "interval_s": 4, "window": 1_000}
    figures = []
    for offset in OFFSETS_SLOTS:
        running = with_offsets(scenario(1, difficulty=fixed), offset, 1)
        ticks = running.events(LeaderElected)
        figures.append([(tick.height, tick.leader, tick.interval_s) for tick in ticks])
        assert running.view.counts.blocks_refused == 0
    assert figures == [figures[0]] * len(OFFSETS_SLOTS)


def test_the_same_seed_gives_the_same_schedule() -> None:
    digests = [with_offsets(scheduled(5, blocks=2), 1.0, 5).world.recorder.digest for _ in range(2)]
    assert digests[0] == digests[1]
