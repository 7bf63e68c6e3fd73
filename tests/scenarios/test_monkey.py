"""A monkey at the keyboard: random faults for a long time, and nothing may break.

POWCLOCK_LONG=1 lets it play for five hours of race time instead of ten minutes.
"""

import asyncio
import os
import tracemalloc
from collections.abc import Sequence

import pytest

from powclock.clock.streams import Stream
from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import FaultError
from powclock.race.swarm.draw import DRAWS
from tests.scenarios.races import Race, race, scenario

LONG = os.environ.get("POWCLOCK_LONG") == "1"
SEEDS, DURATION_S = (range(5), 3_600) if LONG else (range(1), 600)


def play(
    running: Race, stream: Stream, duration_s: float, kinds: Sequence[str] = tuple(DRAWS)
) -> int:
    """Break and heal at random; how often something was broken."""
    end_s = running.now_s + duration_s
    broken = 0
    active: list[AnyFault] = []
    while running.now_s < end_s:
        running.run(stream.exponential(8))
        if active and stream.random() < 0.45:
            running.heal(active.pop(stream.below(len(active))))
        else:
            fault = DRAWS[stream.choice(kinds)](stream, running.world.node_names())
            try:
                running.begin(fault)
            except FaultError:
                continue
            active.append(fault)
            broken += 1
    return broken


@pytest.mark.parametrize("seed", SEEDS)
def test_a_monkey_breaks_nothing_for_good(seed: int) -> None:
    what = scenario(
        seed,
        nodes={"count": 8},
        workload={"transactions_per_s": 1},
    )
    with race(what) as running:
        running.world.recorder._sinks.remove(running.records.append)
        stream = Stream(seed, "monkey")
        assert play(running, stream, DURATION_S) > DURATION_S / 50
        running.heal_all()
        running.run(200)  # clocks that were ahead have left blocks in the future
        work = max(node.head.chain_work for node in running.nodes().values())
        running.run_until(
            lambda: all(node.head.chain_work > work for node in running.nodes().values()), 600
        )
        running.run_until(running.agreed, 120)
        running.check_states()
        for node in running.nodes().values():
            assert len(node.gossip._requests) <= 2_000
            assert len(node.gossip._orphans) <= 100
        tasks = [task for task in asyncio.all_tasks(running.world.loop) if not task.done()]
        assert len(tasks) <= 1 + 2 * len(running.nodes())
    assert not [task for task in asyncio.all_tasks(running.world.loop) if not task.done()]


def test_memory_grows_with_the_chain_and_nothing_else() -> None:
    what = scenario(nodes={"count": 6}, workload={"transactions_per_s": 0.5})
    kinds = [kind for kind in DRAWS if kind != "flood"]  # its blocks are not mined, and stay
    with race(what) as running:
        running.world.recorder._sinks.remove(running.records.append)
        stream = Stream(1, "monkey")
        sizes = []
        tracemalloc.start()
        for _ in range(4):
            play(running, stream, 150, kinds)
            running.heal_all()
            running.run(60)
            sizes.append((tracemalloc.get_traced_memory()[0], running.view.counts.blocks_mined))
        tracemalloc.stop()
        (first, blocks_first), (last, blocks_last) = sizes[0], sizes[-1]
        growth = (last - first) / (blocks_last - blocks_first)
        print(f"{last / 2**20:.1f} MiB; {growth / 1024:.1f} KiB for each block mined by six nodes")
        # A block with its transfers on a shared disk, six tree entries, and what the view keeps.
        assert growth < 24 * 1024
