"""Progress on standard error, and Ctrl+C that takes effect between two steps of a race."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Ctrl+C takes effect where the function is called: within a callback it would tear the race.

    A second one takes effect at once.
    """
    asked: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    def look() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield look
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(ticks: int, until_ns: int) -> Iterator[Callable[[int, int], None]]:
    """A bar towards whichever end of a race is nearer; told the height and the race's time."""
    with interrupts() as look, bar("tick 0") as show:

        def tell(height: int, now_ns: int) -> None:
            look()
            done = max(height / ticks if ticks else 0.0, now_ns / until_ns if until_ns else 0.0)
            show(done, f"tick {height}")

        yield tell


@contextmanager
def bar(start: str) -> Iterator[Callable[[float, str], None]]:
    """A bar on standard error where that is a terminal; told the part done and a few words."""
    if not sys.stderr.isatty():
        yield lambda _done, _words: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(start, total=1.0)
        yield lambda done, words: bars.update(task, completed=min(1.0, done), description=words)
