"""Numbers, times and hashes in few cells, always with their unit."""

import math
import re

from rich.cells import cell_len, chop_cells, set_cell_size

from powclock.record.events import NANOSECONDS
from powclock.tui.glyphs import ELLIPSIS

# As in Bitcoin.
UNITS_A_COIN = 100_000_000

_PREFIXES = ("", "k", "M", "G", "T", "P", "E")


def scaled(value: float) -> tuple[str, str]:
    """Three digits or so, and the prefix of the unit: 812345 is "812" and "k"."""
    size = abs(value)
    step = 0
    while size >= 999.5 and step < len(_PREFIXES) - 1:
        size /= 1000
        step += 1
    if step == 0 or size >= 99.95:
        return f"{size:.0f}", _PREFIXES[step]
    return f"{size:.1f}", _PREFIXES[step]


def hashes(number: float) -> str:
    """So many hashes: "812 k hashes"."""
    size, prefix = scaled(number)
    return f"{size} {prefix}{' ' if prefix else ''}hashes"


def hash_rate(hashes_per_s: float) -> str:
    """A hash rate: "812 kH/s"."""
    number, prefix = scaled(hashes_per_s)
    return f"{number} {prefix}H/s"


def clock(time_ns: int) -> str:
    """Race time as a stopwatch shows it: "10:42.3"."""
    tenths = time_ns // 100_000_000
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{seconds}" if hours else f"{minutes:02d}:{seconds}"


def counter(time_ns: int) -> str:
    """How long something is by now: "00:42"."""
    return clock(time_ns).rpartition(".")[0]


def duration(seconds: float) -> str:
    """A span of time: "3.2 s", "44 s", "3:05", "2 h 05"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d}"


def since(now_ns: int, then_ns: int) -> str:
    """How long ago something was: "3.2 s"."""
    return duration(max(now_ns - then_ns, 0) / NANOSECONDS)


def age(now_ns: int, then_ns: int) -> str:
    """The same in whole seconds: tenths would repaint a row in every frame, for nobody to read."""
    seconds = max(now_ns - then_ns, 0) // NANOSECONDS
    return f"{seconds} s" if seconds < 10 else duration(float(seconds))


def percent(share: float) -> str:
    """A share as a percentage; nearly all is not all."""
    value = 100 * share
    return "99 %" if 99 <= value < 100 else f"{value:.0f} %"


def speed(rate: float) -> str:
    """A pace of the race: "1×", "0.25×", "∞×", "−2×" backwards."""
    size = "∞×" if math.isinf(rate) else f"{abs(rate):.3g}×"
    return f"−{size}" if rate < 0 else size


def unusual(wait_s: float, expected_s: float) -> float:
    """The share of ticks that come sooner than this wait.

    The search has no memory, so waits are exponential; however long one is, never all are shorter.
    """
    if expected_s <= 0:
        return 0.0
    return min(1 - math.exp(-max(wait_s, 0) / expected_s), 0.999)


def fit(text: str, width: int) -> str:
    """The text in exactly so many cells, with an ellipsis where it was cut."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(text, width - 1) + ELLIPSIS


def centred(text: str, width: int, fill: str = " ") -> str:
    """The text, cut to the width, in the middle of a line."""
    length = len(text) if text.isascii() else cell_len(text)
    while length > width:
        text = text[:-1]
        length = cell_len(text)
    left = (width - length) // 2
    return fill * left + text + fill * (width - length - left)


def count(number: int, word: str) -> str:
    """How many there are: "1 block", "2,016 blocks"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def coins(units: int, decimals: int) -> str:
    """An amount of money, cut to so many decimals: "1,049.9731"."""
    whole, rest = divmod(units, UNITS_A_COIN)
    return f"{whole:,}" + (f".{rest:08d}"[: decimals + 1] if decimals else "")


def delay(time_ns: int) -> str:
    """A short span of time: "87 ms", "1.42 s", "44 s"."""
    if time_ns < 999_500_000:
        return f"{time_ns / 1e6:.0f} ms"
    if time_ns < 9_995_000_000:
        return f"{time_ns / NANOSECONDS:.2f} s"
    return duration(time_ns / NANOSECONDS)


def time_of_day(time_ns: int) -> str:
    """What a clock shows that counts nanoseconds from 1970, in UTC: "18:15:25.3"."""
    tenths = time_ns // 100_000_000 % 864_000
    minutes, tenths = divmod(tenths, 600)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{tenths // 10:02d}.{tenths % 10}"


def shortened(digits: str, width: int) -> str:
    """Digits with the middle left out, if they do not fit."""
    if len(digits) <= width:
        return digits
    right = max((width - 1) // 2, 1)
    return f"{digits[: max(width - 1 - right, 1)]}{ELLIPSIS}{digits[-right:]}"


def in_sight(top: int, row: int, room: int) -> int:
    """The first row to show so that a row is among so many, scrolled no further than needed."""
    return min(max(top, row - room + 1), row)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many cells, broken between words where there are any."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and cell_len(line) + 1 + cell_len(word) > width:
                lines.append(line)
                line = ""
            line = f"{line} {word}" if line else word
            *full, line = chop_cells(line, max(width, 2)) or [""]
            lines += full
        lines.append(line)
    return lines


_FOLDERS = re.compile(
    r"""(?<![\w.])(?:~|\.{1,2}|[A-Za-z]:)?[/\\](?:[^\s/\\:'"]+[/\\])*(?=[^\s/\\])"""
)


def without_folders(text: str) -> str:
    """A text in which paths are names of files alone."""
    return _FOLDERS.sub("", text)
