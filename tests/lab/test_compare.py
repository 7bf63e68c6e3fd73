"""What a comparison measures, gathers and says."""

import csv
from io import StringIO
from pathlib import Path

import msgspec
import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.lab.agreement import Agreement, race_and_look
from powclock.lab.compare import Comparison, Figures, Trial, compare, compared, figures, trials_of
from powclock.lab.compare_text import LINES, compare_csv, compare_text, table
from powclock.lab.pictures import compare_picture
from powclock.race.driver import Driver
from powclock.race.scenario import Scenario, ScenarioError
from powclock.race.scenario_files import load_scenario
from tests.scenarios.races import race, scenario

SHIPPED = load_scenario("compare")
S = NANOSECONDS


def raced(rule: str, seed: int, **others: object) -> Figures:
    """A race of a comparison as if it had been."""
    plain = Figures(
        rule=rule, seed=seed, race_s=270.0, agreed_after_s=0.5, agreed_part=0.9,
        availability=0.99987, contradicting_reads=0.1, writes_lost=0.0, confirmed=540,
        confirmed_per_s=2.0, wait_median_s=3.0, wait_95_s=12.25, forks=3, reorgs=10,
        messages_per_confirmed=99.5, bytes_per_confirmed=7_650.0, nakamoto=4, gini=0.25,
        entropy_bits=3.0, reign_mean_s=5.5, digest="d" * 64,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **others)


def two_rules() -> Comparison:
    """A comparison of two rules, of which the second has no leaders and never agrees."""
    races = [
        raced("pow", 1),
        raced("pow", 2, agreed_after_s=1.5, confirmed_per_s=1.0, forks=5),
        *(
            raced(
                "theirs", seed, agreed_after_s=None, agreed_part=0.0, nakamoto=None, gini=None,
                entropy_bits=None, reign_mean_s=None,
            )
            for seed in (1, 2)
        ),
    ]  # fmt: skip
    return compared(Trial(SHIPPED, 150.0, 270.0), races)


def test_the_text() -> None:
    assert compare_text(two_rules()).splitlines() == [
        "compare · 10 nodes · 2 seeds, 270 s of each race",
        "faults    loss 5% (30–150 s), crash of bob (40–70 s), partition (80–140 s)",
        "heal      at 150 s",
        "",
        "                                     pow  theirs",
        "agree again                       2 of 2   never",
        "agreed after the heal, s   1.0 (0.5–1.5)   never",
        "in agreement since, %                 90       0",
        "requests answered, %               99.99   99.99",
        "contradicting reads, %              10.0    10.0",
        "writes lost, %                       0.0     0.0",
        "confirmed a second             1.5 (1–2)       2",
        "half confirmed within, s             3.0     3.0",
        "95 % confirmed within, s            12.2    12.2",
        "forks                            4 (3–5)       3",
        "reorgs, of all nodes                  10      10",
        "messages per confirmed              99.5    99.5",
        "bytes per confirmed                 7650    7650",
        "Nakamoto coefficient                   4       –",
        "Gini of blocks led                  0.25       –",
        "entropy of leaders, bits            3.00       –",
        "one leads in a row for, s            5.5       –",
        "",
        "a cell is the mean of the seeds, in brackets the range",
    ]


def test_the_text_of_one_seed() -> None:
    one = compared(Trial(msgspec.structs.replace(SHIPPED, faults=()), 0.0, 90.0), [raced("pow", 7)])
    lines = compare_text(one).splitlines()
    assert lines[:3] == [
        "compare · 10 nodes · seed 7, 90 s of each race", "faults    none", "heal      at 0 s",
    ]  # fmt: skip
    assert lines[5].split() == ["agree", "again", "yes"]
    assert len(lines) == 6 + len(LINES)


def test_csv_has_a_line_for_each_race() -> None:
    lines = list(csv.DictReader(StringIO(compare_csv(two_rules()))))
    assert [(line["rule"], line["seed"]) for line in lines] == [
        ("pow", "1"), ("pow", "2"), ("theirs", "1"), ("theirs", "2"),
    ]  # fmt: skip
    assert list(lines[0]) == ["scenario", "nodes", *Figures.__struct_fields__]
    assert (lines[0]["agreed_after_s"], lines[2]["agreed_after_s"]) == ("0.5", "")


def test_every_rule_gets_the_same_seeds_clients_and_faults() -> None:
    trials = trials_of(SHIPPED, ["pow"], [3, 4], None)
    assert [(trial.scenario.seed, trial.heal_s, trial.until_s) for trial in trials] == [
        (3, 150, 270), (4, 150, 270),
    ]  # fmt: skip
    assert msgspec.structs.replace(trials[0].scenario, seed=SHIPPED.seed) == SHIPPED


def test_a_race_that_ends_before_the_heal_is_refused() -> None:
    with pytest.raises(ScenarioError) as told:
        trials_of(SHIPPED, ["pow"], [1], 150.0)
    assert str(told.value) == (
        "--for: all heals at 150 s: let the races last longer, to see who agrees again"
    )


SHORT = msgspec.structs.replace(
    scenario(3, nodes={"count": 4}, difficulty={"interval_s": 2}, links={"latency_ms": 200}),
    faults=(msgspec.structs.replace(SHIPPED.faults[2], at_s=10, lasts_s=15),),
)


def test_processes_race_what_one_does_and_in_order() -> None:
    trials = trials_of(SHORT, ["pow"], [2, 1], 40.0)
    told: list[Figures] = []
    comparison = compare(trials, 2, told.append)
    assert comparison.races == tuple(figures(trial) for trial in trials)
    assert comparison.seeds == (2, 1)
    assert sorted(told, key=lambda race: -race.seed) == list(comparison.races)


def test_figures_are_those_of_the_race() -> None:
    (trial,) = trials_of(SHORT, ["pow"], [5], 60.0)
    measured = figures(trial)
    with race(trial.scenario) as running:
        running.run(60)
        summary = running.driver.summary()
    assert (measured.digest, measured.race_s) == (summary.digest, 60)
    assert measured.confirmed == summary.transactions_confirmed > 30
    assert measured.confirmed_per_s == measured.confirmed / 60
    clients = summary.service.clients
    assert measured.availability == clients.answered / clients.requests
    assert measured.contradicting_reads == clients.contradicting / clients.reads > 0
    assert measured.writes_lost == clients.lost / clients.acknowledged
    assert (measured.wait_median_s, measured.wait_95_s) == (
        summary.service.wait_median_s, summary.service.wait_95_s,
    )  # fmt: skip
    assert measured.messages_per_confirmed == summary.messages / measured.confirmed
    assert measured.bytes_per_confirmed == summary.message_bytes / measured.confirmed
    assert (measured.forks, measured.reorgs) == (summary.forks, summary.reorgs)
    assert measured.reign_mean_s == summary.reign_mean_s


def agreement(what: Scenario, heal_s: float, end_s: float) -> Agreement:
    """Agreement of a race from a time on."""
    driver = Driver(what)
    driver.start()
    try:
        return race_and_look(driver, round(heal_s * S), round(end_s * S))
    finally:
        driver.close()


def test_agreement_is_looked_for_from_the_heal_on() -> None:
    assert agreement(SHORT, 0, 9.9).after_s == 0.1  # so far nobody has a block
    parted = agreement(SHORT, 16, 25)  # the sides build chains of their own
    assert parted == Agreement(None, 0.0)
    healed = agreement(SHORT, 25, 60)
    assert healed.after_s is not None
    assert 0 < healed.after_s < 10
    assert 0.5 < healed.part < 1


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_picture_is_the_same_bytes_again(suffix: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for file in files:
        compare_picture(two_rules(), file)
    one, two = (file.read_bytes() for file in files)
    assert one == two
    if suffix == ".svg":
        for words in (*(line.label for line in LINES), "pow", "theirs", "partition"):
            assert words in one.decode()


def test_after_loss_a_crash_and_a_partition_all_agree_again_but_for_naive_replication() -> None:
    rules, seeds = ["naive", "schedule", "pow"], range(1, 3)
    comparison = compare(trials_of(SHIPPED, rules, seeds, None), 2, lambda _: None)
    for each in comparison.races:
        assert each.broken == ""
        if each.rule == "naive":
            assert (each.agreed_after_s, each.agreed_part) == (None, 0)
        else:
            assert each.agreed_after_s is not None
            assert each.agreed_after_s < 15
            assert each.agreed_part > 0.8
    head, agree, first, part, *_ = table(comparison)
    assert head == ("", "naive", "schedule", "pow")
    assert agree == ("agree again", "never", "2 of 2", "2 of 2")
    assert (first[1], part[1]) == ("never", "0")


def test_in_fair_weather_naive_replication_agrees_like_the_others() -> None:
    calm = scenario(nodes={"count": 4}, links={"latency_ms": 20, "jitter_ms": 5})
    races = [figures(trial) for trial in trials_of(calm, ["naive", "schedule", "pow"], [1], 40.0)]
    assert [each.rule for each in races] == ["naive", "schedule", "pow"]
    assert all(each.agreed_part > 0.5 for each in races)
    naive = races[0]
    assert (naive.forks, naive.reorgs, naive.nakamoto, naive.reign_mean_s) == (None,) * 4
