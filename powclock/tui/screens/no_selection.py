"""Screens whose text cannot be selected with the mouse: the terminal's own way does that.

Textual looks for text to select under every click, and fails where a toast has gone just before.
"""


class NoSelection:
    """To be named before the screen that it is for."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[None, None]:
        """There is no text to select anywhere."""
        return None, None
