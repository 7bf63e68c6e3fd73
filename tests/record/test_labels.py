"""Names from outside cannot drive a terminal, hide, or break a table."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.record.labels import cell_width, clean_label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("alice", "alice"),
        ("  alice \t\n", "alice"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("a\x9b31mb", "a31mb"),
        ("a\x00\x7f\x85b", "ab"),
        ("al\u200bi\u200dce", "alice"),
        ("\u202eecila", "ecila"),
        ("\ufeffalice", "alice"),
        ("a\u2028b\u2029c", "abc"),
        ("a\u00a0b\u3000c", "a b c"),
        ("e\u0301", "é"),
        ("\ud800x", "x"),
        ("\ue000x", "x"),
        ("", ""),
        ("\u200b", ""),
        ("Ω阿里", "Ω阿里"),
        ("x" * 100, "x" * 24),
        ("阿" * 100, "阿" * 12),
        ("x" * 23 + "阿", "x" * 23),
        ("x" * 23 + " y", "x" * 23),
    ],
)
def test_labels(text: str, label: str) -> None:
    assert clean_label(text) == label


@given(st.text(st.characters(codec=None)), st.integers(1, 40))
def test_any_text_gives_a_harmless_label(text: str, cells_max: int) -> None:
    label = clean_label(text, cells_max)
    assert sum(map(cell_width, label)) <= cells_max
    assert label == label.strip()
    for character in label:
        assert unicodedata.category(character)[0] in "LMNPS" or character == " "
    assert clean_label(label, cells_max) == label


def test_a_pile_of_combining_marks_is_cut() -> None:
    assert clean_label("a" + "\u0301" * 100_000) == "á\u0301\u0301"
    assert clean_label("o\u0323\u0302 x\u0301\u0301\u0301\u0301y") == "ộ x\u0301\u0301y"


def test_widths() -> None:
    assert [cell_width(c) for c in ("a", "阿", "ｗ", "\u0301", "é")] == [1, 2, 2, 0, 1]
