"""What a click on a cell does: an action, which the style of the cell carries."""

from functools import lru_cache

from rich.style import Style


@lru_cache(maxsize=1_024)
def click(action: str) -> Style:
    """A style that adds nothing but an action of the screen."""
    return Style.from_meta({"@click": f"screen.{action}"})
