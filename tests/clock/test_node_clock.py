import asyncio

import pytest

from powclock.clock.node_clock import EPOCH_S, Clock, RaceClock, SkewedClock
from powclock.clock.virtual_loop import VirtualLoop
from tests.builders import seconds


def test_a_race_starts_when_bitcoin_did() -> None:
    loop = VirtualLoop()
    clock: Clock = RaceClock(loop)
    assert EPOCH_S == 1_231_006_505
    assert clock.now() == seconds(1_231_006_505)
    loop.advance(7)
    assert clock.now() == 1_231_006_505_000_000_007


def skewed(offset_ns: int = 0, drift: float = 0.0) -> tuple[VirtualLoop, RaceClock, SkewedClock]:
    loop = VirtualLoop()
    true = RaceClock(loop)
    clock = SkewedClock(true)
    clock.set_skew("a", offset_ns, drift)
    return loop, true, clock


@pytest.mark.parametrize("duration_ns", [0, 1, 999_999_999, 86_400_000_000_001, 10**18 + 1])
def test_a_sleep_lasts_exactly_as_long_as_it_says(duration_ns: int) -> None:
    for clock_of in (RaceClock, lambda loop: SkewedClock(RaceClock(loop))):
        loop = VirtualLoop()
        loop.advance(5)
        clock: Clock = clock_of(loop)
        loop.run_until_complete(clock.sleep(duration_ns))
        assert loop.now_ns == 5 + duration_ns


def test_sleeps_follow_each_other_without_error() -> None:
    loop = VirtualLoop()
    clock = RaceClock(loop)

    async def nap() -> None:
        for _ in range(1_000):
            await clock.sleep(333_333_333)

    loop.run_until_complete(nap())
    assert loop.now_ns == 333_333_333_000


def test_sleeping_until_a_time_ends_at_that_time_or_at_once() -> None:
    loop = VirtualLoop()
    clock = RaceClock(loop)
    start_ns = clock.now()
    loop.run_until_complete(clock.sleep_until(start_ns + 12_345))
    assert clock.now() == start_ns + 12_345
    loop.run_until_complete(clock.sleep_until(start_ns))
    assert clock.now() == start_ns + 12_345


def test_a_cancelled_sleep_takes_its_timer_back() -> None:
    loop = VirtualLoop()
    clock = RaceClock(loop)
    sleeper = loop.create_task(clock.sleep(100))
    loop.advance(10)
    sleeper.cancel()
    loop.advance(10)
    assert sleeper.cancelled()
    ((when_ns, _, _, _, timer),) = loop._timers
    assert timer is not None
    assert (when_ns, timer.cancelled) == (100, True)
    loop.advance(100)
    loop.close()


def test_cancelled_at_the_very_moment_of_waking_is_still_cancelled() -> None:
    loop = VirtualLoop()
    clock = RaceClock(loop)
    sleeper = loop.create_task(clock.sleep(100))
    loop.schedule(100, sleeper.cancel)
    loop.advance(0)
    early = loop.create_task(clock.sleep(100))
    loop.schedule(100, early.cancel)
    loop.advance(200)
    assert sleeper.cancelled()
    assert early.cancelled()
    loop.close()


def test_a_new_skewed_clock_is_true() -> None:
    loop = VirtualLoop()
    true = RaceClock(loop)
    clock = SkewedClock(true)
    loop.advance(seconds(5))
    assert clock.now() == true.now()
    assert clock.skew_ns == 0


@pytest.mark.parametrize("offset_ns", [seconds(90), -seconds(90)])
def test_an_offset_stays(offset_ns: int) -> None:
    loop, true, clock = skewed(offset_ns)
    assert clock.now() == true.now() + offset_ns
    loop.advance(seconds(1_000))
    assert clock.now() == true.now() + offset_ns
    assert clock.skew_ns == offset_ns


@pytest.mark.parametrize(("drift", "gained_s"), [(0.001, 1), (-0.001, -1), (0.5, 500)])
def test_a_drift_is_gained_with_every_second(drift: float, gained_s: int) -> None:
    loop, true, clock = skewed(seconds(2), drift)
    assert clock.skew_ns == seconds(2)
    loop.advance(seconds(1_000))
    assert clock.skew_ns == seconds(2 + gained_s)
    assert clock.now() == true.now() + seconds(2 + gained_s)


def test_a_new_skew_replaces_what_was_gained() -> None:
    loop, true, clock = skewed(seconds(2), 0.001)
    loop.advance(seconds(1_000))
    clock.set_skew("a", seconds(1), 0.002)
    assert clock.skew_ns == seconds(1)
    loop.advance(seconds(2_000))
    assert clock.skew_ns == seconds(3)
    clock.end_skew("a")
    assert clock.now() == true.now()


def test_monotonic_time_is_no_clock_that_can_be_set() -> None:
    loop, true, clock = skewed(seconds(90), 0.5)
    for race_s in (0, 10, 25):
        loop.advance(seconds(race_s))
        assert true.monotonic() == clock.monotonic() == seconds(race_s)
    clock.set_skew("b", -seconds(90))
    assert clock.monotonic() == seconds(25)


def test_durations_are_not_skewed() -> None:
    loop, _, clock = skewed(seconds(90), 0.5)
    loop.run_until_complete(clock.sleep(seconds(10)))
    assert loop.now_ns == seconds(10)


@pytest.mark.parametrize(
    ("offset_s", "drift", "true_s"),
    [(0, 0.0, 30), (10, 0.0, 20), (-10, 0.0, 40), (0, 0.5, 20), (0, -0.25, 40), (30, 0.0, 0)],
)
def test_sleeping_until_a_time_goes_by_the_skewed_clock(
    offset_s: int, drift: float, true_s: int
) -> None:
    loop, true, clock = skewed(seconds(offset_s), drift)
    goal_ns = true.now() + seconds(30)
    loop.run_until_complete(clock.sleep_until(goal_ns))
    assert clock.now() >= goal_ns
    assert loop.now_ns == pytest.approx(seconds(true_s), abs=2)


def test_a_clock_that_is_set_while_a_node_sleeps_moves_its_awakening() -> None:
    loop, true, clock = skewed()
    goal_ns = true.now() + seconds(30)
    sleeper = loop.create_task(clock.sleep_until(goal_ns))
    loop.schedule(seconds(10), clock.set_skew, "a", -seconds(5))
    loop.advance(seconds(34))
    assert not sleeper.done()
    loop.advance(seconds(35))
    assert sleeper.done()
    assert isinstance(sleeper, asyncio.Task)
