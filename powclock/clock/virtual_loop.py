"""asyncio on simulated time.

Time is an integer number of nanoseconds that moves only when nothing is left to do: the ready queue
is drained, then the earliest timer says what time it is now. Timers are ordered by (when,
sequence), so equal times are first in, first out. Whoever owns the loop advances it, which is how a
race is paced, paused and stepped.

Stock asyncio is not deterministic: task groups and runners iterate sets that are ordered by
address. Tasks and futures made here hash to their birth number, so those sets iterate the same way
each time.
"""

import asyncio
import math
from asyncio.events import _get_running_loop, _set_running_loop
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, TypeVarTuple, Unpack

Ts = TypeVarTuple("Ts")

NANOSECONDS = 1_000_000_000


class DeadlockError(RuntimeError):
    """Something is awaited that nothing can bring about."""


class _Task(asyncio.Task[Any]):
    def __init__(self, birth: int, coro: Coroutine[Any, Any, Any], **options: Any) -> None:
        self._birth = birth
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self._birth


class _Future(asyncio.Future[Any]):
    birth: int

    def __hash__(self) -> int:
        return self.birth


class Timer:
    """What cancels a callback; lighter than asyncio's handles, which carry a context."""

    __slots__ = ("cancelled",)

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Do nothing when the time comes."""
        self.cancelled = True


def _run_handle(handle: asyncio.Handle) -> None:
    if not handle.cancelled():
        handle._run()  # noqa: SLF001 (a loop is what runs handles)


# When it is due, its number, what to call with what, and what cancels it, if anything can.
_Due = tuple[int, int, Callable[..., object], tuple[Any, ...], Timer | None]


def _is_cancelled(due: _Due) -> bool:
    _, _, callback, args, timer = due
    if callback is _run_handle:
        return bool(args[0].cancelled())
    return timer is not None and timer.cancelled


# To the type checker the abstract loop lacks dozens of methods for sockets and signals; at run time
# each of them raises NotImplementedError, which is what a loop without an outside should do.
if TYPE_CHECKING:
    _Loop = asyncio.BaseEventLoop
else:
    _Loop = asyncio.AbstractEventLoop


class VirtualLoop(_Loop):
    """An event loop whose time is `now_ns`; `turn` counts the callbacks that it has run."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.turn = 0
        self._births = 0
        self._sequence = 0
        self._cancelled = 0
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[_Due] = []
        self._failure: BaseException | None = None
        self._running = False
        self._stopping = False
        self._closed = False

    # What asyncio asks of a loop.

    def time(self) -> float:
        return self.now_ns / NANOSECONDS

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return self._closed

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self.post(max(round(when * NANOSECONDS), self.now_ns), _run_handle, handle)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        when_ns = self.now_ns + round(delay * NANOSECONDS)
        handle = asyncio.TimerHandle(when_ns / NANOSECONDS, callback, args, self, context)
        self.post(max(when_ns, self.now_ns), _run_handle, handle)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:  # noqa: ARG002
        """asyncio calls this when a timer is cancelled."""
        self._note_cancelled()

    def discard(self, timer: Timer) -> None:
        """Cancel what was scheduled."""
        if not timer.cancelled:
            timer.cancel()
            self._note_cancelled()

    def _note_cancelled(self) -> None:
        """Cancelled timers go when they are half of all; until then they wait for their time."""
        self._cancelled += 1
        if self._cancelled > 64 and 2 * self._cancelled > len(self._timers):
            self._timers[:] = [due for due in self._timers if not _is_cancelled(due)]
            heapify(self._timers)
            self._cancelled = 0

    def create_future(self) -> asyncio.Future[Any]:
        self._births += 1
        future = _Future(loop=self)
        future.birth = self._births
        return future

    def create_task(
        self, coro: Any, *, name: object = None, context: Context | None = None, **_: Any
    ) -> asyncio.Task[Any]:
        self._births += 1
        return _Task(self._births, coro, loop=self, name=name, context=context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep the first failure; the run stops and raises it."""
        self.fail(context.get("exception") or RuntimeError(str(context.get("message"))))

    def fail(self, failure: BaseException) -> None:
        """Raise this as soon as the present callback is over; of several, the first."""
        if self._failure is None:
            self._failure = failure

    # What the owner of the loop uses.

    def schedule(self, when_ns: int, callback: Callable[..., object], *args: Any) -> Timer:
        """Run the callback at a time; in the past means now, after what is already due."""
        timer = Timer()
        self._sequence += 1
        heappush(self._timers, (max(when_ns, self.now_ns), self._sequence, callback, args, timer))
        return timer

    def post(self, when_ns: int, callback: Callable[..., object], *args: Any) -> None:
        """As `schedule`, for what nobody cancels and is not past: messages, the most of all."""
        self._sequence = sequence = self._sequence + 1
        heappush(self._timers, (when_ns, sequence, callback, args, None))

    @property
    def next_ns(self) -> int | None:
        """When something is due next; None if nothing is."""
        if self._ready:
            return self.now_ns
        return self._timers[0][0] if self._timers else None

    def advance(self, until_ns: int, turns_max: int | None = None) -> bool:
        """Run everything due up to and including `until_ns`, then let it be that time.

        Returns False if `turns_max` callbacks ran first, or one of them said `stop`; time then
        stands where it got to.

        Raises:
            BaseException: what a callback raised and nobody caught.
        """
        self._run(until_ns, math.inf if turns_max is None else self.turn + turns_max)
        due = self._timers and self._timers[0][0] <= until_ns
        if self._stopping or self._ready or due:
            return False
        self.now_ns = max(self.now_ns, until_ns)
        return True

    def advance_turns(self, turns: int) -> None:
        """Run exactly this many callbacks."""
        last_turn = self.turn + turns
        self._run(math.inf, last_turn)
        if self.turn < last_turn:
            raise DeadlockError("nothing is left to run")

    def stop(self) -> None:
        """Let `advance` return after the present callback, as if its turns had run out."""
        self._stopping = True

    def _run(self, until_ns: float, last_turn: float) -> None:
        """The inner loop: everything that runs in a race is called from here."""
        ready, timers = self._ready, self._timers
        self._stopping = False
        self._running = True
        around = _get_running_loop()  # of whoever advances a race from a loop of his own
        _set_running_loop(self)
        try:
            while self.turn < last_turn and self._failure is None and not self._stopping:
                if ready:
                    self.turn += 1
                    _run_handle(ready.popleft())
                elif timers and timers[0][0] <= until_ns:
                    self.turn += 1
                    self.now_ns, _, callback, args, timer = heappop(timers)
                    if timer is None or not timer.cancelled:
                        callback(*args)
                    # The last references to a task whose failure nobody will ask for.
                    del callback, args
                else:
                    break
        finally:
            _set_running_loop(around)
            self._running = False
            if self._failure is not None:  # it came before whatever is being raised
                failure, self._failure = self._failure, None
                raise failure

    def run_until_complete(self, future: Any) -> Any:
        """Run until the awaitable is done, as fast as it goes.

        Raises:
            DeadlockError: nothing is due and it is not done.
        """
        task = future if asyncio.isfuture(future) else self.create_task(future)
        while not task.done():
            if self.next_ns is None:
                raise DeadlockError(f"{task!r} waits for something that never comes")
            self.advance_turns(1)
        return task.result()

    def close(self) -> None:
        """Forget what is still scheduled; a loop with unfinished tasks must not be closed."""
        unfinished = [task for task in asyncio.all_tasks(self) if not task.done()]
        assert not unfinished, f"tasks left over: {unfinished}"
        self._ready.clear()
        self._timers.clear()
        self._closed = True
