"""Real races, recorded once: what the panels are tested with.

`python -m tests.tui.recorded` makes the recordings again. Each is the record stream of a sampled
race as an events file, and beside it the closeups: what only a live race can tell of a few nodes
and blocks, taken at the moments at which pictures are made. A recording plays the part of a race
that is paused at one of these moments: it answers when the screen looks closer or searches.
"""

import gzip
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from powclock.race.commands import AnyCommand, Find, Look
from powclock.race.driver import Driver
from powclock.race.lesson.told import Told
from powclock.race.messages import AnyMessage, Found, Shown
from powclock.race.probe import WorldProbe
from powclock.race.scenario import parse_scenario
from powclock.record.camera import Camera
from powclock.record.detail import Body, Focus, NodeDetail, Retarget
from powclock.record.events import Hash, NodeId, Record
from powclock.record.find import find
from powclock.record.frame import Frame, Pace
from powclock.record.timeline import Timeline
from powclock.record.view import View

FOLDER = Path(__file__).with_name("recorded")
SECOND = 1_000_000_000
BODIES = 4


@dataclass(frozen=True)
class Recording:
    """A scenario without its name, and the moments at which it is looked at; it ends at the last.

    `closeups` are the nodes that can be looked into.
    """

    scenario: str
    moments_s: tuple[float, ...]
    closeups: tuple[NodeId, ...]


_HOSTILE_NAMES = (
    "[/red]",
    "[bold]markup[/]",
    "\x1b[31mred\x1b]0;owned\x07",
    "x" * 1_999,
    "\u202eevil\u2066\u200b",
    "\u9b5a" * 30,
    "e\u0301" + "\u0301" * 500,
    "\x9b2Jc1\x85",
    "\\[esc] %s {0}",
    "tab\tnew\nline",
)

RECORDINGS = {
    "split": Recording(
        """
        seed = 7
        nodes = { count = 10, spread = 0.4 }
        links = { latency_ms = 60, jitter_ms = 20 }
        workload = { transactions_per_s = 0.5 }
        [[faults]]
        at_s = 15
        lasts_s = 30
        fault = { kind = "partition", share = 0.4 }
        """,
        (9.0, 43.0, 58.0),
        ("alice", "bob"),
    ),
    **{
        rule: Recording(
            f"""
            seed = 7
            rule = "{rule}"
            nodes = {{ count = 10, spread = 0.4 }}
            links = {{ latency_ms = 60, jitter_ms = 20 }}
            schedule = {{ slot_s = 5, blocks = 2 }}
            workload = {{ transactions_per_s = 0.5 }}
            [[faults]]
            at_s = 4
            fault = {{ kind = "clock_skew", offset_s = 7, nodes = ["carol"] }}
            [[faults]]
            at_s = 15
            lasts_s = 30
            fault = {{ kind = "partition", nodes = ["alice", "carol", "frank", "judy"] }}
            """,
            (9.0, 43.0, 58.0),
            ("alice",),
        )
        for rule in ("naive", "schedule", "pow")
    },
    "regions": Recording(
        """
        seed = 5
        nodes = { count = 12 }
        difficulty = { interval_s = 3 }
        links = { latency_ms = 20 }
        workload = { transactions_per_s = 0.5 }
        [[regions]]
        name = "europe"
        nodes = 4
        latency_ms = { america = 250, asia = 400 }
        [[regions]]
        name = "america"
        nodes = 4
        latency_ms = { asia = 350 }
        [[regions]]
        name = "asia"
        nodes = 4
        """,
        (53.2,),
        ("alice",),
    ),
    "crowd": Recording(
        """
        seed = 42
        nodes = { count = 200 }
        workload = { transactions_per_s = 0.2 }
        """,
        (10.0,),
        ("alice",),
    ),
    "hostile": Recording(
        f"""
        seed = 3
        title = {msgspec.json.encode("[/red]" + chr(27) + "[2J" + "y" * 1_900).decode()}
        workload = {{ transactions_per_s = 0.5 }}
        [nodes]
        names = {msgspec.json.encode(_HOSTILE_NAMES).decode()}
        [[faults]]
        at_s = 10
        lasts_s = 20
        fault = {{ kind = "partition", share = 0.4 }}
        [[faults]]
        at_s = 12
        fault = {{ kind = "crash", nodes = ["[/red]"] }}
        """,
        (26.0,),
        ("[bold]markup[/]",),
    ),
    "selfish": Recording(
        """
        seed = 13
        workload = { clients = 0 }
        [nodes]
        names = ["mallory", "alice", "bob", "carol", "dave", "erin"]
        shares = [40, 12, 12, 12, 12, 12]
        [links]
        topology = "full_mesh"
        latency_ms = 20
        jitter_ms = 2
        [[faults]]
        at_s = 2
        fault = { kind = "selfish", nodes = ["mallory"] }
        """,
        (223.0,),
        ("mallory",),
    ),
    "double-spend": Recording(
        """
        seed = 2
        workload = { clients = 0 }
        [nodes]
        names = ["mallory", "alice", "bob", "carol", "dave", "erin"]
        shares = [45, 11, 11, 11, 11, 11]
        [links]
        topology = "full_mesh"
        latency_ms = 20
        jitter_ms = 2
        [[faults]]
        at_s = 20
        [faults.fault]
        kind = "double_spend"
        nodes = ["mallory"]
        merchant = "alice"
        confirmations = 6
        """,
        (190.6,),
        ("mallory",),
    ),
}
"""By name. Names from outside are cleaned where they come in, so the recording has them clean."""


class Closeup(msgspec.Struct, frozen=True):
    """What a live race told at one moment (`detail.Probe`)."""

    time_ns: int
    nodes: dict[NodeId, NodeDetail]
    bodies: dict[Hash, Body]
    coming: Retarget | None

    def node(self, name: NodeId) -> NodeDetail | None:
        """A node from inside, if it was looked into."""
        return self.nodes.get(name)

    def body(self, hash_: Hash) -> Body | None:
        """What is in a block, if it was one of the newest."""
        return self.bodies.get(hash_)

    def retarget(self) -> Retarget | None:
        """The next difficulty."""
        return self.coming


def make(name: str) -> None:
    """Run a race and write what it records."""
    recording = RECORDINGS[name]
    text = f'name = "{name}"\nmining = {{ miner = "sampled" }}\n{recording.scenario}'
    lines: list[bytes] = []
    closeups = []
    driver = Driver(parse_scenario(text, name))
    driver.world.recorder.write(lines.append)
    probe = WorldProbe(driver.world, driver.view)
    with closing(driver):
        driver.start()
        for moment_s in recording.moments_s:
            time_ns = round(moment_s * SECOND)
            while not driver.world.advance(time_ns, turns_max=1_000):
                pass
            closeups.append(_closeup(driver.view, probe, recording, time_ns))
    _write(FOLDER / f"{name}.jsonl.gz", b"".join(lines))
    _write(FOLDER / f"{name}.closeups.json.gz", msgspec.json.encode(closeups))


def _closeup(view: View, probe: WorldProbe, recording: Recording, time_ns: int) -> Closeup:
    nodes = {name: probe.node(name) for name in recording.closeups}
    newest = view.blocks.between(view.height - BODIES + 1, view.height)
    bodies = {block.hash: probe.body(block.hash) for block in newest}
    return Closeup(
        time_ns,
        {name: detail for name, detail in nodes.items() if detail is not None},
        {hash_: body for hash_, body in bodies.items() if body is not None},
        probe.retarget(),
    )


def _write(path: Path, data: bytes) -> None:
    # Without a time, so that the same race gives the same file.
    path.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


@cache
def records(name: str) -> tuple[Record, ...]:
    """All records of a recording."""
    decoder = msgspec.json.Decoder(Record)
    return tuple(decoder.decode_lines(gzip.decompress((FOLDER / f"{name}.jsonl.gz").read_bytes())))


@cache
def closeups(name: str) -> tuple[Closeup, ...]:
    """The closeups of a recording, one for each of its moments."""
    data = gzip.decompress((FOLDER / f"{name}.closeups.json.gz").read_bytes())
    return msgspec.json.decode(data, type=tuple[Closeup, ...])


def view_at(name: str, time_ns: int) -> View:
    """The view of a recording at a moment: everything up to then, folded."""
    view = View()
    for record in records(name):
        if record.time_ns > time_ns:
            break
        view.apply(record)
    return view


def camera_at(name: str, moment: int = -1) -> Camera:
    """A camera on a recording at one of its moments."""
    closeup = closeups(name)[moment]
    return Camera(view_at(name, closeup.time_ns), closeup)


def frame_at(name: str, moment: int = -1, focus: Focus | None = None) -> Frame:
    """What a recording looks like at one of its moments."""
    camera = camera_at(name, moment)
    camera.focus = focus or Focus()
    return camera.take(closeups(name)[moment].time_ns)


class RecordedRace:
    """A race that stands still at a moment of a recording, and answers (`messages.Race`)."""

    def __init__(self, name: str, moment: int = -1, *, pace: Pace | None = None) -> None:
        self.commands: list[AnyCommand] = []
        self.time_ns = closeups(name)[moment].time_ns
        self.view = view_at(name, self.time_ns)
        self._camera = Camera(self.view, closeups(name)[moment])
        self.lesson: Told | None = None
        self.timeline: Timeline | None = None
        self._pace = pace or Pace(rate=1.0, reached=1.0, paused=False, behind=False)
        self._tell: Callable[[AnyMessage], None] = lambda _: None

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Tell the moment."""
        self._tell = on_message
        self._show()

    def send(self, command: AnyCommand) -> None:
        """Remember what was asked, and answer as far as a recording can."""
        self.commands.append(command)
        match command:
            case Look(focus):
                self._camera.focus = focus
                self._show()
            case Find(text):
                self._tell(Found(text, find(self.view, text)))
            case _:
                pass

    def tell(self, message: AnyMessage) -> None:
        """What the race would say by itself."""
        self._tell(message)

    def _show(self) -> None:
        frame = self._camera.take(self.time_ns)
        self._tell(Shown(frame, self._pace, lesson=self.lesson, timeline=self.timeline))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in RECORDINGS:
        make(each)
