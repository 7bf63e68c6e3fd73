"""Files in which a person keeps settings: TOML, and not large.

Whatever is wrong with one is told in one line: file, place and mend.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.labels import clean_label

BYTES_MAX = 100_000
_LINE_CELLS = 200

Content = TypeVar("Content")


class SettingsError(ValueError):
    """A file that cannot be read as TOML: one line with the file and the mend."""


def shown_path(path: Path) -> str:
    """A path, safe to print."""
    return clean_label(str(path), _LINE_CELLS)


def read_toml(path: Path, type_: type[Content], holds: str) -> Content:
    """What is in a file; `holds` tells of one that is too large what belongs there.

    Raises:
        SettingsError: it cannot be read, is too large, or is no TOML.
        msgspec.ValidationError: it is TOML, but not of this type.
    """
    file = shown_path(path)
    try:
        return msgspec.convert(parse_toml(_read_capped(path)), type_)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}): check the path") from None
    except OverflowError:
        raise SettingsError(f"{file}: larger than {BYTES_MAX} bytes: {holds}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: is not UTF-8: save it as UTF-8") from None
    except NotToml as error:
        raise SettingsError(f"{file}: is no TOML: {error}: mend that line") from None


def _read_capped(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise OverflowError
    return data.decode("utf-8-sig")  # some editors begin a file with a mark
