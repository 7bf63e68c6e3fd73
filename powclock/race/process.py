"""The race's own process: an engine between two pipes.

It runs apart from the screen, so a busy race never makes a key sluggish and a terminal that does
not read never stops the race. It ends when its standard input does, however the other process
ended.
"""

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from powclock.race.commands import AnyCommand, Quit
from powclock.race.engine import Engine
from powclock.race.messages import Ended, FromRace
from powclock.race.pipe import Garbled, pack, read
from powclock.race.plan import Plan
from powclock.race.replay.engine import ReplayEngine
from powclock.record.recording.reader import NoRecording

GRACE_S = 2.0
# The race takes what the screen and the terminal leave of the machine: they need little, but at
# once.
NICENESS = 5


class Outbox:
    """Writes messages from a thread; frames are dropped rather than waited for."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._unsent: queue.Queue[bytes | None] = queue.Queue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether the reader is behind."""
        return self._unsent.qsize() > 1

    def tell(self, message: FromRace) -> None:
        """Queue a message."""
        self._unsent.put(pack(message))

    def close(self) -> None:
        """Write what is queued, but not for ever."""
        self._unsent.put(None)
        self._thread.join(GRACE_S)

    def _write(self) -> None:
        while (data := self._unsent.get()) is not None:
            try:
                self._pipe.write(data)
                self._pipe.flush()
            except OSError:
                return  # the reader is gone; the end of standard input says so too


def _take_commands(
    pipe: BinaryIO,
    decoder: "msgspec.msgpack.Decoder[AnyCommand]",
    commands: "queue.SimpleQueue[AnyCommand]",
) -> None:
    try:
        while (command := read(pipe, decoder)) is not None:
            commands.put(command)
    except Garbled as error:
        sys.stderr.write(f"no command: {error}\n")
    commands.put(Quit())
    # The screen is gone. If the race does not end by itself now, it is stuck: no process stays.
    threading.Event().wait(GRACE_S)
    os._exit(1)


def run(
    plan: Plan,
    commands: "queue.SimpleQueue[AnyCommand]",
    tell: Callable[[FromRace], None],
    busy: Callable[[], bool] = lambda: False,
) -> None:
    """Race, or show a recording and race on from it if that is asked for."""
    begun = None
    if plan.replay:
        begun = ReplayEngine(plan, commands, tell, busy).run()
        if begun is None:
            return
        plan = msgspec.structs.replace(plan, rate=1.0)
    Engine(plan, commands, tell, busy, begun).run()


def main() -> None:
    """Run the race that the first message describes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the screen decides what ctrl+c means
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not corrupt the pipe
    plan = read(incoming, msgspec.msgpack.Decoder(Plan))
    if plan is None:
        return
    commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    # No two threads may make decoders at once: of types that are half known, Python crashes.
    decoder = msgspec.msgpack.Decoder(AnyCommand)
    threading.Thread(target=_take_commands, args=(incoming, decoder, commands), daemon=True).start()
    outbox = Outbox(outgoing)
    try:
        run(plan, commands, outbox.tell, lambda: outbox.busy)
    except NoRecording as error:
        outbox.tell(Ended(trouble=str(error), summary="", again=""))
    except BaseException as error:  # noqa: BLE001 (the outermost edge: whatever it is, it is told)
        traceback.print_exc()
        outbox.tell(Ended(trouble=_in_a_line(error), summary="", again=""))
    outbox.close()
    sys.stderr.flush()
    os._exit(0)  # the thread that waits for commands cannot be interrupted


def _in_a_line(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


if __name__ == "__main__":
    main()
