"""Faults: each begins, shows, and comes off without a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.censor import Censor
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.cuts import Isolate, OneWay, Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import Fault, FaultError
from powclock.network.faults.links import BitFlips, Delay, Duplicate, Jitter, Loss, Reorder, flip
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave, Pause
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold
from powclock.network.topology import is_connected
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    BlockRefused,
    FaultOff,
    FaultOn,
    HeadMoved,
    MessageRefused,
    NodeDown,
    NodeJoined,
    NodeLeft,
    NodeUp,
)
from tests.scenarios.races import Race, race, scenario

STILL = scenario(nodes={"count": 8, "wander": 0}, workload={"transactions_per_s": 0})


def picture(running: Race) -> dict[str, object]:
    """All that a fault may lay hands on."""
    world = running.world
    return {
        "links": [
            (link.source, link.target, link.send == link._transmit, link.severed)
            for link in world.links()
        ],
        "skews": {name: world.reach.clock(name).skew_ns for name in world.node_names()},
        "rates": {name: world.reach.hash_rate(name).nominal for name in world.node_names()},
        "running": list(running.nodes()),
        "frozen": [seat.name for seat in world.seats() if seat.host.suspended],
        "left out": {name: world.reach.template(name).left_out for name in world.node_names()},
        "names": world.node_names(),
    }


REVERSIBLE: list[AnyFault] = [
    Crash(nodes=("bob", "carol")),
    Crash(lose_disk=True),
    Partition(share=0.4),
    Partition(nodes=("alice",)),
    Isolate(nodes=("alice", "bob")),
    Isolate(),
    OneWay(nodes=("alice", "bob")),
    OneWay(nodes=("carol",), deaf=True),
    Swizzle(nodes=("grace",), step_s=1),
    Delay(delay_ms=500, nodes=("dave",)),
    Delay(),
    Jitter(jitter_ms=300, nodes=("heidi",)),
    Reorder(),
    Bandwidth(kilobytes_per_s=1, nodes=("erin", "bob")),
    Duplicate(probability=1),
    Loss(probability=0.5),
    BitFlips(nodes=("alice", "bob")),
    ClockSkew(offset_s=-30, drift_ppm=50, nodes=("erin",)),
    ClockSkew(),
    HashRateFactor(factor=0, nodes=("bob",)),
    HashRateFactor(factor=3),
    Withhold(delay_s=5, nodes=("bob", "carol")),
    SelfishMining(nodes=("frank",), gamma=0.5),
    DoubleSpend(nodes=("frank",), merchant="grace"),
    Eclipse(nodes=("dave",), attacker="heidi"),
    Pause(nodes=("bob",)),
    Censor(nodes=("erin",)),
    Join(nodes=("zara",)),
]


@pytest.mark.parametrize("fault", REVERSIBLE, ids=lambda fault: f"{fault.id} {fault.label}")
def test_a_fault_shows_and_comes_off_without_a_trace(fault: AnyFault) -> None:
    with race(STILL) as running:
        running.run(1)
        before = picture(running)
        running.begin(fault)
        assert picture(running) != before
        running.run(3)
        running.heal(fault)
        assert picture(running) == before
        running.heal(fault)
        assert picture(running) == before
        assert len(running.events(FaultOn)) == len(running.events(FaultOff)) == 1


@pytest.mark.parametrize("fault", REVERSIBLE[:-1], ids=lambda fault: f"{fault.id} {fault.label}")
def test_a_fault_that_begins_again_replaces_itself(fault: AnyFault) -> None:
    with race(STILL) as running:
        before = picture(running)
        running.begin(fault)
        during = picture(running)
        running.begin(fault)
        assert picture(running) == during
        running.heal_all()
        assert picture(running) == before
        assert [type(event) for event in running.events(FaultOn)] == [FaultOn] * 2


def test_the_newest_fault_ends_first() -> None:
    with race(STILL) as running:
        before = picture(running)
        for fault in REVERSIBLE:
            running.begin(fault)
        running.run(5)
        running.heal_all()
        assert picture(running) == before
        on = [event.id for event in running.events(FaultOn)]
        off = [event.id for event in running.events(FaultOff)]
        assert off[0] == "partition"  # the first one, replaced by the second
        assert off[1:] == list(reversed(on[:2] + on[3:]))


def test_what_a_fault_says_of_itself() -> None:
    with race(STILL) as running:
        running.run(2)
        running.begin(Loss(probability=0.25, nodes=("bob",)))
        running.begin(Partition(nodes=("carol", "alice")))
        running.run(7)
        running.heal_all()
        others = ("bob", "dave", "erin", "frank", "grace", "heidi")
        assert running.events(FaultOn) == [
            FaultOn("loss:bob", "loss", "loss 25%", ("bob",)),
            FaultOn(
                "partition", "partition", "partition", ("carol", "alice"),
                (("alice", "carol"), others),
            ),
        ]  # fmt: skip
        assert running.events(FaultOff) == [
            FaultOff("partition", "partition", "partition", 7.0),
            FaultOff("loss:bob", "loss", "loss 25%", 7.0),
        ]


@pytest.mark.parametrize(
    ("fault", "id_", "label"),
    [
        (Crash(), "crash", "crash"),
        (Crash(nodes=("a", "b"), lose_disk=True), "crash:a:b", "crash, disk lost"),
        (Partition(), "partition", "partition"),
        (Isolate(nodes=("a",)), "isolate:a", "isolated"),
        (OneWay(nodes=("a",)), "one_way:a", "one way: mute"),
        (OneWay(nodes=("a",), deaf=True), "one_way:a", "one way: deaf"),
        (Swizzle(share=0.25, step_s=1.5), "swizzle", "swizzle 25%, 1.5 s a step"),
        (Delay(), "delay", "delay +1000 ms"),
        (Jitter(jitter_ms=20), "jitter", "jitter 20 ms"),
        (Reorder(probability=0.5, delay_ms=40), "reorder", "reorder 50% by 40 ms"),
        (Bandwidth(kilobytes_per_s=0.5), "bandwidth", "bandwidth 0.5 kB/s"),
        (Duplicate(), "duplicate", "duplicates 30%"),
        (Withhold(nodes=("a",)), "withhold:a", "withholds blocks for 10 s"),
        (Delay(delay_ms=2.5), "delay", "delay +2.5 ms"),
        (Loss(), "loss", "loss 30%"),
        (BitFlips(probability=1), "bit_flips", "bit flips 100%"),
        (ClockSkew(), "clock_skew", "clock +90 s"),
        (ClockSkew(offset_s=-5, drift_ppm=20), "clock_skew", "clock -5 s, drift +20 ppm"),
        (HashRateFactor(factor=0.5), "hash_rate", "hash rate ×0.5"),
        (DoubleSpend(nodes=("a",)), "double_spend:a", "double spend, 6 confirmations"),
        (
            DoubleSpend(nodes=("a",), merchant="b", confirmations=2),
            "double_spend:a",
            "double spend of b, 2 confirmations",
        ),
        (Eclipse(nodes=("a",)), "eclipse:a", "eclipse"),
        (Eclipse(nodes=("a",), attacker="b"), "eclipse:a", "eclipse by b"),
        (Join(nodes=("a",)), "join:a", "joined"),
        (Leave(nodes=("a",)), "leave:a", "left"),
    ],
)
def test_ids_and_labels(fault: Fault, id_: str, label: str) -> None:
    assert (fault.id, fault.label) == (id_, label)


EVERYBODY = "alice, bob, carol, dave, erin, frank, grace, heidi"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Crash(nodes=("nobody",)), f"there is no node 'nobody': the race has {EVERYBODY}"),
        (Loss(nodes=("bob", "\x1b[2J")), f"there is no node '\\x1b[2J': the race has {EVERYBODY}"),
        (Partition(nodes=tuple(EVERYBODY.split(", "))), "a partition needs a node on each side"),
        (OneWay(), "one_way needs at least one name in nodes"),
        (
            OneWay(nodes=tuple(EVERYBODY.split(", "))),
            "one_way needs a node that is not in nodes: links among them work",
        ),
        (SelfishMining(), "selfish takes exactly one name in nodes"),
        (DoubleSpend(), "double_spend takes exactly one name in nodes"),
        (
            DoubleSpend(nodes=("bob",), merchant="bob"),
            "double_spend needs a merchant, who is another node",
        ),
        (
            DoubleSpend(nodes=("bob",), merchant="nobody"),
            f"there is no node 'nobody': the race has {EVERYBODY}",
        ),
        (Eclipse(), "eclipse takes exactly one name in nodes"),
        (
            Eclipse(nodes=("bob",), attacker="bob"),
            "eclipse needs an attacker, who is another node",
        ),
        (
            Eclipse(nodes=("bob",), attacker="nobody"),
            f"there is no node 'nobody': the race has {EVERYBODY}",
        ),
        (Join(), "join takes exactly one name in nodes"),
        (Join(nodes=("a", "b")), "join takes exactly one name in nodes"),
        (Join(nodes=("bob",)), "there is a node 'bob' already: choose another name"),
        (Join(nodes=("b\x1bob",)), "a name has visible characters alone and fits in 24 cells"),
        (Join(nodes=("b" * 25,)), "a name has visible characters alone and fits in 24 cells"),
        (
            Crash(nodes=("bob",), lose_disk=True, lose_last=1),
            "with lose_disk there are no last blocks to lose: leave one out",
        ),
        (
            Censor(clients=("client1", "mary")),
            "there is no client 'mary': the race has 20, from client1 on",
        ),
        (
            Conflict(client="mary"),
            "there is no client 'mary': the race has 20, from client1 on",
        ),
        (Conflict(nodes=("bob", "bob")), "conflict takes at most two nodes, each once"),
        (Conflict(nodes=("bob", "carol", "dave")), "conflict takes at most two nodes, each once"),
        (Leave(), "leave needs at least one name in nodes"),
        (
            Leave(nodes=tuple(EVERYBODY.split(", "))),
            "the last node cannot leave: there would be no race",
        ),
    ],
)
def test_a_fault_that_cannot_be_says_why_and_changes_nothing(fault: AnyFault, message: str) -> None:
    with race(STILL) as running:
        before = picture(running)
        with pytest.raises(FaultError) as caught:
            running.begin(fault)
        assert str(caught.value) == message
        assert picture(running) == before
        assert running.events(FaultOn) == []
        assert running.world.inputs == []


def test_a_lone_node_cannot_be_parted() -> None:
    with race(scenario(nodes={"count": 1})) as running:
        with pytest.raises(FaultError) as caught:
            running.begin(Partition())
        assert str(caught.value) == "a partition needs a node on each side"


@pytest.mark.parametrize("count", [5, 10, 24])
@pytest.mark.parametrize("share", [0.2, 0.4, 0.5])
def test_the_sides_of_a_partition_are_whole_and_near_their_shares(count: int, share: float) -> None:
    for seed in range(6):
        with race(scenario(seed, nodes={"count": count, "spread": 0.6})) as running:
            world = running.world
            names = world.node_names()
            rates = {name: world.reach.hash_rate(name).nominal for name in names}
            sides = Partition(share=share).sides(world.reach)
            assert sorted(name for side in sides for name in side) == sorted(names)
            for side in sides:
                inner = [
                    (side.index(link.source), side.index(link.target))
                    for link in world.links()
                    if link.source in side and link.target in side
                ]
                assert is_connected(len(side), inner)
            part = sum(rates[name] for name in sides[0]) / sum(rates.values())
            assert abs(part - share) <= max(rates.values()) / sum(rates.values()) / 2


def test_a_partition_cuts_what_lies_between_and_nothing_else() -> None:
    with race(STILL) as running:
        running.begin(Partition(share=0.5))
        one, _ = running.events(FaultOn)[0].sides
        for link in running.world.links():
            assert link.severed == ((link.source in one) != (link.target in one))
        running.run(60)
        assert len({running.nodes()[name].head.hash for name in one} | running.heads()) >= 2
        running.heal_all()
        assert not any(link.severed for link in running.world.links())


def test_a_delay_is_added_to_the_latency() -> None:
    fault = Delay(delay_ms=700)
    what = scenario(nodes={"count": 2}, links={"latency_ms": 100, "jitter_ms": 0})
    for begun in (False, True):
        with race(what) as running:
            if begun:
                running.begin(fault)
            running.run_until(lambda: len(running.events(BlockAccepted)) == 2, 60)
            found, other = (
                next(r.time_ns for r in running.records if type(r.event) is kind)
                for kind in (BlockFound, BlockAccepted)
            )
            assert found == other  # the finder accepts its block at once
            last = running.records[-1].time_ns
            way_s = (last - found) / 1e9
            # announce, request, deliver
            assert way_s == pytest.approx(3 * (0.8 if begun else 0.1), abs=0.02)


def test_a_node_that_loses_everything_is_alone() -> None:
    fault = Loss(probability=1.0, nodes=("bob",))
    with race(scenario()) as running:
        running.begin(fault)
        running.run(60)
        accepted = [
            record.event
            for record in running.records
            if record.node == "bob" and isinstance(record.event, BlockAccepted)
        ]
        assert {event.author for event in accepted} <= {"bob"}
        running.heal(fault)
        running.run(30)
        running.run_until(running.agreed, 30)


def test_half_of_the_messages_get_lost() -> None:
    with race(STILL) as running:
        running.begin(Loss(probability=0.5))
        link = next(iter(running.world.links()))
        before = link.messages
        for _ in range(1_000):
            link.send(b"\xc1")
        assert 430 < link.messages - before < 570


def test_flipped_bits_are_told_by_the_checksum_and_blamed_on_nobody() -> None:
    with race(scenario(7, workload={"transactions_per_s": 3})) as running:
        running.begin(BitFlips(probability=0.5))
        running.run(120)
        assert {event.reason for event in running.events(MessageRefused)} == {"bad-checksum"}
        assert running.view.counts.blocks_refused == 0
        running.heal_all()
        running.run(30)
        running.run_until(running.agreed, 30)
        running.check_states()


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_flip_changes_one_bit(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))
    flipped = flip(data, bit)
    difference = int.from_bytes(data, "little") ^ int.from_bytes(flipped, "little")
    assert difference == 1 << bit
    assert flip(flipped, bit) == data


def test_a_crash_and_its_end() -> None:
    with race(STILL) as running:
        running.run(30)
        running.begin(Crash(nodes=("bob",)))
        running.begin(Crash(nodes=("bob", "carol")))  # another fault: bob is down already
        assert sorted(set(STILL.node_names()) - set(running.nodes())) == ["bob", "carol"]
        assert running.events(NodeDown) == [NodeDown()] * 2
        running.run(30)
        running.heal_all()
        assert running.nodes().keys() == set(STILL.node_names())
        running.run(10)
        running.run_until(running.agreed, 30)


def test_who_joins_learns_the_chain_and_who_leaves_is_gone() -> None:
    with race(STILL) as running:
        running.run(60)
        join = Join(nodes=("zara",), hash_rate=30_000)
        running.begin(join)
        joined = running.events(NodeJoined)[0]
        assert joined.info.name == "zara"
        assert joined.info.hash_rate == 30_000
        assert [link.a for link in joined.links] == ["zara"] * 4
        assert len({link.b for link in joined.links}) == 4
        running.run(60)
        assert running.nodes()["zara"].head.height >= running.view.height - 1
        assert running.view.wins.get("zara", 0) > 0
        running.heal(join)
        assert running.events(NodeLeft) == [NodeLeft()]
        assert "zara" not in running.world.node_names()
        assert all("zara" not in (link.source, link.target) for link in running.world.links())
        running.run(10)
        running.run_until(running.agreed, 30)


def test_who_left_comes_back_as_a_new_node_of_the_same_name() -> None:
    with race(STILL) as running:
        running.run(60)
        rate = running.world.reach.hash_rate("bob").base
        leave = Leave(nodes=("bob",))
        running.begin(leave)
        assert "bob" not in running.world.node_names()
        running.run(10)
        running.heal(leave)
        assert running.world.node_names()[-1] == "bob"
        assert running.world.reach.hash_rate("bob").base == rate
        assert running.events(NodeUp)[-1] == NodeUp(blocks=0)
        running.run(20)
        running.run_until(running.agreed, 30)


@pytest.mark.parametrize("topology", ["line", "ring"])
def test_who_stays_is_still_connected_when_others_leave(topology: str) -> None:
    what = scenario(nodes={"count": 8}, links={"topology": topology})
    with race(what) as running:
        world = running.world
        leave = Leave(nodes=("carol", "frank", "dave"))
        running.begin(leave)
        names = world.node_names()
        graph = [(names.index(link.source), names.index(link.target)) for link in world.links()]
        assert is_connected(len(names), graph)
        pairs = {tuple(sorted((link.source, link.target))) for link in world.links()}
        assert {tuple(sorted(pair)) for pair in running.view.links} == pairs
        running.run(60)
        running.heal(leave)
        running.run(60)
        running.run_until(running.agreed, 60)


def test_a_clock_that_is_ahead_makes_blocks_that_others_refuse_for_now() -> None:
    with race(scenario(nodes={"count": 4})) as running:
        fault = ClockSkew(offset_s=90, nodes=("bob",))
        running.begin(fault)
        running.run(120)
        assert {event.reason for event in running.events(BlockRefused)} == {"time-too-new"}
        running.heal(fault)
        running.run(100)
        running.run_until(running.agreed, 30)
        running.check_states()


def test_hash_rate_times_nothing_stops_a_node_and_the_rest_goes_on() -> None:
    with race(STILL) as running:
        running.begin(HashRateFactor(factor=0, nodes=("alice",)))
        running.run(120)
        assert running.view.wins.get("alice", 0) == 0
        assert running.view.height > 10
        running.heal_all()
        running.run(240)
        assert running.view.wins["alice"] > 0
        assert running.events(HeadMoved)
