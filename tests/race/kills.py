"""Recorders that are killed: a program that forks them, which costs a hundredth of starting each.

`python -m tests.race.kills FOLDER COUNT`: each writes FOLDER/0, FOLDER/1, … as fast as it goes, and
is killed from outside once so many bytes are in its file, which is drawn from a seed.
"""

import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from powclock.clock.streams import Stream
from powclock.race.driver import Driver
from powclock.race.tape import Tape
from tests.builders import seconds
from tests.scenarios.races import scenario

RACE = scenario(7)
LENGTH_NS = seconds(60)
TURNS_A_FRAME = 20
BYTES_MAX = 8_000


def record(path: Path) -> None:
    """Record the race to its end, in many frames."""
    with closing(Driver(RACE, check=False)) as driver:
        tape = Tape(path, driver.world)
        driver.start()
        while not driver.world.advance(LENGTH_NS, turns_max=TURNS_A_FRAME):
            tape.beat()
            tape._writer.flush()
        tape.end(driver.summary())


def killed(path: Path, size: int) -> int:
    """The signal that ended a recorder, which was sent once its file had a size."""
    child = os.fork()
    if child == 0:
        record(path)
        os._exit(0)
    while not (path.exists() and path.stat().st_size >= size):
        time.sleep(0.0002)  # the recorder gets the processor
    os.kill(child, signal.SIGKILL)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def main() -> None:
    """Kill them all; it prints how many were killed."""
    folder, count, stream = Path(sys.argv[1]), int(sys.argv[2]), Stream(1, "kills")
    ends = [killed(folder / str(n), 1 + stream.below(BYTES_MAX)) for n in range(count)]
    print(ends.count(signal.SIGKILL))


if __name__ == "__main__":
    main()
