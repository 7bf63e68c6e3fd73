"""The player, on a wall clock that a test moves."""

import math

import pytest
from msgspec.structs import replace

from powclock.race.commands import (
    AnyCommand,
    Find,
    Jump,
    Look,
    Seek,
    SeekTick,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.race.replay.player import HURRY_RECORDS, Player, time_of
from powclock.record.camera import Camera
from powclock.record.detail import Focus
from powclock.record.events import Sampled
from powclock.record.frame import Frame
from powclock.record.moments import Kind
from tests.builders import seconds
from tests.race.replay.pasts import STORM_NS, folded, past_of, stormy

PAST = past_of(stormy())
BACK = True


class Wall:
    """The wall clock, in nanoseconds."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns

    def passes(self, for_s: float) -> None:
        self.now_ns += seconds(for_s)


def player(at_s: float = 0, rate: float = 0.0) -> tuple[Player, Wall]:
    """A player at a time of a past that is whole."""
    wall = Wall()
    made = Player(PAST, rate=rate, time_ns=seconds(at_s), wall=wall)
    made.whole = True
    return made, wall


def from_scratch(time_ns: int, focus: Focus | None = None) -> Frame:
    """The frame at a time, folded from the start."""
    camera = Camera(folded(stormy(), time_ns))
    camera.focus = focus or Focus()
    return camera.take(time_ns)


@pytest.mark.parametrize(("rate", "at_s"), [(1.0, 103.0), (10, 130), (0.1, 100.3), (-2.0, 94.0)])
def test_it_plays_by_the_wall_clock_both_ways(rate: float, at_s: float) -> None:
    made, wall = player(100, rate)
    for _ in range(30):
        wall.passes(0.1)
        made.play()
    assert made.time_ns == pytest.approx(seconds(at_s), abs=1_000)
    assert made.frame().time_ns == made.time_ns
    assert made.pace().rate == rate
    assert not made.pace().paused


def test_at_its_ends_it_pauses() -> None:
    made, wall = player(2, -1.0)
    wall.passes(3)
    made.play()
    assert (made.time_ns, made.pace().paused) == (0, True)
    made, wall = player(599, 10.0)
    wall.passes(3)
    made.play()
    assert (made.time_ns, made.pace().paused) == (PAST.end_ns, True)
    made, wall = player(599, 10.0)
    made.whole = False  # more may come
    wall.passes(3)
    made.play()
    assert (made.time_ns, made.pace().paused) == (PAST.end_ns, False)


def test_as_fast_as_it_goes_is_so_many_records_a_frame() -> None:
    made, _ = player(0, math.inf)
    made.play()
    assert made.time_ns == PAST.time_of(PAST.count_at(0) + HURRY_RECORDS)
    for _ in range(PAST.count // HURRY_RECORDS + 1):
        made.play()
    assert (made.time_ns, made.pace().paused) == (PAST.end_ns, True)
    made.set_rate(-math.inf)
    for _ in range(PAST.count // HURRY_RECORDS + 1):
        made.play()
    assert (made.time_ns, made.pace().paused) == (0, True)


def test_as_fast_as_it_goes_it_comes_to_an_end_after_the_last_record() -> None:
    made, _ = player(0, math.inf)
    made.last_ns = PAST.end_ns + seconds(0.05)
    for _ in range(PAST.count // HURRY_RECORDS + 1):
        assert not made.at_end
        made.play()
    assert (made.time_ns, made.pace().paused, made.at_end) == (made.last_ns, True, True)
    made.set_rate(-math.inf)
    made.play()
    assert made.time_ns == PAST.time_of(PAST.count - HURRY_RECORDS)


def test_as_fast_as_it_goes_it_passes_a_time_of_more_records_than_that() -> None:
    first, sample = stormy()[:300], next(x for x in stormy() if isinstance(x.event, Sampled))
    then_ns = first[-1].time_ns + 1
    many = (
        replace(sample, sequence=300 + number, time_ns=then_ns)
        for number in range(2 * HURRY_RECORDS + 1)
    )
    past = past_of((*first, *many))
    made = Player(past, rate=-math.inf, time_ns=then_ns)
    made.whole = True
    made.play()
    assert (made.time_ns, made.rate) == (first[-1].time_ns, -math.inf)
    made.play()
    assert (made.time_ns, made.rate) == (0, 0.0)
    made.set_rate(math.inf)
    made.play()
    made.play()
    assert (made.time_ns, made.rate) == (then_ns, 0.0)


MOMENTS = PAST.moments


@pytest.mark.parametrize(
    ("command", "expected_ns"),
    [
        (Seek(seconds(42)), seconds(42)),
        (Seek(seconds(4_200)), PAST.end_ns),
        (Shift(seconds(5)), seconds(155)),
        (Shift(-seconds(60)), seconds(90)),
        (Shift(-seconds(600)), 0),
        (StepEvent(), MOMENTS.after(Kind.EVENT, seconds(150))),
        (StepTick(), MOMENTS.after(Kind.TICK, seconds(150))),
        (Jump(Kind.EVENT, BACK), MOMENTS.before(Kind.EVENT, seconds(150))),
        (Jump(Kind.TICK, BACK), MOMENTS.before(Kind.TICK, seconds(150))),
        (Jump(Kind.FORK), MOMENTS.after(Kind.FORK, seconds(150))),
        (Jump(Kind.FORK, BACK), MOMENTS.before(Kind.FORK, seconds(150))),
        (Jump(Kind.REORG), MOMENTS.after(Kind.REORG, seconds(150))),
        (Jump(Kind.FAULT), seconds(240)),
        (Jump(Kind.FAULT, BACK), seconds(120)),
        (SeekTick(20), MOMENTS.tick(20)),
        (ToEnd(last=False), 0),
        (ToEnd(last=True), PAST.end_ns),
    ],
)
def test_it_goes_where_it_is_asked_to(command: AnyCommand, expected_ns: int) -> None:
    made, _ = player(150, 1.0)
    assert made.knows(command)
    assert made.obey(command) == ""
    assert made.time_ns == expected_ns
    # Scrubbing plays on, whatever names a moment stands there.
    assert made.pace().paused != isinstance(command, Seek | Shift)
    assert made.frame() == from_scratch(expected_ns)


def test_steps_to_and_fro_come_back() -> None:
    made, _ = player(300)
    made.obey(StepTick())
    first, height = made.time_ns, made.frame().height
    for _ in range(5):
        made.obey(StepTick())
    assert made.frame().height == height + 5
    for _ in range(5):
        made.obey(Jump(Kind.TICK, BACK))
    assert (made.time_ns, made.frame().height) == (first, height)


def test_what_is_not_there_is_said() -> None:
    made, _ = player(1)
    assert made.obey(Jump(Kind.FAULT, BACK)) == "there is no fault before this"
    assert made.obey(SeekTick(9_999)) == "there is no tick 9999"
    assert made.obey(ToEnd(last=True)) == ""
    assert made.obey(Jump(Kind.REORG)) == "there is no reorg after this"
    assert made.obey(StepEvent()) == "there is no event after this"
    assert made.time_ns == PAST.end_ns


def test_what_is_not_read_yet_is_not_known() -> None:
    made, _ = player(1)
    made.whole = False
    beyond: list[AnyCommand] = [Seek(STORM_NS), Shift(STORM_NS), SeekTick(9_999)]
    beyond.append(ToEnd(last=True))
    assert not any(map(made.knows, beyond))
    within: list[AnyCommand] = [Seek(5), Shift(-5), SeekTick(9), ToEnd(last=False)]
    within += [Jump(Kind.FAULT, BACK), StepTick()]
    assert all(map(made.knows, within))
    made.obey(Seek(PAST.end_ns))
    nothing: list[AnyCommand] = [StepEvent(), StepTick(), Jump(Kind.FORK)]
    assert not any(map(made.knows, nothing))


def test_events_are_told_once_and_again_after_a_jump() -> None:
    made, wall = player(0, 1.0)
    told = list(made.frame().events)
    for _ in range(400):
        wall.passes(0.1)
        made.play()
        told += made.frame().events
    view = folded(stormy(), made.time_ns)
    assert told == list(view.lines)
    jumps = made.jumps
    made.obey(Seek(seconds(20)))
    frame = made.frame()
    assert made.jumps == jumps + 1
    assert list(frame.events) == list(folded(stormy(), seconds(20)).lines)
    assert frame.events_left_out == 0
    made.obey(Seek(seconds(500)))
    lines = list(folded(stormy(), seconds(500)).lines)
    assert list(made.frame().events) == lines[-200:]


def test_what_the_screen_looks_at_is_in_the_frames() -> None:
    made, _ = player(300)
    block = folded(stormy(), seconds(300)).blocks.between(5, 5)[0].hash
    focus = Focus(height=9, heights=4, block=block, network=True)
    assert made.obey(Look(focus)) == ""
    frame = made.frame()
    assert frame == from_scratch(seconds(300), focus)
    assert frame.block_detail is not None
    assert frame.chain[0].height == 6
    made.obey(Seek(seconds(100)))
    assert made.frame() == from_scratch(seconds(100), focus)


def test_a_search_finds_ticks_and_times_too() -> None:
    made, _ = player(300)
    when = MOMENTS.tick(12)
    assert when is not None
    tick, block, *_ = made.find("12")
    minutes, rest = divmod(when / 1e9, 60)
    assert (tick.kind, tick.id) == ("tick", "12")
    assert tick.text == f"tick 12 at {minutes:.0f}:{rest:04.1f}"
    assert (block.kind, block.height) == ("block", 12)
    (only,) = made.find("3:20")
    assert (only.kind, only.id, only.text) == ("time", str(seconds(200)), "to 3:20.0")
    assert made.find("59:00") == made.find("tick 9999") == ()
    assert made.obey(Find("12")) is None


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [("3:20", 200), ("0:00.5", 0.5), ("1:02:03", 3_723), (" 61:1 ", 3_661), ("3", None), ("", None),
     ("3:", None), ("-1:20", None), ("1:2:3:4", None), ("３:20", None)],
)  # fmt: skip
def test_times_as_one_writes_them(text: str, expected_s: float | None) -> None:
    assert time_of(text) == (None if expected_s is None else seconds(expected_s))


def test_the_axis_says_what_there_is() -> None:
    made, _ = player(300)
    axis = made.timeline(STORM_NS, damage="damaged at byte 9")
    assert (axis.end_ns, axis.known_ns, axis.damage) == (STORM_NS, PAST.end_ns, "damaged at byte 9")
    kinds = (Kind.FORK, Kind.REORG, Kind.FAULT)
    counts = tuple(len(MOMENTS.times(kind)) for kind in kinds)
    assert (axis.forks, axis.reorgs, axis.faults) == counts
    assert made.timeline(5).end_ns == PAST.end_ns
