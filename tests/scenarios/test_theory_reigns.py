"""How long one node leads in a row under proof of work, beside the closed form."""

import math

from powclock.lab.theory.decentralisation import reign_mean_ticks
from powclock.race.headless import Outputs, run_race
from tests.scenarios.races import scenario


def test_reigns_are_as_long_as_independent_draws_make_them() -> None:
    shares = [50, 25, 15, 10]
    what = scenario(
        11, nodes={"count": 4, "shares": shares, "wander": 0}, difficulty={"interval_s": 60},
        links={"latency_ms": 1, "jitter_ms": 0}, workload={"clients": 0},
    )  # fmt: skip
    ticks = 2_000
    summary = run_race(what, ticks=ticks, outputs=Outputs(), progress=lambda *_: None, check=False)
    changes = 1 / reign_mean_ticks(shares)  # a part of all ticks
    error = math.sqrt(changes * (1 - changes) / ticks)
    assert abs(summary.reigns / ticks - changes) < 3 * error
    # The mean reign is longer than the interval by as much.
    assert summary.reign_mean_s > 1.4 * summary.interval_mean_s
