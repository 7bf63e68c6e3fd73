"""One race of a seed: broken, healed, and asked to agree, with the checker reading every record.

The rule for agreement. When all faults are over, clocks that were ahead have been caught up with,
and nodes that misbehaved are forgiven, every block that is the heaviest of the race when it is
found must reach every node: each node's head weighs at least as much within 2 × diameter × the time
that a block takes over the slowest link (three messages: announced, requested, delivered), and the
patience of two requests for what was lost before. After two such blocks all nodes must hold one
head at some moment.

Without blocks nobody promises to agree, so that is not demanded: each replica keeps its promises
(`record/checker/naive`) to the end, and whether they have one state then is only told.
"""

import traceback
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display
from powclock.network.conduct import BAN_NS
from powclock.network.faults.nodes import ClockSkew
from powclock.network.gossip import REQUEST_TIMEOUT_NS
from powclock.network.topology import diameter
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.scenario import Scenario
from powclock.race.swarm.draw import HEAL_S, MESSAGES_A_HOP, draw, drawn_kinds
from powclock.record.checker.broken import BrokenInvariant, Place
from powclock.record.events import LeaderElected

BLOCKS_AFTER_HEAL = 2
QUIET_NS = 5 * NANOSECONDS
BLOCK_INTERVALS_MAX = 2_000
AGREE_INTERVALS_MAX = 100
JITTERS_MAX = 12  # of a thousand exponential waits none is twelve times the mean
FRAME_BYTES = 50_000
TURNS_MAX = 50_000_000


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a seed; `broken` is empty if all is well.

    In the end the nodes have `state_groups` different states; under a rule that agrees it is 1.
    """

    seed: int
    kinds: tuple[str, ...]
    broken: str
    race_seconds: float
    blocks: int
    reorgs: int
    transactions: int
    records: int
    digest: str
    state_groups: int = 1


def try_seed(seed: int, rule: str = "pow") -> Result:
    """Race the race of a seed to its end or to the first broken invariant."""
    driver = Driver(draw(seed, rule))
    broken, state_groups = "", 1
    try:
        with closing(driver), seldom_sought():
            driver.start()
            driver.world.advance(round(HEAL_S * NANOSECONDS))
            if driver.world.scenario.has_blocks:
                demand_agreement(driver)
            else:
                driver.world.advance(driver.now_ns + QUIET_NS)
                state_groups = driver.world.state_groups()
    except Exception as error:  # noqa: BLE001 (whatever breaks a race is what was looked for)
        broken = _told(error)
    counts = driver.view.counts
    return Result(
        seed=seed,
        kinds=tuple(drawn_kinds(seed, rule)),
        broken=broken,
        race_seconds=driver.now_ns / NANOSECONDS,
        blocks=counts.blocks_mined,
        reorgs=counts.reorgs,
        transactions=counts.transactions_confirmed,
        records=driver.world.recorder.count,
        digest=driver.world.recorder.digest,
        state_groups=state_groups,
    )


def _told(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BrokenInvariant):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"


def demand_agreement(driver: Driver) -> None:
    """See that the nodes converge, now that nothing is wrong any more.

    Raises:
        BrokenInvariant: they do not (12), or anything else broke meanwhile.
    """
    world = driver.world
    interval_ns = round(world.election.interval_s * NANOSECONDS)
    patience_ns = _patience_ns(driver)
    world.advance(driver.now_ns + _ahead_ns(world.scenario))
    if any(planned.fault.dishonest for planned in world.scenario.faults):
        world.advance(driver.now_ns + BAN_NS)
    for _ in range(BLOCKS_AFTER_HEAL):
        until_ns = driver.now_ns + BLOCK_INTERVALS_MAX * interval_ns
        ticked = partial(_ticked_since, driver, driver.view.tick)
        if not driver.step_until(ticked, turns_max=TURNS_MAX, until_ns=until_ns):
            raise _apart(driver, "", f"no block is found in {BLOCK_INTERVALS_MAX} intervals")
        best = max((node.head for node in world.running().values()), key=lambda e: e.chain_work)
        world.advance(driver.now_ns + patience_ns)
        for name, node in world.running().items():
            if node.head.chain_work < best.chain_work:
                late = f"lacks block …{display(best.hash)[-16:]} after {patience_ns / 1e9:.1f} s"
                raise _apart(driver, name, f"{name} {late}")
    until_ns = driver.now_ns + AGREE_INTERVALS_MAX * interval_ns
    if not driver.step_until(lambda: _agreed(driver), turns_max=TURNS_MAX, until_ns=until_ns):
        raise _apart(driver, "", f"no common head within {AGREE_INTERVALS_MAX} intervals")


def _ticked_since(driver: Driver, tick: LeaderElected | None) -> bool:
    return driver.view.tick is not tick


def _agreed(driver: Driver) -> bool:
    nodes = iter(driver.world.running().values())
    first = next(nodes).head.hash
    return all(node.head.hash == first for node in nodes)


def _ahead_ns(scenario: Scenario) -> int:
    """How far clocks can have been ahead: so long may a block have to wait for its time."""
    offsets_s = [
        planned.fault.offset_s + abs(planned.fault.drift_ppm) * HEAL_S / 1e6
        for planned in scenario.faults
        if isinstance(planned.fault, ClockSkew)
    ]
    return round(sum(max(0.0, offset_s) for offset_s in offsets_s) * NANOSECONDS)


def _patience_ns(driver: Driver) -> int:
    world = driver.world
    names = world.node_names()
    links = list(world.links())
    number = {name: i for i, name in enumerate(names)}
    graph = [(number[link.source], number[link.target]) for link in links]
    latency_ns = max((link.latency_ns for link in links), default=0)
    jitter_ns = world.scenario.links.jitter_ms * 1e6 * JITTERS_MAX
    sending_ns = FRAME_BYTES / world.scenario.links.kilobytes_per_s * 1e6
    link_ns = MESSAGES_A_HOP * (latency_ns + jitter_ns) + sending_ns
    return round(2 * diameter(len(names), graph) * link_ns) + 2 * REQUEST_TIMEOUT_NS


def _apart(driver: Driver, node: str, detail: str) -> BrokenInvariant:
    place = Place(node, "", driver.world.recorder.count, driver.now_ns)
    return BrokenInvariant(12, detail, place)
