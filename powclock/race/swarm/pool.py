"""Many races on many cores: a pool of processes, results as they come."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

from powclock.race.swarm.trial import Result, try_seed

Item = TypeVar("Item")
Done = TypeVar("Done")


def race_seeds(
    seeds: Iterable[int], jobs: int, tell: Callable[[Result], None], rule: str = "pow"
) -> list[Result]:
    """Race every seed under a rule; the results by seed, each told as soon as it is there."""
    return in_processes(partial(try_seed, rule=rule), sorted(seeds), jobs, tell)


def in_processes(
    work: Callable[[Item], Done], items: Iterable[Item], jobs: int, tell: Callable[[Done], None]
) -> list[Done]:
    """What some work makes of every item, in their order; each told as soon as it is there.

    An interrupt ends the races under way, which may take minutes, and no others begin.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _leave_interrupts_alone) as pool:
        try:
            futures = [pool.submit(work, item) for item in items]
            for done in as_completed(futures):
                tell(done.result())
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _leave_interrupts_alone() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
