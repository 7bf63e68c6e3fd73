"""A scenario as the TOML file that gives it."""

import json
from typing import Any

import msgspec

from powclock.race.scenario import Scenario


def to_toml(scenario: Scenario) -> str:
    """Text that `parse_scenario` reads back as the same scenario."""
    tables: dict[str, Any] = msgspec.to_builtins(scenario)
    nested = (dict, list, tuple)
    blocks = [_lines({key: v for key, v in tables.items() if not isinstance(v, nested)})]
    for key, value in tables.items():
        if isinstance(value, dict):
            blocks.append([f"[{key}]", *_lines(value)])
        elif isinstance(value, list | tuple):
            blocks += [[f"[[{key}]]", *_lines(entry)] for entry in value]
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _lines(table: dict[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _key(text: str) -> str:
    return text if text.replace("_", "").isalnum() and text.isascii() else _text(text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            inner = ", ".join(_lines(value))
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return repr(value)
