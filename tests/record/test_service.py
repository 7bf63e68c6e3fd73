"""What clients see, folded from counts and confirmations."""

from powclock.record.facts import ClientCounts
from powclock.record.service import RECENT_SAMPLES, WAITS_MAX, Service, ServiceFold

SECOND = 1_000_000_000


def test_nothing_has_happened_yet() -> None:
    assert ServiceFold().service(0) == Service()
    assert Service().on_target


def test_the_figures_of_a_few_confirmations() -> None:
    fold = ServiceFold()
    for wait_s in (4.0, 1.0, 3.0, 2.0, None):
        fold.confirmed(wait_s)
    fold.returned()
    counts = ClientCounts(
        requests=8, answered=6, writes=5, acknowledged=4, lost=1, reads=3, contradicting=2
    )
    fold.sampled(counts, 120, 9_000, 10 * SECOND)
    service = fold.service(20 * SECOND)
    assert service == Service(
        clients=counts,
        availability=0.75,
        confirmed_per_s=0.2,
        recent_per_s=0.2,
        wait_median_s=2.0,
        wait_95_s=4.0,
        messages_per_confirmed=30.0,
        bytes_per_confirmed=2_250.0,
    )
    assert not service.on_target
    assert service.facts() == (
        ("clients", "75.000% of 8 requests answered, below 99.99%"),
        ("reads", "2 of 3 contradict another replica at that moment"),
        ("writes", "4 acknowledged by the node that took them, 1 lost"),
        ("confirmed", "0.20 a second, median 2.0 s, 95 % within 4.0 s"),
        ("", "30 messages, 2250 bytes for each"),
    )


def test_only_the_newest_waits_and_samples_count() -> None:
    fold = ServiceFold()
    for _ in range(WAITS_MAX):
        fold.confirmed(100.0)
    for second in range(1, RECENT_SAMPLES + 11):
        fold.sampled(ClientCounts(), 0, 0, second * SECOND)
    for _ in range(WAITS_MAX):
        fold.confirmed(1.0)
    service = fold.service((RECENT_SAMPLES + 10) * SECOND)
    assert (service.wait_median_s, service.wait_95_s) == (1.0, 1.0)
    assert service.recent_per_s == WAITS_MAX / RECENT_SAMPLES
    assert service.confirmed_per_s == 2 * WAITS_MAX / (RECENT_SAMPLES + 10)
