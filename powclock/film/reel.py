"""What was filmed: what the terminal gets and when, and the moments worth finding again."""

from dataclasses import dataclass, field

MILLISECONDS_NS = 1_000_000


@dataclass
class Reel:
    """A film of `columns` by `rows` cells; times are milliseconds since it began.

    `writes` are what the terminal gets, `marks` what happened, each in order.
    """

    columns: int
    rows: int
    title: str = ""
    end_ms: int = 0
    writes: list[tuple[int, str]] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_ms / 1000

    def end(self, time_ns: int) -> None:
        """The last moment is over."""
        self.end_ms = time_ns // MILLISECONDS_NS

    def write(self, time_ns: int, text: str) -> None:
        """The terminal gets more; what comes at one moment is one piece."""
        time_ms = time_ns // MILLISECONDS_NS
        if self.writes and self.writes[-1][0] == time_ms:
            self.writes[-1] = (time_ms, self.writes[-1][1] + text)
        else:
            self.writes.append((time_ms, text))

    def mark(self, time_ns: int, words: str) -> None:
        """Something happened."""
        self.marks.append((time_ns // MILLISECONDS_NS, words))
