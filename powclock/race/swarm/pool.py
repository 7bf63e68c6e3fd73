"""Many seeds on many cores: a pool of processes, results as they come."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

from powclock.race.swarm.trial import Result, try_seed


def race_seeds(
    seeds: Iterable[int], jobs: int, tell: Callable[[Result], None], rule: str = "pow"
) -> list[Result]:
    """Race every seed under a rule; the results by seed, each told as soon as it is there.

    An interrupt lets the seeds under way end, a fraction of a second, and no others begin.
    """
    context = multiprocessing.get_context("spawn")
    results = []
    with ProcessPoolExecutor(jobs, context, _leave_interrupts_alone) as pool:
        try:
            for done in as_completed([pool.submit(try_seed, seed, rule) for seed in seeds]):
                result = done.result()
                results.append(result)
                tell(result)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return sorted(results, key=lambda result: result.seed)


def _leave_interrupts_alone() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
