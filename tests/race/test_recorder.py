"""The digest is that of the events file, and summaries add up."""

import io
from hashlib import sha256

import msgspec

from powclock import __version__
from powclock.race.headless import Outputs, run_race
from powclock.race.recorder import Recorder, json_line
from powclock.race.summary import Summary
from powclock.record.attacks import AttackResult
from powclock.record.conditions import Conditions, DifficultyInfo
from powclock.record.events import HeadMoved, NodeDown, Record
from tests.scenarios.races import scenario

CONDITIONS = Conditions(
    difficulty=DifficultyInfo("asert", 60, 16), hash_rate=1.0, wander=0.0, miners=1, equal=True,
    same_miner=1.0, delay_min_s=0.0, delay_max_s=0.0, behind=0.0, faults_begun=0,
)  # fmt: skip


def quiet(_height: int, _now_ns: int) -> None:
    """Nobody watches."""


def test_records_are_numbered_and_stamped() -> None:
    times = iter((0, 5, 5))
    recorder = Recorder(lambda: next(times))
    records: list[Record] = []
    lines: list[bytes] = []
    recorder.emit(None, NodeDown())
    recorder.listen(records.append)
    recorder.write(lines.append)
    recorder.emit("bob", HeadMoved("ff", 1, "ee"))
    recorder.emit("bob", NodeDown())
    assert records == [
        Record(1, 5, "bob", HeadMoved("ff", 1, "ee")),
        Record(2, 5, "bob", NodeDown()),
    ]
    assert lines == [json_line(record) for record in records]
    assert recorder.count == 3
    first = json_line(Record(0, 0, None, NodeDown()))
    assert recorder.digest == sha256(first + b"".join(lines)).hexdigest()


def test_the_digest_is_that_of_the_events_file() -> None:
    file = io.BytesIO()
    summary = run_race(scenario(), ticks=20, outputs=Outputs(events=file), progress=quiet)
    assert summary.digest == sha256(file.getvalue()).hexdigest()
    lines = file.getvalue().splitlines(keepends=True)
    assert len(lines) == summary.records
    assert [json_line(msgspec.json.decode(line, type=Record)) for line in lines] == lines


def test_a_race_ends_at_its_tick_or_its_time() -> None:
    by_tick = run_race(scenario(), ticks=9, outputs=Outputs(), progress=quiet)
    assert by_tick.ticks == 9
    by_time = run_race(scenario(), until_ns=40_000_000_000, outputs=Outputs(), progress=quiet)
    assert by_time.race_seconds == 40
    both = run_race(scenario(), ticks=9, until_ns=10**12, outputs=Outputs(), progress=quiet)
    assert both == by_tick


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    run_race(
        scenario(), ticks=9, outputs=Outputs(),
        progress=lambda height, now_ns: told.append((height, now_ns)),
    )  # fmt: skip
    assert told == sorted(told)
    assert told[-1][0] == 9


def test_a_summary_adds_up() -> None:
    what = scenario(8, nodes={"count": 4}, difficulty={"interval_s": 2}, links={"latency_ms": 300})
    summary = run_race(what, ticks=100, outputs=Outputs(), progress=quiet)
    assert (summary.version, summary.scenario, summary.rule) == (__version__, "test", "pow")
    assert (summary.miner, summary.seed, summary.inputs) == ("sampled", 8, 0)
    assert summary.ticks == 100
    assert summary.interval_mean_s == summary.race_seconds / 100
    assert summary.blocks_stale == summary.blocks_mined - 100 > 0
    assert summary.stale_of_mined == summary.blocks_stale / summary.blocks_mined
    assert list(summary.blocks_by_node) == ["alice", "bob", "carol", "dave"]
    assert sum(summary.blocks_by_node.values()) == summary.blocks_mined
    assert list(summary.led_by_node) == list(summary.blocks_by_node)
    assert sum(summary.led_by_node.values()) == 100
    assert all(summary.led_by_node[name] <= won for name, won in summary.blocks_by_node.items())
    assert 1 < summary.reign_max_ticks < 100 > summary.reigns > 50
    assert summary.interval_mean_s < summary.reign_mean_s < summary.reign_max_s
    assert summary.hashes > 0
    assert summary.conditions.miners == 4
    assert summary.conditions.delay_min_s > 3 * 0.3


def test_the_text_of_a_summary() -> None:
    summary = Summary(
        version="1", scenario="test", rule="pow", miner="grinding", interval_s=5.0, seed=3,
        digest="d" * 64, records=9, inputs=1, race_seconds=100.04, ticks=20, interval_mean_s=5.002,
        blocks_mined=25, blocks_stale=5, stale_of_mined=0.2, forks=4, reorgs=7, reorg_depth_max=2,
        blocks_refused=1, messages_refused=2, equivocations=0,
            peers_dropped=3,
        blocks_by_node={"ann": 0, "bea": 12, "carl": 13},
        led_by_node={"ann": 0, "bea": 9, "carl": 11}, reigns=12, reign_mean_s=8.0,
        reign_max_s=21.0, reign_max_ticks=3, hashes=9,
        transactions_sent=8, transactions_confirmed=6, transactions_returned=1, messages=1,
        message_bytes=2, conditions=CONDITIONS,
        attacks=(
            AttackResult("a", "double_spend", "ann", ("ann",), 0, 0, 5, 4, 9, 3, 0.4),
            AttackResult("b", "selfish", "bea", ("bea",), 1, 0, 7, 5, 40, 19, 0.4),
            AttackResult("c", "selfish", "bea", ("bea",), 1, 0, 1, 0, 0, 0, 0.4),
            AttackResult("d", "eclipse", "ann", ("carl",), 3, 5, 1, 0, 5, 1, 0.4),
            AttackResult("e", "withhold", "carl", (), 0, 0, 6, 2, 9, 3, 0.4),
            AttackResult("f", "double_spend", "bea", ("bea",), 0, 0, 1, 0, 9, 3, 0.4),
            AttackResult("g", "withhold", "bea", (), 0, 0, 6, 3, 9, 3, 0.4),
        ),
    )  # fmt: skip
    assert summary.text().splitlines() == [
        "test · seed 3 · pow, grinding",
        "race time 100.0 s",
        "ticks     20, one in 5.00 s on average",
        "blocks    25 mined, 5 stale (20.0% of mined), 4 forks",
        "reorgs    7 by nodes, at most 2 deep",
        "found by  carl 13, bea 12",
        "workload  8 transactions sent, 6 confirmed, on the best chain",
        "clients   100.000% of 0 requests answered, at least 99.99%",
        "reads     0 of 0 contradict another replica at that moment",
        "writes    0 acknowledged by the node that took them, 0 lost",
        "confirmed 0.00 a second, nothing to wait for",
        "          0 messages, 0 bytes for each",
        "refused   1 blocks, 2 messages; 3 peers dropped",
        "attacks   bea selfish: revenue 47.5% of 40 blocks, share of hash rate 40.0%",
        "          bea selfish: nothing decided yet",
        "          ann eclipse of carl: branch of 3, public 5",
        "          carl withhold: 2 of 6 came in time",
        "          bea double spend: won 0 of 1 try",
        "          bea withhold: 3 of 6 came in time",
        "          and 1 before",
        f"digest    {'d' * 64}",
    ]
    sealed = msgspec.structs.replace(summary, miner="").text().splitlines()
    assert [sealed[3][:19], sealed[5]] == ["blocks    25 sealed", "sealed by carl 13, bea 12"]
