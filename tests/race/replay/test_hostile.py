"""Recordings that are sealed as they should be and say what no race does.

Their records follow from each other, so they are folded; what cannot be shown of them is told in a
line, and the rest is shown.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from powclock.race.recorder import json_line
from powclock.race.replay.player import Player
from powclock.record.detail import Focus
from powclock.record.events import BlockFound, LeaderElected, RaceStarted, Record
from powclock.record.facts import LinkInfo
from powclock.record.past import Past, Unfounded
from tests.builders import seconds
from tests.race.replay.pasts import past_of, stormy

NETWORK = Focus(network=True)
SAID = "what is recorded at 0:30.0 cannot be shown"


@cache
def calm() -> tuple[Record, ...]:
    """The first minute of a race."""
    return tuple(record for record in stormy() if record.time_ns <= seconds(60))


def first(kind: type) -> Any:
    """The first event of a kind."""
    return next(record.event for record in calm() if isinstance(record.event, kind))


def changed(kind: type, change: Callable[[Any], Any]) -> Past:
    """That minute as a recording may tell it, with another event for the first of a kind."""
    event = first(kind)
    records = (
        replace(record, event=change(event)) if record.event is event else record
        for record in calm()
    )
    return past_of(msgspec.json.decode(json_line(record), type=Record) for record in records)


def standing(past: Past, focus: Focus | None = None) -> Player:
    """A player half a minute into a past."""
    player = Player(past, rate=0.0, time_ns=seconds(30))
    player.whole = True
    player.focus = focus or Focus()
    return player


def _bits(digits: str) -> Callable[[BlockFound], BlockFound]:
    return lambda event: replace(event, header=event.header[:144] + digits + event.header[152:])


FOUND = {
    "no bits": _bits("00000000"),
    "bits that overflow": _bits("ffffffff"),
    "a header of one byte": lambda event: replace(event, header="00"),
    "fees that no number holds": lambda event: replace(event, fees=2**70),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_block_that_is_none_is_not_shown_and_all_else_is(name: str) -> None:
    hash_ = first(BlockFound).hash
    player = standing(changed(BlockFound, FOUND[name]), Focus(block=hash_))
    honest = standing(past_of(calm())).frame()
    assert player.frame() == replace(honest, block_gone=hash_)
    assert player.timeline(0).damage == player.damage == SAID
    assert player.timeline(0, damage="damaged at byte 9").damage == "damaged at byte 9"
    player.focus = Focus()
    assert player.frame() == replace(honest, events=())
    assert player.timeline(0).damage == ""


def test_a_link_to_nobody_leaves_the_frame_without_a_network() -> None:
    nowhere = LinkInfo("nobody", "alice", 1.0)
    past = changed(RaceStarted, lambda event: replace(event, links=(*event.links, nowhere)))
    player = standing(past, NETWORK)
    honest = standing(past_of(calm()), NETWORK).frame()
    assert honest.links
    assert player.frame() == replace(honest, links=(), spread=None)
    assert player.damage == SAID
    again = player.frame()
    assert (again.events, again.events_left_out) == ((), 0)  # they are told once


def test_a_moment_of_which_nothing_can_be_shown_is_the_last_one_that_could() -> None:
    past = changed(LeaderElected, lambda event: replace(event, work=10**400))
    first_ns = past.moments.tick(1)
    assert first_ns is not None
    with pytest.raises(Unfounded, match=r"^what is recorded at 0:[0-9.]+ cannot be shown$"):
        Player(past, rate=0.0, time_ns=first_ns).frame()
    player = Player(past, rate=0.0)
    before = player.frame()
    assert player.damage == ""
    player.seek(first_ns)
    assert player.frame() == replace(before, time_ns=player.time_ns, events=())
    assert player.damage.endswith(" cannot be shown")
    player.seek(past.end_ns)
    assert player.frame().height > 1
    assert player.damage == ""


def test_blocks_in_a_ring_are_no_chain() -> None:
    with pytest.raises(Unfounded, match=r"^record [0-9]+ does not follow from those before$"):
        changed(BlockFound, lambda event: replace(event, parent=event.hash))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (RaceStarted, lambda event: replace(event, interval_s=1e308)),
        (RaceStarted, lambda event: replace(event, interval_s=0.0)),
        (LeaderElected, lambda event: replace(event, height=2**63)),
        (BlockFound, lambda event: replace(event, height=-5)),
        (
            RaceStarted,
            lambda event: replace(
                event, nodes=tuple(replace(node, hash_rate=1.7e308) for node in event.nodes)
            ),
        ),
    ],
)
def test_numbers_that_no_race_has_are_no_record(kind: type, change: Callable[[Any], Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"Expected `(int|float)` (<|>)"):
        changed(kind, change)
