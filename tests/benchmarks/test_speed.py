"""How fast things are, as ratios of something measured in the same run."""

import struct
from collections.abc import Callable
from hashlib import sha256
from time import process_time

from powclock.mining.kernel import find_nonce
from powclock.network.wire import Announce, decode, encode
from powclock.race.recorder import json_line
from tests.record.examples import RECORDS
from tests.scenarios.races import race, scenario

HASHES = 60_000


def best_of(times: int, what: Callable[[], object]) -> float:
    """The shortest of several runs: the one that was disturbed least."""
    durations = []
    for _ in range(times):
        began = process_time()
        what()
        durations.append(process_time() - began)
    return min(durations)


def bare_loop() -> None:
    """What any loop over nonces must at least do."""
    prefix = bytes(76)
    for nonce in range(HASHES):
        digest = sha256(sha256(prefix + struct.pack("<I", nonce)).digest()).digest()
        if digest.endswith(b"\0\0\0\0\0\0"):
            raise AssertionError("that was a lucky one")


def test_the_kernel_is_as_fast_as_a_bare_loop() -> None:
    bare = best_of(5, bare_loop)
    kernel = best_of(5, lambda: find_nonce(bytes(76), 1, 0, HASHES))
    print(f"kernel {HASHES / kernel / 1e6:.2f} MH/s, {bare / kernel:.2f} of a bare loop")
    assert bare / kernel > 0.8


def test_grinding_a_race_costs_little_more_than_its_hashes() -> None:
    what = scenario(
        2, miner="grinding", nodes={"hash_rate": 50_000}, workload={"transactions_per_s": 0}
    )
    spent = 0.0

    def whole_race() -> None:
        nonlocal spent
        with race(what) as running:
            running.run(12)
            spent = running.view.hashes

    bare = best_of(3, bare_loop) / HASHES
    whole = best_of(2, whole_race)
    print(f"grinding race: {spent * bare / whole:.2f} of a bare loop's speed")
    assert spent * bare / whole > 0.6


def test_a_sampled_race_outruns_the_clock_by_far() -> None:
    what = scenario(2, nodes={"count": 10}, workload={"transactions_per_s": 1})
    counted = 0

    def whole_race() -> None:
        nonlocal counted
        with race(what) as running:
            running.run(300)
            counted = running.world.recorder.count

    seconds = best_of(2, whole_race)
    hashes = HASHES / best_of(3, bare_loop)
    print(f"sampled race: {counted / seconds:.0f} records/s, {300 / seconds:.0f} times real time")
    assert counted / seconds * 600 > hashes  # a record costs less than 600 hashes


def test_reading_a_message_costs_a_few_hashes() -> None:
    message = encode(Announce(blocks=(bytes(32),)))
    reading = best_of(3, lambda: [decode(message) for _ in range(5_000)]) / 5_000
    bare = best_of(3, bare_loop) / HASHES
    print(f"decoding an announcement: {reading / bare:.1f} hashes")
    assert reading / bare < 40


def test_writing_a_record_costs_a_few_hashes() -> None:
    writing = best_of(3, lambda: [json_line(r) for _ in range(500) for r in RECORDS])
    bare = best_of(3, bare_loop) / HASHES
    each = writing / 500 / len(RECORDS)
    print(f"a record as JSON: {each / bare:.1f} hashes")
    assert each / bare < 20
