"""The sheet of faults: what its rows say, and what its keys ask of the race."""

from pathlib import Path
from typing import get_args

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave
from powclock.race.commands import AnyCommand, Break, Heal, HealAll
from powclock.race.messages import Ended, Shown
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.app import PowclockApp
from powclock.tui.fault_items import GROUPS
from powclock.tui.fault_keys import FAULT_KEYS
from powclock.tui.glyphs import FAULTS as GLYPHS
from powclock.tui.keys import BINDINGS, MORE_FAULTS
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


def to(id_: str) -> list[str]:
    """The keys that lead to a row of the sheet in two columns."""
    links, nodes, attacks, presets = GROUPS
    order = [item.id for group in (links, attacks, nodes, presets) for item in group.items]
    return ["down"] * order.index(id_)


def halves(*keys: str, first: Frame | None = None, width: int = 80) -> tuple[list[str], list[str]]:
    """What stands in the two columns."""
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys, "f")
        await pilot.pause()
        assert isinstance(app.screen, FaultsScreen)
        rows.extend(row[2:-2] for row in app.screen.panel.rows_text[1:-1])

    on_screen(read, first=first, size=(width, 30))
    rows = rows[: next(at for at, row in enumerate(rows) if row.startswith("ON NOW"))]
    half = (len(rows[0]) - 2) // 2
    return [row[:half].strip() for row in rows], [row[half:].strip() for row in rows]


def test_whole_rows() -> None:
    left, right = halves()
    for row in (
        "LINKS",
        "▸ p ⊘ partition    choose the sides",
        "d » delay        ◂    1 s    ▸",
        "l ∅ loss         ◂    30 %   ▸",
        "b ≠ bit flips    ◂    30 %   ▸",
        "ATTACKS",
        "s ◉ selfish      needs a node: tab",
        "g ‡ forge        ◂  any flaw ▸",
    ):
        assert row in left
    for row in (
        "NODES",
        "k ✖ crash        needs a node: tab",
        "K ✖ lose disk    needs a node: tab",
        "c ◷ clock skew   ◂   +90 s   ▸",
        "h ▲ hash more    ◂     ×2    ▸",
        "H ▲ hash less    ◂     ÷2    ▸",
        "a + join         a node nobody knew",
        "x − leave        needs a node: tab",
        "r   restart      what has crashed",
        "PRESETS",
        "1 split brain     halves build cha…",
    ):
        assert row in right
    assert sheet(size=(80, 24))[-2:] == [
        "p partition: Cut the network in two, or join it again",
        "⏎ begin, end  ← → strength  tab node  ⌫ all nodes  0 heal all      esc close",
    ]


def heading(*keys: str, size: tuple[int, int] = (160, 45)) -> str:
    """The upper border of the sheet."""
    told: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", *keys)
        await pilot.pause()
        assert isinstance(app.screen, FaultsScreen)
        told.append(app.screen.panel.rows_text[0])

    on_screen(read, size=size)
    return told[0]


def test_the_border_says_whom_faults_strike_and_what_does_not_fit() -> None:
    assert heading().endswith("─ strikes ◂ all nodes ▸ ╮")
    assert heading("tab").endswith("─ strikes ◂ alice ▸ ╮")
    assert heading("tab", "backspace").endswith("─ strikes ◂ all nodes ▸ ╮")
    rows = sum(len(group.items) + 1 for group in GROUPS) + 1
    assert f"▴0 ▾{rows - 16} rows · strikes" in heading(size=(60, 20))
    # The last row that can be chosen is a preset; below it nothing is on.
    assert f"▴{rows - 17} ▾1 rows · strikes" in heading("up", size=(60, 20))


def test_rows_of_a_race_that_is_broken() -> None:
    faults = (Delay(("alice",), 5_000), Loss((), 0.45), HashRateFactor(("bob",), 0.25))
    first = broken(*faults, Crash(("alice", "bob", "carol")))
    left, right = halves("down", first=first, width=100)
    told = {" ".join(row.split()) for row in (*left, *right)}
    assert told >= {
        "●k ✖ crash alice +2 12 s",
        "K ✖ lose disk and empties it",
        "●d » delay ◂ 5 s ▸ alice 12 s",
        "●l ∅ loss ◂ 30 % ▸ all nodes 12 s",
        "h ▲ hash more ◂ ×2 ▸",
        "●H ▲ hash less ◂ ÷2 ▸ bob 12 s",
        "s ◉ selfish ◂ γ 0.5 ▸",
    }
    rows = sheet("down", first=first)
    at = rows.index("ON NOW  4 on")
    assert [" ".join(row.split()) for row in rows[at + 1 : at + 5]] == [
        "» delay +5000 ms alice for 12 s ✖ end",
        "∅ loss 45% all nodes for 12 s ✖ end",
        "▲ hash rate ×0.25 bob for 12 s ✖ end",
        "✖ crash alice +2 for 12 s ✖ end",
    ]


def about(*keys: str, first: Frame | None = None) -> str:
    """The row above the keys of the sheet."""
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", *keys)
        await pilot.pause()
        rows.extend(sheet_of(app))

    on_screen(read, first=first, size=(80, 24))
    return rows[-2]


def test_the_last_row_says_more_of_what_is_chosen() -> None:
    first = broken(Delay(("alice",), 5_000))
    assert about(*to("delay")) == "d delay: Messages take longer: a second, or as chosen in f"
    assert about(*to("delay"), first=first) == "d delay: on alice 12 s"
    assert about(*to("preset 1")) == (
        "1 split brain: halves build chains of their own; one loses all of it"
    )
    assert about("up", first=first) == "a fault that is on: ⏎ ends it"


def test_page_keys_go_from_group_to_group() -> None:
    first_rows = [about(*["pagedown"] * step).partition(":")[0] for step in range(5)]
    assert first_rows == ["p partition", "s selfish", "k crash", "1 split brain", "p partition"]
    assert about("pageup").startswith("1 split brain")


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
        ([*to("delay"), "enter"], [Break(Delay((), 1_000))]),
        ([*to("delay"), "left", "left", "enter"], [Break(Delay((), 200))]),
        ([*to("delay"), "right", "right", "d"], [Break(Delay((), 5_000))]),
        ([*to("loss"), "right", "enter"], [Break(Loss((), 0.6))]),
        ([*to("loss"), "left", "enter"], [Break(Loss((), 0.1))]),
        ([*to("bit_flips"), "left", "enter"], [Break(BitFlips((), 0.03))]),
        ([*to("clock_skew"), "left", "enter"], [Break(ClockSkew((), -90))]),
        ([*to("clock_skew"), "right", "enter"], [Break(ClockSkew((), 7_200))]),
        ([*to("clock_skew"), "right", "right", "enter"], [Break(ClockSkew((), 0, 100_000))]),
        ([*to("faster"), "right", "right", "enter"], [Break(HashRateFactor((), 8))]),
        ([*to("slower"), "right", "enter"], [Break(HashRateFactor((), 0.25))]),
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
    keys = [*to("delay"), "right", "escape", "d"]
    assert sent(*keys) == [Break(Delay((), 5_000))]


def test_a_fault_that_is_on_changes_at_once_and_ends_by_its_key() -> None:
    first = broken(Delay((), 1_000))
    assert sent(*to("delay"), "right", first=first) == [Break(Delay((), 5_000))]
    assert sent("d", first=first) == [Heal("delay")]
    assert sent(*to("delay"), "enter", first=first) == [Heal("delay")]


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
        assert isinstance(app.screen, FaultsScreen)
        rows = app.screen.panel.rows_text
        row = next(at for at, text in enumerate(rows) if "✖ end" in text)
        await pilot.click(offset=(panel.right - 6, panel.y + row))
        await pilot.pause()
        assert race.commands == [Heal(Delay((name,)).id)]
        assert app.export_screenshot()

    on_screen(click, first=broken(Delay((name,))))


def test_clicks_choose_and_begin() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f")
        assert isinstance(app.screen, FaultsScreen)
        panel, rows = app.screen.panel.region, app.screen.panel.rows_text
        row = next(at for at, text in enumerate(rows) if "∅ loss" in text)
        await pilot.click(offset=(panel.x + rows[row].index("▸"), panel.y + row))
        await pilot.click(offset=(panel.x + 8, panel.y + row))
        await pilot.pause()
        assert race.commands == [Break(Loss((), 0.6))]

    on_screen(click)


def test_the_sheet_follows_the_choice_on_a_low_terminal() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("f", "up")
        assert any(row.startswith("▸ 6 flash crowd") for row in sheet_of(app))
        await pilot.press("down")
        assert sheet_of(app)[:2] == ["LINKS", "▸ p ⊘ partition    choose the sides"]
        await pilot.press("g")  # a key shows the row of its fault
        assert any(row.startswith("▸●g ‡ forge") or "▸ g ‡ forge" in row for row in sheet_of(app))

    on_screen(press, size=(60, 20))


def test_the_strip_tells_what_is_on_since_when_and_on_whom() -> None:
    faults = (Delay(("alice",), 5_000), Crash(NAMES[:3]))
    keys, on = text_of_strip(broken(*faults))
    assert keys == (
        "f all…  p partition  d delay  l loss  b bit flips  k crash  K lose disk  c clock skew"
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
    ids = {binding.id for binding in BINDINGS if binding.group in {FAULT_GROUP, MORE_FAULTS}}
    known = {getattr(binding, "id", None) for binding in FaultsScreen.BINDINGS}
    assert ids <= known
    for binding in FaultsScreen.BINDINGS:
        action = getattr(binding, "action", "").partition("(")[0]
        assert hasattr(FaultsScreen, f"action_{action}"), action


def test_every_kind_of_fault_has_a_key_and_a_glyph() -> None:
    kinds = {str(kind.__struct_config__.tag) for kind in get_args(AnyFault)}
    others = {Partition().kind, Join().kind, Leave().kind}
    assert {entry.kind for entry in FAULT_KEYS} == kinds - others
    assert set(GLYPHS) == kinds
    assert len(set(GLYPHS.values())) == len(kinds)
    items = {item.kind for group in GROUPS for item in group.items}
    assert items - {""} == kinds


def test_no_two_keys_of_the_sheet_are_the_same() -> None:
    keys = [
        key
        for binding in FaultsScreen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    ]
    assert sorted(keys) == sorted(set(keys))


def test_the_readme_has_every_key_of_the_sheet() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    missing = [each.key for each in FAULT_KEYS if f"`{each.key}`" not in text]
    assert missing == []
