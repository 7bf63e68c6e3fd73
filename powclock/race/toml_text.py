"""TOML that comes from outside: read, or refused in one line.

Python's reader leaks a plain ValueError for a number of very many digits and a RecursionError for
deep nesting. It also remembers every beginning of a dotted key, so the memory for a key of n parts
grows with n²: no table of ours is deep, and a key of too many parts is refused before it is read.
"""

import re
import tomllib
from typing import Any

from powclock.record.labels import clean_label

PARTS_MAX = 16
_LINE_CELLS = 200
# Begun only where a part begins, possessive, and with a bound where quotes hide that: so the time
# grows with the text alone. Parts beyond the bound are too few in a text of ours to matter.
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.){0,200}+"|'[^'\n]{0,200}+')"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_PART}[ \t]*+\.[ \t]*+){{{PARTS_MAX}}}")


class NotToml(ValueError):
    """Text that cannot be read as TOML; one line that is safe to print."""


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML as plain tables.

    Raises:
        NotToml: what is wrong, and where.
    """
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise NotToml(f"more than {PARTS_MAX} names in a row with dots between them (line {line})")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotToml("nested too deeply") from error
    except tomllib.TOMLDecodeError as error:
        said = str(error).replace("Cannot overwrite a value", "a key stands there twice")
        raise NotToml(clean_label(said, _LINE_CELLS)) from error
    except ValueError as error:  # Python's limit for numbers in text
        raise NotToml("a number has too many digits") from error
