import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import powclock
from powclock.clock.virtual_loop import NANOSECONDS, DeadlockError, VirtualLoop
from tests.builders import seconds

Log = list[Any]


def noting(log: Log, loop: VirtualLoop) -> Callable[[object], None]:
    return lambda what: log.append((loop.now_ns, what))


# Order and time.


def test_timers_run_in_order_of_time_and_ties_first_in_first_out() -> None:
    loop, log = VirtualLoop(), list[Any]()
    note = noting(log, loop)
    for when_ns, what in [(20, "c"), (10, "a"), (20, "d"), (10, "b"), (0, "first")]:
        loop.schedule(when_ns, note, what)
    assert loop.advance(100)
    assert log == [(0, "first"), (10, "a"), (10, "b"), (20, "c"), (20, "d")]
    assert (loop.now_ns, loop.turn) == (100, 5)


def test_what_is_ready_runs_before_time_moves() -> None:
    loop, log = VirtualLoop(), list[Any]()
    note = noting(log, loop)

    def first() -> None:
        note("timer")
        loop.call_soon(note, "soon")
        loop.call_soon(note, "sooner or later")

    loop.schedule(10, first)
    loop.schedule(10, note, "second timer")
    loop.schedule(11, note, "later")
    loop.call_soon(note, "ready")
    loop.advance(11)
    assert log == [
        (0, "ready"),
        (10, "timer"),
        (10, "soon"),
        (10, "sooner or later"),
        (10, "second timer"),
        (11, "later"),
    ]


def test_the_past_means_now_after_what_is_already_due() -> None:
    loop, log = VirtualLoop(), list[Any]()
    note = noting(log, loop)

    def late() -> None:
        loop.schedule(3, note, "past")
        loop.schedule(10, note, "now")

    loop.schedule(10, late)
    loop.schedule(10, note, "due")
    loop.advance(10)
    assert log == [(10, "due"), (10, "past"), (10, "now")]


def test_asyncio_s_own_timers_are_exact_to_the_nanosecond() -> None:
    loop, log = VirtualLoop(), list[Any]()
    note = noting(log, loop)
    loop.advance(5)
    loop.call_later(0.000000003, note, "later")
    loop.call_at(0.000000009, note, "at")
    later = loop.call_later(1.1, note, "much later")
    assert later.when() == 1.100000005
    loop.advance(seconds(2))
    assert log == [(8, "later"), (9, "at"), (1_100_000_005, "much later")]


def test_seconds_are_nanoseconds_over_a_thousand_million() -> None:
    loop = VirtualLoop()
    loop.advance(1_500_000_000)
    assert NANOSECONDS == 10**9
    assert loop.time() == 1.5


def test_asyncio_sleeps_take_no_time_but_the_loop_s() -> None:
    loop = VirtualLoop()

    async def nap() -> str:
        for _ in range(10):
            await asyncio.sleep(0.1)
        return "rested"

    assert loop.run_until_complete(nap()) == "rested"
    assert loop.now_ns == seconds(1)


def test_timeouts_are_on_virtual_time() -> None:
    loop = VirtualLoop()

    async def give_up() -> None:
        async with asyncio.timeout(3600):
            await asyncio.sleep(7200)

    with pytest.raises(TimeoutError):
        loop.run_until_complete(give_up())
    assert loop.now_ns == seconds(3600)


def test_time_moves_to_where_it_was_told_and_never_back() -> None:
    loop = VirtualLoop()
    assert loop.advance(50)
    assert loop.now_ns == 50
    assert loop.advance(20)
    assert loop.now_ns == 50


def test_the_loop_says_when_something_is_due_next() -> None:
    loop = VirtualLoop()
    due = [loop.next_ns]
    loop.schedule(30, list)
    due.append(loop.next_ns)
    loop.advance(10)
    due.append(loop.next_ns)
    loop.call_soon(list)
    due.append(loop.next_ns)
    loop.advance(10)
    due.append(loop.next_ns)
    assert due == [None, 30, 30, 10, 30]


def test_what_lies_beyond_the_goal_does_not_run() -> None:
    loop, log = VirtualLoop(), list[Any]()
    loop.schedule(10, log.append, "at the goal")
    loop.schedule(11, log.append, "beyond")
    loop.advance(10)
    assert log == ["at the goal"]
    loop.advance(11)
    assert log == ["at the goal", "beyond"]


def test_a_cancelled_callback_takes_a_turn_but_does_not_run() -> None:
    loop, log = VirtualLoop(), list[Any]()
    loop.schedule(10, log.append, "a").cancel()
    loop.call_soon(log.append, "b").cancel()
    loop.call_later(0.5, log.append, "c").cancel()
    loop.advance(seconds(1))
    assert (log, loop.turn) == ([], 3)


def test_what_nobody_cancels_waits_in_the_same_order_and_outlives_those_that_are_cancelled() -> (
    None
):
    loop, log = VirtualLoop(), list[Any]()
    loop.schedule(10, log.append, "first")
    loop.post(10, log.append, "second")
    loop.schedule(10, log.append, "third")
    loop.post(5, log.append, "earliest")
    for timer in [loop.schedule(7, log.append, "cancelled") for _ in range(100)]:
        loop.discard(timer)  # more than half of all: they are taken out
    loop.advance(10)
    assert log == ["earliest", "first", "second", "third"]


def test_the_loop_is_the_running_one_while_it_runs_and_only_then() -> None:
    loop, seen = VirtualLoop(), list[Any]()
    loop.call_soon(lambda: seen.append((asyncio.get_running_loop(), loop.is_running())))
    assert not loop.is_running()
    loop.advance(0)
    assert seen == [(loop, True)]
    assert not loop.is_running()
    assert not loop.get_debug()
    with pytest.raises(RuntimeError, match=r"^no running event loop$"):
        asyncio.get_running_loop()


# Turns.


def race(loop: VirtualLoop, log: Log) -> asyncio.Task[None]:
    """A few tasks that meet at the same times."""

    async def runner(name: str, pause_s: float) -> None:
        for lap in range(4):
            await asyncio.sleep(pause_s)
            log.append((loop.now_ns, loop.turn, name, lap))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for name, pause_s in (("a", 0.2), ("b", 0.1), ("c", 0.2), ("d", 0.3)):
                group.create_task(runner(name, pause_s))

    return loop.create_task(main())


def test_advancing_by_turns_stops_and_goes_on_where_it_stood() -> None:
    whole, pieces = list[Any](), list[Any]()
    straight, stopping = VirtualLoop(), VirtualLoop()
    race(straight, whole)
    race(stopping, pieces)
    assert straight.advance(seconds(5))
    stops = 0
    while not stopping.advance(seconds(5), turns_max=3):
        stops += 1
        assert stopping.turn == 3 * stops
    assert stops == (straight.turn - 1) // 3 > 5
    assert len(whole) == 16
    assert pieces == whole
    assert (stopping.now_ns, stopping.turn) == (straight.now_ns, straight.turn)


@pytest.mark.parametrize("turns", range(0, 40, 3))
def test_a_stop_after_some_turns_is_replayed_by_as_many_turns(turns: int) -> None:
    live_log, replayed_log = list[Any](), list[Any]()
    live, replayed = VirtualLoop(), VirtualLoop()
    race(live, live_log)
    race(replayed, replayed_log)
    assert not live.advance(seconds(5), turns_max=turns)
    replayed.advance_turns(turns)
    assert replayed_log == live_log
    assert (replayed.now_ns, replayed.turn) == (live.now_ns, live.turn)
    for loop, log in ((live, live_log), (replayed, replayed_log)):
        loop.schedule(loop.now_ns, log.append, "an input")
        assert loop.advance(seconds(5))
    assert replayed_log == live_log


def test_time_stands_at_the_last_turn_where_turns_ran_out() -> None:
    loop = VirtualLoop()
    for when_ns in (10, 20, 30):
        loop.schedule(when_ns, list)
    assert not loop.advance(25, turns_max=0)
    assert (loop.now_ns, loop.turn) == (0, 0)
    assert not loop.advance(25, turns_max=1)
    assert (loop.now_ns, loop.turn) == (10, 1)
    assert loop.advance(25, turns_max=1)
    assert (loop.now_ns, loop.turn) == (25, 2)
    assert not loop.advance(30, turns_max=0)
    loop.call_soon(list)
    assert not loop.advance(26, turns_max=0)
    assert loop.now_ns == 25


def test_a_stop_comes_after_the_present_callback() -> None:
    loop, log = VirtualLoop(), list[Any]()
    for when_ns in (10, 20, 20, 30):
        loop.schedule(when_ns, log.append, when_ns)
    loop.schedule(20, loop.stop)
    loop.schedule(20, log.append, "after")
    assert not loop.advance(25)
    assert (log, loop.now_ns, loop.turn) == ([10, 20, 20], 20, 4)
    assert loop.advance(25)
    assert (log, loop.now_ns, loop.turn) == ([10, 20, 20, "after"], 25, 5)
    loop.schedule(26, loop.stop)
    assert not loop.advance(28), "nothing was left to do, but time is to stand there"
    assert loop.now_ns == 26
    assert loop.advance(28)
    assert loop.now_ns == 28


def test_no_turn_is_made_up() -> None:
    loop = VirtualLoop()
    loop.call_soon(list)
    loop.advance_turns(1)
    with pytest.raises(DeadlockError, match=r"^nothing is left to run$"):
        loop.advance_turns(1)


# Failures.


def fail(message: str) -> None:
    raise ValueError(message)


async def fail_later(message: str) -> None:
    await asyncio.sleep(1)
    raise ValueError(message)


def test_what_a_callback_raises_stops_the_run_which_can_go_on() -> None:
    loop, log = VirtualLoop(), list[Any]()
    loop.schedule(10, fail, "boom")
    loop.schedule(10, log.append, "after")
    with pytest.raises(ValueError, match=r"^boom$"):
        loop.advance(20)
    assert (loop.now_ns, loop.turn, loop.is_running()) == (10, 1, False)
    loop.advance(20)
    assert (log, loop.now_ns) == (["after"], 20)


def test_an_interrupt_passes_and_leaves_the_loop_in_order() -> None:
    loop = VirtualLoop()

    def interrupt() -> None:
        raise KeyboardInterrupt

    loop.call_soon(interrupt)
    with pytest.raises(KeyboardInterrupt):
        loop.advance(20)
    assert not loop.is_running()
    loop.advance(20)
    with pytest.raises(RuntimeError, match=r"^no running event loop$"):
        asyncio.get_running_loop()


def test_what_a_task_raises_and_nobody_awaits_stops_the_run() -> None:
    loop = VirtualLoop()
    loop.create_task(fail_later("boom"))
    with pytest.raises(ValueError, match=r"^boom$"):
        loop.advance(seconds(20))
    assert loop.now_ns == seconds(1)


def test_what_a_task_raises_reaches_whoever_awaits_it() -> None:
    loop = VirtualLoop()

    async def main() -> str:
        try:
            await asyncio.create_task(fail_later("boom"))
        except ValueError as failure:
            return f"caught {failure}"
        return "nothing"

    assert loop.run_until_complete(main()) == "caught boom"
    loop.advance(seconds(20))


def test_of_several_failures_in_one_turn_the_first_is_raised() -> None:
    loop = VirtualLoop()

    def report() -> None:
        loop.call_exception_handler({"message": "first"})
        loop.call_exception_handler({"message": "second", "exception": ValueError("second")})

    loop.call_soon(report)
    with pytest.raises(RuntimeError, match=r"^first$"):
        loop.advance(0)
    loop.call_soon(loop.call_exception_handler, {"message": "x", "exception": ValueError("y")})
    with pytest.raises(ValueError, match=r"^y$"):
        loop.advance(0)
    assert loop.advance(10)


def test_a_deadlock_raises_and_names_the_task() -> None:
    loop = VirtualLoop()
    task: asyncio.Task[None] = loop.create_task(asyncio.Event().wait(), name="waiter")
    with pytest.raises(
        DeadlockError,
        match=r"^<_Task pending name='waiter' .*waits for something that never comes$",
    ):
        loop.run_until_complete(task)
    task.cancel()
    loop.advance(0)
    loop.close()


def test_running_until_complete_stops_at_the_result() -> None:
    loop, log = VirtualLoop(), list[Any]()
    future = loop.create_future()
    loop.schedule(10, future.set_result, "done")
    loop.schedule(20, log.append, "later")
    assert loop.run_until_complete(future) == "done"
    assert (loop.now_ns, log) == (10, [])
    with pytest.raises(ValueError, match=r"^boom$"):
        loop.run_until_complete(fail_later("boom"))


# Tasks and their groups.


def test_a_task_has_its_name_and_its_context() -> None:
    loop = VirtualLoop()
    task = loop.create_task(asyncio.sleep(0), name="sleeper")
    assert task.get_name() == "sleeper"
    loop.advance(0)
    assert task.done()


def test_a_failing_task_cancels_its_group() -> None:
    loop, log = VirtualLoop(), list[Any]()

    async def sibling(name: str) -> None:
        try:
            await asyncio.sleep(100)
        finally:
            log.append((loop.now_ns, name))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(sibling("a"))
            group.create_task(fail_later("boom"))
            group.create_task(sibling("b"))

    with pytest.raises(ExceptionGroup) as caught:
        loop.run_until_complete(main())
    assert [str(failure) for failure in caught.value.exceptions] == ["boom"]
    assert log == [(seconds(1), "a"), (seconds(1), "b")]
    loop.close()


def test_cancelling_the_owner_of_a_group_cancels_its_tasks_in_order_of_birth() -> None:
    loop, log = VirtualLoop(), list[Any]()

    async def member(number: int) -> None:
        try:
            await asyncio.sleep(100 + number % 7)
        finally:
            log.append(number)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(member(number))

    task = loop.create_task(main())
    loop.advance(seconds(5))
    task.cancel()
    loop.advance(seconds(5))
    assert task.cancelled()
    assert log == list(range(50))
    loop.close()


def test_waiting_for_any_of_many_gives_sets_in_order_of_birth() -> None:
    loop = VirtualLoop()

    async def main() -> list[int]:
        tasks = [asyncio.create_task(asyncio.sleep(1, number)) for number in range(50)]
        done, pending = await asyncio.wait(tasks)
        assert not pending
        return [task.result() for task in done]

    assert loop.run_until_complete(main()) == list(range(50))


def test_a_loop_with_tasks_left_over_cannot_be_closed() -> None:
    loop = VirtualLoop()
    task = loop.create_task(asyncio.sleep(100), name="forgotten")
    loop.advance(0)
    with pytest.raises(
        AssertionError, match=r"^tasks left over: \[<_Task pending name='forgotten'"
    ):
        loop.close()
    assert not loop.is_closed()
    task.cancel()
    loop.advance(0)
    loop.close()
    assert loop.is_closed()
    assert loop.next_ns is None


def test_closing_forgets_what_is_scheduled() -> None:
    loop = VirtualLoop()
    loop.schedule(10, fail, "never")
    loop.call_soon(fail, "never")
    loop.close()
    assert loop.next_ns is None
    assert loop.is_closed()


SCRIPT = """
import asyncio
from powclock.clock.virtual_loop import VirtualLoop

loop = VirtualLoop()
garbage = [object() for _ in range(hash("any text") % 1000)]

async def member(number):
    try:
        await asyncio.sleep(100 + number % 7)
    finally:
        print(number, loop.turn)

async def failing():
    await asyncio.sleep(3)
    raise ValueError

async def main():
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            padding = bytearray(hash(str(number)) % 5000)
            group.create_task(member(number))
        group.create_task(failing())

try:
    loop.run_until_complete(main())
except* ValueError:
    print("failed", loop.now_ns, loop.turn)
loop.close()
"""


def test_a_group_is_cancelled_in_the_same_order_under_every_hash_seed() -> None:
    source = str(Path(powclock.__file__).parent.parent)
    outputs = []
    for hash_seed in ("0", "1"):
        finished = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": source},
            capture_output=True,
            text=True,
            check=True,
        )
        assert finished.stderr == ""
        outputs.append(finished.stdout)
    assert outputs[0] == outputs[1]
    lines = outputs[0].splitlines()
    assert [int(line.split()[0]) for line in lines[:-1]] == list(range(50))
    assert lines[-1].startswith("failed 3000000000 ")
