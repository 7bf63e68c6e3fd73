"""The screen at every depth of colour, in a real pseudo-terminal: no pair that cannot be read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.tui.vision import contrast

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="needs a pseudo-terminal"
)

RACE = ("split", "--miner", "sampled", "--speed", "30")
CUT_FOR_GOOD = """
name = "cut"
[[faults]]
at_s = 30
fault = { kind = "partition", share = 0.4 }
"""
# What a console draws for the names that the emulator gives the sixteen.
SIXTEEN = {
    "black": "#000000", "red": "#aa0000", "green": "#00aa00", "brown": "#aa5500",
    "blue": "#0000aa", "magenta": "#aa00aa", "cyan": "#00aaaa", "white": "#aaaaaa",
    "brightblack": "#555555", "brightred": "#ff5555", "brightgreen": "#55ff55",
    "brightbrown": "#ffff55", "brightyellow": "#ffff55", "brightblue": "#5555ff",
    "brightmagenta": "#ff55ff", "bfightmagenta": "#ff55ff", "brightcyan": "#55ffff",
    "brightwhite": "#ffffff",
}  # fmt: skip
DEPTHS = {
    "true colour": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "256 colours": {"TERM": "xterm-256color", "COLORTERM": ""},
    "tmux": {"TERM": "tmux-256color", "COLORTERM": ""},
    "16 colours": {"TERM": "xterm-16color", "COLORTERM": ""},
    "linux console": {"TERM": "linux", "COLORTERM": ""},
    "screen": {"TERM": "screen", "COLORTERM": ""},
}


def words(terminal: Terminal) -> Iterator[tuple[str, str, str]]:
    """Every letter and digit on the screen, with its ink and its ground."""
    for row in terminal.screen.buffer.values():
        for cell in row.values():
            if cell.data.isalnum():
                yield cell.data, drawn(cell.fg), drawn(cell.bg)


def drawn(color: str) -> str:
    return SIXTEEN.get(color) or f"#{color}"


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_word_can_be_read(tmp_path: Path, depth: str) -> None:
    race = tmp_path / "cut.toml"
    race.write_text(CUT_FOR_GOOD)  # however late the first frame comes
    arguments = (str(race), *RACE[1:], "--theme", "dark")
    with Terminal(*arguments, state=tmp_path, environment=DEPTHS[depth]) as terminal:
        terminal.until(lambda text: "partition on" in text and "heads" in text)
        terminal.press("down", "down")
        terminal.until(lambda text: "▸ bob" in text)
        seen = {"dark": list(words(terminal))}
        dark = terminal.screen.buffer[0][0].bg
        terminal.press("t")  # the next theme is the light one
        terminal.until(lambda _: terminal.screen.buffer[0][0].bg != dark)
        seen["light"] = list(words(terminal))
        terminal.press("q")
        terminal.to_the_end()
    for each in seen.values():
        assert len(each) > 500
        assert len({ink for _, ink, _ in each}) > 5
        # A selected row at 16 colours is where the fewest are left.
        least = 2.0 if depth in {"16 colours", "linux console", "screen"} else 2.8
        assert not {pair for pair in each if contrast(pair[1], pair[2]) < least}


@pytest.mark.parametrize(("theme", "ground"), [("dark", {"49", "40"}), ("light", {"107"})])
def test_sixteen_colours_are_asked_for_by_number(
    tmp_path: Path, theme: str, ground: set[str]
) -> None:
    environment = {"TERM": "xterm-16color", "COLORTERM": ""}
    with Terminal(*RACE, "--theme", theme, state=tmp_path, environment=environment) as terminal:
        terminal.until(lambda text: "alice" in text)
        terminal.press("q")
        terminal.to_the_end()
    codes = {
        code
        for sequence in re.findall(rb"\x1b\[([0-9;]*)m", bytes(terminal.raw))
        for code in sequence.decode().split(";")
    }
    assert not codes & {"38", "48"}, "a palette that this terminal may not have"
    assert codes & ground


def test_the_theme_is_chosen_by_the_environment(tmp_path: Path) -> None:
    for environment, ground in (
        ({"COLORFGBG": "0;15"}, "ffffff"),
        ({"COLORFGBG": "0;15", "POWCLOCK_THEME": "nocturne"}, "14122a"),
    ):
        with Terminal(*RACE, state=tmp_path, environment=environment) as terminal:
            terminal.until(lambda text: "alice" in text)
            assert terminal.screen.buffer[0][0].bg == ground
            terminal.press("q")
            terminal.to_the_end()


def test_a_bad_theme_or_key_map_is_one_line_and_no_screen(tmp_path: Path) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text('[keys]\nzoom = "x"')
    for arguments, environment, line in (
        ((), {"POWCLOCK_THEME": "pink"}, "powclock: POWCLOCK_THEME: there is no theme 'pink': "),
        (
            ("--theme", "pink"),
            {},
            "powclock: --theme: there is no theme 'pink': choose dark, light, ",
        ),
        (
            ("--keys", str(keys)),
            {},
            f"powclock: --keys: {keys}: keys.zoom: 'x' is the key of leave too: ",
        ),
    ):
        with Terminal(*arguments, state=tmp_path, columns=400, environment=environment) as terminal:
            text = terminal.to_the_end()
        assert terminal.process.returncode == 2
        assert text.strip().startswith(line)
        assert "\n" not in text.strip()
        assert b"\x1b" not in terminal.raw


def test_an_edited_theme_shows_while_the_race_runs(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    dark = (Path(__file__).parents[1] / "themes" / "dark.toml").read_text(encoding="utf-8")
    file.write_text(dark)
    with Terminal(*RACE, "--theme", str(file), state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        file.write_text(dark.replace('background = "#0d1117"', 'background = "#202020"'))
        terminal.until(lambda _: terminal.screen.buffer[0][0].bg == "202020")
        file.write_text(dark.replace('background = "#0d1117"', 'background = "grey"'))
        # A long path wraps the note anywhere, beside other panels, but between words.
        terminal.until(lambda text: "colors.background:" in text and "'grey'" in text)
        assert terminal.screen.buffer[0][0].bg == "202020"
        file.write_text(dark)
        terminal.until(lambda _: terminal.screen.buffer[0][0].bg == "0d1117")
        terminal.press("q")
        terminal.to_the_end()


def test_themes_are_listed_in_their_colours(tmp_path: Path) -> None:
    with Terminal("themes", state=tmp_path) as terminal:
        text = terminal.to_the_end()
    assert "nocturne       soft hues on violet night" in text
    grounds = {cell.bg for row in terminal.screen.buffer.values() for cell in row.values()}
    assert {"0d1117", "ffffff", "14122a", "050b06"} <= grounds
    with Terminal("themes", state=tmp_path, environment={"NO_COLOR": "1"}) as terminal:
        plain = terminal.to_the_end()
    assert "nocturne       soft hues on violet night" in plain
    assert b"\x1b" not in terminal.raw
