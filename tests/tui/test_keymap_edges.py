"""Any file is a key map or one line, and any text is a key or none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.tui.keymap import DEFAULT_KEYS, KeymapError, Keys, as_toml, load, named, written
from powclock.tui.keys import BINDINGS
from tests.edges import TEXT, damaged, line_of, peak_bytes

DATA = as_toml(DEFAULT_KEYS).encode()
IDS = [binding.id for binding in BINDINGS]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.toml"


def read(file: Path, data: bytes) -> Keys | str:
    """The keys, or the line that says why there are none."""
    file.write_bytes(data)
    try:
        return load(file)
    except KeymapError as error:
        return line_of(error).removeprefix(f"{file}: ")


def test_the_list_of_keys_is_a_key_map(file: Path) -> None:
    keys = read(file, DATA)
    assert isinstance(keys, Keys)
    assert [b.key for b in keys.bindings] == [b.key for b in DEFAULT_KEYS.bindings]


@given(st.one_of(st.binary(), damaged(st.just(DATA))))
def test_any_file_is_a_key_map_or_one_line(file: Path, data: bytes) -> None:
    read(file, data)


values = st.recursive(
    st.one_of(
        st.sampled_from(['"z"', '"f5"', '"ctrl+x"', "5", "1.5", "true", "1979-05-27", "07:32:00"]),
        TEXT.map(lambda text: "'" + text.replace("'", "").replace("\n", "") + "'"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=9).map(lambda each: f"[{', '.join(each)}]"),
        inner.map(lambda value: f"{{a = {value}}}"),
    ),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from([*IDS, "zom", "keys", "a.b"]), values, max_size=3))
def test_any_value_of_a_key_is_read_or_refused_in_one_line(
    file: Path, lines: dict[str, str]
) -> None:
    text = "[keys]\n" + "\n".join(f"{id_} = {value}" for id_, value in lines.items())
    keys = read(file, text.encode())
    if isinstance(keys, Keys):
        assert set(keys.mapped) == set(lines)
        over_race = [each for each in keys.bindings if not each.group.sheet]
        pressed = [key for binding in over_race for key in binding.key.split(",")]
        assert len(set(pressed)) == len(pressed), "no key does two things"


keys_as_text = st.one_of(
    st.text(max_size=12),
    st.characters(),
    st.lists(
        st.sampled_from(["ctrl", "shift", "alt", "x", "+", "K", "f5", "esc", "€", "", "plus"]),
        max_size=4,
    ).map("+".join),
)


@given(keys_as_text)
def test_any_text_is_a_key_or_none(text: str) -> None:
    name = named(text)
    if name is not None:
        assert name.isprintable()
        assert "," not in name
        assert named(written(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "zoom = [" + '"a",' * 20_000 + "]",
        "zoom = [" + "[]," * 30_000 + "]",
        '"' + "z" * 90_000 + '" = 1',
        "\n".join(f"a{n} = 1" for n in range(9_000)),
    ],
    ids=["keys", "lists", "name", "names"],
)
def test_memory_is_bounded_by_the_size_of_the_file(file: Path, text: str) -> None:
    data = b"[keys]\n" + text.encode()
    assert peak_bytes(lambda: read(file, data)) < 500_000 + 200 * len(data)
