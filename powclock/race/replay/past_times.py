"""What a person types as a time while a race goes on: it leads into its past."""

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.replay.player import time_of
from powclock.record.detail import Hit


def past_times(text: str, now_ns: int) -> tuple[Hit, ...]:
    """The time that a text such as 3:20 names, if it is over."""
    time_ns = time_of(text)
    if time_ns is None or time_ns >= now_ns:
        return ()
    minutes, seconds = divmod(time_ns / NANOSECONDS, 60)
    return (Hit("time", str(time_ns), f"back to {int(minutes)}:{seconds:04.1f}"),)
