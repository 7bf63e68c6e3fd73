"""A tape: one race's recording, written while it runs.

`beat` is called between two steps of the race and never within one, so what a person did is on disk
before the first record that came of it: a recording that is cut off can always be run again.
"""

import contextlib
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
from powclock.race.twin_file import TwinFile, twin_of
from powclock.race.world import World
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.recording.content import Head
from powclock.record.recording.writer import Writer

BEAT_S = 0.25


class Lost(Exception):
    """A recording has ended before its race: one line that says where, and why."""


class Tape:
    """Records a world from its start on; `path` is a file that may be written over.

    `kept` is the name that a person has given it. Where that is a copy which could not be written
    to its end, `kept_trouble` says so in a line, and the recording itself goes on.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, world: World) -> None:
        self.path = path
        self.kept: Path | None = None
        self.kept_trouble = ""
        self._twin: TwinFile | None = None
        self._world = world
        self._inputs = 0
        self._writer = Writer(path.open("wb", buffering=0), head_of(world.scenario))
        self._told = ""
        world.recorder.keep(self._writer.take)

    def beat(self) -> str:
        """Write what is due; in a line what has gone wrong, if it has not been said yet."""
        self.write()
        trouble = self.trouble or self.kept_trouble
        if trouble == self._told:
            return ""
        self._told = trouble
        return trouble

    def write(self) -> None:
        """Write what is due; the next `beat` says what went wrong."""
        inputs = self._world.inputs[self._inputs :]
        if inputs:
            self._inputs += len(inputs)
            self._writer.inputs([msgspec.json.encode(each) for each in inputs])
        self._writer.beat(wall_ns())
        self._follow()

    def _follow(self) -> None:
        """Let the copy have what has been written."""
        if self._twin is None:
            return
        try:
            self._twin.follow()
        except OSError as error:
            self.kept_trouble = f"{self.kept}: the recording ends here: {error.strerror}"
            self._leave_kept()

    def _leave_kept(self) -> None:
        if self._twin is not None:
            self._twin.close()
        self._twin = self.kept = None

    def flush(self) -> None:
        """Write all that has been raced, also what is not due yet."""
        self.write()
        self._writer.flush()
        self._follow()

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
        self.write()
        world, encoded = self._world, msgspec.json.encode(summary)
        self._writer.end(world.loop.now_ns, world.loop.turn, world.recorder.digest, encoded)
        self._follow()
        if self._twin is not None:
            self._twin.close()

    def cut(self) -> None:
        """Write what there is, and no end: the race has failed."""
        self.flush()
        self._writer.close()
        if self._twin is not None:
            self._twin.close()

    def begin_again(self) -> None:
        """Leave the file to another tape, as the race begins again; what was kept ends here.

        Raises:
            Lost: that has not all of the race.
            OSError: it has no end.
        """
        try:
            if self.kept is not None:
                self.end_kept()
        except (Lost, OSError):
            # It may be the same file, which the other tape is going to write over.
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
            raise
        finally:
            self.cut()

    def keep(self) -> Path:
        """Give the recording another name of its own, as of now and as it goes on.

        Raises:
            OSError: it cannot be.
        """

        def make(free: Path) -> None:
            self._twin = twin_of(self.path, free)

        self.kept = new_file(kept_folder(), self._world.scenario, make)
        self.kept_trouble = ""
        return self.kept

    def end_kept(self) -> Path:
        """Let what was kept end here, while the race and its own recording go on.

        Raises:
            Lost: it has ended before.
            OSError: it cannot be; it goes on then.
        """
        path = self.kept
        assert path is not None, "what ends was begun"
        self.flush()
        if self.trouble or self.kept is None:
            raise Lost(self.trouble or self.kept_trouble)
        world = self._world
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
        self._leave_kept()
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
