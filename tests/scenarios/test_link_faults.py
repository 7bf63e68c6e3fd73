"""What faults of links and withheld blocks do to a whole race, against the same race at rest."""

import pytest

from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.cuts import Isolate, OneWay
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import Duplicate, Jitter, Reorder
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold
from powclock.record.events import BlockRefused, MessageRefused
from tests.scenarios.races import Race, race, scenario

WHAT = scenario(
    9,
    nodes={"count": 8, "spread": 0, "wander": 0},
    difficulty={"half_life_s": 600},
    links={"latency_ms": 20, "jitter_ms": 0},
    workload={"transactions_per_s": 1},
)
DURATION_S = 400


def stale_share(running: Race) -> float:
    """The part of all blocks that is not on the best chain."""
    found = len(running.found())
    return (found - running.view.height) / found


def raced(*faults: AnyFault) -> tuple[float, int]:
    """The race with faults from its start: its share of stale blocks, and blocks refused."""
    with race(WHAT) as running:
        for fault in faults:
            running.begin(fault)
        running.run(DURATION_S)
        running.check_states()
        assert running.events(MessageRefused) == []
        return stale_share(running), len(running.events(BlockRefused))


def test_at_rest_few_blocks_go_stale() -> None:
    share, refused = raced()
    assert share < 0.04
    assert refused == 0


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        (Isolate(), 0.7, 0.9),  # each of eight on a chain of its own
        (Isolate(nodes=("alice", "bob")), 0.1, 0.4),  # their share is lost
        (OneWay(nodes=("alice", "bob")), 0.1, 0.4),  # they ask, and nobody hears
        (OneWay(nodes=("alice", "bob"), deaf=True), 0.1, 0.4),
        (Swizzle(step_s=5), 0.08, 0.5),
        (Jitter(jitter_ms=600), 0.1, 0.6),  # three messages a hop, each late
        (Reorder(probability=0.5, delay_ms=4_000), 0.1, 0.6),
        (Bandwidth(kilobytes_per_s=0.3), 0.1, 0.7),  # a block is some seconds long
        (Withhold(delay_s=10), 0.4, 0.8),  # two intervals
        (Duplicate(probability=1), 0.0, 0.04),  # does no harm
    ],
    ids=lambda value: f"{value.id} {value.label}" if isinstance(value, AnyFault) else "",
)
def test_faults_make_blocks_stale(fault: AnyFault, least: float, most: float) -> None:
    share, refused = raced(fault)
    assert least <= share <= most
    assert refused == 0
