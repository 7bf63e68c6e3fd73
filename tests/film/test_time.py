"""The time of a film: nobody waits, and what was there before is there again."""

import asyncio
import os

import pytest
from textual import _time, app, message_pump, notifications

from powclock.clock.virtual_loop import VirtualLoop
from powclock.film.loop import FilmClock, FilmLoop, Standstill
from powclock.film.screen_time import screen_time
from powclock.film.terminal import film_terminal

SECOND_NS = 1_000_000_000


def test_an_hour_passes_at_once_and_in_order() -> None:
    clock = FilmClock()
    loop = FilmLoop(clock)
    seen: list[tuple[str, int]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, clock.now_ns))

    async def all_of_them() -> None:
        async with asyncio.TaskGroup() as tasks:
            for name, seconds in (("hour", 3_600.0), ("second", 1.0), ("also", 1.0)):
                tasks.create_task(sleeper(name, seconds))

    loop.run_until_complete(all_of_them())
    loop.close()
    assert seen == [("second", SECOND_NS), ("also", SECOND_NS), ("hour", 3_600 * SECOND_NS)]


def test_waiting_for_what_never_comes_is_told() -> None:
    loop = FilmLoop(FilmClock())
    never = loop.create_future()
    with pytest.raises(Standstill, match=r"^the film stands still: nothing is due any more$"):
        loop.run_until_complete(never)
    loop.close()


def test_a_race_can_be_moved_from_within_another_loop() -> None:
    loop = FilmLoop(FilmClock())

    async def move() -> None:
        race = VirtualLoop()
        ran: list[object] = []
        race.schedule(5, lambda: ran.append(asyncio.get_running_loop()))
        race.advance(10)
        assert ran == [race]
        assert asyncio.get_running_loop() is loop

    loop.run_until_complete(move())
    loop.close()


def clocks() -> list[object]:
    """What the library reads the time by."""
    names = ((_time, "get_time"), (message_pump, "time"), (notifications, "time"))
    return [getattr(module, name) for module, name in (*names, (app, "Notification"))]


def test_the_library_gets_its_own_clock_back() -> None:
    own = clocks()
    with screen_time(lambda: 42.0):
        assert _time.get_time() == 42.0
        assert app.App.notify.__globals__["Notification"]("told", timeout=3.0).time_left == 3.0
        assert not set(map(id, own)) & set(map(id, clocks()))
    assert clocks() == own


def test_the_environment_is_the_same_for_every_film(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TEXTUAL_FPS", "7")
    before = dict(os.environ)
    with film_terminal():
        assert (os.environ["TERM"], os.environ["COLORTERM"]) == ("xterm-256color", "truecolor")
        assert not {"NO_COLOR", "TEXTUAL_FPS"} & os.environ.keys()
    assert dict(os.environ) == before
