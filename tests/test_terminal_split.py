"""Races next to each other in a real pseudo-terminal: started, broken, left."""

from pathlib import Path

import pytest

from powclock.race.session import session_of
from powclock.record.recording.reader import Recording
from tests.terminal import LEAVES_ALTERNATE_SCREEN, Terminal, alive

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/io").exists(), reason="looks at processes through /proc"
)


def test_three_races_on_a_terminal_that_is_given_back(tmp_path: Path) -> None:
    with Terminal(
        "watch", "--rules", "naive,schedule,pow", "--miner", "sampled", "--speed", "20",
        state=tmp_path,
    ) as terminal:  # fmt: skip
        text = terminal.until(lambda text: "CLIENTS" in text and "tick 1 →" in text)
        for words in ("nobody leads", "a schedule leads", "work leads"):
            assert words in text
        races = terminal.children()
        assert len(races) == 3
        terminal.press("l")
        terminal.until(lambda text: "loss 30%" in text)
        terminal.press("q")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert not any(alive(race) for race in races)
    assert LEAVES_ALTERNATE_SCREEN in terminal.raw
    assert b"\x1b[?25h" in terminal.raw
    for rule in ("naive", "schedule", "pow"):
        assert f"default · seed 42 · {rule}" in text
    assert text.count("again     powclock rerun ") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rules", "pow"), "name two or three rules"),
        (("--rules", "pow,pow"), "the same rule twice is the same race"),
        (("--rules", "pow,stake"), "'stake' is not one of"),
        (("--rules", "pow,naive", "--rule", "pow"), "leave --rule out"),
        (("--rules", "pow,naive", "--plain"), "--rules needs a screen"),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    with Terminal("watch", *arguments, state=tmp_path) as terminal:
        text = terminal.to_the_end()
    assert terminal.process.returncode == 2
    (line,) = text.replace("\n", " ").strip().split("powclock: ")[1:]
    assert said in line


def test_races_next_to_each_other_are_recorded_to_a_file_each(tmp_path: Path) -> None:
    """What was there is asked for, one by one; R says where they are recorded already."""
    (tmp_path / "demo-pow.powclock").write_text("old")
    with Terminal(
        "watch", "--rules", "naive,pow", "--miner", "sampled", "--speed", "20",
        "--record", str(tmp_path / "demo.powclock"), state=tmp_path,
    ) as terminal:  # fmt: skip
        terminal.until(lambda text: "demo-pow.powclock is there already. Write over it?" in text)
        terminal.press("y", "\n")
        terminal.until(lambda text: "⏺ REC 00:" in text)
        terminal.press("R")
        terminal.until(lambda text: text.count("this race is recorded to") == 2)
        terminal.press("q")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    for rule in ("naive", "pow"):
        file = tmp_path / f"demo-{rule}.powclock"
        assert f"recorded  {file}" in text.replace("\n", "")
        with Recording(file) as recording:
            assert recording.ending is not None
            assert session_of(recording).scenario.rule == rule


def test_what_is_not_to_be_written_over_stays_and_nothing_else_is_made(tmp_path: Path) -> None:
    (tmp_path / "demo-pow.powclock").write_text("old")
    with Terminal(
        "watch", "--rules", "naive,pow", "--record", str(tmp_path / "demo.powclock"),
        state=tmp_path / "state",
    ) as terminal:  # fmt: skip
        terminal.until(lambda text: "is there already. Write over it?" in text)
        terminal.press("n", "\n")
        text = terminal.to_the_end().replace("\n", "")
    assert terminal.process.returncode == 2
    assert "demo-pow.powclock is there already: name another file, or add --force" in text
    assert (tmp_path / "demo-pow.powclock").read_text() == "old"
    assert [path.name for path in tmp_path.glob("*.powclock")] == ["demo-pow.powclock"]
