"""Any file is a theme or one line."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.swarm.toml import _lines
from powclock.tui.theme_file import Theme, ThemeError, choose, decode
from tests.edges import TEXT, damaged, instances_of, line_of, peak_bytes, replaced

FOLDER = Path(__file__).parents[2] / "themes"
DATA = [path.read_bytes() for path in sorted(FOLDER.glob("*.toml"))]
DARK = decode(FOLDER / "dark.toml")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("themes") / "mine.toml"


def read(file: Path, data: bytes) -> Theme | str:
    """The theme, or the line that says why it is none."""
    file.write_bytes(data)
    try:
        return decode(file)
    except ThemeError as error:
        return line_of(error).removeprefix(f"{file}: ")


def written(tree: Any) -> bytes:
    """A tree of tables as TOML."""
    return "\n".join(_lines(msgspec.to_builtins(tree, str_keys=True))).encode("utf-8", "replace")


@given(st.one_of(st.binary(), st.sampled_from(DATA).flatmap(lambda data: damaged(st.just(data)))))
def test_any_file_is_a_theme_or_one_line(file: Path, data: bytes) -> None:
    read(file, data)


@given(instances_of(Theme))
def test_no_text_but_a_colour_is_taken_for_one(file: Path, theme: Theme) -> None:
    line = read(file, written(theme))
    assert isinstance(line, str)
    assert line.startswith("colors.background: ")
    assert line.endswith(" is no colour: write it as #rrggbb")


@given(replaced(msgspec.to_builtins(DARK)))
def test_any_value_anywhere_is_read_or_refused_in_one_line(file: Path, tree: Any) -> None:
    if isinstance(tree, dict):
        read(file, written(tree))


def test_a_theme_comes_back_from_its_file(file: Path) -> None:
    assert read(file, written(DARK)) == DARK


@given(st.one_of(st.none(), TEXT.filter(lambda text: "\0" not in text)), TEXT)
def test_any_choice_is_a_theme_or_one_line(asked: str | None, ground: str) -> None:
    try:
        choose(asked, {"COLORFGBG": ground})
    except ThemeError as error:
        line_of(error)


@pytest.mark.parametrize(
    "text",
    [
        "hues = [" + '"#000000",' * 9_000 + "]",
        "hues = [" + "[]," * 30_000 + "]",
        'title = "' + "\u0301" * 40_000 + '"',
        ".".join("a" * 40_000) + " = 1",
        "a = " + "1" * 90_000,
    ],
    ids=["hues", "lists", "marks", "names", "digits"],
)
def test_memory_is_bounded_by_the_size_of_the_file(file: Path, text: str) -> None:
    data = text.encode() + b"\n" + DATA[0]
    assert peak_bytes(lambda: read(file, data)) < 500_000 + 200 * len(data)
