"""A real pseudo-terminal with a terminal emulator behind it."""

import fcntl
import os
import pty
import re
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
    """Runs `powclock` in a terminal of a size; `screen` is what a person would see.

    `program` runs instead of it, as Python source: for a screen that was broken on purpose.
    """

    def __init__(
        self,
        *arguments: str,
        state: Path,
        columns: int = 160,
        rows: int = 45,
        environment: Mapping[str, str] | None = None,
        program: str = "",
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._master, slave = pty.openpty()
        self._set_size(rows, columns)
        self.process = subprocess.Popen(
            [sys.executable, *(("-c", program) if program else ("-m", "powclock")), *arguments],
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
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as a person who closes the window."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

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

    def click(self, text: str) -> None:
        """Press and release the left button where a text is on the screen, in SGR encoding."""
        lines = self.text.split("\n")
        y = next(index for index, line in enumerate(lines) if text in line)
        place = f"0;{lines[y].index(text) + 1};{y + 1}"
        os.write(self._master, f"\x1b[<{place}M\x1b[<{place}m".encode())

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

    def without_reading(self, done: Callable[[], bool]) -> None:
        """Let the program run into a terminal that does not read until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.01)

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


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def bytes_written(pid: int) -> int:
    """Bytes that a process has written so far, to wherever."""
    counts = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(counts["wchar"])


_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|(?P<string>\x1b[\]PX^_].*?(?:\x07|\x1b\\|$))"
    r"|(?P<other>\x1b.?)|(?P<c1>[\x80-\x9f])",
    re.DOTALL,
)


def sequences(raw: bytes) -> set[str]:
    """The kinds of control sequences in what a program wrote.

    A mode is a kind of its own (`?1049h`); of other sequences the numbers do not count. A control
    string counts in full, so a title that nobody set before is new.
    """
    kinds = set()
    for found in _SEQUENCE.finditer(raw.decode()):
        if found["final"]:
            mode = found["final"] in "hl"
            parameters = found["parameters"] if mode else re.sub("[0-9;:]", "", found["parameters"])
            kinds.add(f"CSI {parameters}{found['between']}{found['final']}")
        else:
            kinds.add(repr(found[0]))
    return kinds
