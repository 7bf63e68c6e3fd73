"""What a scenario may say where it says something else.

msgspec tells the place of a wrong word, and not the right ones; they stand in the types.
"""

import re
from collections.abc import Iterator

import msgspec.inspect as types

_STEP = re.compile(r"\[[^]]*\]|[^.\[]+")


def choices(root: type, place: str) -> list[str]:
    """The words allowed at a place such as `faults[0].fault.kind`; none if any text is."""
    found = [types.type_info(root)]
    for step in _STEP.findall(place):
        found = [inner for each in found for inner in _inside(each, step)]
    words = [word for each in found for word in _words(each)]
    return list(dict.fromkeys(words))


def _inside(outer: types.Type, step: str) -> Iterator[types.Type]:
    match outer:
        case types.Metadata(type=inner):
            yield from _inside(inner, step)
        case types.UnionType(types=members):
            for member in members:
                yield from _inside(member, step)
        case types.VarTupleType(item_type=item) if step.startswith("["):
            yield item
        case types.StructType(tag_field=tag_field, tag=tag) if step == tag_field:
            yield types.LiteralType((str(tag),))
        case types.StructType(fields=fields):
            yield from (field.type for field in fields if field.encode_name == step)


def _words(each: types.Type) -> tuple[str, ...]:
    match each:
        case types.LiteralType(values=values):
            return tuple(str(value) for value in values if value != "")
        case _:
            return ()
