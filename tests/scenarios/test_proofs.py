"""Every proof of a race, checked by a verifier that shares no code with powclock."""

import io
from hashlib import sha256
from itertools import pairwise

from powclock.race.headless import Outputs, run_race
from tests.scenarios.races import race, scenario


def is_proof(header: bytes) -> bool:
    """Whether an 80-byte header's hash meets the target in its bits."""
    bits = int.from_bytes(header[72:76], "little")
    target = (bits & 0x7FFFFF) << 8 * ((bits >> 24) - 3)
    return int.from_bytes(hash_of(header), "little") <= target


def hash_of(header: bytes) -> bytes:
    """A header's hash, as the next one names it."""
    return sha256(sha256(header).digest()).digest()


def test_every_proof_of_a_grinding_race_can_be_checked_with_hashlib_alone() -> None:
    file = io.BytesIO()
    what = scenario(3, miner="grinding", nodes={"hash_rate": 2_000}, difficulty={"interval_s": 2})
    summary = run_race(what, ticks=60, outputs=Outputs(headers=file), progress=lambda _h, _n: None)
    data = file.getvalue()
    headers = [data[start : start + 80] for start in range(0, len(data), 80)]
    assert len(headers) == summary.ticks + 1 == 61
    assert headers[0][4:36] == bytes(32)
    assert all(is_proof(header) for header in headers)
    assert all(child[4:36] == hash_of(parent) for parent, child in pairwise(headers))


def test_stale_blocks_are_proofs_too_and_a_changed_one_is_none() -> None:
    what = scenario(
        5, miner="grinding", nodes={"hash_rate": 500}, difficulty={"interval_s": 1},
        links={"latency_ms": 300}, workload={"transactions_per_s": 0},
    )  # fmt: skip
    with race(what) as running:
        running.run(60)
        headers = [bytes.fromhex(found.header) for found in running.found()]
        assert running.view.blocks_stale > 3
        assert all(is_proof(header) for header in headers)
        changed = [header[:40] + bytes([header[40] ^ 1]) + header[41:] for header in headers]
        assert sum(map(is_proof, changed)) <= 2  # one in five hundred is by chance
