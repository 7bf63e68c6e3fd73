"""The Merkle root over a block's transaction ids.

Bitcoin's tree pairs an odd leaf with itself, so a list with its tail repeated has the same root
(CVE-2012-2459). Such a body is *mutated*: it must be refused without condemning the header, as an
honest body with the same header exists.
"""

from collections.abc import Sequence

from powclock.machine.header import sha256d


def merkle_root(leaves: Sequence[bytes]) -> tuple[bytes, bool]:
    """The root of the leaves (32 bytes each), and whether the list is mutated.

    Mutated means that two adjacent nodes of one pair are equal at some level.
    """
    assert leaves, "a block has at least its coinbase"
    level = list(leaves)
    mutated = False
    while len(level) > 1:
        mutated |= any(level[i] == level[i + 1] for i in range(0, len(level) - 1, 2))
        if len(level) % 2:
            level.append(level[-1])
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0], mutated
