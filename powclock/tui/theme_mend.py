"""What is wrong with a theme's file, in words of the person who wrote it.

msgspec says it in terms of objects and fields; here it becomes the key and the mend, with the role
that a misspelt one comes nearest to.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

_PATTERN = "dark.toml"  # has everything, with its comments
_KEY_CELLS = 40
_MISSING = re.compile(r"object missing required field `([^`]*)")
_UNKNOWN = re.compile(r"object contains unknown field `([^`]*)")
_WRONG = re.compile(r"expected `(\w+)`, got `(\w+)`")
_TYPES = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a number",
    "null": "nothing",
    "object": "a table",
    "str": "text in quotes",
}
_SHORT = re.compile("#?[0-9a-fA-F]{3}")
_BARE = re.compile("[0-9a-fA-F]{6}")


def mended(place: str, what: str, keys: Sequence[str]) -> str:
    """What is wrong at a place, and the mend; `keys` are those that belong there."""
    start = f"{place}." if place else ""
    if found := _MISSING.match(what):
        key = start + found[1]
        return f"{key} is missing: copy it from {_PATTERN}"
    if found := _UNKNOWN.match(what):
        wrong = found[1][:_KEY_CELLS]
        near = get_close_matches(wrong, keys, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"choose {', '.join(keys)}"
        return f"{start}{wrong} is unknown: {mend}"
    if found := _WRONG.match(what):
        wanted, got = (_TYPES.get(name, name) for name in found.groups())
        return f"{place or 'the file'}: must be {wanted}, not {got}: compare with {_PATTERN}"
    return f"{place}: {what.replace('`array`', 'a list')}: compare with {_PATTERN}"


def colour_mend(value: str) -> str:
    """How a colour that is none may have been meant."""
    if _SHORT.fullmatch(value):
        return "write it as #" + "".join(2 * digit for digit in value.lstrip("#"))
    return f"write it as #{value}" if _BARE.fullmatch(value) else "write it as #rrggbb"
