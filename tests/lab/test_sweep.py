"""What a sweep measures, gathers and says; and that the curve bends as it is argued."""

import csv
import json
from io import StringIO
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from powclock.lab.pictures import sweep_picture
from powclock.lab.sweep import Measured, Row, Sweep, Task, gathered, measure, sweep, tasks_of
from powclock.lab.sweep_text import sweep_csv, sweep_text
from powclock.machine.ledger import Ledger
from powclock.race.scenario import Scenario, ScenarioError, adapted
from powclock.race.scenario_files import load_scenario
from tests.scenarios.races import scenario

SHIPPED = load_scenario("sweep")
SMALL = msgspec.structs.replace(SHIPPED, nodes=msgspec.structs.replace(SHIPPED.nodes, count=6))

SCHEDULED = adapted(SMALL, rule="schedule")
NARROW = {"kilobytes_per_s": 10.0}


def measured(interval_s: float, size: int, seed: int, **others: object) -> Measured:
    """A race of a sweep as if it had been."""
    plain = Measured(
        interval_s=interval_s, transactions_max=size, seed=seed, race_s=600.0, ticks=100,
        transactions_per_s=10.0, filled=1.0, reign_mean_s=2.0, reign_max_s=9.0, nakamoto=4,
        gini=0.25, entropy_bits=3.0, entropy_part=0.9, stale_of_mined=0.1, digest="d" * 64,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **others)


def two_by_two() -> Sweep:
    """A sweep of two intervals and two sizes, the first cell with two seeds that differ."""
    races = [
        measured(1, 10, 0),
        measured(
            1, 10, 1, ticks=90, transactions_per_s=8.0, filled=0.9, reign_mean_s=3.0,
            reign_max_s=12.0, nakamoto=3, gini=0.35, entropy_bits=2.0, entropy_part=0.7,
            stale_of_mined=0.3,
        ),
        measured(40, 10, 0, ticks=15, transactions_per_s=0.25, reign_mean_s=44.0),
        measured(1, 40, 0, transactions_per_s=38.0, stale_of_mined=0.4),
        measured(40, 40, 0, ticks=0, transactions_per_s=0.0, reign_mean_s=0.0, filled=0.0),
    ]  # fmt: skip
    return gathered(Task(SHIPPED, 1, 600.0), races)


def test_a_row_is_the_mean_of_its_seeds() -> None:
    swept = two_by_two()
    assert (swept.scenario, swept.rule, swept.nodes, swept.seeds) == ("sweep", "pow", 10, 2)
    assert [(row.interval_s, row.transactions_max) for row in swept.rows] == [
        (1, 10), (40, 10), (1, 40), (40, 40),
    ]  # fmt: skip
    assert swept.rows[0] == Row(
        interval_s=1, transactions_max=10, ticks=95, transactions_per_s=9.0, filled=0.95,
        reign_mean_s=2.5, reign_max_s=12.0, nakamoto=3.5, gini=0.3, entropy_bits=2.5,
        entropy_part=0.8, stale_of_mined=0.2,
    )  # fmt: skip


def test_the_text() -> None:
    assert sweep_text(two_by_two()).splitlines() == [
        "sweep · pow · 10 nodes · 2 seeds, 600 s of each race",
        "clients offer 1.5 times what blocks can hold; the chain's were 95% full or more",
        "",
        "interval  block  ticks   tx/s  reign s  longest  Nakamoto  Gini  entropy  stale",
        "     1 s     10     95   9.00      2.5     12.0       3.5  0.30      80%  20.0%",
        "    40 s     10     15   0.25     44.0      9.0       4.0  0.25      90%  10.0%",
        "     1 s     40    100  38.00      2.0      9.0       4.0  0.25      90%  40.0%",
        "    40 s     40      0   0.00      0.0      9.0       4.0  0.25      90%  10.0%",
        "",
        "block     how many transactions fit in one",
        "reign     how long one node leads in a row: the mean, and the longest of all",
        "Nakamoto  how many nodes lead more than half; entropy is a part of the most",
        "stale     of all blocks mined",
        "",
        "transactions a second (logarithmic)",
        "  38 │x",
        *["     │"] * 3,
        "     │    o",
        *["     │"] * 8,
        f"0.25 │{'o':>60}",
        f"     └{'─' * 60}",
        f"      2{'44':>59}",
        "      one node leads in a row for, s (logarithmic)",
        "      o 10 a block",
        "      x 40 a block",
    ]


def test_csv_has_a_line_for_each_race() -> None:
    swept = two_by_two()
    lines = list(csv.DictReader(StringIO(sweep_csv(swept))))
    assert len(lines) == 5
    assert list(lines[0]) == ["scenario", "rule", "nodes", *Measured.__struct_fields__]
    assert (lines[1]["rule"], lines[1]["seed"], lines[1]["gini"]) == ("pow", "1", "0.35")


def test_a_task_has_its_interval_and_size_and_more_transfers_than_fit() -> None:
    tasks = tasks_of(SHIPPED, [2, 30], [50], [7, 8], 90.0)
    assert [(task.interval_s, task.scenario.seed, task.until_s) for task in tasks] == [
        (2, 7, 90), (2, 8, 90), (30, 7, 90), (30, 8, 90),
    ]  # fmt: skip
    last = tasks[-1].scenario
    assert (last.difficulty.interval_s, last.difficulty.half_life_s) == (30, 360)
    assert last.chain.transactions_max == 50
    assert last.workload.transactions_per_s == 1.5 * 50 / 30
    assert last.workload.clients * 16 >= 4 * 50
    assert last.links == SHIPPED.links


@pytest.mark.parametrize("interval_s", [0.5, 2.5])
def test_proof_of_work_has_whole_seconds(interval_s: float) -> None:
    with pytest.raises(ScenarioError) as told:
        tasks_of(SHIPPED, [1, interval_s], [5], [0], 60.0)
    assert str(told.value) == (
        f"--intervals: a block takes whole seconds, as headers have them: not {interval_s:g} s"
    )


def test_processes_measure_what_one_does_and_in_order() -> None:
    tasks = tasks_of(scenario(), [5, 2], [3], [4], 30.0)
    told: list[Measured] = []
    swept = sweep(tasks, 2, told.append)
    assert swept.races == tuple(measure(task) for task in tasks)
    assert sorted(told, key=lambda race: -race.interval_s) == list(swept.races)
    assert [race.interval_s for race in swept.races] == [5, 2]
    assert json.loads(msgspec.json.encode(swept))["races"][1]["interval_s"] == 2


def test_a_broken_invariant_is_told_and_ends_no_other_race(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Ledger.undo

    def wrong(self: Ledger, *args: object) -> object:
        result = right(self, *args)  # type: ignore[arg-type]
        self._accounts.clear()
        return result

    monkeypatch.setattr(Ledger, "undo", wrong)
    (task,) = tasks_of(SMALL, [1], [3], [1], 300.0)
    race = measure(task)
    assert race.broken.startswith("invariant 6")
    assert 0 < race.race_s < 300


def curve(what: Scenario, intervals_s: list[float], size: int, ticks: int) -> list[Row]:
    """Rows of races that are equally many ticks long."""
    tasks = [tasks_of(what, [each], [size], [1, 2], ticks * each) for each in intervals_s]
    flat = [task for some in tasks for task in some]
    return list(gathered(flat[0], [measure(task) for task in flat]).rows)


def test_under_work_a_longer_interval_confirms_less_wastes_less_and_keeps_its_leader_longer() -> (
    None
):
    rows = curve(SMALL, [1, 3, 9, 27], size=3, ticks=100)
    assert all(row.filled > 0.95 for row in rows)
    for shorter, longer in pairwise(rows):
        assert shorter.transactions_per_s > longer.transactions_per_s
        assert shorter.reign_mean_s < longer.reign_mean_s
        assert shorter.stale_of_mined > longer.stale_of_mined
    # The difficulty keeps the interval of the best chain, whatever goes stale beside it.
    for row in rows:
        assert row.transactions_per_s == pytest.approx(3 / row.interval_s, rel=0.15)


def test_under_work_larger_blocks_confirm_more_and_waste_more() -> None:
    slow = msgspec.structs.replace(SMALL, links=msgspec.structs.replace(SMALL.links, **NARROW))
    (small,), (large,) = (curve(slow, [1], size, ticks=100) for size in (1, 15))
    assert large.transactions_per_s > 10 * small.transactions_per_s
    assert large.stale_of_mined > 1.2 * small.stale_of_mined


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG")])
def test_a_picture_is_the_same_bytes_again(suffix: str, start: bytes, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for file in files:
        sweep_picture(two_by_two(), file)
    one, two = (file.read_bytes() for file in files)
    assert one == two
    assert one.startswith(start)
    if suffix == ".svg":
        for words in ("transactions a second", "10 a block", "40 a block", "each point another"):
            assert words in one.decode()


@pytest.mark.parametrize("slot_s", [0.25, 1.2, 501])
def test_a_slot_is_whole_beats(slot_s: float) -> None:
    with pytest.raises(ScenarioError) as told:
        tasks_of(SCHEDULED, [slot_s], [5], [0], 60.0)
    assert str(told.value) == (
        f"--intervals: a slot is 1 to 1000 beats of 0.5 s, {slot_s:g} s is not: "
        "a beat is schedule.slot_s / schedule.blocks of the scenario"
    )


def test_a_task_under_a_schedule_keeps_its_beats() -> None:
    (task,) = tasks_of(SCHEDULED, [40], [20], [3], 90.0)
    assert (task.scenario.schedule.slot_s, task.scenario.schedule.blocks) == (40, 80)
    assert task.scenario.workload.transactions_per_s == 1.5 * 20 / 0.5


def test_where_nobody_leads_there_is_nothing_to_sweep() -> None:
    with pytest.raises(ScenarioError) as told:
        tasks_of(adapted(SHIPPED, rule="naive"), [1], [5], [0], 60.0)
    assert str(told.value) == "--rule: under naive nobody leads: sweep another rule"


def test_under_a_schedule_longer_slots_confirm_more_waste_less_and_keep_their_leader_longer() -> (
    None
):
    slots_s = [1.0, 2.0, 4.0, 8.0, 32.0]
    tasks = tasks_of(SCHEDULED, slots_s, [12], [1], 96.0)
    rows = gathered(tasks[0], [measure(task) for task in tasks]).rows
    assert all(row.filled > 0.95 for row in rows)
    for shorter, longer in pairwise(rows):
        assert shorter.transactions_per_s < longer.transactions_per_s
        assert shorter.stale_of_mined > longer.stale_of_mined
        assert shorter.reign_mean_s * 1.7 < longer.reign_mean_s
    # In this time each of the six leads, until there is time for three slots alone.
    assert rows[0].entropy_part > 0.98 > 0.65 > rows[-1].entropy_part
    assert rows[0].nakamoto > rows[-1].nakamoto
    # A change of leader costs about the same whatever the slot: what is lost falls as 1 / slot.
    room_per_s = 12 / 0.5
    lost_s = [
        slot_s * (1 - row.transactions_per_s / room_per_s)
        for slot_s, row in zip(slots_s[:4], rows[:4], strict=True)
    ]
    assert max(lost_s) < 2 * min(lost_s)


def test_under_a_schedule_larger_blocks_lose_more_at_each_change() -> None:
    lost = []
    for size in (1, 15):
        (task,) = tasks_of(SCHEDULED, [2], [size], [1], 60.0)
        lost.append(1 - measure(task).transactions_per_s / (size / 0.5))
    assert lost[1] > 1.2 * lost[0]
