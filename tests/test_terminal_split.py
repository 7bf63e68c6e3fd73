"""Races next to each other in a real pseudo-terminal: started, broken, left."""

from pathlib import Path

import pytest

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
    assert text.count("\nwrites    ") == 3
    assert len(text.strip().splitlines()) <= 24


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
