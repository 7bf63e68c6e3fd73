"""The sheet of faults: what its rows say, and what its keys ask of the race."""

import pytest
from textual.pilot import Pilot

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Leave
from powclock.race.commands import AnyCommand, Break, Heal, HealAll
from powclock.race.messages import Ended, Shown
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.app import PowclockApp
from powclock.tui.keys import BINDINGS
from powclock.tui.keys import FAULTS as FAULT_GROUP
from powclock.tui.screens.faults import FaultsScreen
from powclock.tui.screens.partition import PartitionScreen
from tests.tui.frames import (
    NAMES,
    RUNNING,
    SECOND,
    FakeRace,
    frame,
    on_screen,
    split_frame,
    text_of,
)

Screen = Pilot[Ended | None]


def broken(*faults: AnyFault) -> Frame:
    """A frame in which faults are on since 8 s."""
    return frame(
        faults=tuple(
            ActiveFault(fault.id, fault.kind, fault.label, fault.nodes, 8 * SECOND)
            for fault in faults
        )
    )


def sheet_of(app: PowclockApp) -> list[str]:
    """The rows of the sheet."""
    assert isinstance(app.screen, FaultsScreen)
    return [row.strip("│ ") for row in app.screen.panel.rows_text[1:-1]]


def sheet(*keys: str, first: Frame | None = None, size: tuple[int, int] = (160, 45)) -> list[str]:
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys, "f")
        await pilot.pause()
        rows.extend(sheet_of(app))

    on_screen(read, first=first, size=size)
    return rows


def sent(*keys: str, first: Frame | None = None) -> list[AnyCommand]:
    """What the race is asked when keys are pressed in the sheet."""
    commands: list[AnyCommand] = []

    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", *keys)
        await pilot.pause()
        commands.extend(race.commands)

    on_screen(press, first=first)
    return commands


def test_whole_rows() -> None:
    assert sheet() == [
        "strikes ◂ all nodes ▸  tab ⇧tab node",
        "▸ p ⊘ partition   choose the sides",
        "k ✖ crash       needs a node: tab",
        "K ✖ lose disk   needs a node: tab",
        "d » delay       ◂     1 s     ▸",
        "l ∅ loss        ◂     30 %    ▸",
        "b ≠ bit flips   ◂     30 %    ▸",
        "c ◷ clock skew  ◂    +90 s    ▸",
        "h ▲ hash more   ◂      ×2     ▸",
        "H ▲ hash less   ◂      ÷2     ▸",
        "a + join        a node nobody knew",
        "x − leave       needs a node: tab",
        "r   restart     what has crashed",
        "PRESETS",
        "1   split brain      halves build chains of their own; one loses all of it",
        "2   slow continent   a region hears of blocks 2 s late: its own go stale",
        "3   solar storm      bits flip, messages vanish, clocks run ahead: all refused",
        "4   secret majority  60 % mine in secret; end it, and history is rewritten",
        "5   blackout         half the nodes stop: ticks slow down, then all catch up",
        "6   flash crowd      hash rate ×4: ticks rush until the difficulty follows",
        "ON NOW  nothing is broken",
        "⏎ begin, end   ← → strength   0 heal all   esc close",
    ]


def test_rows_of_a_race_that_is_broken() -> None:
    faults = (Delay(("alice",), 5_000), Loss((), 0.45), HashRateFactor(("bob",), 0.25))
    rows = sheet("down", first=broken(*faults, Crash(("alice", "bob", "carol"))))
    assert rows[0] == "strikes ◂ alice ▸  tab ⇧tab node  ⌫ all"
    assert rows[2] == "k ✖ crash       stops the node      alice +2 12 s"
    assert rows[3] == "K ✖ lose disk   and empties it"
    assert rows[4] == "d » delay       ◂     5 s     ▸     alice 12 s"
    assert rows[5] == "l ∅ loss        ◂     30 %    ▸     all nodes 12 s"
    assert rows[8] == "h ▲ hash more   ◂      ×2     ▸"
    assert rows[9] == "H ▲ hash less   ◂      ÷2     ▸     bob 12 s"
    assert [" ".join(row.split()) for row in rows[20:25]] == [
        "ON NOW 4 on",
        "» delay +5000 ms alice for 12 s ✖ end",
        "∅ loss 45% all nodes for 12 s ✖ end",
        "▲ hash rate ×0.25 bob for 12 s ✖ end",
        "✖ crash alice +2 for 12 s ✖ end",
    ]


@pytest.mark.parametrize(
    ("keys", "commands"),
    [
        (["d"], [Break(Delay())]),
        (["tab", "d"], [Break(Delay(("alice",)))]),
        (["shift+tab", "d"], [Break(Delay(("dave",)))]),
        (["tab", "backspace", "d"], [Break(Delay())]),
        (["tab", "k"], [Break(Crash(("alice",)))]),
        (["tab", "x"], [Break(Leave(("alice",)))]),
        (["0"], [HealAll()]),
        ([*["down"] * 3, "enter"], [Break(Delay((), 1_000))]),
        ([*["down"] * 3, "left", "left", "enter"], [Break(Delay((), 200))]),
        ([*["down"] * 3, "right", "right", "d"], [Break(Delay((), 5_000))]),
        ([*["down"] * 4, "right", "enter"], [Break(Loss((), 0.6))]),
        ([*["down"] * 4, "left", "enter"], [Break(Loss((), 0.1))]),
        ([*["down"] * 5, "left", "enter"], [Break(BitFlips((), 0.03))]),
        ([*["down"] * 6, "left", "enter"], [Break(ClockSkew((), -90))]),
        ([*["down"] * 6, "right", "enter"], [Break(ClockSkew((), 7_200))]),
        ([*["down"] * 6, "right", "right", "enter"], [Break(ClockSkew((), 0, 100_000))]),
        ([*["down"] * 7, "right", "right", "enter"], [Break(HashRateFactor((), 8))]),
        ([*["down"] * 8, "right", "enter"], [Break(HashRateFactor((), 0.25))]),
        (["6"], [Break(HashRateFactor((), 4))]),
        (["3", "3"], [
            Break(BitFlips((), 0.1)), Break(Loss((), 0.2)), Break(ClockSkew(("alice", "dave"), 90)),
            Heal("clock_skew:alice:dave"), Heal("loss"), Heal("bit_flips"),
        ]),
        ([*["up"] * 1, "enter"], [Break(HashRateFactor((), 4))]),
    ],
)  # fmt: skip
def test_keys_ask_the_race(keys: list[str], commands: list[AnyCommand]) -> None:
    assert sent(*keys) == commands


def test_a_strength_that_is_chosen_holds_for_the_key_over_the_race() -> None:
    keys = [*["down"] * 3, "right", "escape", "d"]
    assert sent(*keys) == [Break(Delay((), 5_000))]


def test_a_fault_that_is_on_changes_at_once_and_ends_by_its_key() -> None:
    first = broken(Delay((), 1_000))
    assert sent(*["down"] * 3, "right", first=first) == [Break(Delay((), 5_000))]
    assert sent("d", first=first) == [Heal("delay")]
    assert sent(*["down"] * 3, "enter", first=first) == [Heal("delay")]


def test_a_fault_that_a_scenario_began_can_be_ended() -> None:
    first = broken(Loss(("bob", "carol"), 0.45))
    assert sent("up", "enter", first=first) == [Heal("loss:bob:carol")]


@pytest.mark.parametrize("key", ["k", "K", "x"])
def test_some_faults_need_a_node_and_say_so(key: str) -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", key)
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["select a node first (↑ ↓)"]
        assert race.commands == []

    on_screen(press)


def test_p_opens_the_picker_over_the_sheet_and_joins_what_is_cut() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", "enter")
        open_ = [type(app.screen)]
        await pilot.press("2", "enter")
        open_.append(type(app.screen))
        assert open_ == [PartitionScreen, FaultsScreen]
        assert race.commands == [Break(Partition(("alice", "bob")))]

    on_screen(press)
    assert sent("p", first=split_frame()) == [Heal("partition")]


def test_a_preset_that_others_ended_begins_anew() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        crowd = HashRateFactor((), 4)
        await pilot.press("f", "6")
        for new in (broken(crowd), frame()):
            await race.tell(Shown(new, RUNNING))
            await pilot.pause(0.05)
            on = [row for row in sheet_of(app) if "flash crowd" in row]
            assert ("on, 6 ends it" in on[0]) is bool(new.faults)
        await pilot.press("6", "0", "6")
        assert race.commands == [Break(crowd), Break(crowd), HealAll(), Break(crowd)]

    on_screen(press)


def test_a_preset_ends_even_before_a_frame_has_shown_it() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", "6")
        await race.tell(Shown(frame(), RUNNING))  # made before the race knew
        await pilot.pause(0.05)
        await pilot.press("6")
        assert race.commands == [Break(HashRateFactor((), 4)), Heal("hash_rate")]

    on_screen(press)


@pytest.mark.parametrize("no_color", [False, True])
@pytest.mark.parametrize("name", ["[/red]", "[bold", "\\[x]", "a'b\"(c), d)", "中文节点名字很长"])
def test_a_fault_on_a_hostile_name_ends_by_a_click(
    name: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")

    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f")
        await pilot.pause()
        panel = app.screen.query_one("_Rows").region
        await pilot.click(offset=(panel.right - 6, panel.y + 22))
        await pilot.pause()
        assert race.commands == [Heal(Delay((name,)).id)]
        assert app.export_screenshot()

    on_screen(click, first=broken(Delay((name,))))


def test_clicks_choose_and_begin() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f")
        panel = app.screen.query_one("_Rows").region
        at = [row.find("▸     ") for row in app.screen.query_one("_Rows").rows_text]  # type: ignore[attr-defined]
        await pilot.click(offset=(panel.x + at[6], panel.y + 6))
        await pilot.click(offset=(panel.x + 8, panel.y + 6))
        await pilot.pause()
        assert race.commands == [Break(Loss((), 0.6))]

    on_screen(click)


def test_the_sheet_follows_the_choice_on_a_low_terminal() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", "up")
        assert any(row.startswith("▸ 6   flash crowd") for row in sheet_of(app))
        await pilot.press("down")
        assert sheet_of(app)[0].startswith("strikes")

    on_screen(press, size=(60, 20))


def test_the_strip_tells_what_is_on_since_when_and_on_whom() -> None:
    faults = (Delay(("alice",), 5_000), Crash(NAMES[:3]))
    keys, on = text_of_strip(broken(*faults))
    assert keys == (
        "f all…  p partition  k crash  K lose disk  d delay  l loss  b bit flips  c clock skew"
        "  h hash ×2  H hash ÷2  a join  x leave  r restart  0 heal all"
    )
    assert on == ("on: » delay +5000 ms alice 12 s   ✖ crash alice +2 12 s")
    assert text_of_strip(split_frame())[1] == "on: ⊘ partition 2 | 2 12 s"


def text_of_strip(first: Frame) -> list[str]:
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        rows.extend(row.strip("│ ") for row in text_of(app, "faults")[1:-1])

    on_screen(read, first=first)
    return rows


def test_every_fault_key_works_in_the_sheet() -> None:
    ids = {binding.id for binding in BINDINGS if binding.group is FAULT_GROUP}
    known = {getattr(binding, "id", None) for binding in FaultsScreen.BINDINGS}
    assert ids <= known
    for binding in FaultsScreen.BINDINGS:
        action = getattr(binding, "action", "").partition("(")[0]
        assert hasattr(FaultsScreen, f"action_{action}"), action
