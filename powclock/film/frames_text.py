"""A film as text: each picture below a line with its time."""

from collections.abc import Iterator

from powclock.film.picture import Album, text_of
from powclock.tui.text import clock

_RULE = "──"


def frames_text(album: Album) -> Iterator[str]:
    """The lines, each with its line break."""
    for time_ms, picture in album.pictures:
        yield f"{_RULE} {clock(time_ms * 1_000_000)} {_RULE}\n"
        for line in text_of(picture):
            yield line + "\n"
