"""A race without a screen: as fast as it goes, with files and a summary."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.history import History, may_forget
from powclock.race.scenario import Scenario
from powclock.race.summary import Summary
from powclock.race.tape import taping
from powclock.record.events import BlockFound, Hash, LeaderElected, RaceStarted, Record

TURNS_A_LOOK = 100
FOR_EVER_NS = 1 << 62
FOR_EVER_TICKS = 1 << 62
# Where somebody searches, so long a wait has a probability of e to the power of minus this.
STANDSTILL_INTERVALS = 1_000


class HeaderChain:
    """Collects the headers of a race and strings the best chain together."""

    def __init__(self) -> None:
        self._headers: dict[Hash, tuple[Hash, str]] = {}
        self._best: Hash = ""

    def __call__(self, record: Record) -> None:
        """Take a record in."""
        match record.event:
            case RaceStarted(genesis=genesis, genesis_header=header):
                self._headers[genesis] = ("", header)
                self._best = genesis
            case BlockFound(hash=hash_, parent=parent, header=header):
                self._headers[hash_] = (parent, header)
            case LeaderElected(hash=hash_):
                self._best = hash_
            case _:
                pass

    def best_chain(self) -> bytes:
        """The 80-byte headers from genesis to the best tip."""
        headers = []
        hash_ = self._best
        while hash_:
            hash_, header = self._headers[hash_]
            headers.append(bytes.fromhex(header))
        return b"".join(reversed(headers))


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where a headless race writes to, if anywhere; `recording` is a file that is written over."""

    events: BinaryIO | None = None
    headers: BinaryIO | None = None
    recording: Path | None = None


def run_race(
    scenario: Scenario,
    *,
    ticks: int = 0,
    until_ns: int = 0,
    outputs: Outputs,
    progress: Callable[[int, int], None],
    check: bool = True,
    recorded: Callable[[str], None] = lambda _trouble: None,
    interrupted: Callable[[], None] = lambda: None,
) -> Summary:
    """Race to a tick or a time, whichever comes first; 0 means no such end.

    Without an end in time it also ends where `STANDSTILL_INTERVALS` bring no tick: all nodes may be
    down for good. `progress` is told the height and the race's time now and then; where it raises
    KeyboardInterrupt, the race ends there, and `interrupted` is told. Old blocks are
    forgotten where no fault can ask for them. `recorded` is told in a line why the recording ends
    before the race.

    Raises:
        BrokenInvariant: with `check`, the race did what none may do.
    """
    driver = driver_of(scenario, outputs, check=check)
    end_ns = until_ns or FOR_EVER_NS

    last_tick = ticks or FOR_EVER_TICKS
    driver.stop_at(last_tick)
    history = History(driver) if may_forget(scenario) else None
    with closing(driver), seldom_sought(), taping(outputs.recording, driver, recorded) as beat:
        driver.start()
        still_ns = round(STANDSTILL_INTERVALS * driver.world.election.interval_s * NANOSECONDS)
        try:
            while driver.view.height < last_tick and driver.now_ns < end_ns:
                if not until_ns and driver.now_ns - driver.view.tick_ns > still_ns:
                    break
                driver.world.advance(end_ns, turns_max=TURNS_A_LOOK)
                beat()
                progress(driver.view.height, driver.now_ns)
                if history is not None:
                    history.forget()
        except KeyboardInterrupt:
            interrupted()
        return driver.summary()


def driver_of(scenario: Scenario, outputs: Outputs, *, check: bool) -> Driver:
    """A race that writes its events and its headers."""
    driver = Driver(scenario, check=check)
    if outputs.events is not None:
        driver.world.recorder.write(outputs.events.write)
    if outputs.headers is not None:
        chain, file = HeaderChain(), outputs.headers
        driver.world.recorder.listen(chain)
        driver.at_end.append(lambda: file.write(chain.best_chain()))
    return driver
