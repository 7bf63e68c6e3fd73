"""Whatever is pressed and clicked at whatever size, the screen holds and the session runs again.

`POWCLOCK_LONG=1` plays 10,000 actions with each of five seeds.
"""

import asyncio
import os
import re
import shlex
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
from tests.tui.monkey import ListenedTo, StayingApp, keys, play

LONG = os.environ.get("POWCLOCK_LONG") == "1"
SEEDS = (1, 2, 3, 4, 5) if LONG else (1,)
ACTIONS = 10_000 if LONG else 300
PATIENCE_S = 120.0  # a safety net, never a measure


@pytest.mark.parametrize("name", ["default", "naive"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_key_click_or_size_breaks_the_screen_and_the_session_runs_again(
    seed: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # pictures of the screen go where the person is
    scenario = adapted(load_scenario(name), seed=seed, miner="sampled")
    with closing(RaceProcess(Plan(scenario, rate=10.0))) as process:
        race = ListenedTo(process)
        app = StayingApp(race, theme="dark")

        async def run() -> None:
            async with app.run_test(size=(100, 30), notifications=True) as pilot:
                await pilot.pause()
                await play(app, Random(seed), ACTIONS)
                race.send(Quit())
                await asyncio.to_thread(race.last_word, PATIENCE_S)

        asyncio.run(run())
        ended = race.last_word(PATIENCE_S)
    assert app.broke is None
    assert ended.trouble == ""
    digest = re.search(r"digest +([0-9a-f]{64})", ended.summary)
    assert digest is not None
    (session,) = [Path(word) for word in shlex.split(ended.again) if word.endswith(".powclock")]
    with Recording(session) as recording:
        again, same = rerun(recording, outputs=Outputs(), progress=lambda _height, _now_ns: None)
        assert recording.ending is not None
    assert recording.ending.records == again.records == same
    assert again.digest == recording.ending.digest == digest[1]
    # Futures that were forked and left have sessions of their own.
    inputs = 0
    for path in session.parent.iterdir():
        with Recording(path) as recording:
            inputs += len(recording.inputs)
            assert recording.ending is not None
    assert inputs > 0


def test_the_monkey_knows_all_keys() -> None:
    known = keys()
    assert {"space", "p", "escape", "enter", "question_mark", "q", "S", "tab", "f5"} <= set(known)
    assert len(known) == len(set(known))
