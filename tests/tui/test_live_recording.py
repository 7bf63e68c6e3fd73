"""What a person does at the keyboard is recorded, and the race can be had again from the file."""

import asyncio
import re
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from powclock.race.commands import Quit
from powclock.race.headless import Outputs
from powclock.race.plan import Plan
from powclock.race.remote import RaceProcess
from powclock.race.rerun import rerun
from powclock.race.scenario import adapted
from powclock.race.scenario_files import load_scenario
from powclock.record.recording.reader import Recording
from tests.race.tapes import quiet
from tests.tui.monkey import ListenedTo, StayingApp

KEYS = 50
PATIENCE_S = 120.0  # a safety net, never a measure
# Faults of links, nodes and hash rates, and their ends; pauses, steps and speeds; R; and moves
# that choose whom faults strike.
PRESSED = (
    *("p", "d", "l", "b", "c", "h", "H", "a", "0"), *("down", "k"), *("down", "x"), *("up", "r"),
    *("space", ".", ">", "[", "]", "=", "escape", "enter", "f", "R", "R"),
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fifty_keys_that_were_recorded_can_be_had_again(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    stream, scenario = Random(seed), adapted(load_scenario("default"), seed=seed, miner="sampled")
    file, chosen = tmp_path / "demo.powclock", seed == 1
    plan = Plan(scenario, rate=20.0, recording=str(file), chosen=chosen)
    with closing(RaceProcess(plan)) as process:
        race = ListenedTo(process)
        app = StayingApp(race)

        async def run() -> None:
            async with app.run_test(size=(100, 30), notifications=True) as pilot:
                for key in stream.choices(PRESSED, k=KEYS):
                    await pilot.press(key)
                    await pilot.pause(0.01)
                race.send(Quit())
                await asyncio.to_thread(race.last_word, PATIENCE_S)

        asyncio.run(run())
        ended = race.last_word(PATIENCE_S)
    assert (app.broke, ended.trouble, ended.recorded) == (None, "", True)
    (digest,) = re.findall(r"digest +([0-9a-f]{64})", ended.summary)
    kept = sorted((tmp_path / "data").rglob("*.powclock"))
    assert bool(kept) != chosen
    for path in (file, *kept):
        with Recording(path) as recording:
            summary, same = rerun(recording, outputs=Outputs(), progress=quiet)
            assert recording.ending is not None
            assert recording.ending.digest == summary.digest
            assert recording.ending.records == summary.records == same
            if path == file:
                assert recording.ending.digest == digest
                assert summary.inputs > 3
