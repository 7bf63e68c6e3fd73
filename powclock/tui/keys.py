"""The keys. Footer, help and palette are made from the bindings, and a fault key is one line here.

A fault key may have several strengths: each press goes to the next, and after the last one the
fault ends. Which strength is on is read off the label of the active fault, so a fault that a
scenario or another key began is understood as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

from powclock.network.faults import (
    AnyFault,
    BitFlips,
    ClockSkew,
    Crash,
    Delay,
    HashRateFactor,
    Loss,
)
from powclock.tui.binding import Binding

Nodes = tuple[str, ...]

TIME = Binding.Group("Time")
NODES = Binding.Group("Nodes")
FAULTS = Binding.Group("Faults: on the selected node, or on all")
VIEW = Binding.Group("View")
PROGRAM = Binding.Group("Program")
GROUPS = (TIME, NODES, FAULTS, VIEW, PROGRAM)

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, float("inf"))


@dataclass(frozen=True)
class FaultKey:
    """A key that begins a fault, makes it stronger, and ends it."""

    key: str
    id: str
    words: str
    tooltip: str
    strengths: tuple[Callable[[Nodes], AnyFault], ...]
    one_node: bool = False


FAULT_KEYS = (
    FaultKey("k", "crash", "crash", "Stop a node; again starts it", (Crash,), one_node=True),
    FaultKey(
        "K",
        "wipe",
        "lose disk",
        "Stop a node and lose its disk; again starts it empty",
        (lambda nodes: Crash(nodes, lose_disk=True),),
        one_node=True,
    ),
    FaultKey("d", "delay", "delay", "Messages take a second longer", (Delay,)),
    FaultKey("l", "loss", "loss", "Three messages in ten get lost", (Loss,)),
    FaultKey("b", "bit_flips", "bit flips", "One bit of three messages in ten flips", (BitFlips,)),
    FaultKey("c", "clock_skew", "clock +90 s", "Clocks are 90 seconds ahead", (ClockSkew,)),
    FaultKey(
        "h",
        "faster",
        "hash ×2",
        "Twice the hash rate; again ×4, ×8, and back",
        (
            lambda nodes: HashRateFactor(nodes, 2.0),
            lambda nodes: HashRateFactor(nodes, 4.0),
            lambda nodes: HashRateFactor(nodes, 8.0),
        ),
    ),
    FaultKey(
        "H",
        "slower",
        "hash ÷2",
        "Half the hash rate; again ÷4, ÷8, and back",
        (
            lambda nodes: HashRateFactor(nodes, 0.5),
            lambda nodes: HashRateFactor(nodes, 0.25),
            lambda nodes: HashRateFactor(nodes, 0.125),
        ),
    ),
)

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
) -> Binding:
    name = action.replace("('", ".").replace("')", "").replace("(", ".").replace(")", "")
    return Binding(
        key,
        action,
        words,
        show=show,
        key_display=display or key,
        tooltip=tooltip,
        id=name,
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
    _bind("up", "select(-1)", "node above", "Select the node above", NODES, display="↑"),
    _bind("down", "select(1)", "node below", "Select the node below", NODES, display="↓"),
    _bind("escape", "select_none", "all nodes", "Select no node: faults hit all", NODES,
          display="esc"),
    _bind("p", "partition", "partition", "Cut the network in two, or join it again", FAULTS,
          show=True),
    *(
        _bind(entry.key, f"fault('{entry.id}')", entry.words, entry.tooltip, FAULTS)
        for entry in FAULT_KEYS
    ),
    _bind("a", "join", "join", "A node that nobody knew joins", FAULTS),
    _bind("x", "leave", "leave", "The selected node leaves for good", FAULTS),
    _bind("r", "restart", "restart", "Start what has crashed", FAULTS),
    _bind("0", "heal_all", "heal all", "End every fault", FAULTS),
    _bind("f", "faults", "faults", "Show the fault keys", VIEW, show=True),
    _bind("z", "zoom", "zoom", "Blocks as boxes, in one line, or as one cell", VIEW, show=True),
    _bind("left", "pan(1)", "earlier", "Move the chain towards the past", VIEW, display="←"),
    _bind("right", "pan(-1)", "later", "Move the chain towards the tip", VIEW, display="→"),
    _bind("home", "pan_home", "oldest", "The oldest blocks that are still shown", VIEW),
    _bind("end", "follow", "follow", "Follow the tip again", VIEW),
    _bind("1", "panel(1)", "clock", "The clock alone, on a small terminal", VIEW),
    _bind("2", "panel(2)", "chain", "The chain alone, on a small terminal", VIEW),
    _bind("3", "panel(3)", "nodes", "The nodes alone, on a small terminal", VIEW),
    _bind("4", "panel(4)", "events", "The events alone, on a small terminal", VIEW),
    _bind("t", "theme", "theme", "The next theme", VIEW),
    _bind("S", "shot", "screenshot", "Save the screen as an SVG file", PROGRAM),
    _bind("question_mark", "help", "help", "All keys", PROGRAM, display="?", show=True),
    _bind("q", "leave_race", "quit", "End the race", PROGRAM, show=True),
)  # fmt: skip
