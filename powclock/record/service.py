"""What the clients see: the figures by which a replicated database is judged.

Availability is the part of the requests that were answered; what people expect of a service is
`AVAILABILITY_TARGET`. How many transactions a second are confirmed is told over all and for the
last `RECENT_SAMPLES` samples, which is twelve ideal intervals. Times to confirm are those of the
newest `WAITS_MAX` confirmations, exact, by nearest rank; one that a reorg took back counts again
when it is confirmed again, with its wait since it was sent.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from math import ceil

import msgspec

from powclock.record.events import NANOSECONDS
from powclock.record.facts import ClientCounts

AVAILABILITY_TARGET = 0.9999
RECENT_SAMPLES = 120
WAITS_MAX = 2_000


class Service(msgspec.Struct, frozen=True):
    """The figures at a moment.

    `clients` are the counts that they come from. `availability` is 1 where nobody asked. Over all
    `confirmed_per_s` transactions a second were confirmed and not taken back, lately
    `recent_per_s`. The waits are null and the costs of a confirmed transaction 0 while there is
    none.
    """

    clients: ClientCounts = ClientCounts()
    availability: float = 1.0
    confirmed_per_s: float = 0.0
    recent_per_s: float = 0.0
    wait_median_s: float | None = None
    wait_95_s: float | None = None
    messages_per_confirmed: float = 0.0
    bytes_per_confirmed: float = 0.0

    @property
    def on_target(self) -> bool:
        """Whether as many requests were answered as people expect."""
        return self.availability >= AVAILABILITY_TARGET

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What clients got, what that is worth, and what a confirmation took, for people."""
        counts = self.clients
        met = "at least" if self.on_target else "below"
        answered = f"{self.availability:.3%} of {counts.requests} requests answered"
        read = f"{counts.contradicting} of {counts.reads} contradict another replica at that moment"
        written = (
            f"{counts.acknowledged} acknowledged by the node that took them, {counts.lost} lost"
        )
        wait = (
            "nothing to wait for"
            if self.wait_median_s is None or self.wait_95_s is None
            else f"median {self.wait_median_s:.1f} s, 95 % within {self.wait_95_s:.1f} s"
        )
        cost = f"{self.messages_per_confirmed:.0f} messages, {self.bytes_per_confirmed:.0f} bytes"
        return (
            ("clients", f"{answered}, {met} {AVAILABILITY_TARGET:.2%}"),
            ("reads", read),
            ("writes", written),
            ("confirmed", f"{self.confirmed_per_s:.2f} a second, {wait}"),
            ("", f"{cost} for each"),
        )


@dataclass(slots=True)
class ServiceFold:
    """Folds what records tell about clients; bounded."""

    _clients: ClientCounts = field(default_factory=ClientCounts)
    _confirmed: int = 0
    _waits: deque[float] = field(default_factory=lambda: deque(maxlen=WAITS_MAX))
    _sorted: list[float] = field(default_factory=list)
    # When samples were taken, and how many transactions were confirmed then.
    _samples: deque[tuple[int, int]] = field(
        default_factory=lambda: deque([(0, 0)], maxlen=RECENT_SAMPLES + 1)
    )
    _messages: int = 0
    _bytes: int = 0

    def sampled(
        self, clients: ClientCounts, messages: int, message_bytes: int, time_ns: int
    ) -> None:
        """Take in the counts of a sample."""
        self._clients, self._messages, self._bytes = clients, messages, message_bytes
        self._samples.append((time_ns, self._confirmed))

    def confirmed(self, wait_s: float | None) -> None:
        """Take in that a transaction was confirmed; its wait is None if no client sent it."""
        self._confirmed += 1
        if wait_s is None:
            return
        if len(self._waits) == WAITS_MAX:
            del self._sorted[bisect_left(self._sorted, self._waits[0])]
        self._waits.append(wait_s)
        insort(self._sorted, wait_s)

    def returned(self) -> None:
        """Take in that a confirmed transaction was taken back."""
        self._confirmed -= 1

    def service(self, time_ns: int) -> Service:
        """The figures of a race up to a time."""
        counts, confirmed = self._clients, self._confirmed
        since_ns, before = self._samples[0]
        recent_ns = time_ns - since_ns
        return Service(
            clients=counts,
            availability=counts.answered / counts.requests if counts.requests else 1.0,
            confirmed_per_s=confirmed * NANOSECONDS / time_ns if time_ns else 0.0,
            recent_per_s=max(confirmed - before, 0) * NANOSECONDS / recent_ns if recent_ns else 0.0,
            wait_median_s=self._wait(0.5),
            wait_95_s=self._wait(0.95),
            messages_per_confirmed=self._messages / confirmed if confirmed > 0 else 0.0,
            bytes_per_confirmed=self._bytes / confirmed if confirmed > 0 else 0.0,
        )

    def _wait(self, part: float) -> float | None:
        waits = self._sorted
        return waits[ceil(part * len(waits)) - 1] if waits else None
