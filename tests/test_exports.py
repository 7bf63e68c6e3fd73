"""All that can be exported of a recording, of every rule, and what the README says of it."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest
import typer

from powclock.cli_errors import WrongUse
from powclock.cli_recording import export
from powclock.lab.report import report_json
from powclock.race.folded import UNTOLD
from powclock.race.headless import Outputs, run_race
from powclock.race.summary import Summary
from powclock.record.block_table import COLUMNS
from powclock.record.events import AnyEvent
from powclock.record.recording.reader import Recording
from tests.builders import seconds
from tests.race.tapes import quiet
from tests.record.recording.files import write
from tests.scenarios.races import scenario

RULES = ("pow", "schedule", "naive")
# Slow links, so that there are stale blocks.
LINKS = {"latency_ms": 900}


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Summary]]:
    """A recording of each rule, and what came of its race."""
    found = {}
    for rule in RULES:
        path = tmp_path_factory.mktemp("exports") / rule
        what = scenario(3, rule=rule, links=LINKS)
        outputs = Outputs(recording=path)
        found[rule] = path, run_race(what, until_ns=seconds(120), outputs=outputs, progress=quiet)
    return found


def exported(path: Path, form: str, *, whole: bool = True) -> bytes:
    """What `powclock export` writes; of a recording that is not whole it ends with status 1."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    left: AbstractContextManager[object] = (
        nullcontext() if whole else pytest.raises(typer.Exit, match="1")
    )
    with redirect_stdout(out), left:
        export(path, form)  # type: ignore[arg-type]
    out.flush()
    return out.buffer.getvalue()


# The language of graphviz, as far as it is used: names in quotes, statements that end in `;`.
_TOKEN = re.compile(
    r'\s*(?:"((?:[^"\\]|\\.)*)"|(digraph|node|[a-zA-Z_]\w*)|(->|[{}\[\];=,]))', re.ASCII
)


def tokens(text: str) -> Iterator[str]:
    """The tokens of a graph; anything else is an error."""
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        assert match is not None, f"no token at {text[position : position + 40]!r}"
        yield match[0].strip()
        position = match.end()


def parsed(text: str) -> tuple[dict[str, dict[str, str]], list[tuple[str, str]]]:
    """The nodes of a graph with their attributes, and its arrows."""
    stream = tokens(text)
    assert [next(stream) for _ in range(3)] == ["digraph", "blocks", "{"]
    nodes: dict[str, dict[str, str]] = {}
    arrows: list[tuple[str, str]] = []
    statement: list[str] = []
    for token in stream:
        if token == "}":
            assert not statement
            assert not list(stream)
            return nodes, arrows
        if token != ";":
            statement.append(token)
            continue
        match statement:
            case [str(tail), "->", str(head)]:
                arrows.append((tail, head))
            case [str(name), "[", *pairs, "]"]:
                words = [pair for pair in pairs if pair != ","]
                assert words[1::3] == ["="] * (len(words) // 3)
                nodes[name] = dict(zip(words[::3], words[2::3], strict=True))
            case ["rankdir", "=", "RL"]:
                pass
            case _:
                raise AssertionError(f"no statement: {statement}")
        statement = []
    raise AssertionError("the graph does not end")


@pytest.mark.parametrize("rule", RULES)
def test_every_form_of_every_rule(raced: dict[str, tuple[Path, Summary]], rule: str) -> None:
    path, summary = raced[rule]
    assert sha256(exported(path, "jsonl")).hexdigest() == summary.digest
    assert exported(path, "json") == report_json(summary) + b"\n"
    rows = list(csv.DictReader(io.StringIO(exported(path, "csv").decode())))
    assert len(rows) == summary.blocks_mined
    assert sum(row["best"] == "1" for row in rows) == summary.ticks
    nodes, arrows = parsed(exported(path, "dot").decode())
    default = nodes.pop("node")
    assert default == {"shape": "box", "fontname": '"monospace"'}
    assert len(nodes) == 1 + summary.blocks_mined
    assert sum(each["style"] == "dashed" for each in nodes.values()) == summary.blocks_stale
    assert arrows == [(f'"{row["hash"]}"', f'"{row["parent"]}"') for row in rows]
    assert {end for arrow in arrows for end in arrow} <= set(nodes)
    if rule == "pow":
        assert summary.blocks_stale > 0


@pytest.mark.parametrize("rule", RULES)
def test_every_form_up_to_the_damage(
    raced: dict[str, tuple[Path, Summary]],
    rule: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, _ = raced[rule]
    cut = tmp_path / "cut"
    cut.write_bytes(path.read_bytes()[:-3_000])
    with Recording(cut) as recording:
        lines = list(recording.lines())
        assert recording.damage is not None
        damage = recording.damage
    whole = exported(path, "jsonl").splitlines(keepends=True)
    assert 0 < len(lines) < len(whole)
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    for form in ("jsonl", "csv", "dot", "json"):
        with redirect_stdout(out), pytest.raises(typer.Exit) as left:
            export(cut, form)
        assert left.value.exit_code == 1
        told = f"powclock: {cut}: {damage}; what is before that was used\n"
        assert capsys.readouterr().err == told
    out.flush()
    text = out.buffer.getvalue()
    assert text.startswith(b"".join(lines) + b"height,hash,")
    figures = json.loads(text.splitlines()[-1])
    assert figures["digest"] == sha256(b"".join(lines)).hexdigest()
    assert not figures.keys() & set(UNTOLD)


def test_what_is_exported_where_nothing_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    write(path, [], end=False)
    assert exported(path, "jsonl", whole=False) == b""
    assert exported(path, "csv", whole=False).decode().strip() == ",".join(COLUMNS)
    assert parsed(exported(path, "dot", whole=False).decode())[1] == []
    with pytest.raises(WrongUse, match="there is no record in it that is whole"):
        exported(path, "json")


def names_of(value: object) -> Iterator[str]:
    """The names of all fields, also inside."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if not name.endswith("_by_node"):
                yield from names_of(inner)


def test_the_readme_names_every_field(raced: dict[str, tuple[Path, Summary]]) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9]+)`", readme))
    fields = set(COLUMNS) | set(names_of(json.loads(exported(raced["pow"][0], "json"))))
    told = {name for name in fields if not name.endswith(("_band", "_law"))}
    for event in get_args(AnyEvent):
        told |= {str(event.__struct_config__.tag), *event.__struct_fields__}
    assert sorted(told - named) == []
