"""Looks whether a theme's file has been changed, for the person who edits one beside the screen.

Size, time of change and number on the disk say so, at the price of one question to the file
system. An editor writes a
file in pieces, or puts a new one in its place, so a change counts once two looks agree on it.
"""

from pathlib import Path

Signature = tuple[int, int, int]


class ThemeWatch:
    """Remembers how a file was when it was last read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = self._before = _signature(path)

    def changed(self) -> bool:
        """Whether to read the file again: true once for each change."""
        now = _signature(self.path)
        settled = now == self._before
        self._before = now
        # A file that is gone leaves the colours as they are.
        if now is None or not settled or now == self._read:
            return False
        self._read = now
        return True


def _signature(path: Path) -> Signature | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
