"""Draws that belong to one fault are not moved by another."""

from powclock.race.world import World
from tests.scenarios.races import scenario


def draws(*asked: tuple[str, ...]) -> list[float]:
    """The first draw of each stream, in the order in which a race is asked for them."""
    reach = World(scenario(7)).reach
    return [reach.stream(*name).random() for name in asked]


def test_a_stream_is_new_each_time_and_does_not_depend_on_others_that_were_asked_for() -> None:
    loss, jitter = ("loss", "alice", "bob"), ("jitter", "alice", "bob")
    first, between, second = draws(loss, jitter, loss)
    assert first != second
    assert draws(loss, loss) == [first, second]
    assert draws(jitter) == [between]
