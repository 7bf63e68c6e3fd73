"""A recording outlives what happens to who writes it: kills, and disks that are full."""

import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from powclock.race.headless import Outputs
from powclock.race.rerun import rerun
from powclock.record.recording.reader import Recording
from tests.command import FAST, PATIENCE_S, environment, powclock_
from tests.race.kills import record
from tests.race.tapes import quiet

KILLS = 50
CUT = "the file ends within a frame"


def test_recorders_that_are_killed_leave_recordings_that_play(tmp_path: Path) -> None:
    """Fifty times: each has the first records of the race, whole as far as it was written."""
    record(tmp_path / "whole")
    with Recording(tmp_path / "whole") as recording:
        lines = list(recording.lines())
        assert recording.damage is None
    done = subprocess.run(
        [sys.executable, "-m", "tests.race.kills", str(tmp_path), str(KILLS)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{KILLS}\n", "")
    counts = []
    for number in range(KILLS):
        with Recording(tmp_path / str(number)) as recording:
            played = list(recording.lines())
            assert recording.ending is None
            assert recording.damage is None or recording.damage.what == CUT
        assert played == lines[: len(played)]
        counts.append(len(played))
    assert len(set(counts)) > KILLS // 4
    with Recording(tmp_path / str(counts.index(max(counts)))) as recording:
        assert rerun(recording, outputs=Outputs(), progress=quiet)[1] == max(counts)


ROOM_BYTES = 60_000
# What 128 KiB of lines become in a file.
FRAME_BYTES_MAX = 20_000


def test_a_race_goes_on_where_its_recording_has_no_room(tmp_path: Path) -> None:
    """The file may not grow beyond a size: the system refuses the rest, as a full disk does."""
    file, race = tmp_path / "r", ("run", "--json", "--until", "10m", *FAST)
    whole = powclock_(*race, "--record", tmp_path / "whole")
    done = subprocess.run(
        [sys.executable, "-m", "powclock", *race, "--record", str(file)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES)),
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout) == json.loads(whole.stdout)
    with Recording(tmp_path / "whole") as recording:
        lines = list(recording.lines())
    with Recording(file) as recording:
        assert recording.damage is None
        records = list(recording.records())
        assert list(recording.lines()) == lines[: len(records)]
    # What is lost is one frame: it had waited for less than a second.
    assert ROOM_BYTES - FRAME_BYTES_MAX < file.stat().st_size <= ROOM_BYTES
    kept_s = records[-1].time_ns / 1e9
    assert done.stderr == (
        f"powclock: {file}: the recording ends at {kept_s:.1f} s: {os.strerror(errno.EFBIG)}: "
        "free some room, and record the race again\n"
    )
