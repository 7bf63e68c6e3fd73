import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.header import BlockHeader, display
from powclock.machine.merkle import merkle_root


def double(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


class Reader:
    """Just enough of Bitcoin's wire format to tell where a transaction ends."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def skip(self, count: int) -> None:
        self.at += count
        assert self.at <= len(self.data)

    def size(self) -> int:
        first = self.data[self.at]
        self.skip(1)
        width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first, 0)
        value = int.from_bytes(self.data[self.at : self.at + width], "little")
        self.skip(width)
        return value if width else first

    def transaction_id(self) -> bytes:
        start = self.at
        self.skip(4)
        for _ in range(self.size()):
            self.skip(36)
            self.skip(self.size())
            self.skip(4)
        for _ in range(self.size()):
            self.skip(8)
            self.skip(self.size())
        self.skip(4)
        return double(self.data[start : self.at])


def test_the_root_of_block_100000_is_in_its_header(vectors: Path) -> None:
    data = (vectors / "bitcoin" / "main_100000.bin").read_bytes()
    header = BlockHeader.parse(data[:80])
    assert (
        display(header.hash) == "000000000003ba27aa200b1cecaad478d2b00432346c3f1f3986da1afd33e506"
    )
    reader = Reader(data)
    reader.skip(80)
    ids = [reader.transaction_id() for _ in range(reader.size())]
    assert reader.at == len(data)
    assert [display(id_) for id_ in ids] == [
        "8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87",
        "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
        "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
        "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d",
    ]
    assert merkle_root(ids) == (header.merkle_root, False)


def test_two_lists_with_one_root_differ_in_being_mutated(vectors: Path) -> None:
    case = json.loads((vectors / "bitcoin" / "cve_2012_2459.json").read_text())
    honest = [bytes.fromhex(id_) for id_ in case["txids_internal_order"]]
    malleated = [bytes.fromhex(id_) for id_ in case["malleated_txids_internal_order"]]
    root = bytes.fromhex(case["merkle_root_internal"])
    assert BlockHeader.parse(bytes.fromhex(case["header_hex"])).merkle_root == root
    assert merkle_root(honest) == (root, False)
    assert merkle_root(malleated) == (root, True)


def test_a_repeat_one_level_up_is_mutated_too() -> None:
    leaves = [bytes([i]) * 32 for i in range(6)]
    root, mutated = merkle_root(leaves)
    assert not mutated
    assert merkle_root([*leaves, *leaves[4:]]) == (root, True)


def test_equal_leaves_of_different_pairs_are_not_mutated() -> None:
    first, second, third = (bytes([i]) * 32 for i in range(3))
    assert merkle_root([first, second, second, third]) == (
        double(double(first + second) + double(second + third)),
        False,
    )


def test_equal_leaves_of_one_pair_are_mutated_wherever_they_stand() -> None:
    first, second, third = (bytes([i]) * 32 for i in range(3))
    for leaves in ([first, first, second], [second, third, first, first, third]):
        assert merkle_root(leaves)[1]


def test_small_trees_by_hand() -> None:
    first, second, third = (bytes([i]) * 32 for i in range(3))
    pair = double(first + second)
    assert merkle_root([first]) == (first, False)
    assert merkle_root([first, second]) == (pair, False)
    assert merkle_root([first, second, third]) == (double(pair + double(third + third)), False)


def test_there_is_no_root_of_nothing() -> None:
    with pytest.raises(AssertionError, match=r"^a block has at least its coinbase$"):
        merkle_root([])


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True))
def test_the_root_is_that_of_the_recursive_definition(leaves: list[bytes]) -> None:
    def root(level: list[bytes]) -> bytes:
        if len(level) == 1:
            return level[0]
        even = level + level[-1:] * (len(level) % 2)
        return root([double(b"".join(even[i : i + 2])) for i in range(0, len(even), 2)])

    before = list(leaves)
    assert merkle_root(leaves) == (root(leaves), False)
    assert leaves == before
