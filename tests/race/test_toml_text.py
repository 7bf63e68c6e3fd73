"""TOML from outside: tables, or one line; neither memory nor time grows faster than the text."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.toml_text import PARTS_MAX, NotToml, parse_toml
from tests.edges import TEXT, damaged_text, line_of, peak_bytes

BYTES = 100_000


def told(text: str) -> str:
    """What is said of text that is no TOML; empty if it is."""
    try:
        parse_toml(text)
    except NotToml as error:
        return line_of(error)
    return ""


def filled(piece: str) -> str:
    """A large text of one piece over and over."""
    return piece * (BYTES // len(piece))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = ", "Invalid value (at end of document)"),
        ("a = " + "1" * 5_000, "a number has too many digits"),
        ("a = " + "[" * 5_000, "nested too deeply"),
        ("a = " + "{a=" * 5_000, "nested too deeply"),
        ("a = 1\n[" + "b." * PARTS_MAX + "b]", "16 names in a row (line 2)"),
        ("\n\n" + "b." * PARTS_MAX + "b = 1", "16 names in a row (line 3)"),
        ("b . " * PARTS_MAX + "b = 1", "16 names in a row (line 1)"),
        ('"b" . ' * PARTS_MAX + "b = 1", "16 names in a row (line 1)"),
        ('"b\\"".' * PARTS_MAX + "b = 1", "16 names in a row (line 1)"),
        ("'b\\'." * PARTS_MAX + "b = 1", "16 names in a row (line 1)"),
        ("a = { " + "b." * PARTS_MAX + "b = 1 }", "16 names in a row (line 1)"),
    ],
)
def test_what_is_no_toml_of_ours_is_said_in_one_line(text: str, line: str) -> None:
    row = "names in a row with dots between them"
    expected = line.replace("names in a row", row)
    assert told(text) == ("more than " + expected if row in expected else expected)


def test_what_a_person_writes_is_read_as_ever() -> None:
    text = "[a.b]\nc.d.'e f'.\"g\" = [1.5, 2.5, " + "0.25, " * 99 + "]\n# see a.b.c... 1.2.3.4\n"
    assert parse_toml(text) == tomllib.loads(text)
    names = ".".join("b" * PARTS_MAX)
    assert parse_toml(f"{names} = 1") == tomllib.loads(f"{names} = 1")


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * (BYTES // 2)) + " = 1",
        "[" + ".".join("a" * (BYTES // 2)) + "]",
        filled('"a".') + "a = 1",
        "\n".join(
            f"{chr(97 + n % 26)}{n}." + ".".join("b" * (PARTS_MAX - 1)) + " = 1"
            for n in range(BYTES // 40)
        ),
        "a = [" + filled("[],") + "]",
        "a = [" + filled("{},") + "]",
        "a = [" + filled("{a={a={a={a=1}}}},") + "]",
        "".join(f"[[a{n}]]\n" for n in range(BYTES // 11)),
        "a = 0x" + "f" * BYTES,
        "a = 1" + "1" * BYTES,
        "a" * BYTES,
        '"' * BYTES,
        filled("'\""),
        filled("\"\\"),
        filled("[["),
        filled("a = {"),
    ],
    ids=range(16),
)  # fmt: skip
def test_memory_is_bounded_by_the_size_of_the_text(text: str) -> None:
    assert peak_bytes(lambda: told(text)) < 500_000 + 200 * len(text.encode())


texts = st.recursive(
    st.one_of(
        st.integers().map(str),
        st.floats(allow_nan=False).map(repr),
        st.sampled_from(["true", "1979-05-27T07:32:00Z", "nan", "0o7", "'''a\n'''", "+1_0"]),
        TEXT.map(json.dumps),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]"),
        st.lists(inner, max_size=3).map(
            lambda values: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(values)) + "}"
        ),
    ),
    max_leaves=6,
)
documents = st.lists(
    st.one_of(
        st.builds("{} = {}".format, st.sampled_from(["a", "b.c", '"d e"', "f.g.h"]), texts),
        st.sampled_from(["[a]", "[b.c]", "[[d]]", "# say", ""]),
    ),
    max_size=5,
).map("\n".join)


@given(documents)
def test_what_python_reads_is_what_we_read(text: str) -> None:
    expected: dict[str, Any] | None
    try:
        expected = tomllib.loads(text)
    except ValueError:
        expected = None
    read = None if told(text) else parse_toml(text)
    assert repr(read) == repr(expected)  # a number may be none, which does not equal itself


@given(st.one_of(st.text(), damaged_text(documents)))
def test_any_text_is_toml_or_one_line(text: str) -> None:
    told(text)
