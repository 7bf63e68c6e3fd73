"""Theme files: what is wrong is told in one line that names file, key and mend."""

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from powclock.tui import theme_file
from powclock.tui.theme_file import ThemeError

SHIPPED = ["dark", "light", "colourblind", "stage", "nocturne", "phosphor"]
THEMES = Path(__file__).parents[2] / "themes"
DARK = THEMES / "dark.toml"
TEXT = DARK.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for own themes, instead of that of whoever runs the tests."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda _name: tmp_path / "config")
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    return folder


def told(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThemeError) as error:
        theme_file.decode(path)
    return str(error.value)


def test_every_shipped_theme_loads_and_says_what_it_is() -> None:
    assert theme_file.names() == SHIPPED
    titles = [theme_file.load(name).title for name in SHIPPED]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert [name for name in SHIPPED if not theme_file.load(name).dark] == ["light"]


def test_a_theme_can_be_given_by_its_path() -> None:
    assert theme_file.load(str(DARK)) == theme_file.load("dark")


def test_own_themes_come_after_the_shipped_ones(own: Path) -> None:
    (own / "zebra.toml").write_text(TEXT, encoding="utf-8")
    (own / "amber.toml").write_text(TEXT.replace("#fae853", "#ffaa00"), encoding="utf-8")
    (own / "notes.txt").write_text("no theme", encoding="utf-8")
    assert theme_file.names() == [*SHIPPED, "amber", "zebra"]
    assert theme_file.load("amber").colors.best == "#ffaa00"


def test_an_own_theme_with_a_shipped_name_replaces_it(own: Path) -> None:
    (own / "stage.toml").write_text(TEXT.replace("#fae853", "#ffaa00"), encoding="utf-8")
    assert theme_file.names() == SHIPPED
    assert theme_file.load("stage").colors.best == "#ffaa00"
    assert theme_file.find("dark").samefile(DARK)


def test_a_broken_own_theme_hides_no_other(own: Path) -> None:
    (own / "broken.toml").write_text("dark = true", encoding="utf-8")
    found = dict(theme_file.catalogue())
    assert list(found) == [*SHIPPED, "broken"]
    error = found.pop("broken")
    assert not any(isinstance(theme, ThemeError) for theme in found.values())
    assert str(error) == (f"{own / 'broken.toml'}: colors is missing: copy it from dark.toml")


def test_an_unknown_theme_names_those_there_are() -> None:
    known = ", ".join(SHIPPED)
    for name, shown in (("pink", "pink"), ("../dark", "../dark"), ("\x1b[31m\nx", "[31mx")):
        with pytest.raises(ThemeError) as error:
            theme_file.load(name)
        assert str(error.value) == (
            f"there is no theme '{shown}': choose {known}, or give the path of a .toml file"
        )


@pytest.mark.parametrize(
    ("asked", "environment", "name"),
    [
        (None, {}, "dark"),
        (None, {"COLORFGBG": "0;15"}, "light"),
        (None, {"COLORFGBG": "0;default;7"}, "light"),
        (None, {"COLORFGBG": "15;0"}, "dark"),
        (None, {"COLORFGBG": "nonsense"}, "dark"),
        (None, {"POWCLOCK_THEME": "stage", "COLORFGBG": "0;15"}, "stage"),
        (None, {"POWCLOCK_THEME": ""}, "dark"),
        ("nocturne", {"POWCLOCK_THEME": "no such", "COLORFGBG": "0;15"}, "nocturne"),
    ],
)
def test_the_choice(asked: str | None, environment: dict[str, str], name: str) -> None:
    assert theme_file.choose(asked, environment) == name


def test_a_bad_choice_says_where_it_was_made(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match=r"^POWCLOCK_THEME: there is no theme 'pink': choose dark"):
        theme_file.choose(None, {"POWCLOCK_THEME": "pink"})
    with pytest.raises(ThemeError, match=r"^there is no theme 'pink': choose dark"):
        theme_file.choose("pink", {"POWCLOCK_THEME": "dark"})
    path = tmp_path / "mine.toml"
    with pytest.raises(ThemeError) as error:
        theme_file.choose(None, {"POWCLOCK_THEME": str(path)})
    assert str(error.value) == (
        f"POWCLOCK_THEME: {path}: cannot be read (No such file or directory): check the path"
    )


@pytest.mark.parametrize("color", ["#12345", "bluish", "#gg0000", "auto", "ansi_red", "#12345\n6"])
def test_a_bad_colour_names_its_key(tmp_path: Path, color: str) -> None:
    path = tmp_path / "mine.toml"
    written = color.replace("\n", "\\n")
    line = told(path, TEXT.replace('best = "#fae853"', f'best = "{written}"'))
    shown = color.replace("\n", "")
    assert line == f"{path}: colors.best: {shown!r} is no colour: write it as #rrggbb"


def test_a_bad_hue_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    line = told(path, TEXT.replace('"#6a96fd"', '"nope"'))
    assert line == f"{path}: nodes.hues[7]: 'nope' is no colour: write it as #rrggbb"


@pytest.mark.parametrize(
    ("color", "mend"),
    [("fae853", "#fae853"), ("#fff", "#ffffff"), ("a1c", "#aa11cc"), ("#fae8531", "#rrggbb")],
)
def test_a_colour_that_is_nearly_one_is_written_out(tmp_path: Path, color: str, mend: str) -> None:
    path = tmp_path / "mine.toml"
    line = told(path, TEXT.replace("#fae853", color))
    assert line == f"{path}: colors.best: {color!r} is no colour: write it as {mend}"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('best = "#fae853"\n', "", "colors.best is missing: copy it from dark.toml"),
        ("best =", "bset =", "colors.bset is unknown: did you mean best?"),
        ("chart_low =", "chart_lwo =", "colors.chart_lwo is unknown: did you mean chart_low?"),
        ("hues =", "hue =", "nodes.hue is unknown: did you mean hues?"),
        ("hues =", "xyz =", "nodes.xyz is unknown: choose hues"),
        ("[nodes]", "[node]", "node is unknown: did you mean nodes?"),
        ("[colors]", "[colours]", "colours is unknown: did you mean colors?"),
        ("dark = true", "", "dark is missing: copy it from dark.toml"),
        (
            "dark = true", 'dark = "yes"',
            "dark: must be true or false, not text in quotes: compare with dark.toml",
        ),
        (
            '"#fae853"', "12",
            "colors.best: must be text in quotes, not a number: compare with dark.toml",
        ),
        (
            "[colors]", "colors = 1\n[other]",
            "colors: must be a table, not a number: compare with dark.toml",
        ),
        (
            '"#fae853"', '"#fae853"\nbest = "#ffffff"',
            "is no TOML: a key stands there twice (at line 14, column 17): mend that line",
        ),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_with_its_mend(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert old in TEXT
    path = tmp_path / "mine.toml"
    assert told(path, TEXT.replace(old, new, 1)) == f"{path}: {line}"


def test_a_key_as_long_as_a_page_is_cut(tmp_path: Path) -> None:
    line = told(tmp_path / "mine.toml", "dark = true\n" + "k" * 50_000 + " = 1\n" + TEXT[-700:])
    assert len(line) < 400


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert told(path, "") == f"{path}: dark is missing: copy it from dark.toml"
    makes: tuple[tuple[Callable[[], object], str], ...] = (
        (path.mkdir, "cannot be read (Is a directory): check the path"),
        (
            lambda: path.symlink_to(path),
            "cannot be read (Too many levels of symbolic links): check the path",
        ),
        (lambda: os.mkfifo(path), "is no file but a pipe or a device: name a .toml file"),
        (
            lambda: path.symlink_to("/dev/zero"),
            "is no file but a pipe or a device: name a .toml file",
        ),
    )
    for make, line in makes:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
        make()
        with pytest.raises(ThemeError) as error:
            theme_file.decode(path)
        assert str(error.value) == f"{path}: {line}"


def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert theme_file.decode(path) == theme_file.decode(DARK)


def test_what_is_no_theme_at_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert told(path, "name = ").startswith(f"{path}: is no TOML: ")
    assert told(path, "a = " + "[" * 5_000).startswith(f"{path}: is no TOML: ")
    assert told(path, "# " + "x" * 200_000) == (
        f"{path}: larger than 100000 bytes: a theme holds colours"
    )
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(ThemeError, match="is not UTF-8: save it as UTF-8"):
        theme_file.decode(path)


@pytest.mark.parametrize(
    "text",
    [
        '"\\u001b]0;owned\\u0007" = 1\n' + TEXT,
        TEXT.replace("#fae853", "\\u001b[31mred\\u009b"),
        TEXT.replace("dark = true", "dark = true\n\x1b[31m = 1"),
        "\x1b]0;owned\x07",
    ],
)
def test_errors_bring_no_escape_sequence(tmp_path: Path, text: str) -> None:
    line = told(tmp_path / "mine.toml", text)
    assert line.isprintable(), repr(line)


def test_names_and_titles_are_cleaned(own: Path) -> None:
    text = TEXT.replace("clear hues", "\\u001b[31m\\u202eclear hues" + "x" * 200)
    (own / "a\x1b[31mb.toml").write_text(text, encoding="utf-8")
    name, theme = list(theme_file.catalogue())[-1]
    assert name == "a[31mb"
    assert not isinstance(theme, ThemeError)
    assert theme.title == ("[31mclear hues" + "x" * 200)[:72]
    (own / "a\x1b[31mb.toml").write_text("no", encoding="utf-8")
    _, error = list(theme_file.catalogue())[-1]
    assert str(error).isprintable()
