"""The screen as a picture: its rows of text, or an SVG file that needs nothing from anywhere."""

import re
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.app import App

# The exporter asks a public server for a font; a picture of ours looks the same offline.
_WEB_FONT = re.compile(r"\s*@font-face \{[^}]*\}", re.DOTALL)
_GENERATOR = re.compile(r"\s*<!-- Generated [^>]*-->")
_FONTS = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def rows(app: App[Any]) -> list[list[Segment]]:
    """What the screen shows now, row by row; to be called within the app."""
    compositor = app.screen._compositor  # noqa: SLF001 (the library's own pictures ask it as well)
    update = compositor.render_update(full=True, screen_stack=app._background_screens)  # noqa: SLF001
    assert isinstance(update, LayoutUpdate)
    return [[segment for strip in line for segment in strip] for line in update.strips]


def picture(app: App[Any]) -> str:
    """What the screen shows now, as SVG."""
    svg = app.export_screenshot()
    svg = _GENERATOR.sub("", _WEB_FONT.sub("", svg))
    return svg.replace("font-family: Fira Code, monospace", f"font-family: {_FONTS}")


def save_picture(app: App[Any], folder: Path, name: str) -> Path:
    """Write a picture beside those that are there already; where it is.

    Raises:
        OSError: the folder cannot be written.
    """
    number = 1
    while True:
        path = folder / (f"{name}.svg" if number == 1 else f"{name}-{number}.svg")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(picture(app))
        except FileExistsError:
            number += 1
            continue
        return path
