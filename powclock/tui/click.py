"""What a click on a cell does: an action, which the style of the cell carries."""

from functools import lru_cache

from rich.style import Style


@lru_cache(maxsize=1_024)
def click(action: str, *, on: str = "screen") -> Style:
    """A style that adds nothing but the action, of the screen or of the app."""
    return Style.from_meta({"@click": f"{on}.{action}"})
