"""Drawn races: what a seed stands for, how it is written down, and how many are told together."""

import re

import msgspec
import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.every import AnyFault
from powclock.network.gossip import Gossip
from powclock.network.serving import Serving
from powclock.race.scenario import Scenario, parse_scenario
from powclock.race.scenario_files import shipped_scenarios
from powclock.race.swarm import pool
from powclock.race.swarm.draw import DRAWS, HEAL_S, draw, drawn_kinds, kinds_under
from powclock.race.swarm.report import report_of
from powclock.race.swarm.toml import to_toml
from powclock.race.swarm.trial import Result, try_seed

SEEDS = range(150)


def result(seed: int, *kinds: str, broken: str = "") -> Result:
    """What came of a seed."""
    return Result(
        seed=seed,
        kinds=kinds,
        broken=broken,
        race_seconds=36.0,
        blocks=10,
        reorgs=2,
        transactions=30,
        records=100,
        digest=f"{seed:064x}",
    )


@pytest.mark.parametrize("rule", ["naive", "pow", "schedule"])
def test_every_fault_is_over_when_it_heals_and_every_kind_is_drawn_often(rule: str) -> None:
    counts = dict.fromkeys(kinds_under(rule), 0)
    for seed in SEEDS:
        kinds = drawn_kinds(seed, rule)
        assert drawn_kinds(seed, rule) == kinds != []
        for kind in kinds:
            counts[kind] += 1
        for planned in draw(seed, rule).faults:
            assert 0 < planned.lasts_s <= HEAL_S - planned.at_s
    assert min(counts.values()) > len(SEEDS) / 10 * 1.5


def test_every_kind_of_fault_can_be_drawn_under_some_rule() -> None:
    drawn = {
        type(planned.fault)
        for rule in ("pow", "schedule")
        for seed in SEEDS
        for planned in draw(seed, rule).faults
    }
    assert drawn == set(AnyFault.__args__)


def test_a_seed_is_one_race() -> None:
    assert draw(5) == draw(5) != draw(6)
    assert try_seed(5) == try_seed(5)
    assert try_seed(5).digest != try_seed(6).digest


@pytest.mark.parametrize(
    "scenario",
    [*shipped_scenarios(), *(draw(seed) for seed in range(40))],
    ids=lambda scenario: scenario.name,
)
def test_a_scenario_comes_back_from_its_file(scenario: Scenario) -> None:
    assert parse_scenario(to_toml(scenario), "file") == scenario


def test_odd_names_come_back_too() -> None:
    regions = [{"name": 'a "b" é', "nodes": 3, "latency_ms": {'a "b" é': 3.5}}]
    plain = msgspec.to_builtins(draw(1)) | {
        "title": 'say "hi" \\ and so on',
        "nodes": {"names": ["ann", "bøb", "c#d = [1]"]},
        "regions": regions,
        "faults": [],
    }
    text = to_toml(msgspec.convert(plain, Scenario))
    assert parse_scenario(text, "file").nodes.names == ("ann", "bøb", "c#d = [1]")
    assert parse_scenario(text, "file").title == 'say "hi" \\ and so on'


def test_a_race_that_never_agrees_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Serving, "push_after", lambda self, peer, locator: None)
    broken = [try_seed(seed).broken[:42] for seed in range(17, 23)]
    assert set(broken) <= {"", "invariant 12 (healed, the nodes converge):"}
    assert any(broken)


@pytest.mark.parametrize(
    "seed",
    [
        126,  # a node that left cut a line in two
        988,  # a block with a flaw lay on a side branch on disk when its node came up
    ],
)
def test_what_seeds_once_found_stays_mended(seed: int) -> None:
    assert try_seed(seed).broken == ""


def test_whatever_breaks_a_race_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Gossip, peer: str, data: bytes) -> None:
        raise KeyError("oh")

    monkeypatch.setattr(Gossip, "receive", crash)
    assert re.fullmatch(r"KeyError: 'oh' \(test_swarm.py:\d+\)", try_seed(3).broken)


def test_results_come_by_seed_and_are_told_one_by_one() -> None:
    told: list[Result] = []
    results = pool.race_seeds(range(3, 6), 2, told.append)
    assert results == sorted(told, key=lambda each: each.seed)
    assert results == [try_seed(seed) for seed in range(3, 6)]
    assert all(each.race_seconds * NANOSECONDS >= HEAL_S for each in results)


def test_a_report_counts_kinds_and_pairs() -> None:
    failure = result(2, "crash", "loss", broken="invariant 6")
    report = report_of([result(0, "crash"), result(1, "crash", "loss", "join"), failure])
    assert report.failures == (failure,)
    assert {kind: count for kind, count in report.kinds.items() if count} == {
        "crash": 3,
        "loss": 2,
        "join": 1,
    }
    assert {pair: count for pair, count in report.pairs.items() if count} == {
        "crash + loss": 2,
        "crash + join": 1,
        "loss + join": 1,
    }
    assert (report.seeds, report.blocks, report.records) == (3, 30, 300)
    lines = report.text().splitlines()
    assert lines[:3] == [
        "seeds     3, 1 failed",
        "races     0.0 h, 300 records",
        "of them   30 blocks, 6 reorgs, 90 transactions",
    ]
    assert lines[4:6] == ["", "seeds with each kind of fault"]
    assert max(map(len, lines)) <= 80
    cells = [cell for line in lines[6:] for cell in re.split("  +", line.strip())]
    assert sorted(cells) == sorted(f"{count} {kind}" for kind, count in report.kinds.items())
    matrix = report.text(pairs=True).splitlines()
    assert matrix[:5] == lines[:5]
    assert matrix[6].split() == ["1", "crash", "3"]
    row = list(DRAWS).index("loss") + 1
    zeros = ["0"] * (row - 2)
    assert matrix[5 + row].split() == [str(row), "loss", "2", *zeros, "2"]
    assert report_of([result(0)]).digest != report_of([result(1)]).digest
