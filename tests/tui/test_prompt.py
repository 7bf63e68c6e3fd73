"""A line to type in: every key has its effect, and what cannot be seen never gets in."""

import pytest

from powclock.tui import theme_file as theme
from powclock.tui.theme import Palette
from powclock.tui.widgets.prompt import CELLS_MAX, Prompt


class Typed:
    """A line, and what it told."""

    def __init__(self, text: str = "") -> None:
        self.changes: list[str] = []
        self.closings: list[bool] = []
        self.prompt = Prompt(
            text, hint="a name", changed=self.changes.append, closed=self.closings.append
        )

    def press(self, *keys: str) -> "Typed":
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            self.prompt.take(key, character)
        return self


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("a b", "ab"),
        ("a space b", "a b"),
        ("a b backspace", "a"),
        ("backspace", ""),
        ("a b left backspace", "b"),
        ("a b left left left delete", "b"),
        ("a b home x end y", "xaby"),
        ("a b left right right c", "abc"),
        ("a b space c d ctrl+w", "ab "),
        ("a b ctrl+u c", "c"),
        ("a f5 up b", "ab"),
    ],
)
def test_keys_edit_the_line(keys: str, text: str) -> None:
    typed = Typed().press(*keys.split())
    assert typed.prompt.text == text
    assert typed.changes[-1:] == ([text] if typed.changes else [])
    assert typed.closings == []


@pytest.mark.parametrize(("key", "keep"), [("enter", True), ("tab", True), ("escape", False)])
def test_a_key_closes_the_line(key: str, keep: bool) -> None:
    assert Typed("ab").press(key).closings == [keep]


def test_only_keys_of_no_use_are_given_back() -> None:
    prompt = Typed().prompt
    assert [prompt.take(key, None) for key in ("up", "f5", "left", "backspace", "enter")] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_what_is_pasted_is_cleaned_and_bounded() -> None:
    typed = Typed("a")
    typed.prompt.paste("\x1b[31mb\u202ec\nrm -rf")
    assert typed.prompt.text == "a[31mbc"
    typed.prompt.paste("x" * 500)
    assert typed.prompt.text == "a[31mbc"
    whole = Typed()
    whole.prompt.paste("x" * 500)
    assert whole.prompt.text == "x" * CELLS_MAX


def row(typed: Typed, width: int, note: str = "") -> str:
    made = typed.prompt.row(width, Palette(theme.load("dark")), note=note)
    return "".join(segment.text for segment in made.segments)


def test_the_line_as_a_row() -> None:
    assert row(Typed(), 24, "4 of 4") == "/▏a name         4 of 4 "
    assert row(Typed("split"), 24, "2 of 4") == "/split▏          2 of 4 "
    assert row(Typed("split").press("left"), 24) == "/spli▏t                 "
    assert row(Typed("abcdefghij"), 8, "1").startswith("/hij▏")
