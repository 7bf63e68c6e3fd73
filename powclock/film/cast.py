"""Casts: films in the format of asciinema, versions 2 and 3.

A cast is lines of JSON: a header, then events of a time, a kind and a text. Times count from the
start in version 2 and from the event before in version 3. Kind "o" is what the terminal gets, "m" a
marker that players jump to. No header says when or where a film was made: the same film has the
same bytes.
"""

import json
from collections.abc import Iterator
from heapq import merge

from powclock.film.reel import Reel
from powclock.tui.theme_file import Theme

# The terminal is left as a program finds it.
BEGIN = "\x1b[?25l\x1b[2J\x1b[H"
END = "\x1b[0m\x1b[?25h"
TYPE = "xterm-256color"


def cast(reel: Reel, theme: Theme, version: int) -> Iterator[str]:
    """The lines of a cast, each with its line break."""
    colours = theme_of(theme)
    if version == 2:
        header: dict[str, object] = {
            "version": 2,
            "width": reel.columns,
            "height": reel.rows,
            "title": reel.title,
            "env": {"TERM": TYPE},
            "theme": colours,
        }
    else:
        header = {
            "version": 3,
            "term": {
                "cols": reel.columns,
                "rows": reel.rows,
                "type": TYPE,
                "theme": colours,
            },
            "title": reel.title,
        }
    yield _line(header)
    before_ms = 0
    for time_ms, kind, text in _events(reel):
        since_ms = time_ms if version == 2 else time_ms - before_ms
        before_ms = time_ms
        yield _line([since_ms / 1000, kind, text])


def _events(reel: Reel) -> Iterator[tuple[int, str, str]]:
    writes = [(time_ms, "o", text) for time_ms, text in reel.writes]
    writes = [(0, "o", BEGIN), *writes, (reel.end_ms, "o", END)]
    marks = [(time_ms, "m", words) for time_ms, words in reel.marks]
    return merge(writes, marks, key=lambda event: event[0])


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def theme_of(theme: Theme) -> dict[str, str]:
    """The sixteen colours that terminals have names for, as near as a theme has them."""
    colors = theme.colors
    plain = [
        colors.background, colors.bad, colors.good, colors.warning,
        colors.accent, colors.rival, colors.chart, colors.text,
    ]  # fmt: skip
    bright = [
        colors.faint, colors.bad, colors.good, colors.best,
        colors.focus, colors.rival, colors.chart, colors.text,
    ]  # fmt: skip
    return {"fg": colors.text, "bg": colors.background, "palette": ":".join(plain + bright)}
