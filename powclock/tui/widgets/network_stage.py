"""The stage of the network's picture: where nodes stand, and how they glide to new places.

Nodes keep their places for as long as who is there, the links, the sides and the size are the same.
When one of these changes they are laid out again, and for a moment they are on their way.
"""

from dataclasses import replace
from math import inf

from rich.cells import cell_len

from powclock.record.frame import Frame
from powclock.tui.layout_graph import Cell, Layout, Seats, lay_out
from powclock.tui.state import State
from powclock.tui.widgets.network_graph import Graph, crowded

# Nodes that change their places take this long to get there.
GLIDE_S = 0.6
_NAMES_MAX = 12


class Stage:
    """Where the nodes of one picture stand."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._seats = Seats()
        self._layout: tuple[object, Layout | None] = (None, None)
        self._glide: tuple[float, dict[str, Cell]] = (-inf, {})
        self._graph: tuple[object, Graph | None] = (None, None)
        self.cells: list[Cell] = []

    @property
    def moving(self) -> bool:
        """Whether nodes are on their way to new places."""
        return self._state.wall_s() < self._glide[0] + GLIDE_S

    def graph(self, frame: Frame, width: int, height: int) -> Graph:
        """The graph as it stands now; where there is motion, nodes glide to where they belong."""
        names = [row.name for row in frame.nodes]
        regions = [row.region for row in frame.nodes]
        sides = frame.sides
        key = (names, regions, frame.links, sides, width, height)
        if key != self._layout[0]:
            self._lay_out(key, frame, width, height)
        target = self._layout[1]
        assert target is not None
        places = self._gliding(target)
        side_of = {name: number for number, side in enumerate(sides) for name in side}
        cells = [places[name] for name in names]
        if self._graph[0] != (cells, key) or self._graph[1] is None:
            layout = replace(target, places=places)
            graph = Graph(names, layout, frame.links, side_of, (width, height))
            self._graph = ((cells, key), graph)
        self.cells = cells
        assert self._graph[1] is not None
        return self._graph[1]

    def _lay_out(self, key: tuple[object, ...], frame: Frame, width: int, height: int) -> None:
        pairs = [(row.name, row.region) for row in frame.nodes]
        seats = self._seats.give(pairs, frame.links)
        names_width = min(max(cell_len(name) for name, _ in pairs), _NAMES_MAX)
        if crowded(len(pairs), width, height):
            names_width = 0
        shown, before = self._layout
        here = self._gliding(before) if before is not None else {}
        layout = lay_out(seats, frame.sides, width, height, names_width)
        self._layout = (key, layout)
        # The first frame of a picture has no links yet, so nobody has found their place.
        settled = isinstance(shown, tuple) and shown[-2:] == (width, height) and bool(shown[2])
        moved = any(layout.places.get(name, cell) != cell for name, cell in here.items())
        glides = settled and moved and self._state.motion
        self._glide = (self._state.wall_s(), here) if glides else (-inf, {})

    def _gliding(self, target: Layout) -> dict[str, Cell]:
        """Where nodes are on their way to their places."""
        started_s, before = self._glide
        share = (self._state.wall_s() - started_s) / GLIDE_S
        if share >= 1 or not before:
            return target.places
        eased = share * share * (3 - 2 * share)
        places = {}
        for name, (x, y) in target.places.items():
            old_x, old_y = before.get(name, (x, y))
            places[name] = (
                round(old_x + (x - old_x) * eased),
                round(old_y + (y - old_y) * eased),
            )
        return places
