"""Keys that a step can press: a character as it is typed, or the name of a key that types none."""

import unicodedata

_MODIFIERS = ("ctrl+", "shift+", "alt+")
NAMED = frozenset({
    "escape", "enter", "tab", "space", "backspace", "delete", "home", "end", "pageup", "pagedown",
    "up", "down", "left", "right", *(f"f{number}" for number in range(1, 13)),
})  # fmt: skip
KEYS = (
    "write a character, or escape, enter, tab, space, backspace, delete, up, down, left, right, "
    "home, end, pageup, pagedown, f1 to f12; ctrl+, shift+ or alt+ may stand before"
)


def is_key(key: str) -> bool:
    """Whether there is such a key."""
    bare = key
    for modifier in _MODIFIERS:
        bare = bare.removeprefix(modifier)
    if bare in NAMED:
        return True
    return len(bare) == 1 and bare != " " and unicodedata.category(bare)[0] in "LNPS"
