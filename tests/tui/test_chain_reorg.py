"""Reorgs: one banner for all nodes that make the same one, and never a flicker."""

from collections.abc import Iterable

from powclock.record.frame import EventLine
from powclock.tui.widgets.chain_reorg import TOLD_S, Reorgs, Told
from tests.tui.frames import hash_of, reorg_line

SMALL = "−1 +2  5aa1 → b0a2"
LARGE = "−3 +4  c003 → d004"
NEXT = "−1 +2  e001 → e002"


class Race:
    """Tells events, each with the next number."""

    def __init__(self) -> None:
        self.reorgs = Reorgs()
        self._events: list[EventLine] = []

    def tell(self, now_s: float, *made: tuple[str, str]) -> None:
        for node, group in made:
            sequence = len(self._events)
            self._events.append(reorg_line(sequence, node, group))
        self.reorgs.hear(reversed(self._events), now_s)

    def told(self, now_s: float) -> tuple[str, str] | None:
        """Who made which reorg, as the banner says."""
        banner = self.reorgs.banner(now_s)
        return None if banner is None else (banner.who, banner.size)


def test_a_reorg_is_told_for_a_while() -> None:
    race = Race()
    assert race.told(0.0) is None
    race.tell(0.0, ("dave", SMALL))
    assert race.reorgs.banner(0.0) == Told("dave", "−1 +2", "5aa1 → b0a2", 1, 2)
    assert race.told(TOLD_S - 0.01) == ("dave", "−1 +2")
    assert race.reorgs.waits
    assert race.told(TOLD_S) is None
    assert not race.reorgs.waits


def test_nodes_that_make_the_same_reorg_join_the_banner() -> None:
    race = Race()
    race.tell(0.0, ("dave", SMALL))
    assert race.told(0.0) == ("dave", "−1 +2")
    race.tell(0.5, ("erin", SMALL), ("frank", SMALL), ("erin", SMALL))
    assert race.told(0.5) == ("dave", "−1 +2")
    assert race.told(1.0) == ("of 3 nodes", "−1 +2")
    assert race.told(0.5 + TOLD_S) is None


def test_of_several_at_once_the_deepest_is_told() -> None:
    race = Race()
    race.tell(0.0, ("dave", SMALL), ("erin", LARGE), ("frank", NEXT))
    assert race.told(0.0) == ("erin", "−3 +4")
    race.tell(2.0, ("frank", SMALL))
    assert race.told(2.0) == ("erin", "−3 +4")
    assert race.told(4.0) == ("of 2 nodes", "−1 +2")


def test_the_banner_changes_once_a_second_at_most() -> None:
    race = Race()
    seen: list[tuple[str, str] | None] = []
    for step in range(60):
        now_s = step / 10
        race.tell(now_s, ("dave", f"−1 +2  {step:04x} → {step + 1:04x}"))
        banner = race.reorgs.banner(now_s)
        seen.append(None if banner is None else (banner.who, banner.moved))
    assert changes(seen) == [10, 20, 30, 40, 50]


def changes(seen: Iterable[object]) -> list[int]:
    values = list(seen)
    return [at for at in range(1, len(values)) if values[at] != values[at - 1]]


def test_a_story_told_again_later_begins_anew() -> None:
    race = Race()
    race.tell(0.0, ("dave", SMALL), ("erin", SMALL))
    race.tell(20.0, ("frank", SMALL))
    assert race.told(20.0) == ("frank", "−1 +2")


def test_what_a_branch_lost_by_is_remembered() -> None:
    race = Race()
    race.tell(0.0, ("dave", SMALL))
    race.told(99.0)
    assert race.reorgs.lost_by(hash_of("5aa1")) == "−1 +2"
    assert race.reorgs.lost_by(hash_of("b0a2")) is None


def test_only_so_many_losses_are_remembered() -> None:
    race = Race()
    race.tell(0.0, *(("dave", f"−1 +2  {step:04x} → ffff") for step in range(501)))
    assert race.reorgs.lost_by(hash_of("0000")) is None
    assert race.reorgs.lost_by(hash_of("0001")) == "−1 +2"


def test_other_events_are_passed_over() -> None:
    reorgs = Reorgs()
    reorgs.hear([EventLine(0, 0, "tick", "dave", "tick 1")], 0.0)
    assert reorgs.banner(0.0) is None
