"""A real pseudo-terminal with a terminal emulator behind it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
PATIENCE_S = 60.0  # a safety net, never a measure

KEYS = {"up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C", "escape": "\x1b"}


class Terminal:
    """Runs `powclock` in a terminal of a size; `screen` is what a person would see."""

    def __init__(
        self,
        *arguments: str,
        state: Path,
        columns: int = 160,
        rows: int = 45,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._master, slave = pty.openpty()
        self._set_size(rows, columns)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "powclock", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "XDG_STATE_HOME": str(state),
                "XDG_CONFIG_HOME": str(state / "config"),
                **(environment or {}),
            },
        )
        os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _set_size(self, rows: int, columns: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size, as a person who drags the window."""
        self._set_size(rows, columns)
        self.screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def press(self, *keys: str) -> None:
        """Send keys, by character or by name."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def read_some(self, wait_s: float) -> bool:
        """Take in what the program writes; False once it has nothing more to say."""
        ready, _, _ = select.select([self._master], [], [], wait_s)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        self.raw += data
        # The emulator knows no alternate screen: what was drawn there goes when it is left.
        before, left, after = data.partition(LEAVES_ALTERNATE_SCREEN)
        self._stream.feed(before)
        if left:
            self.screen.reset()
            self._stream.feed(after)
        return bool(data)

    def until(self, seen: Callable[[str], bool]) -> str:
        """The screen's text as soon as it satisfies a condition."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen(self.text):
            assert self.read_some(0.1), f"the program ended before that:\n{self.text}"
            assert time.monotonic() < deadline, f"it never came to that:\n{self.text}"
        return self.text

    def to_the_end(self) -> str:
        """What is on the screen when the program has ended."""
        deadline = time.monotonic() + PATIENCE_S
        while self.read_some(0.1) and time.monotonic() < deadline:
            if self.process.poll() is not None and not self._pending():
                break
        self.process.wait(PATIENCE_S)
        return self.text

    def _pending(self) -> bool:
        return bool(select.select([self._master], [], [], 0.05)[0])

    @property
    def text(self) -> str:
        """The visible lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def children(self) -> list[int]:
        """Processes that the program has started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]
