"""The keys: footer, help and palette are made from the bindings."""

from powclock.tui.binding import Binding
from powclock.tui.fault_keys import FAULT_KEYS

# Panels with a number, in the order of their numbers.
NUMBERED = ("clock", "chain", "nodes", "events", "hash_rate", "tips", "network", "clients")

TIME = Binding.Group("Time")
PANELS = Binding.Group("Panels")
FAULTS = Binding.Group("Faults: on the selected node, or on all")
# Their keys work in the faults' sheet alone.
MORE_FAULTS = Binding.Group("More faults: in the sheet of all faults", sheet=True)
VIEW = Binding.Group("View")
PROGRAM = Binding.Group("Program")
LESSON = Binding.Group("In a lesson")
PAST = Binding.Group("Replay, and the past of a race that goes on")
GROUPS = (TIME, PAST, LESSON, PANELS, FAULTS, MORE_FAULTS, VIEW, PROGRAM)

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, float("inf"))

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
    _bind("comma", "jump('event',True)", "event before", "Back to the event before", PAST,
          display=",", name="event_before"),
    _bind("less_than_sign", "jump('tick',True)", "tick before", "Back to the tick before", PAST,
          display="<", name="tick_before"),
    _bind("minus", "backwards", "backwards", "Play the other way round, or forwards again", PAST,
          display="-"),
    _bind("j", "jump('fork',False)", "next fork", "On to the next fork", PAST, name="next_fork"),
    _bind("J", "jump('fork',True)", "fork before", "Back to the fork before", PAST,
          name="fork_before"),
    _bind("u", "jump('reorg',False)", "next reorg", "On to the next reorg", PAST,
          name="next_reorg"),
    _bind("U", "jump('reorg',True)", "reorg before", "Back to the reorg before", PAST,
          name="reorg_before"),
    _bind("w", "jump('fault',False)", "next fault", "On to where a fault next begins or ends", PAST,
          name="next_fault"),
    _bind("W", "jump('fault',True)", "fault before", "Back to where a fault last began or ended",
          PAST, name="fault_before"),
    _bind("F", "fork_future", "fork", "Go on live from here, with another future", PAST),
    _bind("L", "now", "to now", "Back to the race that goes on", PAST),
    _bind("n", "lesson_next", "next", "Show the answer, or go on to the next step", LESSON),
    _bind("N", "lesson_back", "back", "The step before: the race runs again up to it", LESSON),
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
    _bind("backspace", "side_by_side", "side by side", "With --rules: back to all races",
          PANELS, display="bksp"),
    _bind("p", "partition", "partition", "Cut the network in two, or join it again", FAULTS,
          show=True),
    *(
        _bind(entry.key, f"fault('{entry.id}')", entry.words, entry.tooltip, FAULTS,
              name=f"fault_{entry.id}")
        for entry in FAULT_KEYS if entry.direct
    ),
    _bind("a", "join", "join", "A node that nobody knew joins", FAULTS),
    _bind("x", "leave", "leave", "The selected node leaves for good", FAULTS),
    _bind("r", "restart", "restart", "Start what has crashed", FAULTS),
    _bind("0", "heal_all", "heal all", "End every fault", FAULTS),
    *(
        _bind(entry.key, f"fault('{entry.id}')", entry.words, entry.tooltip, MORE_FAULTS,
              name=f"fault_{entry.id}")
        for entry in FAULT_KEYS if not entry.direct
    ),
    _bind("f", "faults", "faults", "All faults: strengths, targets, presets, and what is on", VIEW,
          show=True),
    _bind("slash", "filter", "filter", "Show only nodes that are like this; in the events, events",
          VIEW, display="/", show=True),
    _bind("s", "sort", "sort", "Sort the nodes by the next column", VIEW),
    _bind("o", "order", "turn order", "Turn the order of the nodes round", VIEW),
    _bind("e", "kinds", "kinds", "Choose the kinds of events that are shown", VIEW),
    _bind("z", "zoom", "zoom", "Blocks as boxes, in one line, or as one cell", VIEW, show=True),
    _bind("t", "theme", "theme", "The next theme", VIEW),
    _bind("R", "keep", "record", "Keep a recording of the race from its start on, or end it here",
          PROGRAM),
    _bind("S", "shot", "screenshot", "Save the screen as an SVG file", PROGRAM),
    _bind("question_mark", "help", "help", "All keys", PROGRAM, display="?", show=True),
    _bind("q", "leave_race", "quit", "End the race", PROGRAM, show=True),
    _bind("ctrl+p", "palette", "palette", "Find a key by what it does", PROGRAM, display="^p",
          show=True),
)  # fmt: skip

# In a lesson: what the keys of a slide remote do there, and which keys the footer shows.
LESSON_WORDS = {
    "page_down": ("next", "In a lesson: the next step, as slide remotes say it"),
    "page_up": ("back", "In a lesson: the step before, as slide remotes say it"),
    "left": ("back", "In a lesson the step before; in a panel, left"),
    "right": ("next", "In a lesson the next step; in a panel, right"),
}
LESSON_SHOWN = frozenset({
    "lesson_next", "lesson_back", "pause", "step_event", "faster", "slower", "maximise", "faults",
    "enter", "help", "leave_race", "palette",
})  # fmt: skip

# In the past: what the arrows do while no panel is chosen, and which keys the footer shows.
PAST_WORDS = {
    "pause": ("play", "Play, or pause"),
    "left": ("5 s back", "In the past 5 s back; in a panel, left"),
    "right": ("5 s on", "In the past 5 s on; in a panel, right"),
    "page_up": ("1 min back", "In the past a minute back; in a panel, a page up"),
    "page_down": ("1 min on", "In the past a minute on; in a panel, a page down"),
    "first": ("start", "The start of the race; in a panel, the first line"),
    "last": ("end", "The end of what is known; in a panel, the last line"),
    "step_event": ("event", "On to the next event"),
    "step_tick": ("tick", "On to the next tick"),
    "find": ("go to", "Go to a tick, a time, a node, a block or a transaction"),
}
PAST_SHOWN = frozenset({
    "pause", "left", "right", "step_event", "step_tick", "faster", "next_fork", "next_reorg",
    "next_fault", "find", "fork_future", "enter", "help", "leave_race", "palette",
})  # fmt: skip

# While another future is made, all other keys wait for it: these are of use.
MAKING_WORDS = {
    "back": ("stop forking", "Give up the future that is made, and stay in the past"),
    "now": ("stop forking", "Give up the future that is made, and stay in the past"),
}
MAKING_SHOWN = frozenset({"back", "now", "help", "leave_race", "palette"})

# The keys that work while races are next to each other: they act on all of them.
SIDE_BY_SIDE = frozenset({
    "pause", "step_event", "step_tick", "slower", "faster", "real_time", "next_panel",
    "panel_before", *(f"panel_{name}" for name in NUMBERED[:3]), "maximise", "up", "down", "left",
    "right", "enter", "back", "partition", *(f"fault_{entry.id}" for entry in FAULT_KEYS), "join",
    "leave", "restart", "heal_all", "faults", "theme", "keep", "shot", "help",
    "leave_race", "palette",
})  # fmt: skip
SIDE_BY_SIDE_SHOWN = frozenset({
    "pause", "step_event", "next_panel", "enter", "partition", "faults", "help", "leave_race",
    "palette",
})  # fmt: skip
# What some of them do there.
SIDE_BY_SIDE_WORDS = {
    "pause": ("pause", "Pause all races, or go on"),
    "step_event": ("step", "The chosen race goes on to its next event, the others as far"),
    "step_tick": ("tick", "The chosen race goes on to its next tick, the others as far"),
    "next_panel": ("next race", "Choose the next race"),
    "panel_before": ("race before", "Choose the race before"),
    **{
        f"panel_{name}": (f"race {number}", f"Choose the race of column {number}")
        for number, name in enumerate(NUMBERED[:3], start=1)
    },
    "maximise": ("open", "The chosen race on the whole screen; bksp or esc comes back"),
    "enter": ("open", "The chosen race on the whole screen; bksp or esc comes back"),
    "up": ("up", "The node above: faults strike it in every race"),
    "down": ("down", "The node below: faults strike it in every race"),
    "left": ("left", "Choose the race to the left"),
    "right": ("right", "Choose the race to the right"),
    "back": ("back", "Choose no node: faults strike all"),
    "keep": ("record", "Keep recordings of all races from their start on, or end them here"),
    "leave_race": ("quit", "End all races"),
}
