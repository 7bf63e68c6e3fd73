"""The other end of the pipe: starts the race's process and speaks for it.

However that process ends, `Ended` is the last message: with a summary if it was asked to, else with
what happened; and in either case with the command that runs the same race again.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

import powclock
from powclock.race.commands import AnyCommand, Quit
from powclock.race.messages import AnyMessage, Ended, Noted, Shown
from powclock.race.pipe import Garbled, pack, read
from powclock.race.plan import Plan
from powclock.race.session import End, new_session

GRACE_S = 2.0
STDERR_BYTES_MAX = 4_096
NO_WAY = "this race was not recorded, so it cannot be run again"


class RaceProcess:
    """A race in a process of its own (`messages.Race`)."""

    def __init__(self, plan: Plan) -> None:
        if not (plan.recording or plan.replay):
            spool = new_session(plan.scenario)
            plan = msgspec.structs.replace(plan, recording=str(spool or ""))
        self._plan = plan
        self._last_ns = 0
        self._future: str | None = None
        self._lock = threading.Lock()
        # Made here and not by the thread that listens: where two of these were made at once, each
        # for a race of its own, one of them saw types that were half known, and Python crashed.
        self._decoder = msgspec.msgpack.Decoder(AnyMessage)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        environment = dict(os.environ)
        source = str(Path(powclock.__file__).parents[1])
        others = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([source, others] if others else [source])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "powclock.race.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=environment,
        )
        self._write(pack(plan))

    @property
    def pid(self) -> int:
        """The race's process."""
        return self._process.pid

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Give every message to a function, from another thread; `Ended` is the last."""
        threading.Thread(target=self._listen, args=(on_message,), daemon=True).start()

    def _listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            try:
                ended = self._until_ended(pipe, on_message)
            except Garbled as error:
                ended = Ended(
                    trouble=f"what the race's process sends is garbled: {error}",
                    summary="",
                    again="",
                )
        on_message(self._last_word(ended))

    def _until_ended(
        self, pipe: IO[bytes], on_message: Callable[[AnyMessage], None]
    ) -> Ended | None:
        """Give every message but the last, and return that."""
        while (message := read(pipe, self._decoder)) is not None:
            match message:
                case Ended():
                    return message
                case Shown(frame=frame):
                    self._last_ns = frame.time_ns
                case Noted(future=str(future)):
                    self._future = future
            on_message(message)
        return None

    def _last_word(self, ended: Ended | None) -> Ended:
        if ended is None:
            status = self._process.wait()
            ended = Ended(trouble=self._cause(status), summary="", again="")
        end = ended.end or End(self._last_ns, -1)
        return msgspec.structs.replace(ended, again=ended.again or self._again(ended), end=end)

    def _cause(self, status: int) -> str:
        if status < 0:
            with contextlib.suppress(ValueError):
                return f"the race's process was ended by {signal.Signals(-status).name}"
        self._stderr.seek(0)
        lines = self._stderr.read()[-STDERR_BYTES_MAX:].decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"the race's process ended with status {status}" + (f": {last}" if last else "")

    def _again(self, ended: Ended) -> str:
        if self._future is not None:
            known = self._future and ended.recorded
            return f"powclock rerun {shlex.quote(self._future)}" if known else NO_WAY
        if self._plan.replay:
            return f"powclock replay {shlex.quote(self._plan.replay)}"
        if self._plan.recording and ended.recorded:
            return f"powclock rerun {shlex.quote(self._plan.recording)}"
        name, seed = self._plan.scenario.name, self._plan.scenario.seed
        return f"powclock run {shlex.quote(name)} --seed {seed}"

    def send(self, command: AnyCommand) -> None:
        """Ask something of the race; harmless once it has ended."""
        self._write(pack(command))

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def close(self) -> None:
        """End the process; it does not outlive this call."""
        self.send(Quit())
        with self._lock, contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.close()
