"""The keys. Footer, help and palette are made from the bindings, and a fault key is one line here.

A fault has several strengths, of which the faults' sheet chooses one. Which strength is on is read
off the label of the active fault, so a fault that a scenario began is understood as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor
from powclock.tui.binding import Binding

Nodes = tuple[str, ...]

# Panels with a number, in the order of their numbers.
NUMBERED = ("clock", "chain", "nodes", "events", "hash_rate", "tips", "network")

TIME = Binding.Group("Time")
PANELS = Binding.Group("Panels")
FAULTS = Binding.Group("Faults: on the selected node, or on all")
VIEW = Binding.Group("View")
PROGRAM = Binding.Group("Program")
GROUPS = (TIME, PANELS, FAULTS, VIEW, PROGRAM)

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, float("inf"))


@dataclass(frozen=True)
class Strength:
    """How hard a fault strikes, in a word or two."""

    words: str
    make: Callable[[Nodes], AnyFault]


@dataclass(frozen=True)
class FaultKey:
    """A key that begins a fault and ends it.

    `usual` is the strength until the person chooses another; a key that `climbs` makes a fault that
    is on stronger, and ends it after the strongest.
    """

    key: str
    id: str
    words: str
    tooltip: str
    strengths: tuple[Strength, ...]
    usual: int = 0
    climbs: bool = False
    one_node: bool = False


def _delay(milliseconds: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Delay(nodes, milliseconds)


def _clock(offset_s: float, drift_ppm: float = 0.0) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: ClockSkew(nodes, offset_s, drift_ppm)


def _hash_rate(factor: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: HashRateFactor(nodes, factor)


def _shares(make: Callable[[Nodes, float], AnyFault], *percent: int) -> tuple[Strength, ...]:
    def one(probability: float) -> Callable[[Nodes], AnyFault]:
        return lambda nodes: make(nodes, probability)

    return tuple(Strength(f"{number} %", one(number / 100)) for number in percent)


FAULT_KEYS = (
    FaultKey("k", "crash", "crash", "Stop a node; again starts it", (Strength("", Crash),),
             one_node=True),
    FaultKey("K", "wipe", "lose disk", "Stop a node and lose its disk; again starts it empty",
             (Strength("", lambda nodes: Crash(nodes, lose_disk=True)),), one_node=True),
    FaultKey("d", "delay", "delay", "Messages take longer: a second, or as chosen in f",
             (Strength("200 ms", _delay(200)), Strength("1 s", _delay(1_000)),
              Strength("5 s", _delay(5_000))), usual=1),
    FaultKey("l", "loss", "loss", "Messages get lost: three in ten, or as chosen in f",
             _shares(Loss, 10, 30, 60), usual=1),
    FaultKey("b", "bit_flips", "bit flips", "A bit flips in three messages of ten",
             _shares(BitFlips, 3, 30), usual=1),
    FaultKey("c", "clock_skew", "clock skew", "Clocks are 90 s ahead, or as chosen in f",
             (Strength("−90 s", _clock(-90)), Strength("+90 s", _clock(90)),
              Strength("+2 h", _clock(7_200)), Strength("10 % fast", _clock(0, 100_000))),
             usual=1),
    FaultKey("h", "faster", "hash ×2", "Twice the hash rate; again ×4, ×8, and back",
             (Strength("×2", _hash_rate(2)), Strength("×4", _hash_rate(4)),
              Strength("×8", _hash_rate(8))), climbs=True),
    FaultKey("H", "slower", "hash ÷2", "Half the hash rate; again ÷4, ÷8, and back",
             (Strength("÷2", _hash_rate(1 / 2)), Strength("÷4", _hash_rate(1 / 4)),
              Strength("÷8", _hash_rate(1 / 8))), climbs=True),
)  # fmt: skip

FAULT_BY_ID = {entry.id: entry for entry in FAULT_KEYS}

# Names for nodes that join: none of them is likely to be taken.
NEWCOMERS = (
    "nina", "oscar", "peggy", "quinn", "ruth", "sybil", "trent", "uma", "victor", "wendy",
    "xavier", "yann", "zoe",
)  # fmt: skip


def _bind(
    key: str,
    action: str,
    words: str,
    tooltip: str,
    group: Binding.Group,
    *,
    display: str | None = None,
    show: bool = False,
    name: str = "",
) -> Binding:
    """A binding; `name` is its id in key maps where the action alone would not do."""
    return Binding(
        key,
        action,
        words,
        show=show,
        key_display=display or key,
        tooltip=tooltip,
        id=name or action,
        group=group,
    )


BINDINGS = (
    _bind("space", "pause", "pause", "Pause the race, or go on", TIME, show=True),
    _bind("full_stop", "step_event", "step", "Go on to the next event", TIME, display=".",
          show=True),
    _bind("greater_than_sign", "step_tick", "tick", "Go on to the next tick", TIME, display=">",
          show=True),
    _bind("left_square_bracket", "slower", "slower", "Run the race slower", TIME, display="[",
          show=True),
    _bind("right_square_bracket", "faster", "faster", "Run the race faster", TIME, display="]",
          show=True),
    _bind("equals_sign", "real_time", "×1", "A second of the race takes a second", TIME,
          display="="),
    _bind("v", "freeze", "freeze view", "Hold the picture still; the race goes on", TIME),
    _bind("tab", "next_panel(1)", "next panel", "Let the arrow keys act on the next panel", PANELS,
          name="next_panel"),
    _bind("shift+tab", "next_panel(-1)", "panel before", "Back to the panel before", PANELS,
          display="⇧tab", name="panel_before"),
    *(
        _bind(str(number), f"panel('{name}')", name.replace("_", " "),
              f"To the {name.replace('_', ' ')}", PANELS, name=f"panel_{name}")
        for number, name in enumerate(NUMBERED, start=1)
    ),
    _bind("m", "maximise", "maximise", "Give the panel the whole screen, or take that back", PANELS,
          show=True),
    _bind("up", "move(0,-1)", "up", "The node above; in a panel, the line above", PANELS,
          display="↑", name="up"),
    _bind("down", "move(0,1)", "down", "The node below; in a panel, the line below", PANELS,
          display="↓", name="down"),
    _bind("left", "move(-1,0)", "left", "Earlier blocks; in the chain, the block before", PANELS,
          display="←", name="left"),
    _bind("right", "move(1,0)", "right", "Later blocks; in the chain, the block after", PANELS,
          display="→", name="right"),
    _bind("pageup", "page(-1)", "page up", "A page up, or further into the past", PANELS,
          display="pgup", name="page_up"),
    _bind("pagedown", "page(1)", "page down", "A page down, or back towards the tip", PANELS,
          display="pgdn", name="page_down"),
    _bind("home", "end(False)", "first", "The oldest block, or the first line", PANELS,
          name="first"),
    _bind("end", "end(True)", "follow", "Follow the tip again, or the last line", PANELS,
          name="last"),
    _bind("enter", "enter", "inspect", "Look into the chosen node, block or event", PANELS,
          display="⏎", show=True),
    _bind("g", "find", "go to", "Search for a node, a block or a transaction", PANELS, show=True),
    _bind("y", "copy", "copy", "Copy the hash of the chosen block, or of the head", PANELS),
    _bind("escape", "back", "back", "Close, or choose nothing: faults then hit all nodes", PANELS,
          display="esc"),
    _bind("p", "partition", "partition", "Cut the network in two, or join it again", FAULTS,
          show=True),
    *(
        _bind(entry.key, f"fault('{entry.id}')", entry.words, entry.tooltip, FAULTS,
              name=f"fault_{entry.id}")
        for entry in FAULT_KEYS
    ),
    _bind("a", "join", "join", "A node that nobody knew joins", FAULTS),
    _bind("x", "leave", "leave", "The selected node leaves for good", FAULTS),
    _bind("r", "restart", "restart", "Start what has crashed", FAULTS),
    _bind("0", "heal_all", "heal all", "End every fault", FAULTS),
    _bind("f", "faults", "faults", "All faults: strengths, targets, presets, and what is on", VIEW,
          show=True),
    _bind("slash", "filter", "filter", "Show only nodes that are like this; in the events, events",
          VIEW, display="/", show=True),
    _bind("s", "sort", "sort", "Sort the nodes by the next column", VIEW),
    _bind("o", "order", "turn order", "Turn the order of the nodes round", VIEW),
    _bind("e", "kinds", "kinds", "Choose the kinds of events that are shown", VIEW),
    _bind("z", "zoom", "zoom", "Blocks as boxes, in one line, or as one cell", VIEW, show=True),
    _bind("t", "theme", "theme", "The next theme", VIEW),
    _bind("S", "shot", "screenshot", "Save the screen as an SVG file", PROGRAM),
    _bind("question_mark", "help", "help", "All keys", PROGRAM, display="?", show=True),
    _bind("q", "leave_race", "quit", "End the race", PROGRAM, show=True),
    _bind("ctrl+p", "palette", "palette", "Find a key by what it does", PROGRAM, display="^p",
          show=True),
)  # fmt: skip
