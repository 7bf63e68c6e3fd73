"""The terminal is restored however the screen ends: through a real pseudo-terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

import pyte
import pytest

_PROGRAM = """
import sys
from powclock.race.commands import Break, Quit
from powclock.race.messages import Ended, Shown
from powclock.tui.run import ScreenError, ScreenOptions, run_screen
from tests.tui.frames import RUNNING, split_frame

class Race:
    def listen(self, on_message):
        self.tell = on_message
        on_message(Shown(split_frame(), RUNNING))
    def send(self, command):
        if "break" in sys.argv and isinstance(command, Break):
            raise RuntimeError("a bug")
        if command == Quit():
            self.tell(Ended("", "the last word", "again"))

try:
    print("END", run_screen(Race(), ScreenOptions(ascii_only="ascii" in sys.argv)))
except ScreenError as error:
    print("END", error)
"""
_COLUMNS, _ROWS = 100, 30


def watch(*arguments: str, stop: signal.Signals | None = None, keys: bytes = b"") -> list[bytes]:
    """Run the program on a terminal until it ends; what it wrote before and after the stop."""
    pid, terminal = pty.fork()
    if pid == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        command = [sys.executable, "-c", _PROGRAM, *arguments]
        os.execve(sys.executable, command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    output = [b"", b""]
    stopped = False
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(terminal, 65_536)
        except OSError:
            break
        output[stopped] += data
        if not stopped and output[0].rfind(b"quit") > output[0].find(b"carol") > 0:
            stopped = True
            if stop is not None:
                os.kill(pid, stop)
            else:
                os.write(terminal, keys)
    os.close(terminal)
    os.waitpid(pid, 0)
    return output


def assert_restored(after: bytes) -> None:
    """No alternate screen, a cursor, no mouse."""
    for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"):
        assert sequence in after


@pytest.mark.parametrize(
    "stop",
    [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT],
    ids=lambda stop: stop.name,
)
def test_a_signal_restores_the_terminal(stop: signal.Signals) -> None:
    _, after = watch(stop=stop)
    assert_restored(after)
    assert b"summary='the last word'" in after


def test_a_key_restores_the_terminal() -> None:
    _, after = watch(keys=b"q")
    assert_restored(after)
    assert b"summary='the last word'" in after


def test_a_bug_of_the_screen_is_one_line() -> None:
    _, after = watch("break", keys=b"d")
    assert_restored(after)
    assert b"END the screen broke: RuntimeError: a bug in send (<string>)" in after
    assert b"Traceback" not in after


@pytest.mark.parametrize("arguments", [(), ("ascii",)])
def test_what_a_terminal_shows(arguments: tuple[str, ...]) -> None:
    before, _ = watch(*arguments, keys=b"q")
    screen = pyte.Screen(_COLUMNS, _ROWS)
    pyte.ByteStream(screen).feed(before.rpartition(b"\x1b[?1049l")[0] or before)
    shown = "\n".join(screen.display)
    assert "seed 42" in shown
    assert "carol" in shown
    assert shown.isascii() == bool(arguments)
