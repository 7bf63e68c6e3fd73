"""Key maps: other keys work and are shown, and every mistake is told in one line."""

import tomllib
from pathlib import Path

import platformdirs
import pytest
from textual.keys import _character_to_key
from textual.pilot import Pilot

from powclock.network.faults.links import Delay, Loss
from powclock.race.commands import AnyCommand, Break, Heal, HealAll, SetRate
from powclock.race.messages import Ended
from powclock.tui.app import PowclockApp
from powclock.tui.keymap import (
    DEFAULT_KEYS,
    KeymapError,
    Keys,
    as_toml,
    choose,
    load,
    named,
    shown,
    written,
)
from powclock.tui.keys import BINDINGS
from powclock.tui.screens.help import HelpScreen
from powclock.tui.screens.palette import PaletteScreen
from powclock.tui.screens.partition import PartitionScreen
from tests.tui.frames import FakeRace, on_screen, text_of

Screen = Pilot[Ended | None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def mapped(file: Path, text: str) -> Keys:
    file.write_text(text, encoding="utf-8")
    return load(file)


def on_top(app: PowclockApp) -> object:
    return app.screen


def told(file: Path, text: str) -> str:
    with pytest.raises(KeymapError) as error:
        mapped(file, text)
    line = str(error.value)
    assert line.isprintable(), repr(line)
    return line.removeprefix(f"{file}: ")


def test_ids_get_other_keys(file: Path) -> None:
    keys = mapped(
        file,
        '[keys]\nzoom = "ctrl+z"\nlast = ["E", "f5"]\n'
        'fault_loss = "?"\nhelp = "l"\nfault_delay = "|"',
    )
    assert keys.mapped == {
        "zoom": "ctrl+z",
        "last": "E,f5",
        "fault_loss": "question_mark",
        "help": "l",
        "fault_delay": "vertical_line",
    }
    assert [keys.label(id_) for id_ in keys.mapped] == ["^z", "E/f5", "?", "l", "|"]
    assert keys.label("pause") == "space"
    assert [binding.id for binding in keys.bindings] == [binding.id for binding in BINDINGS]


def test_mapped_keys_work_and_those_they_had_do_not(file: Path) -> None:
    keys = mapped(
        file, '[keys]\nfault_loss = "d"\nfault_delay = ["l", "f5"]\npause = "G"\nheal_all="."\n'
        'step_event = "space"',
    )  # fmt: skip

    def sent(*pressed: str) -> list[AnyCommand]:
        commands: list[AnyCommand] = []

        async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
            await pilot.press(*pressed)
            await pilot.pause()
            commands.extend(race.commands)

        on_screen(press, keys=keys)
        return commands

    assert sent("d") == [Break(Loss())]
    assert sent("l", "f5") == [Break(Delay()), Heal(Delay().id)]
    assert sent("full_stop", "G") == [HealAll(), SetRate(0.0)]
    assert sent("0") == []


def test_footer_faults_help_and_notes_show_the_keys_in_force(file: Path) -> None:
    keys = mapped(
        file, '[keys]\nstep_event = "G"\nfault_crash = "f9"\nhelp = "f1"\npause = "Z"\n'
        'partition = "Y"\nlast = "E"',
    )  # fmt: skip

    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        assert text_of(app, "footer")[0].startswith(" Z pause  G step  > tick")
        assert "f1 help" in text_of(app, "footer")[0]
        faults = "\n".join(text_of(app, "faults"))
        assert "f9 crash" in faults
        assert "Y partition" in faults
        await pilot.press("G", "right_square_bracket")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["paused: goes on at 2× with Z"]
        await pilot.press("f1")
        sheet = on_top(app)
        assert isinstance(sheet, HelpScreen)
        assert any(
            "f9  crash           Stop a node; again starts it" in row
            for row in sheet.panel.rows_text
        )
        await pilot.press("f1")
        assert on_top(app) is app.race_screen, "the key that opened the help closes it"
        await pilot.press("Y")
        assert isinstance(on_top(app), PartitionScreen)
        await pilot.press("Y")
        assert on_top(app) is app.race_screen
        await pilot.press("ctrl+p", *"crash")
        palette = on_top(app)
        assert isinstance(palette, PaletteScreen)
        assert "f9  crash " in palette.panel.rows_text[3]

    on_screen(look, keys=keys)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[keys]\nzom = "x"', "keys.zom: is no id: did you mean zoom?"),
        ('[keys]\nfault_los = "x"', "keys.fault_los: is no id: did you mean fault_loss"),
        ('[keys]\nqqqqqq = "x"', "keys.qqqqqq: is no id: `powclock keys` lists all ids"),
        ('[keys]\n"\\u001b[31m" = "x"', "keys.[31m: is no id: `powclock keys` lists all ids"),
        ("[keys]\na.b.c.d.e.f = 1", "keys.a: is no id: `powclock keys` lists all ids"),
        ("[keys]\nzoom = 5", 'keys.zoom: write a key as text, such as "z" or "f5"'),
        ("[keys]\nzoom = []", "keys.zoom: give it 1 to 8 keys"),
        ('[keys]\nzoom = ["1","2","3","4","5","6","7","8","9"]', "keys.zoom: give it 1 to 8 keys"),
        ('[keys]\nzoom = "contrl+z"', "keys.zoom: 'contrl+z' is no key: "),
        ('[keys]\nzoom = "\\u001b[31m"', "keys.zoom: '[31m' is no key: "),
        ('[keys]\nzoom = ""', "keys.zoom: '' is no key: "),
        ('[keys]\nzoom = "ctrl+c"', "keys.zoom: ctrl+c always quits: choose another key"),
        (
            '[keys]\nzoom = "ctrl+p"',
            "keys.zoom: 'ctrl+p' is the key of palette too: give one of them another",
        ),
        (
            '[keys]\nzoom = "x"',
            "keys.zoom: 'x' is the key of leave too: give one of them another",
        ),
        (
            '[keys]\nleave = "?"\nhelp = "Z"\nzoom = "Z"',
            "keys.help: 'Z' is the key of zoom too: give one of them another",
        ),
        ('[keys]\nstep_event = "z"', "keys.step_event: 'z' is the key of zoom too: "),
        ('keys = "x"', "keys: write it as a table: [keys]"),
        ('[key]\nzoom = "x"', "key: is unknown: all keys stand in the table [keys]"),
        ("[keys", "is no TOML: "),
        ("\x1b]0;owned\x07", "is no TOML: "),
        ("#" * 200_000, "larger than 100000 bytes: it holds keys alone"),
    ],
)
def test_a_mistake_is_one_line(file: Path, text: str, line: str) -> None:
    assert told(file, text).startswith(line)


def test_a_file_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(KeymapError) as error:
        load(file)
    assert str(error.value) == f"{file}: cannot be read (No such file or directory): check the path"
    file.write_bytes(b"\xff")
    with pytest.raises(KeymapError, match="is not UTF-8: save it as UTF-8"):
        load(file)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("z", "z"), ("Z", "Z"), ("?", "question_mark"), (" ", "space"), ("ä", "ä"),
        ("esc", "escape"), ("pgdn", "pagedown"), ("f12", "f12"), ("full_stop", "full_stop"),
        ("ctrl+x", "ctrl+x"), ("ctrl+i", "tab"), ("ctrl+m", "enter"), ("ctrl+[", "escape"),
        ("shift+ctrl+left", "ctrl+shift+left"), ("shift+f3", "shift+f3"),
        ("alt+.", "alt+full_stop"),
        ("+", "plus"), ("ctrl++", "ctrl+plus"), ("alt+shift+x", "alt+shift+x"), ("€", "euro_sign"),
        # What no terminal sends:
        ("shift+s", None), ("ctrl+K", None), ("ctrl+ä", None), ("f25", None), ("f0", None),
        ("hyper+x", None), ("ctrl+ctrl+x", None), ("ctrl+", None), ("zz", None), ("", None),
        ("\n", None), ("\x1b", None), ("a,b", None), ("\u202e", None), ("<any>", None),
    ],
)  # fmt: skip
def test_names_of_keys(text: str, name: str | None) -> None:
    assert named(text) == name


def test_characters_are_named_as_textual_names_them() -> None:
    for code in range(32, 127):
        assert named(chr(code)) == _character_to_key(chr(code))
        assert written(_character_to_key(chr(code))) in (chr(code), "space")


def test_defaults_are_shown_as_they_always_were() -> None:
    for binding in BINDINGS:
        assert "/".join(map(shown, binding.key.split(","))) == binding.key_display


def test_the_printed_map_changes_nothing_and_names_everything(file: Path) -> None:
    text = as_toml(DEFAULT_KEYS)
    assert list(tomllib.loads(text)["keys"]) == [
        binding.id for group in dict.fromkeys(b.group for b in BINDINGS)
        for binding in BINDINGS if binding.group is group
    ]  # fmt: skip
    again = mapped(file, text)
    assert again.bindings == DEFAULT_KEYS.bindings
    assert all(binding.tooltip in text for binding in BINDINGS)
    moved = mapped(file, '[keys]\nzoom = ["Z", "ctrl+z", "¡"]')
    assert 'zoom = ["Z", "ctrl+z", "¡"]' in as_toml(moved)
    assert mapped(file, as_toml(moved)).bindings == moved.bindings


def test_an_own_map_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda _name: tmp_path)
    assert choose(None) is DEFAULT_KEYS
    (tmp_path / "keys.toml").write_text('[keys]\nzoom = "Z"')
    assert choose(None).mapped == {"zoom": "Z"}
    other = tmp_path / "other.toml"
    other.write_text("")
    assert choose(other).mapped == {}


def test_keys_of_the_faults_sheet_are_doubles_there_alone(file: Path) -> None:
    keys = mapped(file, '[keys]\nfault_isolate = "v"\npause = "i"')
    assert keys.label("fault_isolate") == "v"  # over the race it freezes the view
    shown_as = {binding.id: binding.key_display for binding in keys.bindings}
    assert (shown_as["fault_isolate"], shown_as["pause"]) == ("f v", "i")
    for other, key in (("fault_delay", "d"), ("fault_selfish", "s"), ("faults", "f")):
        assert told(file, f'[keys]\nfault_isolate = "{key}"') == (
            f"keys.fault_isolate: '{key}' is the key of {other} too: give one of them another"
        )
