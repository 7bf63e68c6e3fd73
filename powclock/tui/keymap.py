"""The keys as a person wants them: a TOML file that gives binding ids other keys.

Textual ignores what it does not know, so every id and every key is checked here, and what is wrong
is told in one line: file, id and mend. `Keys` is the one place that says which keys are in force;
footer, help and fault panel read it, so they never show a key that does something else.
"""

import unicodedata
from collections.abc import Container, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import msgspec
import platformdirs

from powclock.record.labels import clean_label
from powclock.tui.binding import Binding
from powclock.tui.keys import BINDINGS, FAULTS, GROUPS, MORE_FAULTS
from powclock.tui.settings_file import SettingsError, read_toml, shown_path

_KEYS_MAX = 8
_ID_CELLS = 40
# These keys work everywhere, whatever a file says.
_KEPT = {"ctrl+c": "quits", "ctrl+q": "quits"}
_MODIFIERS = frozenset({"alt", "ctrl", "shift"})
_NAMED = frozenset({
    "escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup",
    "pagedown", "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25)),
})  # fmt: skip
_SHOWN = {
    "escape": "esc", "enter": "⏎", "pageup": "pgup", "pagedown": "pgdn", "delete": "del",
    "backspace": "bksp", "insert": "ins", "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip
_SIGNS = {"ctrl": "^", "shift": "⇧"}
_SHORT = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", "ins": "insert"}
# Terminals send the same for both, and textual names it thus.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape"}
# Where textual has shorter names than Unicode.
_SHORTER = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip


class KeymapError(ValueError):
    """A key map that cannot be used: one line with the file, the id and the mend."""


class Keys:
    """The bindings with the keys that are in force."""

    def __init__(self, bindings: tuple[Binding, ...], mapped: dict[str, str] | None = None) -> None:
        self.mapped = mapped or {}
        own = [_with_keys(binding, self.mapped) for binding in bindings]
        self._labels = {binding.id: binding.key_display for binding in own}
        # A key of the faults' sheet takes two presses.
        self.bindings = tuple(
            replace(each, key_display=f"{self.label('faults')} {each.key_display}")
            if each.group.sheet
            else each
            for each in own
        )

    def among(
        self, ids: Container[str], words: Mapping[str, tuple[str, str]], shown: Container[str]
    ) -> "Keys":
        """Some of them, for a screen where a key does something else: other words and tooltip.

        `shown` are those that the footer shows.
        """
        kept = (binding for binding in self.bindings if binding.id in ids)
        keys = Keys(())
        keys.mapped, keys._labels = self.mapped, self._labels
        keys.bindings = tuple(
            replace(
                each,
                description=words.get(each.id, (each.description, ""))[0],
                tooltip=words.get(each.id, ("", each.tooltip))[1],
                show=each.id in shown,
            )
            for each in kept
        )
        return keys

    def label(self, id_: str) -> str:
        """How the key of a binding is written where it works."""
        return self._labels[id_]


def _with_keys(binding: Binding, mapped: dict[str, str]) -> Binding:
    keys = mapped.get(binding.id)
    if keys is None:
        return binding
    return replace(binding, key=keys, key_display="/".join(map(shown, keys.split(","))))


DEFAULT_KEYS = Keys(BINDINGS)


def own_file() -> Path:
    """Where a person's own key map is looked for."""
    return platformdirs.user_config_path("powclock") / "keys.toml"


def choose(asked: Path | None) -> Keys:
    """The keys of the file that was asked for, or of the person's own one if there is one.

    Raises:
        KeymapError: the file cannot be used.
    """
    if asked is not None:
        return load(asked)
    return load(own_file()) if own_file().is_file() else DEFAULT_KEYS


def load(path: Path, bindings: tuple[Binding, ...] = BINDINGS) -> Keys:
    """Read a key map.

    Raises:
        KeymapError: it cannot be read, or it is not as it should be.
    """
    try:
        content = read_toml(path, dict[str, object], "it holds keys alone")
    except SettingsError as error:
        raise KeymapError(str(error)) from None
    try:
        return Keys(bindings, _checked(content, bindings))
    except KeymapError as error:
        raise KeymapError(f"{shown_path(path)}: {error}") from None


def _checked(content: dict[str, object], bindings: tuple[Binding, ...]) -> dict[str, str]:
    for other in content.keys() - {"keys"}:
        raise KeymapError(
            f"{clean_label(other, _ID_CELLS)}: is unknown: all keys stand in the table [keys]"
        )
    table = content.get("keys", {})
    if not isinstance(table, dict):
        raise KeymapError("keys: write it as a table: [keys]")
    known = {binding.id: binding for binding in bindings}
    mapped = {id_: _keys_of(id_, value, known) for id_, value in table.items()}
    _check_doubles(known, mapped)
    return mapped


def _keys_of(id_: str, value: object, known: dict[str, Binding]) -> str:
    place = f"keys.{clean_label(id_, _ID_CELLS)}"
    if id_ not in known:
        near = get_close_matches(id_[:_ID_CELLS], known, n=3, cutoff=0.5)
        mend = f"did you mean {' or '.join(near)}?" if near else "`powclock keys` lists all ids"
        raise KeymapError(f"{place}: is no id: {mend}")
    names = value if isinstance(value, list) else [value]
    if not 0 < len(names) <= _KEYS_MAX:
        raise KeymapError(f"{place}: give it 1 to {_KEYS_MAX} keys")
    keys = []
    for name in names:
        if not isinstance(name, str):
            raise KeymapError(f'{place}: write a key as text, such as "z" or "f5"')
        key = named(name)
        if key is None:
            raise KeymapError(
                f"{place}: {clean_label(name)!r} is no key: "
                'write a character such as "z", or a name such as "f5", "pageup" or "ctrl+x"'
            )
        if key in _KEPT:
            raise KeymapError(f"{place}: {key} always {_KEPT[key]}: choose another key")
        keys.append(key)
    return ",".join(dict.fromkeys(keys))


def _check_doubles(known: dict[str, Binding], mapped: dict[str, str]) -> None:
    """In the faults' sheet other keys work than over the race; some work in both."""
    over_race = {id_: each for id_, each in known.items() if not each.group.sheet}
    in_sheet = {
        id_: each
        for id_, each in known.items()
        if each.group in {FAULTS, MORE_FAULTS} or id_ == "faults"
    }
    for place in (over_race, in_sheet):
        _check_doubles_in(place, mapped)


def _check_doubles_in(known: dict[str, Binding], mapped: dict[str, str]) -> None:
    owners: dict[str, str] = {}
    for id_, binding in known.items():
        for key in mapped.get(id_, binding.key).split(","):
            other = owners.setdefault(key, id_)
            if other != id_:
                here, there = (id_, other) if id_ in mapped else (other, id_)
                raise KeymapError(
                    f"keys.{here}: {written(key)!r} is the key of {there} too: "
                    "give one of them another"
                )


def named(key: str) -> str | None:
    """Textual's name for a key that is written as a character or a name; None if there is none."""
    if len(key) == 1:
        return _name_of(key)
    if key.endswith("++"):
        key = key[:-1] + "plus"
    *modifiers, base = key.split("+")
    base = _SHORT.get(base, base)
    character = base if len(base) == 1 else _character(base)
    if character is None and base not in _NAMED:
        return None
    if not _MODIFIERS.issuperset(modifiers) or len(set(modifiers)) < len(modifiers):
        return None
    if character is not None and modifiers:
        # A character with shift is another character; with ctrl, only ASCII has codes.
        plain = character.isascii() and character == character.lower()
        if modifiers == ["shift"] or not plain:
            return None
    name = base if character is None else _name_of(character)
    if name is None:
        return None
    whole = "+".join([*sorted(modifiers), name])
    return _SAME.get(whole, whole)


def _name_of(character: str) -> str | None:
    if character.isalnum():
        return character
    if not character.isprintable():
        return None
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name) or None


def _with_names(codes: range) -> dict[str, str]:
    """The characters that have a name of more than themselves, by that name."""
    return {name: chr(code) for code in codes if len(name := _name_of(chr(code)) or "") > 1}


_ASCII = _with_names(range(33, 127))


@cache
def _beyond_ascii() -> dict[str, str]:
    return _with_names(range(0xA0, 0x2_0000))


def _character(name: str) -> str | None:
    """The character that textual gives this name, if it is one's."""
    if len(name) == 1 or name in _NAMED:
        return None
    return _ASCII.get(name) or _beyond_ascii().get(name)


def written(key: str) -> str:
    """A key as one writes it in the file: a character where it is one."""
    *modifiers, base = key.split("+")
    return "+".join([*modifiers, _character(base) or base])


def shown(key: str) -> str:
    """A key as the screen shows it."""
    *modifiers, base = key.split("+")
    base = _SHOWN.get(base) or _character(base) or base
    if len(modifiers) == 1 and modifiers[0] in _SIGNS:
        return _SIGNS[modifiers[0]] + base
    return "+".join([*modifiers, base])


def as_toml(keys: Keys) -> str:
    """A key map with every id, ready to edit."""
    lines = [f"# The keys of powclock. Edit what you like and keep it as {own_file()}", "[keys]"]
    for group in GROUPS:
        lines += ["", f"# {group.description}"]
        for binding in keys.bindings:
            if binding.group is group:
                names = [_quoted(written(key)) for key in binding.key.split(",")]
                value = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
                entry = f"{binding.id} = {value}"
                lines.append(f"{entry:<28} # {binding.tooltip}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
