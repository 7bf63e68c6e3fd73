"""How long it takes to show any moment of a long recording, beside folding from its start."""

from pathlib import Path
from statistics import quantiles
from time import process_time

from powclock.clock.streams import Stream
from powclock.race.garbage import seldom_sought
from powclock.race.headless import Outputs, run_race
from powclock.race.replay.loading import Loading
from powclock.race.replay.player import Player
from powclock.race.scenario import adapted
from powclock.race.scenario_files import load_scenario
from powclock.record.view import View
from tests.builders import seconds
from tests.race.tapes import quiet

HOUR = adapted(load_scenario("default"), nodes=12, miner="sampled")
LENGTH_NS = seconds(3_600)
SEEKS = 100


def test_any_moment_of_an_hour_comes_at_once(tmp_path: Path) -> None:
    file = tmp_path / "hour"
    run_race(HOUR, until_ns=LENGTH_NS, outputs=Outputs(recording=file), progress=quiet, check=False)
    loading, draw = Loading(file), Stream(1, "seek")
    with loading.recording as recording, seldom_sought():
        began = process_time()
        loading.load(1, wall=lambda: 0)
        loading_s = process_time() - began
        began = process_time()
        view = View()
        for record in recording.records():
            view.apply(record)
        folding_s = process_time() - began
        player = Player(loading.past, rate=0.0)
        taken = []
        for _ in range(SEEKS):
            began = process_time()
            player.seek(draw.below(LENGTH_NS))
            player.frame()
            taken.append(process_time() - began)
    usual, slow = quantiles(taken, n=20)[9], quantiles(taken, n=20)[18]
    print(
        f"{view.records} records: a seek takes {usual * 1e3:.0f} ms, 95 % of them up to "
        f"{slow * 1e3:.0f} ms; folding from the start {folding_s * 1e3:.0f} ms, "
        f"to read it once {loading_s * 1e3:.0f} ms"
    )
    assert slow < folding_s / 10  # 0.03 was measured: 25 ms of 800
