"""Faults of links: what a message meets on its way."""

from typing import Annotated, ClassVar

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.fault import Breakable, Fault, Probability, Undo
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
