"""Where nodes stand in a picture of the network: a pure function of who there is, with a memory.

Nodes of one region stand on an ellipse, in an order in which peers are neighbours: a walk along
links that goes on to the peer with the fewest ways out, then swaps of neighbours while that makes
links shorter. A ring comes out as a ring, a line as an open one. Where there are more nodes than an
ellipse has rows for, they fill it, each at its own angle and at a distance from the golden ratio,
which spreads them evenly. Regions get boxes of their own, and so do the sides of a partition.

A node keeps its angle for as long as it takes part; one that joins gets the middle of the widest
gap. So nobody jumps when somebody comes or goes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, sin, sqrt

_GOLDEN = (sqrt(5) - 1) / 2
_SWEEPS_MAX = 12

Cell = tuple[int, int]
Link = tuple[int, int]


@dataclass(frozen=True)
class Seat:
    """A node's place in its region: `turn` is its angle from the top, clockwise, 1 for all round.

    `number` counts seats as they are given, and tells how far inside the node stands.
    """

    region: str
    turn: float
    number: int


@dataclass(frozen=True)
class Box:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """The cells of all nodes, where the regions' names go, and the lines that part two sides.

    `rightward` are the nodes in the right half of their ellipse: their names go to the right.
    """

    places: dict[str, Cell]
    rightward: frozenset[str]
    regions: tuple[tuple[str, Box], ...]
    cuts: tuple[Box, ...]


class Seats:
    """Gives nodes their seats and remembers them."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._linked = False

    def give(self, nodes: Sequence[tuple[str, str]], links: Sequence[Link]) -> dict[str, Seat]:
        """The seats of these nodes (name, region); `links` are pairs of indices into `nodes`."""
        linked = bool(links)
        if linked and not self._linked:
            self._seats.clear()
        self._linked = self._linked or linked
        regions: dict[str, list[int]] = {}
        for index, (_, region) in enumerate(nodes):
            regions.setdefault(region, []).append(index)
        seats: dict[str, Seat] = {}
        for region, members in regions.items():
            seats |= self._of_region(region, members, nodes, links)
        self._seats = seats
        return seats

    def _of_region(
        self,
        region: str,
        members: list[int],
        nodes: Sequence[tuple[str, str]],
        links: Sequence[Link],
    ) -> dict[str, Seat]:
        known = {}
        for index in members:
            seat = self._seats.get(nodes[index][0])
            if seat is not None and seat.region == region:
                known[nodes[index][0]] = seat
        if 2 * len(known) < len(members):
            ordered = order(members, links)
            return {
                nodes[index][0]: Seat(region, place / len(ordered), place)
                for place, index in enumerate(ordered)
            }
        for index in members:
            name = nodes[index][0]
            if name not in known:
                number = 1 + max(seat.number for seat in known.values())
                known[name] = Seat(region, _widest_gap(known.values()), number)
        return known


def _widest_gap(seats: Iterable[Seat]) -> float:
    """The middle of the widest gap between seats; of gaps as wide, the first."""
    turns = sorted(seat.turn for seat in seats)
    gaps = [
        (round(after - turn, 9), -turn)
        for turn, after in zip(turns, [*turns[1:], turns[0] + 1], strict=True)
    ]
    width, start = max(gaps)
    return (width / 2 - start) % 1


def order(members: Sequence[int], links: Sequence[Link]) -> list[int]:
    """The nodes of a region in an order in which peers are near each other."""
    inside = set(members)
    peers: dict[int, list[int]] = {index: [] for index in members}
    for a, b in links:
        if a in inside and b in inside and a != b:
            peers[a].append(b)
            peers[b].append(a)
    walked = _walk(members, peers)
    return _shorten(walked, peers)


def _walk(members: Sequence[int], peers: Mapping[int, list[int]]) -> list[int]:
    """Every node once, going on to a peer where there is one; dead ends turn back."""
    ways = {index: len(peers[index]) for index in members}
    walked: list[int] = []
    left = dict.fromkeys(members)
    trail: list[int] = []
    while left:
        if not trail:
            following = min(left, key=lambda index: (ways[index], index))
        else:
            ahead = [peer for peer in peers[trail[-1]] if peer in left]
            if not ahead:
                trail.pop()
                continue
            following = min(ahead, key=lambda index: (ways[index], index))
        del left[following]
        walked.append(following)
        trail.append(following)
        for peer in peers[following]:
            ways[peer] -= 1
    return walked


def _shorten(walked: list[int], peers: Mapping[int, list[int]]) -> list[int]:
    """Swap neighbours on the ring while that makes the links shorter."""
    count = len(walked)
    # Where all are linked with all, no order is better than another.
    if count < 4 or sum(map(len, peers.values())) > count * (count - 1) // 2:
        return walked
    walked = list(walked)
    at = {index: place for place, index in enumerate(walked)}

    def cost(index: int, place: int, other: int) -> int:
        gaps = (abs(at[peer] - place) for peer in peers[index] if peer != other)
        return sum(min(gap, count - gap) for gap in gaps)

    for _ in range(_SWEEPS_MAX):
        swapped = False
        for place in range(count):
            after = (place + 1) % count
            a, b = walked[place], walked[after]
            if cost(a, after, b) + cost(b, place, a) < cost(a, place, b) + cost(b, after, a):
                walked[place], walked[after] = b, a
                at[a], at[b] = after, place
                swapped = True
        if not swapped:
            break
    return walked


def lay_out(
    seats: Mapping[str, Seat],
    sides: Sequence[Sequence[str]],
    width: int,
    height: int,
    names_width: int,
) -> Layout:
    """Give every node a cell of its own; left and right of them there is room for names.

    There must be more cells than nodes. `names_width` is what the longest name takes.
    """
    whole = Box(0, 0, width, height)
    groups = _by_side(seats, sides)
    if len(groups) < 2:
        boxes, cuts = [whole], list[Box]()
    else:
        boxes, cuts = _parted(whole, [len(group) for group in groups])
    wanted: dict[str, tuple[float, float]] = {}
    titles: list[tuple[str, Box]] = []
    rightward: set[str] = set()
    for group, box in zip(groups, boxes, strict=True):
        regions: dict[str, list[str]] = {}
        for name in group:
            regions.setdefault(seats[name].region, []).append(name)
        for (region, names), part in zip(regions.items(), _grid(box, len(regions)), strict=True):
            inner = part
            if region and part.height >= 4:
                titles.append((region, Box(part.x, part.y, part.width, 1)))
                inner = Box(part.x, part.y + 1, part.width, part.height - 1)
            seated = {name: seats[name] for name in names}
            if region and inner.height >= 9:
                # Links between regions should be seen as such: leave a gap between them.
                inner = Box(inner.x, inner.y + 1, inner.width, inner.height - 2)
            stand = _ellipse(seated, inner, names_width, even=len(groups) > 1)
            wanted |= stand
            rightward |= {
                name for name, (x, _) in stand.items() if 2 * x >= 2 * inner.x + inner.width - 1.01
            }
    places = _apart(wanted, width, height)
    return Layout(places, frozenset(rightward), tuple(titles), tuple(cuts))


def _by_side(seats: Mapping[str, Seat], sides: Sequence[Sequence[str]]) -> list[list[str]]:
    """The nodes of each side; those of none stand with the largest."""
    groups = [[name for name in side if name in seats] for side in sides]
    groups = [group for group in groups if group]
    if len(groups) < 2:
        return [list(seats)]
    sided = {name for group in groups for name in group}
    max(groups, key=len).extend(name for name in seats if name not in sided)
    return groups


def _parted(box: Box, counts: Sequence[int]) -> tuple[list[Box], list[Box]]:
    """A box for each side, and the line between two: above each other unless there is no height.

    Names are wide, so a flat box holds more of them than a narrow one.
    """
    beside = box.width > 3 * box.height
    length = box.width if beside else box.height
    room = max(length - (len(counts) - 1), len(counts))
    # A side of one node still needs a quarter of what an even share would be.
    weights = [max(count, sum(counts) / len(counts) / 2) for count in counts]
    boxes, cuts = [], []
    at, reached = 0.0, 0
    for index, weight in enumerate(weights):
        at += weight / sum(weights) * room
        end = round(at) + index
        if beside:
            boxes.append(Box(box.x + reached, box.y, end - reached, box.height))
            cuts.append(Box(box.x + end, box.y, 1, box.height))
        else:
            boxes.append(Box(box.x, box.y + reached, box.width, end - reached))
            cuts.append(Box(box.x, box.y + end, box.width, 1))
        reached = end + 1
    return boxes, cuts[:-1]


def _grid(box: Box, count: int) -> list[Box]:
    """Boxes in rows, each some three times as wide as high; the last row is centred."""
    if count == 1:
        return [box]
    shapes = []
    for across in range(1, count + 1):
        down = ceil(count / across)
        part_width, part_height = max(box.width / across, 1), max(box.height / down, 1)
        shapes.append((abs(part_width / part_height - 3), across, down))
    _, across, down = min(shapes)
    part = box.width / across
    boxes = []
    for index in range(count):
        row, column = divmod(index, across)
        in_row = min(across, count - row * across)
        left = box.x + (box.width - in_row * part) / 2 + column * part
        top, bottom = box.y + row * box.height // down, box.y + (row + 1) * box.height // down
        boxes.append(Box(round(left), top, round(left + part) - round(left), bottom - top))
    return boxes


def _ellipse(
    seats: Mapping[str, Seat], box: Box, names_width: int, *, even: bool
) -> dict[str, tuple[float, float]]:
    """Where the nodes of a box would like to stand; `even` spaces those that are there evenly."""
    count = len(seats)
    ordered = sorted(seats, key=lambda name: (seats[name].turn, seats[name].number))
    margin = min(names_width + 1.0, box.width * 0.34)
    radius_x = max((box.width - 1) / 2 - margin, 0.0)
    radius_y = max((box.height - 1) / 2, 0.0)
    middle_x, middle_y = box.x + (box.width - 1) / 2, box.y + (box.height - 1) / 2
    # Judged by a power of two, so that one more node does not move all others.
    capacity = 1 << max(count - 1, 0).bit_length()
    rows = max(box.height, 1)
    inner = min(2 * rows / capacity, 1.0)
    # Few rows for many nodes: equal steps down, not around, give each a row of its own.
    linear = min(max((capacity / rows - 0.6) / 0.8, 0.0), 1.0) if inner == 1.0 else 0.0
    wanted = {}
    for place, name in enumerate(ordered):
        seat = seats[name]
        turn = place / count if even else seat.turn
        across, down = _around(turn, linear)
        if count == 1:
            across = down = 0.0
        far = sqrt(inner**2 + (1 - inner**2) * (seat.number * _GOLDEN % 1)) if inner < 1 else 1.0
        wanted[name] = (middle_x + across * far * radius_x, middle_y + down * far * radius_y)
    return wanted


def _around(turn: float, linear: float) -> tuple[float, float]:
    """A point of the unit circle; `linear` 1 goes down evenly, 0 goes around evenly."""
    half = turn if turn <= 0.5 else 1 - turn
    down = (1 - linear) * -cos(2 * pi * turn) + linear * (4 * half - 1)
    across = sqrt(max(1 - down * down, 0.0))
    return (across if sin(2 * pi * turn) >= 0 else -across), down


def _apart(wanted: Mapping[str, tuple[float, float]], width: int, height: int) -> dict[str, Cell]:
    """A cell of its own for each: the nearest that is free."""
    taken: set[Cell] = set()
    places = {}
    for name, (x, y) in wanted.items():
        cell = (min(max(int(x + 0.5), 0), width - 1), min(max(int(y + 0.5), 0), height - 1))
        if cell in taken:
            cell = _nearest(cell, taken, width, height)
        taken.add(cell)
        places[name] = cell
    return places


def _nearest(start: Cell, taken: set[Cell], width: int, height: int) -> Cell:
    for reach in range(1, width + height):
        around = [
            (start[0] + across, start[1] + down)
            for across in range(-reach, reach + 1)
            for down in (abs(across) - reach, reach - abs(across))
        ]
        free = [
            (x, y) for x, y in around if 0 <= x < width and 0 <= y < height and (x, y) not in taken
        ]
        if free:
            return free[0]
    raise AssertionError("there are more cells than nodes")
