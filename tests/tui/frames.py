"""Frames made by hand, and a race that only remembers what was asked of it."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.race.commands import AnyCommand, Look
from powclock.race.messages import AnyMessage, Ended, Shown
from powclock.record.detail import Focus
from powclock.record.frame import (
    ActiveFault,
    ChainBlock,
    EventLine,
    Frame,
    Mark,
    NodeRow,
    Pace,
    TipRow,
    Totals,
)
from powclock.tui.app import PowclockApp
from powclock.tui.keymap import DEFAULT_KEYS, Keys

SECOND = 1_000_000_000
NAMES = ("alice", "bob", "carol", "dave")


def hash_of(text: str) -> str:
    """A hash whose last four digits are the text."""
    return text.rjust(64, "0")


def node(name: str, **changes: object) -> NodeRow:
    row = NodeRow(
        name=name,
        region="",
        state="mining",
        hash_rate=5_000.0,
        spark=bytes([64, 128, 255, 255]),
        height=3,
        head=hash_of("c003"),
        tip="best",
        seen_ns=18 * SECOND,
        peers=3,
        peers_cut=0,
        won=1,
        share=0.25,
        skew_s=0.0,
        mempool=2,
        refused=0,
    )
    return replace(row, **changes)


def block(name: str, parent: str, height: int, **changes: object) -> ChainBlock:
    made = ChainBlock(
        hash=hash_of(name),
        parent=hash_of(parent),
        height=height,
        author=NAMES[height % len(NAMES)],
        found_ns=6 * height * SECOND,
        interval_s=6.0,
        best=True,
        holders=0,
        transactions=1,
    )
    return replace(made, **changes)


def chain() -> tuple[ChainBlock, ...]:
    """Three blocks on genesis, and a stale rival of the second."""
    return (
        block("0000", "ffff", 0, author=""),
        block("a001", "0000", 1),
        block("b002", "a001", 2),
        block("5aa1", "a001", 2, best=False, author="dave"),
        block("c003", "b002", 3, holders=4),
    )


def frame(**changes: object) -> Frame:
    made = Frame(
        scenario="default",
        seed=42,
        rule="pow",
        miner="grinding",
        interval_s=5.0,
        time_ns=20 * SECOND,
        height=3,
        head=hash_of("c003"),
        leader="dave",
        found_after_s=6.0,
        tick_ns=18 * SECOND,
        interval_mean_s=6.0,
        expected_interval_s=5.0,
        work=100_000,
        hash_rate=20_000.0,
        hash_rate_history=(10_000.0, 15_000.0, 20_000.0, 20_000.0),
        history_from_ns=16 * SECOND,
        sample_every_ns=SECOND,
        marks=(),
        totals=Totals(forks=1, reorgs=1, reorg_depth_max=1, blocks_mined=4, blocks_stale=1),
        nodes=tuple(node(name) for name in NAMES),
        tips=(TipRow(hash_of("c003"), 3, "dave", best=True, nodes=NAMES),),
        chain=chain(),
        chain_low=0,
        chain_high=3,
        faults=(),
        sides=(),
        events=(),
        events_left_out=0,
    )
    return replace(made, **changes)


def split_frame() -> Frame:
    """The network cut in two: alice and bob hold on to a block of their own."""
    alone = NAMES[:2]
    cut = {"state": "split", "tip": "rival", "height": 2, "peers": 1, "peers_cut": 2}
    return frame(
        nodes=tuple(node(name, **cut) if name in alone else node(name) for name in NAMES),
        chain=(
            *chain()[:3],
            block("5aa1", "a001", 2, best=False, author="bob", holders=2),
            block("c003", "b002", 3, holders=2),
        ),
        tips=(
            TipRow(hash_of("c003"), 3, "dave", best=True, nodes=NAMES[2:]),
            TipRow(hash_of("5aa1"), 2, "bob", best=False, nodes=alone),
        ),
        sides=(alone, NAMES[2:]),
        faults=(ActiveFault("partition", "partition", "partition", NAMES, 8 * SECOND),),
        marks=(Mark(17 * SECOND, "partition", on=True),),
        events=(
            EventLine(1, 8 * SECOND, "fault", None, "partition on: alice bob | carol dave"),
            EventLine(2, 18 * SECOND, "tick", "dave", "tick 3 → dave +6.0 s"),
        ),
    )


RUNNING = Pace(rate=1.0, reached=1.0, paused=False, behind=False)
PAUSED = Pace(rate=0.0, reached=0.0, paused=True, behind=False)


class FakeRace:
    """Remembers commands, and tells what a test tells it to; `looks` are kept apart."""

    def __init__(self) -> None:
        self.commands: list[AnyCommand] = []
        self.looks: list[Focus] = []
        self._tell: Callable[[AnyMessage], None] | None = None

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        self._tell = on_message

    def send(self, command: AnyCommand) -> None:
        if isinstance(command, Look):
            self.looks.append(command.focus)
        else:
            self.commands.append(command)

    async def tell(self, message: AnyMessage) -> None:
        """From another thread, as a real race does."""
        assert self._tell is not None
        await asyncio.to_thread(self._tell, message)


class Inspected:
    """A board that only remembers what was to be looked into."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def focus_panel(self, name: str) -> None:
        """Nothing."""

    def maximise(self, name: str) -> None:
        """Nothing."""

    def inspect_node(self, name: str) -> None:
        self.names.append(name)

    def inspect_block(self, hash_: str) -> None:
        self.names.append(hash_)

    def say(self, text: str) -> None:
        """Nothing."""

    def paint(self) -> None:
        """Nothing."""


Test = Callable[[PowclockApp, FakeRace, Pilot[Ended | None]], Awaitable[None]]


def on_screen(
    test: Test,
    *,
    size: tuple[int, int] = (160, 45),
    first: Frame | None = None,
    pace: Pace = RUNNING,
    theme: str = "dark",
    keys: Keys = DEFAULT_KEYS,
    ascii_only: bool = False,
    notes: bool = False,
) -> PowclockApp:
    """Run a test in an app that shows one frame."""
    race = FakeRace()
    app = PowclockApp(race, fps=50, theme=theme, keys=keys, ascii_only=ascii_only)

    async def run() -> None:
        async with app.run_test(size=size, notifications=notes) as pilot:
            await race.tell(Shown(first or frame(), pace))
            await pilot.pause(0.05)
            await test(app, race, pilot)

    asyncio.run(run())
    return app


def text_of(app: PowclockApp, panel: str) -> list[str]:
    """The rows of a panel, without the spaces at their ends."""
    return [row.rstrip() for row in app.race_screen.panels[panel].rows_text]


def whole_text(app: PowclockApp) -> str:
    """All that the panels show."""
    screen = app.race_screen
    shown = [panel for panel in screen.panels.values() if panel.display]
    return "\n".join(row for panel in shown for row in panel.rows_text)


def reorg_line(sequence: int, node: str, group: str) -> EventLine:
    """The line of a reorg that is written as in the log: `−1 +2  5aa1 → c003`."""
    depth, connected, old, _, new = group.split()
    return EventLine(
        sequence, 0, "reorg", node, f"reorg {node} {group}", hash_of(new), group,
        old=hash_of(old), depth=int(depth[1:]), connected=int(connected),
    )  # fmt: skip
