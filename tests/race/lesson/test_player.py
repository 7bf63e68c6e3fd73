"""The player alone: records and times go in, steps and what they do come out."""

from powclock.network.faults.cuts import Partition
from powclock.network.faults.links import Loss
from powclock.race.commands import Break, Heal, HealAll
from powclock.race.lesson.player import Player
from powclock.record.events import FaultOn, ForkOpened, NodeUp, Record
from powclock.record.view import View
from tests.builders import seconds
from tests.race.lesson.chapters import chapter

PLAIN = """
[[steps]]
caption = "one"
lasts_s = 3
[[steps]]
caption = "two"
question = "Why?"
answer = "So."
lasts_s = 2
[[steps]]
caption = "three"
on = "fork"
within_s = 10
lasts_s = 4
expect = [{ claim = "forks", at_least = 2 }]
"""
FORK = ForkOpened("p", 3, ("x", "y"))


class Played:
    """A player with a view, moved by hand."""

    def __init__(self, steps: str) -> None:
        self.view = View()
        self.player = Player(chapter(steps))
        self.sequence = 0

    def tell(self, event: ForkOpened | FaultOn, at_s: float) -> bool:
        """Something happens; whether the step is over with it."""
        record = Record(self.sequence, seconds(at_s), None, event)
        self.sequence += 1
        self.view.apply(record)
        return self.player.apply(record, self.view)

    def begin(self, at_s: float) -> object:
        """Begin the next step, which must be due."""
        assert self.player.is_due(seconds(at_s))
        return self.player.begin(seconds(at_s), self.view)


def test_the_first_step_begins_at_once_and_the_next_when_it_is_over() -> None:
    played = Played(PLAIN)
    player = played.player
    assert (player.index, player.step, player.due_ns) == (-1, None, 0)
    assert player.may_go
    assert not player.held(0)
    played.begin(0)
    assert (player.index, player.due_ns) == (0, seconds(3))
    assert not player.is_due(seconds(2.9))
    assert not player.held(seconds(2.9))
    assert player.held(seconds(3))
    player.go_on(hurry=False)
    assert not player.held(seconds(3))
    played.begin(3)
    assert player.index == 1


def test_a_question_holds_the_race_until_its_answer_is_revealed() -> None:
    played = Played(PLAIN)
    player = played.player
    played.begin(0)
    played.begin(3)
    assert player.asks
    assert player.held(seconds(3))
    player.go_on(hurry=True)
    assert player.revealed
    assert (player.asks, player.held(seconds(3)), player.hurried) == (False, False, False)
    player.go_on(hurry=True)
    assert player.hurried
    assert not player.held(seconds(20))


def test_an_event_ends_a_step_and_only_counts_since_it_began() -> None:
    played = Played(PLAIN)
    player = played.player
    played.begin(0)
    assert not played.tell(FORK, 1), "the step after this one does not wait for it"
    played.begin(3)
    assert player.due_ns == seconds(3 + 2 + 10)
    assert not played.tell(FORK, 4), "the step has not lasted its time"
    assert player.due_ns == seconds(5)
    played.begin(5)
    assert player.failures == []

    again = Played(PLAIN)
    again.begin(0)
    again.begin(3)
    assert again.tell(FORK, 6)
    assert not again.tell(FORK, 6), "it is told once"
    assert again.player.is_due(seconds(6))


def test_a_moment_that_does_not_come_is_told() -> None:
    played = Played(PLAIN)
    player = played.player
    played.begin(0)
    played.begin(3)
    assert not player.is_due(seconds(14.9))
    played.begin(15)
    assert (player.index, player.failures) == (
        2,
        ["step 3: fork did not come within 10 s"],
    )


def test_claims_are_judged_as_the_step_ends_and_count_from_its_beginning() -> None:
    played = Played(PLAIN)
    player = played.player
    played.begin(0)
    played.begin(3)
    played.tell(FORK, 6)
    played.begin(6)
    played.tell(FORK, 7)
    assert player.due_ns == seconds(10)
    played.begin(10)
    assert player.over
    assert player.failures == ["step 3: forks is 1, and should be at least 2"]
    assert not player.is_due(seconds(99))
    assert not player.held(seconds(99))
    assert not player.hurried


def test_a_step_heals_before_it_breaks() -> None:
    played = Played(
        """
        [[steps]]
        caption = "a"
        faults = [{ kind = "loss" }, { kind = "partition", nodes = ["bob"] }]
        [[steps]]
        caption = "b"
        at_s = 9
        heal = ["partition", "crash"]
        faults = [{ kind = "loss", probability = 0.1 }]
        [[steps]]
        caption = "c"
        at_s = 9
        heal = true
        """
    )
    player = played.player
    assert played.begin(0) == (Break(Loss()), Break(Partition(("bob",))))
    played.tell(FaultOn("loss", "loss", "loss", ()), 0)
    played.tell(FaultOn("partition", "partition", "partition", ("bob",)), 0)
    assert player.due_ns == seconds(9)
    assert played.begin(9) == (Heal("partition"), Break(Loss(probability=0.1)))
    assert played.begin(9) == (HealAll(),)


def test_what_is_so_already_needs_no_waiting() -> None:
    played = Played(
        """
        [[steps]]
        caption = "a"
        [[steps]]
        caption = "b"
        on = "agreed"
        [[steps]]
        caption = "c"
        on = "apart"
        """
    )
    played.begin(0)
    assert played.player.due_ns == 0
    played.begin(0)
    assert played.player.due_ns == seconds(600)


def test_a_tick_that_has_been_is_a_moment_that_has_come() -> None:
    played = Played('[[steps]]\ncaption = "a"\nlasts_s = 1\n[[steps]]\ncaption = "b"\nat_tick = 1')
    played.begin(0)
    assert played.player.due_ns == seconds(601)
    record = Record(0, 0, "alice", NodeUp(1))
    assert not played.player.apply(record, played.view)
