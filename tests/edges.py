"""What property tests of decoders share: any values, damaged bytes, and a measure of memory.

A decoder is given what it may get from outside: what it would write itself, that with some of it
replaced, and anything at all. Its own error is the only one that may come out, and what it takes up
on the way is bounded by the size of what it reads.
"""

import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

INT64 = st.integers(-(2**63), 2**63 - 1)
# What a reader may be fooled by, beside letters.
TEXT = st.text(
    st.one_of(
        st.characters(codec="utf-8"), st.sampled_from("\0\x1b\x7f\x85\u202e\u200b\\\"'#[]{}=,.\n")
    ),
    max_size=12,
)
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), TEXT, st.binary()
)
# Any value that msgpack can write; JSON and TOML can write those without bytes.
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(TEXT | INT64, inner, max_size=4)
    ),
    max_leaves=12,
)


def peak_bytes(what: Callable[[], object]) -> int:
    """The most memory that was held at once while something was done."""
    tracemalloc.start()
    try:
        what()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def line_of(error: Exception) -> str:
    """What an error says, which is one line that is safe to print."""
    line = str(error)
    assert line.isprintable(), repr(line)
    return line


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes with one or a few stretches replaced by others, by a copy of a stretch, or cut out."""
    data = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        start, other = (draw(st.integers(0, len(data))) for _ in range(2))
        length = draw(st.integers(0, 12))
        piece = draw(st.one_of(st.binary(max_size=8), st.just(data[other : other + length])))
        data = data[:start] + piece + data[start + draw(st.integers(0, 12)) :]
    return data


@st.composite
def damaged_text(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """The same for text; it is UTF-8 still."""
    return draw(damaged(whole.map(str.encode))).decode("utf-8", "ignore")


@st.composite
def replaced(draw: st.DrawFn, tree: Any) -> Any:
    """A tree of lists and tables with one node of it, at any depth, replaced by anything."""
    if isinstance(tree, list | tuple | dict) and tree and draw(st.integers(0, 4)):
        branches = dict(tree) if isinstance(tree, dict) else dict(enumerate(tree))
        place = draw(st.sampled_from(list(branches)))
        branches[place] = draw(replaced(branches[place]))
        return branches if isinstance(tree, dict) else list(branches.values())
    return draw(ANYTHING)


def instances_of(type_: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that msgspec reads, within the bounds that it states."""
    return _of(inspect.type_info(type_))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata(type=inner):
            return _of(inner)
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType(ge=low, le=high):
            return st.integers(
                -(2**63) if low is None else low, 2**63 - 1 if high is None else high
            )
        case inspect.FloatType():
            return _floats(info)
        case inspect.StrType(min_length=low, max_length=high):
            return TEXT.filter(lambda text: (low or 0) <= len(text) <= (high or len(text)))
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.EnumType(cls=cls):
            return st.sampled_from(cls)
        case inspect.UnionType(types=types):
            return st.one_of(*map(_of, types))
        case inspect.VarTupleType(item_type=item, min_length=low):
            return st.lists(_of(item), min_size=low or 0, max_size=(low or 0) + 2).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(_of, items))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_of(key), _of(value), max_size=2)
        case inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: _of(field.type) for field in fields})
    raise AssertionError(f"no values are drawn of {info}")


def _floats(info: inspect.FloatType) -> st.SearchStrategy[float]:
    low, high = info.ge, info.le
    return st.floats(
        low if low is not None else info.gt,
        high if high is not None else info.lt,
        exclude_min=info.gt is not None,
        exclude_max=info.lt is not None,
        allow_nan=False,
        allow_infinity=False,
    )


def same(one: object, other: object) -> bool:
    """Whether two values would be written the same; as values, not every number equals itself."""
    return msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)
