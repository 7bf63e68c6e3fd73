"""`powclock themes`: the list, the preview in a terminal, and pictures in files."""

from pathlib import Path

import pytest

from tests.command import powclock_
from tests.terminal import Terminal

THEMES = Path(__file__).parents[1] / "themes"
GROUNDS = {"dark": "0d1117", "light": "ffffff", "phosphor": "050b06"}


def test_a_preview_has_as_many_pictures_side_by_side_as_fit(tmp_path: Path) -> None:
    asked = ("themes", "--preview", "dark", "light", "phosphor")
    with Terminal(*asked, state=tmp_path, columns=160, rows=60) as terminal:
        text = terminal.to_the_end()
    lines = text.split("\n")
    assert lines[0][:4] == "dark"
    assert lines[0][81:].startswith("light  dark inks on white")
    # Both halves are the same screen of the same race.
    assert [line[:79].rstrip() for line in lines[1:21]] == [
        line[81:].rstrip() for line in lines[1:21]
    ]
    assert "6 nodes  ● LIVE 1×" in lines[1]
    assert "NODES" in text
    buffer = terminal.screen.buffer
    assert {buffer[row][0].bg for row in range(1, 21)} == {GROUNDS["dark"]}
    assert {buffer[row][159].bg for row in range(1, 21)} == {GROUNDS["light"]}
    assert lines[22].startswith("phosphor")
    assert {buffer[row][0].bg for row in range(23, 43)} == {GROUNDS["phosphor"]}
    assert {buffer[row][159].bg for row in range(23, 43)} == {"default"}


def test_a_preview_fits_a_narrow_terminal(tmp_path: Path) -> None:
    asked = ("themes", "--preview", "dark", "light")
    with Terminal(*asked, state=tmp_path, columns=60, rows=60) as terminal:
        text = terminal.to_the_end()
    lines = text.split("\n")
    assert (lines[0][:4], lines[22][:5]) == ("dark", "light")
    assert {terminal.screen.buffer[30][column].bg for column in range(60)} == {GROUNDS["light"]}


def test_a_terminal_of_16_colours_is_told_that_dark_themes_are_alike(tmp_path: Path) -> None:
    few = {"TERM": "xterm-16color", "COLORTERM": ""}
    asked = ("themes", "--preview", "dark", "nocturne")
    with Terminal(*asked, state=tmp_path, environment=few) as terminal:
        text = terminal.to_the_end()
    assert text.rstrip().endswith("In this terminal's 16 colours all dark themes look alike.")
    assert b"38;" not in terminal.raw


def test_without_colours_a_preview_is_the_list(tmp_path: Path) -> None:
    listed = powclock_("themes").stdout
    piped = powclock_("themes", "--preview")
    instead = "a list instead of pictures; -o FILE.svg draws them"
    said = f"powclock: this is no terminal: {instead}\n"
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, listed, said)
    asked = ("themes", "--preview")
    with Terminal(*asked, state=tmp_path, environment={"NO_COLOR": "1"}) as terminal:
        text = terminal.to_the_end()
    assert text.split() == f"powclock: NO_COLOR is set: {instead}\n{listed}".split()
    assert b"\x1b" not in terminal.raw


def test_only_the_themes_that_are_named(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text((THEMES / "dark.toml").read_text("utf-8"), "utf-8")
    done = powclock_("themes", "light", own)
    assert done.stdout == (
        "light          dark inks on white, for bright rooms\n"
        "mine           clear hues on blue-black, the default\n"
    )


def test_a_folder_gets_a_picture_for_each_theme(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    asked = ("themes", "--preview", "stage", "light", "-o", folder)
    done = powclock_(*asked, NO_COLOR="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{folder / 'stage.svg'}\n{folder / 'light.svg'}\n"
    light = (folder / "light.svg").read_text("utf-8")
    assert (light.count("<svg "), 'fill="#ffffff"' in light) == (1, True)
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "light.svg").write_text("precious", "utf-8")
    (folder / "stage.svg").unlink()
    mend = "name another file, or add --force"
    refused = powclock_(*asked)
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        2, "", f"powclock: -o: {folder / 'light.svg'} is there already: {mend}\n",
    )  # fmt: skip
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"light.svg": b"precious"}
    assert powclock_(*asked, "--force", PYTHONHASHSEED="7").returncode == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once


def test_a_broken_theme_is_told_and_the_others_are_drawn(tmp_path: Path) -> None:
    own = tmp_path / "powclock" / "themes"
    own.mkdir(parents=True)
    (own / "bad.toml").write_text("dark = 1", "utf-8")
    sheet = tmp_path / "all.svg"
    done = powclock_("themes", "--preview", "-o", sheet, XDG_CONFIG_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"{sheet}\n")
    assert done.stderr.startswith(f"powclock: {own / 'bad.toml'}: ")
    assert done.stderr.count("\n") == 1
    assert sheet.read_text("utf-8").count("<svg ") == 1 + 6
    sheet.write_text("precious", "utf-8")
    refused = powclock_("themes", "--preview", "light", "-o", sheet)
    assert (refused.returncode, refused.stderr) == (
        2, f"powclock: -o: {sheet} is there already: name another file, or add --force\n",
    )  # fmt: skip
    assert sheet.read_text("utf-8") == "precious"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("pink",), "there is no theme 'pink': choose dark, light, "),
        (("--preview", "pink", "-o", "x.svg"), "there is no theme 'pink': choose dark, "),
        (("-o", "x.svg"), "-o writes a preview: say --preview -o FOLDER or FILE.svg"),
        (("--preview", "--force"), "--force goes with -o, whose files it lets write over"),
        (("--preview", "-o", "no/x.svg"), "-o: no/x.svg: there is no folder no: make it first"),
        (
            ("--preview", "-o", "no/x.png"),
            "-o: no/x.png: a preview is an .svg: name FILE.svg, or a folder",
        ),
        (("--preview", "-o", "/dev/null"), "-o: /dev/null: cannot be written: File exists"),
        (
            ("--preview", "dark", str(THEMES / "dark.toml"), "-o", "x"),
            "two themes are called dark: show them one after the other",
        ),
    ],
)
def test_wrong_use_is_one_line(asked: tuple[str, ...], told: str) -> None:
    done = powclock_("themes", *asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"powclock: {told}")
    assert done.stderr.count("\n") == 1
