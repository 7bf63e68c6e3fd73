"""Looking back: the past of a race that goes on meanwhile.

The past is read from the race's own recording, which has all of it, when somebody asks for it;
what the race writes from then on comes directly. Until all is read the present is shown. Back at
now, the past stays as it is and costs the race nothing; the next time what it lacks is read.
"""

import queue
from collections import deque
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from powclock.clock.pace import wall_ns
from powclock.race.commands import (
    AnyCommand,
    Break,
    Find,
    Fork,
    Heal,
    HealAll,
    Jump,
    Look,
    Now,
    Seek,
    SeekTick,
    SetRate,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.race.driver import Driver
from powclock.race.keeping import Keeping
from powclock.race.messages import Declined, Found, FromRace, Shown
from powclock.race.replay.future import Begun, fork
from powclock.race.replay.loading import Loading
from powclock.race.replay.player import Player
from powclock.race.scenario import ScenarioError
from powclock.race.session import load_session
from powclock.record.detail import Focus
from powclock.record.events import Record
from powclock.record.past import Past
from powclock.record.recording.reader import NoRecording

# Between two pictures while another future is made.
FRAME_NS = 100_000_000
LINES_A_LOOK = 50
# Where more waits of what is written while the past is open, the race waits for its past.
FRESH_LINES_MAX = 20_000
CATCH_UP_NS = 100_000_000
_STEPS = SetRate | StepEvent | StepTick
_RECORD = msgspec.json.Decoder(Record)


class LookingBack:
    """The past of one race, `open` while a moment of it is shown.

    `begun` is there once another future is to go on from such a moment instead of this race.
    """

    def __init__(
        self,
        driver: Driver,
        keeping: Keeping,
        commands: "queue.SimpleQueue[AnyCommand]",
        tell: Callable[[FromRace], None],
        restarts: int,
        wall: Callable[[], int] = wall_ns,
    ) -> None:
        self._wall = wall
        self._driver = driver
        self._keeping = keeping
        self._commands = commands
        self._tell = tell
        self.restarts = restarts
        self.begun: Begun | None = None
        self._loading: Loading | None = None
        self._past: Past | None = None
        self._fresh: deque[bytes] = deque()
        self._follows = False
        self._player: Player | None = None
        self._wanted: deque[AnyCommand] = deque()

    @property
    def open(self) -> bool:
        """Whether a moment of the past is shown."""
        return self._player is not None

    @property
    def wanted(self) -> bool:
        """Whether somebody waits until it has been read."""
        return bool(self._wanted)

    def takes(self, command: AnyCommand) -> bool:
        """Do what is asked if it is about the past, now or once that has been read."""
        player = self._player
        if player is None:
            if isinstance(command, Now) and self._wanted:
                self._wanted.clear()
                return True
            if isinstance(command, Now | Fork):
                self._tell(Declined("this is now: go back into the past first"))
                return True
            if not (_leads_back(command) or (self._wanted and isinstance(command, _STEPS))):
                return False
            if not self._follows and not self._read():
                return True
            self._wanted.append(command)
            return True
        match command:
            case Now() | ToEnd(last=True):
                self.close()
            case Break() | Heal() | HealAll():
                self._tell(Declined("the past cannot be changed: go back to now, or fork it"))
            case Find(text):
                self._tell(Found(text, player.find(text)))
            case Fork():
                self._fork(player)
            case Look(focus):
                player.focus = focus
                return False  # what is looked at now is looked at later, too
            case _:
                said = player.obey(command)
                if said:
                    self._tell(Declined(said))
                later = isinstance(command, Seek) or (
                    isinstance(command, Shift) and command.by_ns > 0
                )
                if later:
                    self._close_at_end(player)
                return said is not None
        return True

    def _read(self) -> bool:
        """Begin to read what has been recorded so far and is not there yet; whether that can be."""
        tape = self._keeping.tape
        if tape is not None:
            tape.flush()
        if tape is None or tape.trouble:
            self._tell(Declined(f"there is no way back: {self._keeping.trouble}"))
            return False
        try:
            self._loading = Loading(tape.path, self._past)
        except NoRecording as error:
            self._tell(Declined(str(error)))
            return False
        self._past = self._loading.past
        self._driver.world.recorder.write(self._fresh.append)
        self._follows = True
        return True

    def work(self, until_wall_ns: int, focus: Focus) -> None:
        """Take in what there is, until a moment of the wall clock; once that is all, do what was
        asked.
        """
        past = self._past
        if past is None:
            return
        self._load(past, until_wall_ns)
        if self._wanted and self._loading is None and not self._fresh:
            wanted, self._wanted = self._wanted, deque()
            for command in wanted:
                if self.open:
                    self.takes(command)
                elif _leads_back(command):
                    self._open(past, focus, command)
                else:  # nothing led back, so this is for the race
                    self._commands.put(command)

    def _open(self, past: Past, focus: Focus, command: AnyCommand) -> None:
        """Show a moment of the past, if what is asked leads to one."""
        self._player = player = Player(past, rate=0.0, time_ns=past.end_ns, wall=self._wall)
        player.focus = focus
        self.takes(command)
        if player.time_ns == past.end_ns and player.rate == 0:
            self._player = None

    def _load(self, past: Past, until_wall_ns: int) -> None:
        loading = self._loading
        if loading is not None:
            loading.load(until_wall_ns, self._wall)
            if not loading.whole:
                return
            loading.recording.close()
            self._loading = None
        while self._fresh:
            late_ns = CATCH_UP_NS if len(self._fresh) > FRESH_LINES_MAX else 0
            if self._wall() >= until_wall_ns + late_ns:
                return
            for _ in range(min(LINES_A_LOOK, len(self._fresh))):
                line = self._fresh.popleft()
                past.add(_RECORD.decode(line), line)

    def _close_at_end(self, player: Player) -> None:
        """Whoever catches up with the race is at now."""
        if player.time_ns >= player.end_ns:
            self.close()

    def close(self) -> None:
        """Back to now."""
        if self._player is not None:
            self.restarts += self._player.jumps + 1
        self._player = None
        self._driver.world.recorder.unwrite(self._fresh.append)
        self._fresh.clear()
        self._follows = False

    def shown(self, *, making: float | None = None) -> Shown | None:
        """The moment of the past; None where the present is to be shown."""
        player = self._player
        if player is None:
            return None
        if player.rate:
            player.play()
            if player.rate > 0:
                self._close_at_end(player)
        frame = player.frame()
        timeline = player.timeline(self._driver.now_ns, goes_on=True, making=making)
        recorded_ns = self._driver.now_ns if self._keeping.kept else None
        pace = replace(player.pace(), recorded_ns=recorded_ns)
        return Shown(frame, pace, None, self.restarts + player.jumps, timeline)

    def _fork(self, player: Player) -> None:
        """Race up to here again, and let that race go on instead of this one."""
        tape, past = self._keeping.tape, self._past
        assert tape is not None
        assert past is not None, "a moment of it is shown"
        player.set_rate(0.0)
        tape.flush()
        try:
            session = load_session(tape.path)
        except ScenarioError as error:
            self._tell(Declined(str(error)))
            return
        made = fork(session, past, player.time_ns, self._commands, self._show_making)
        if isinstance(made, str):
            if made:
                self._tell(Declined(made))
            return
        self.close()
        self.begun = Begun(*made, player.focus, self.restarts)

    def _show_making(self, part: float) -> None:
        now_ns = self._wall()
        if now_ns >= self._next_frame_ns:
            self._next_frame_ns = now_ns + FRAME_NS
            shown = self.shown(making=part)
            if shown is not None:
                self._tell(shown)

    _next_frame_ns = 0


def _leads_back(command: AnyCommand) -> bool:
    """Whether a command asks for the past while the present is shown."""
    match command:
        case SetRate(rate):
            return rate < 0
        case Jump() | Seek() | SeekTick() | Shift() | ToEnd(last=False):
            return True
        case _:
            return False
