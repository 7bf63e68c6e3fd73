"""A tape: one race's recording, written while it runs.

`beat` is called between two steps of the race and never within one, so what a person did is on disk
before the first record that came of it: a recording that is cut off can always be run again.
"""

import contextlib
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from powclock import __version__
from powclock.clock.pace import wall_ns
from powclock.race.driver import Driver
from powclock.race.scenario import Scenario
from powclock.race.session import kept_folder, new_file
from powclock.race.summary import Summary
from powclock.race.world import World
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.recording.content import Head
from powclock.record.recording.writer import Writer

BEAT_S = 0.25


class Tape:
    """Records a world from its start on; `path` is a file that may be written over.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, world: World) -> None:
        self.path = path
        self.kept: Path | None = None
        self._world = world
        self._inputs = 0
        self._writer = Writer(path.open("wb", buffering=0), head_of(world.scenario))
        self._told = False
        world.recorder.keep(self._writer.take)

    def beat(self) -> str:
        """Write what is due; in a line what went wrong, if it has now."""
        inputs = self._world.inputs[self._inputs :]
        if inputs:
            self._inputs += len(inputs)
            self._writer.inputs([msgspec.json.encode(each) for each in inputs])
        self._writer.beat(wall_ns())
        if self.trouble and not self._told:
            self._told = True
            return self.trouble
        return ""

    def flush(self) -> None:
        """Write all that has been raced, also what is not due yet."""
        self.beat()
        self._writer.flush()

    @property
    def trouble(self) -> str:
        """What ended the recording before its race, in a line that names the file."""
        return f"{self.path}: {self._writer.trouble}" if self._writer.trouble else ""

    @property
    def again(self) -> str:
        """The command that runs its race again; empty where it has not all of it."""
        return "" if self._writer.trouble else f"powclock rerun {shlex.quote(str(self.path))}"

    def end(self, summary: Summary | None) -> None:
        """Write the rest and the end; whoever kept the recording has that too."""
        self.beat()
        world, encoded = self._world, msgspec.json.encode(summary)
        self._writer.end(world.loop.now_ns, world.loop.turn, world.recorder.digest, encoded)

    def cut(self) -> None:
        """Write what there is, and no end: the race has failed."""
        self.beat()
        self._writer.flush()
        self._writer.close()

    def begin_again(self) -> None:
        """Leave the file to another tape, as the race begins again; what was kept ends here."""
        if self.kept is not None:
            self.end_kept()
        self.cut()

    def keep(self) -> Path:
        """Give the recording another name of its own, as of now and as it goes on.

        Raises:
            OSError: it cannot be.
        """
        path = new_file(kept_folder(), self._world.scenario, lambda free: os.link(self.path, free))
        self.kept = path
        return path

    def end_kept(self) -> Path:
        """Let what was kept end here, while the race and its own recording go on.

        Raises:
            OSError: it cannot be; it goes on then.
        """
        assert self.kept is not None, "what ends was begun"
        self.beat()
        self._writer.flush()
        world, path = self._world, self.kept
        ending = self._writer.ending(world.loop.now_ns, world.loop.turn, world.recorder.digest)
        with NamedTemporaryFile(dir=path.parent, prefix=f"{path.stem}-", delete=False) as file:
            beside = Path(file.name)
            try:
                with path.open("rb") as whole:
                    shutil.copyfileobj(whole, file)
                file.write(ending)
                file.flush()
                shutil.copymode(path, beside)
                beside.replace(path)
            except OSError:
                with contextlib.suppress(OSError):
                    beside.unlink(missing_ok=True)
                raise
        self.kept = None
        return path


@contextmanager
def taping(
    path: Path | None, driver: Driver, tell: Callable[[str], None]
) -> Iterator[Callable[[], None]]:
    """Record a race that is driven here, if there is a path; gives what to call between its steps.

    `tell` is given the line that says why the recording ends before the race, if it does.

    Raises:
        OSError: the file cannot be written.
    """
    if path is None:
        yield lambda: None
        return
    tape = Tape(path, driver.world)

    def beat() -> None:
        trouble = tape.beat()
        if trouble:
            tell(trouble)

    try:
        yield beat
    except KeyboardInterrupt:  # the person has seen enough, which is an end
        tape.end(driver.summary())
        raise
    except BrokenInvariant:
        tape.end(None)
        raise
    except BaseException:
        tape.cut()
        raise
    tape.end(driver.summary())
    beat()


def head_of(scenario: Scenario) -> Head:
    """What a recording of a scenario begins with."""
    raw = msgspec.Raw(msgspec.json.encode(scenario))
    return Head(__version__, scenario.seed, raw)
