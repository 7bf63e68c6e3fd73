"""What is written to a real terminal, byte by byte, whatever names say."""

from pathlib import Path

import pytest

from tests.terminal import Terminal, sequences

# Names as an attacker would write them; and such as they are expected to come out.
NAMES = (
    ("[/red]", "[/red]"),
    ("\\u001b]0;owned\\u0007", "]0;owned"),
    ("\\u001bP+q544e\\u001b\\\\", "P+q544e"),
    ("\\u009b31mred", "31mred"),
    ("\\u202ebob\\u2066", "bob"),
    ("x" * 1_999, "x" * 24),
    ("\\u9b5a" * 40, "\u9b5a" * 12),
    ("e\\u0301", "\u00e9"),
)
TAME = tuple(f"node{index}" for index in range(len(NAMES)))


def scenario(folder: Path, names: tuple[str, ...], name: str) -> str:
    """A file with these names, as TOML has them between quotes."""
    path = folder / "names.toml"
    listed = ", ".join(f'"{each}"' for each in names)
    path.write_text(f'name = "{name}"\ntitle = "{name}"\n[nodes]\nnames = [{listed}]\n', "utf-8")
    return str(path)


def written(
    folder: Path, names: tuple[str, ...], name: str, shown: tuple[str, ...]
) -> tuple[set[str], str]:
    """The kinds of control sequences of a short session, and its screen."""
    with Terminal(
        scenario(folder, names, name), "--miner", "sampled", "--speed", "10", state=folder
    ) as terminal:
        text = terminal.until(lambda text: "tick 1" in text and all(s in text for s in shown))
        terminal.press("down", "2", "m", "m", "p")
        terminal.until(lambda text: "PARTITION" in text)
        terminal.press("\r")
        terminal.until(lambda text: "partition on" in text)
        terminal.press("down", "k")
        terminal.until(lambda text: "crash" in text)
        terminal.press("q")
        terminal.to_the_end()
    assert terminal.process.returncode == 0
    return sequences(bytes(terminal.raw)), text


def test_hostile_names_bring_no_control_sequence(tmp_path: Path) -> None:
    tame, _ = written(tmp_path, TAME, "tame", TAME)
    hostile = tuple(name for name, _ in NAMES)
    shown = tuple(cleaned[:6] for _, cleaned in NAMES)
    brought, text = written(tmp_path, hostile, "[/red]\\u001b]2;owned\\u0007", shown)
    assert brought <= tame
    assert not [kind for kind in brought if "owned" in kind or "x9b" in kind]
    assert "x" * 25 not in text


@pytest.mark.parametrize(
    "line",
    [
        'name = "' + "n" * 10_000 + '"',
        'name = "a"\n"\\u001b]0;owned\\u0007" = 1',
        'name = "a"\n[nodes]\n"\\u001b[2J" = 1',
        'name = "a"\n[nodes]\nnames = ["\\u202e\\u001b"]',
        'name = "a"\nrule = "\\u001b]0;owned\\u0007"',
        'name = "a"\n[[faults]]\nfault = { kind = "crash", nodes = ["\\u001b[2Jghost"] }',
        'name = "a"\n[[regions]]\nname = "a"\nnodes = 10\nlatency_ms = { "\\u001b[2J" = 1 }',
    ],
)
def test_a_scenario_that_cannot_be_used_is_one_clean_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(line, "utf-8")
    one_clean_line(tmp_path, str(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "', 'name = "\\u001b]0;owned\\u0007"\ntitle = "'),
        ("dark = true", 'dark = true\n"\\u001b]0;owned\\u0007" = 1'),
        ("[colors]", '[colors]\n"\\u001b[2J" = "#000000"'),
        ('accent = "', 'accent = "\\u001b[2J'),
        ("hues = [", 'hues = ["\\u202e\\u001b",'),
    ],
)
def test_a_theme_that_cannot_be_used_is_one_clean_line(tmp_path: Path, old: str, new: str) -> None:
    dark = Path(__file__).parents[1] / "themes" / "dark.toml"
    text = dark.read_text("utf-8")
    assert old in text
    path = tmp_path / "hostile.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    one_clean_line(tmp_path, "--theme", str(path))


def one_clean_line(folder: Path, *arguments: str) -> None:
    """The program says one line that names the file, and nothing that drives a terminal."""
    with Terminal(*arguments, state=folder, columns=2_000, rows=20) as terminal:
        text = terminal.to_the_end()
    assert terminal.process.returncode == 2
    assert sequences(bytes(terminal.raw)) == set()
    (said,) = [line for line in text.split("\n") if line]
    option = "--theme: " if "--theme" in arguments else ""
    assert said.startswith(f"powclock: {option}{folder / 'hostile.toml'}: ")
    assert len(said) < 600


def test_a_click_on_a_nodes_row_selects_it(tmp_path: Path) -> None:
    with Terminal("--miner", "sampled", state=tmp_path) as terminal:
        terminal.until(lambda text: "   carol " in text and "tick 1" in text)
        terminal.click("   carol ")
        terminal.until(lambda text: "▸ carol" in text)
        terminal.press("l")
        terminal.until(lambda text: "loss 30% on: carol" in text)
        terminal.press("q")
        terminal.to_the_end()
    assert terminal.process.returncode == 0


@pytest.mark.parametrize("mouse", [True, False])
def test_mouse_modes_are_set_only_where_the_mouse_is_wanted(tmp_path: Path, mouse: bool) -> None:
    options = () if mouse else ("--no-mouse",)
    with Terminal("--miner", "sampled", *options, state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        terminal.press("p")
        terminal.until(lambda text: "PARTITION" in text)
        terminal.press("q", "?")
        terminal.until(lambda text: "KEYS" in text)
        terminal.press("q", "q")
        terminal.to_the_end()
    modes = {f"CSI ?{mode}h" for mode in (9, 1000, 1002, 1003, 1005, 1006, 1015, 1016)}
    assert bool(sequences(bytes(terminal.raw)) & modes) == mouse


def test_a_dumb_terminal_is_said_in_one_line(tmp_path: Path) -> None:
    with Terminal(
        "--miner", "sampled", "--speed", "max", "--for", "30s",
        state=tmp_path, environment={"TERM": "dumb"}, rows=100,
    ) as terminal:  # fmt: skip
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert b"\x1b" not in terminal.raw
    assert text.split("\n")[0] == (
        "powclock: this terminal cannot place characters (TERM is dumb or not set): "
        "plain lines instead of a screen"
    )
    assert text.count("powclock: ") == 1
    assert "race time 30.0 s" in text


def test_kinds_of_sequences_are_told_apart() -> None:
    raw = "a\x1b[1;31mb\x1b[?1049h\x1b]0;me\x07\x1bPx\x1b\\\x1b7\u009b2J\x1b[0m".encode()
    assert sequences(raw) == {
        "CSI m", "CSI ?1049h", r"'\x1b]0;me\x07'", r"'\x1bPx\x1b\\'", r"'\x1b7'", r"'\x9b'",
    }  # fmt: skip
