"""Themes: what is wrong is told in one line that names file, key and mend."""

from pathlib import Path

import pytest

from powclock.tui import theme

DARK = Path(__file__).parents[2] / "themes" / "dark.toml"


def test_every_shipped_theme_loads() -> None:
    assert theme.names()[0] == "dark"
    for name in theme.names():
        assert theme.load(name).name == name


def test_a_theme_can_be_given_by_its_path() -> None:
    assert theme.load(str(DARK)).name == "dark"


def told(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(theme.ThemeError) as error:
        theme.decode(path)
    return str(error.value)


def test_an_unknown_theme_names_those_there_are() -> None:
    with pytest.raises(theme.ThemeError, match="there is no theme 'pink': choose dark, light, or"):
        theme.load("pink")
    with pytest.raises(theme.ThemeError, match=r"there is no theme '\.\./dark'"):
        theme.load("../dark")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(theme.ThemeError) as error:
        theme.load(str(path))
    assert str(error.value) == f"{path}: cannot be read (No such file or directory): check the path"


@pytest.mark.parametrize("color", ["#12345", "bluish", "#gg0000", "auto", "ansi_red"])
def test_a_bad_colour_names_its_key(tmp_path: Path, color: str) -> None:
    path = tmp_path / "mine.toml"
    text = DARK.read_text(encoding="utf-8").replace('best = "#f0e442"', f'best = "{color}"')
    line = told(path, text)
    assert line == f"{path}: colors.best: {color!r} is no colour: write it as #rrggbb"


def test_a_bad_hue_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    line = told(path, DARK.read_text(encoding="utf-8").replace('"#9db8ff"', '"nope"'))
    assert line == f"{path}: nodes.hues[6]: 'nope' is no colour: write it as #rrggbb"


def test_missing_and_unknown_keys(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = DARK.read_text(encoding="utf-8")
    assert "required field `best`" in told(path, text.replace('best = "#f0e442"\n', ""))
    assert "unknown field `glow`" in told(path, text.replace("[nodes]", 'glow = "#fff"\n[nodes]'))
    assert "\n" not in told(path, "name = ")


def test_a_file_that_is_too_large_or_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert "larger than" in told(path, "# " + "x" * 200_000)
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(theme.ThemeError, match="UTF-8"):
        theme.decode(path)
