"""Faults of links: what a message meets on its way."""

from typing import Annotated, ClassVar

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.breakable import Breakable, Undo
from powclock.network.faults.fault import Fault, Probability
from powclock.network.link import Link, Send

_MILLISECOND = NANOSECONDS // 1000


class Delay(Fault, frozen=True, tag="delay"):
    """Messages from and to the nodes take longer."""

    delay_ms: Annotated[float, msgspec.Meta(ge=0, le=3_600_000)] = 1000.0

    @property
    def label(self) -> str:
        return f"delay +{self.delay_ms:g} ms"

    def begin(self, race: Breakable) -> Undo:
        delay_ns = round(self.delay_ms * _MILLISECOND)
        return self.wrap_links(
            race, lambda _, send: lambda data: race.schedule_in(delay_ns, send, data)
        )


class Jitter(Fault, frozen=True, tag="jitter"):
    """Each message from or to the nodes takes longer by an exponential time of its own.

    A link delivers in order, as TCP does: who is quicker waits for the message before it.
    """

    jitter_ms: Annotated[float, msgspec.Meta(ge=0, le=3_600_000)] = 500.0

    @property
    def label(self) -> str:
        return f"jitter {self.jitter_ms:g} ms"

    def begin(self, race: Breakable) -> Undo:
        mean_ns = self.jitter_ms * _MILLISECOND
        last_ns: dict[tuple[str, str], int] = {}

        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("jitter", link.source, link.target)
            ends = link.source, link.target

            def late(data: bytes) -> None:
                due_ns = race.now_ns + round(stream.exponential(mean_ns))
                last_ns[ends] = max(due_ns, last_ns.get(ends, 0))
                race.schedule_in(last_ns[ends] - race.now_ns, send, data)

            return late

        return self.wrap_links(race, stage)


class Reorder(Fault, frozen=True, tag="reorder"):
    """Some messages from or to the nodes wait, and those sent meanwhile overtake them."""

    probability: Probability = 0.3
    delay_ms: Annotated[float, msgspec.Meta(ge=0, le=3_600_000)] = 1000.0

    @property
    def label(self) -> str:
        return f"reorder {self.probability:.0%} by {self.delay_ms:g} ms"

    def begin(self, race: Breakable) -> Undo:
        delay_ns = round(self.delay_ms * _MILLISECOND)

        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("reorder", link.source, link.target)

            def overtaken(data: bytes) -> None:
                if stream.random() < self.probability:
                    race.schedule_in(delay_ns, send, data)
                else:
                    send(data)

            return overtaken

        return self.wrap_links(race, stage)


class Duplicate(Fault, frozen=True, tag="duplicate"):
    """Messages from and to the nodes arrive twice, with a probability."""

    probability: Probability = 0.3

    @property
    def label(self) -> str:
        return f"duplicates {self.probability:.0%}"

    def begin(self, race: Breakable) -> Undo:
        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("duplicate", link.source, link.target)

            def twice(data: bytes) -> None:
                send(data)
                if stream.random() < self.probability:
                    send(data)

            return twice

        return self.wrap_links(race, stage)


class Loss(Fault, frozen=True, tag="loss"):
    """Messages from and to the nodes get lost."""

    needs_history: ClassVar[bool] = False

    probability: Probability = 0.3

    @property
    def label(self) -> str:
        return f"loss {self.probability:.0%}"

    def begin(self, race: Breakable) -> Undo:
        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("loss", link.source, link.target)

            def lossy(data: bytes) -> None:
                if stream.random() >= self.probability:
                    send(data)

            return lossy

        return self.wrap_links(race, stage)


class BitFlips(Fault, frozen=True, tag="bit_flips"):
    """One bit of a message from or to the nodes flips on the way, with a probability."""

    needs_history: ClassVar[bool] = False

    probability: Probability = 0.3

    @property
    def label(self) -> str:
        return f"bit flips {self.probability:.0%}"

    def begin(self, race: Breakable) -> Undo:
        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("bit flips", link.source, link.target)

            def flipping(data: bytes) -> None:
                if stream.random() < self.probability:
                    data = flip(data, stream.below(8 * len(data)))
                send(data)

            return flipping

        return self.wrap_links(race, stage)


def flip(data: bytes, bit: int) -> bytes:
    """The data with one bit changed, counted from the first byte's lowest."""
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)
