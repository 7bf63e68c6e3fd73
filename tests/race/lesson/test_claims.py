"""Claims: each figure of the closed set, measured on races that are known."""

from contextlib import closing
from typing import get_args

import pytest

from powclock.race.driver import Driver
from powclock.race.lesson.claims import TAKES, Claim, Name
from powclock.race.lesson.measures import _FIGURES, Evidence, agreed, figure, groups
from powclock.race.lesson.tally import Tally
from powclock.race.scenario import Scenario
from powclock.record.view import View
from tests.builders import seconds
from tests.scenarios.races import scenario


def evidence_of(what: Scenario, until_s: float) -> Evidence:
    """What has come of a race by a time; the step began with it."""
    driver, tally = Driver(what), Tally()
    driver.world.recorder.listen(tally.apply)
    with closing(driver):
        driver.start()
        driver.world.advance(seconds(until_s))
    return Evidence(driver.view, tally, tally, driver.view.service().clients)


SPLIT = scenario(
    seed=3,
    workload={"transactions_per_s": 2},
    faults=[
        {
            "at_s": 20,
            "lasts_s": 40,
            "fault": {"kind": "partition", "nodes": ["alice", "bob", "carol"]},
        }
    ],
)


def test_every_claim_has_a_figure_and_says_what_it_takes() -> None:
    assert list(TAKES) == list(get_args(Name)) == list(_FIGURES)


def test_the_figures_of_a_split_are_those_of_its_view() -> None:
    apart = evidence_of(SPLIT, 59)
    view = apart.view
    figures = {name: figure(Claim(name), apart) for name in get_args(Name)}
    assert figures["apart"] == 1.0
    assert figures["groups"] == groups(view) == 2
    assert figures["agreed"] == 0.0
    assert figures["forks"] == view.counts.forks > 0
    assert figures["reorgs"] == view.counts.reorgs
    assert figures["ticks"] == figures["height"] == view.height
    assert figures["confirmed"] == view.counts.transactions_confirmed + figures["returned"]
    assert figures["returned"] == view.counts.transactions_returned
    assert figures["leads"] == 1.0
    assert figures["running"] == 6.0
    assert figures["hash_share"] == 1.0
    assert figures["leaders"] == len({b.author for b in view.blocks.between(1, view.height)
                                      if b.best})  # fmt: skip
    assert figures["availability"] == view.service().availability
    assert figures["interval_shortest_s"] <= figures["interval_mean_s"]
    assert figures["interval_mean_s"] <= figures["interval_longest_s"] <= figures["nobody_led_s"]


def test_after_the_heal_the_lighter_side_has_reorged() -> None:
    healed = evidence_of(SPLIT, 75)
    assert agreed(healed.view)
    sides = [
        figure(Claim("reorgs", nodes=names), healed)
        for names in (("alice", "bob", "carol"), ("dave", "erin", "frank"))
    ]
    assert sorted(side > 0 for side in sides) == [False, True]
    deepest = healed.view.counts.reorg_depth_max
    assert figure(Claim("reorgs", depth=deepest), healed) > 0
    assert figure(Claim("reorgs", depth=deepest + 1), healed) == 0


def test_naive_replicas_are_grouped_by_their_states() -> None:
    lossy = scenario(
        rule="naive",
        workload={"transactions_per_s": 4},
        faults=[{"at_s": 5, "lasts_s": 20, "fault": {"kind": "loss", "probability": 0.3}}],
    )
    before, after = evidence_of(lossy, 4), evidence_of(lossy, 60)
    assert (agreed(before.view), agreed(after.view)) == (True, False)
    assert figure(Claim("groups"), after) > 1
    assert figure(Claim("accounts_differ"), after) > 0


def test_before_anything_has_happened_all_figures_are_there() -> None:
    nothing = Evidence(View(), Tally(), Tally(), View().service().clients)
    figures = {name: figure(Claim(name), nothing) for name in get_args(Name)}
    assert {name for name, value in figures.items() if value} == {
        "agreed", "groups", "work_factor", "availability",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "value", "line"),
    [
        (Claim("agreed"), 0.0, "agreed is 0, and should be at least 1"),
        (Claim("forks", at_most=0), 2.0, "forks is 2, and should be at most 0"),
        (
            Claim("reorgs", at_least=1, at_most=3, nodes=("bob", "erin"), depth=2),
            4.0,
            "reorgs of at least 2 blocks by bob, erin is 4, and should be at least 1 and at most 3",
        ),
        (
            Claim("refused", reason="bad-slot"),
            0.0,
            "refused for bad-slot is 0, and should be at least 1",
        ),
    ],
)
def test_a_claim_that_does_not_hold_is_one_line(claim: Claim, value: float, line: str) -> None:
    assert not claim.holds(value)
    assert claim.denial(value) == line


def test_bounds_are_within() -> None:
    claim = Claim("ticks", at_least=2, at_most=4)
    assert [claim.holds(value) for value in (1, 2, 4, 5)] == [False, True, True, False]
