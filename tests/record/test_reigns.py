"""How long one node leads in a row, tick by tick."""

from powclock.record.reigns import Reigns


def test_nobody_has_reigned_before_the_first_tick() -> None:
    reigns = Reigns()
    assert (reigns.count, reigns.ticks_max) == (0, 0)
    assert (reigns.max_ns(99), reigns.mean_ns(99)) == (0, 0)


def test_a_reign_lasts_until_another_leads() -> None:
    reigns = Reigns()
    reigns.ticked("ann", 100)
    assert (reigns.max_ns(100), reigns.max_ns(130)) == (0, 30)
    reigns.ticked("ann", 140)
    reigns.ticked("bea", 150)  # ann reigned for 50, in 2 ticks
    assert (reigns.count, reigns.leader, reigns.ticks_max) == (2, "bea", 2)
    assert (reigns.max_ns(150), reigns.mean_ns(150)) == (50, 25)
    reigns.ticked("ann", 160)
    assert (reigns.count, reigns.ticks, reigns.ticks_max) == (3, 1, 2)
    assert (reigns.max_ns(209), reigns.max_ns(230)) == (50, 70)
    assert reigns.mean_ns(220) == 40


def test_ticks_in_a_row_and_time_are_of_different_reigns() -> None:
    reigns = Reigns()
    for leader, time_ns in (("ann", 0), ("bea", 90), ("bea", 91), ("bea", 92), ("ann", 93)):
        reigns.ticked(leader, time_ns)
    assert (reigns.max_ns(93), reigns.ticks_max, reigns.count) == (90, 3, 3)
