"""Scenarios: what is wrong is said in one line; what is right runs."""

from pathlib import Path

import msgspec
import pytest

from powclock.network.faults.every import AnyFault
from powclock.race.names import NAMES, default_name
from powclock.race.rules import rule_names
from powclock.race.scenario import Scenario, ScenarioError, adapted, parse_scenario
from powclock.race.scenario_files import load_scenario, shipped_names, shipped_scenarios
from powclock.record.recording.frames import MAGIC
from tests.scenarios.races import race

KINDS = ", ".join(str(kind.__struct_config__.tag) for kind in AnyFault.__args__)
TEN_WITH_JUDY = 'name = "x"\n[[faults]]\nfault = { kind = "crash", nodes = ["judy"] }'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "object missing required field `name`"),
        ("name = ", "is no TOML: Invalid value (at end of document): mend that line"),
        ('name = "\\u200b"', "name: a name needs a visible character"),
        ("name = 3", "name: expected `str`, got `int`"),
        ('name = "x"\nspeed = 3', "object contains unknown field `speed`"),
        ('name = "x"\nseed = -1', "seed: expected `int` >= 0"),
        ('name = "x"\nrule = "pos"', f"rule: 'pos' is not one of {', '.join(rule_names())}"),
        ('name = "x"\n[nodes]\ncount = 0', "nodes.count: expected `int` >= 1"),
        ('name = "x"\n[nodes]\ncount = 1_001', "nodes.count: expected `int` <= 1000"),
        ('name = "x"\n[nodes]\nhash_rate = nan', "nodes.hash_rate: expected `float` >= 0.001"),
        ('name = "x"\n[nodes]\nhash_rate = 1e-320', "nodes.hash_rate: expected `float` >= 0.001"),
        (
            'name = "x"\n[nodes]\ncount = 3\nnames = ["a", "b"]',
            "nodes.count: 3, but nodes.names has 2",
        ),
        (
            'name = "x"\n[nodes]\nnames = ["a", "a\\u200b"]',
            "nodes.names: two nodes have one name: give each its own",
        ),
        ('name = "x"\n[nodes]\ncount = 2\nshares = [1]', "nodes.shares: 1 shares for 2 nodes"),
        (
            'name = "x"\n[nodes]\ncount = 2\nshares = [0, 0]',
            "nodes.shares: somebody must mine: make one share positive",
        ),
        (
            'name = "x"\n[links]\ntopology = "star"',
            "links.topology: 'star' is not one of full_mesh, line, random_regular, ring",
        ),
        (
            'name = "x"\n[[regions]]\nname = "a"\nnodes = 3',
            "regions.nodes: 3 nodes in regions, nodes.count is 10",
        ),
        (
            'name = "x"\n' + '[[regions]]\nname = "a"\nnodes = 5\n' * 2,
            "regions.name: two regions have one name: give each its own",
        ),
        (
            'name = "x"\n[[regions]]\nname = "a"\nnodes = 10\nlatency_ms = { moon = 1_300 }',
            "regions.latency_ms: there is no region 'moon'",
        ),
        (
            'name = "x"\n[[faults]]\nfault = { kind = "earthquake" }',
            f"faults[0].fault.kind: 'earthquake' is not one of {KINDS}",
        ),
        (
            'name = "x"\n[[faults]]\nfault = { kind = "flood", junk = "foo" }',
            "faults[0].fault.junk: 'foo' is not one of any, bytes, headers, transactions",
        ),
        (
            'name = "x"\n[[faults]]\non = "tick"\nfault = { kind = "crash" }',
            "faults[0].on: 'tick' is not one of fork, payment, reorg",
        ),
        (
            'name = "x"\n[[faults]]\nfault = { kind = "crash", nodes = "bob" }',
            "faults[0].fault.nodes: expected a list, got `str`",
        ),
        ('name = "x"\nnodes = 3', "nodes: expected a table, got `int`"),
        (
            'name = "x"\n[[faults]]\nfault = { kind = "loss", probability = 2 }',
            "faults[0].fault.probability: expected `float` <= 1.0",
        ),
        (
            'name = "x"\n[[faults]]\nfault = { kind = "join", nodes = ["\\u001b"] }',
            "faults[0].fault.nodes: a name needs a visible character",
        ),
        ('name = "x"\n"\\u001b[2J" = 3', "object contains unknown field `[2J`"),
        ("x = " + "[" * 5_000, "is no TOML: nested too deeply: mend that line"),
        (
            'name = "x"\nseed = ' + "1" * 5_000,
            "is no TOML: a number has too many digits: mend that line",
        ),
        (
            'name = "x"\n' + ".".join("a" * 17) + " = 1",
            (
                "is no TOML: more than 16 names in a row with dots between them (line 2): "
                "mend that line"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "my.toml")
    assert str(caught.value) == f"my.toml: {message}"


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (
            "double_spend",
            'nodes = ["bob"], merchant = "bob"',
            ".merchant: double_spend needs a merchant, who is another node",
        ),
        (
            "double_spend",
            'nodes = ["bob"], merchant = "zed"',
            ": there is no node 'zed': the race has alice, bob, carol",
        ),
        (
            "eclipse",
            'nodes = ["bob"], attacker = "bob"',
            ".attacker: eclipse needs an attacker, who is another node",
        ),
        ("eclipse", "", ".nodes: eclipse takes exactly one name in nodes"),
        ("double_spend", "", ".nodes: double_spend takes exactly one name in nodes"),
        ("selfish", 'nodes = ["bob", "carol"]', ".nodes: selfish takes exactly one name in nodes"),
        ("join", "", ".nodes: join takes exactly one name in nodes"),
        ("one_way", "", ".nodes: one_way needs at least one name in nodes"),
        ("leave", "", ".nodes: leave needs at least one name in nodes"),
        (
            "leave",
            'nodes = ["bob", "alice", "carol"]',
            ".nodes: the last node cannot leave: there would be no race",
        ),
        (
            "partition",
            'nodes = ["bob", "alice", "carol"]',
            ".nodes: a partition needs a node on each side",
        ),
        (
            "censor",
            'clients = ["client20", "client21"]',
            ".clients: there is no client 'client21': the race has 20, from client1 on",
        ),
        (
            "crash",
            "lose_disk = true, lose_last = 3",
            ".lose_last: with lose_disk there are no last blocks to lose: leave one out",
        ),
    ],
)
def test_a_fault_that_cannot_be_is_told_with_its_place(
    kind: str, fields: str, message: str
) -> None:
    told = f'{{ kind = "{kind}"' + (f", {fields} }}" if fields else " }")
    text = f"""
        name = "x"
        nodes = {{ count = 3 }}
        faults = [{{ fault = {{ kind = "crash" }} }}, {{ fault = {told} }}]
        """
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "f")
    assert str(caught.value) == f"f: faults[1].fault{message}"


def test_of_many_nodes_a_few_are_named_and_of_no_clients_none() -> None:
    for text, message in (
        (
            'nodes.count = 14\nfaults = [{ fault = { kind = "crash", nodes = ["alcie"] } }]',
            (
                "faults[0].fault.nodes: there is no node 'alcie': the race has alice, bob, carol, "
                "dave, erin, frank, grace, heidi, ivan, judy, kim, leo and 2 more"
            ),
        ),
        (
            'workload.clients = 0\nfaults = [{ fault = { kind = "censor" } }]',
            "faults[0].fault.clients: there is no client 'client1': the race has none",
        ),
    ):
        with pytest.raises(ScenarioError) as caught:
            parse_scenario(f'name = "x"\n{text}', "f")
        assert str(caught.value) == f"f: {message}"


def test_files_that_cannot_be_scenarios(tmp_path: Path) -> None:
    large, binary, absent = (tmp_path / f"{name}.toml" for name in ("large", "binary", "absent"))
    recording = tmp_path / "mine.powclock"
    recording.write_bytes(MAGIC + bytes(300_000))
    large.write_bytes(bytes(300_000))
    binary.write_bytes(b"\xff\xfe")
    shipped = ", ".join(shipped_names())
    for which, message in (
        ("nope", f"nope: no such scenario; shipped are {shipped}"),
        ("no\x1b[2Jpe", f"no[2Jpe: no such scenario; shipped are {shipped}"),
        ("x" * 3_000, f"{'x' * 3_000}: cannot be read: File name too long"),
        (str(absent), f"{absent}: cannot be read: No such file or directory"),
        (str(tmp_path), f"{tmp_path}: cannot be read: Is a directory"),
        (str(large), f"{large}: larger than 262144 bytes; is it a scenario?"),
        (str(recording),
         f"{recording}: this is a recording: `powclock replay {recording}` plays it"),
        (str(binary), f"{binary}: not a text file in UTF-8: save it as one"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError) as caught:
            load_scenario(which)
        assert str(caught.value) == message


def test_a_file_is_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\nseed = 5\n[nodes]\nnames = ["ann", "b\\u001bea"]')
    loaded = load_scenario(str(file))
    assert loaded.node_names() == ("ann", "bea")
    assert (loaded.name, loaded.seed, loaded.nodes.count) == ("mine", 5, 2)
    (tmp_path / "bare").write_text('name = "bare"')
    assert load_scenario(str(tmp_path / "bare")) == Scenario(name="bare")


def test_names_are_cleaned_everywhere() -> None:
    evil = "\\u001b[31me\\u202evil"
    parsed = parse_scenario(
        f'''
        name = "{evil}"
        title = "{evil}"
        [nodes]
        names = ["{evil}", "bob"]
        [[regions]]
        name = "{evil}"
        nodes = 1
        latency_ms = {{ "{evil}2" = 3 }}
        [[regions]]
        name = "{evil}2"
        nodes = 1
        [[faults]]
        fault = {{ kind = "crash", nodes = ["{evil}"] }}
        [[faults]]
        fault = {{ kind = "join", nodes = ["{evil}3"] }}
        [[faults]]
        fault = {{ kind = "leave", nodes = ["{evil}3"] }}
        ''',
        "f",
    )
    text = msgspec.json.encode(parsed).decode()
    assert "\\u001b" not in text
    assert "\u202e" not in text
    assert parsed.faults[0].fault.nodes == ("[31mevil",) == parsed.node_names()[:1]


def test_shipped_scenarios_parse_and_run() -> None:
    assert shipped_names()[0] == "default"
    for shipped, name in zip(shipped_scenarios(), shipped_names(), strict=True):
        assert shipped.name == name
        assert shipped.title
        with race(adapted(shipped, miner="sampled")) as running:
            running.run(150)
            assert (running.view.height > 10) is shipped.has_blocks
            assert running.view.counts.transactions_confirmed > 50
            running.heal_all()
            running.run(60)
            if shipped.has_blocks:
                running.run_until(running.agreed, 60)
                running.check_states()
            else:
                assert running.world.state_groups() > 1


def test_the_command_line_adapts_a_scenario() -> None:
    base = Scenario(name="x")
    changed = adapted(base, seed=9, nodes=3, miner="sampled")
    assert (changed.seed, changed.nodes.count, changed.mining.miner) == (9, 3, "sampled")
    assert adapted(base) == base
    with pytest.raises(ScenarioError) as caught:
        adapted(load_scenario("regions"), nodes=3)
    assert str(caught.value) == (
        "--nodes: scenario regions names its nodes one by one: edit its file"
    )
    with pytest.raises(ScenarioError) as caught:
        adapted(parse_scenario(TEN_WITH_JUDY, "f"), nodes=2)
    assert str(caught.value) == (
        "--nodes: faults[0].fault.nodes: there is no node 'judy': the race has alice, bob"
    )


def test_default_names_do_not_repeat() -> None:
    names = [default_name(index) for index in range(1_000)]
    assert len(set(names)) == 1_000
    assert names[: len(NAMES)] == list(NAMES)
    assert names[len(NAMES)] == "alice2"


def test_a_lesson_is_played_and_not_raced() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario('name = "x"\n[[steps]]\ncaption = "All is well."', "mine.toml")
    line = "mine.toml: this is a lesson: `powclock learn mine.toml` plays it"
    assert str(caught.value) == line
