"""The blocks of a race as the checker keeps them: one small entry each, bodies are forgotten.

An entry has to stay for as long as nodes may come back to it: one that lost its disk begins again
at genesis. It takes about 500 bytes.
"""


class Seen:
    """A block that some node accepted; `hash` is in internal order, compared by identity.

    `flaw` says why no node may build on it (the invariant and the reason): a block on a side
    branch is accepted before anyone looks at what it does to the ledger. `fingerprint` is that of
    its bytes in this process, `turn` the header's nonce. Genesis has no parent, nor has a block
    whose parent is forgotten.
    """

    __slots__ = (
        "bits",
        "chain_work",
        "fingerprint",
        "flaw",
        "hash",
        "height",
        "index",
        "parent",
        "state_root",
        "time",
        "turn",
    )

    def __init__(
        self,
        hash_: bytes,
        parent: "Seen | None",
        index: int,
        *,
        time: int,
        bits: int,
        work: int,
        fingerprint: int,
        turn: int = 0,
    ) -> None:
        self.hash = hash_
        self.parent = parent
        self.index = index
        self.height: int = 0 if parent is None else parent.height + 1
        self.time = time
        self.bits = bits
        self.chain_work: int = work + (0 if parent is None else parent.chain_work)
        self.fingerprint = fingerprint
        self.turn = turn
        self.state_root = b""
        self.flaw: tuple[int, str] | None = None


def paths(old: Seen, new: Seen) -> tuple[list[Seen], list[Seen]]:
    """What leads from one block to another: those left, tip first, and those joined, tip last."""
    left: list[Seen] = []
    joined: list[Seen] = []
    while old is not new:
        if old.height >= new.height:
            left.append(old)
            assert old.parent is not None, "all blocks have one genesis"
            old = old.parent
        else:
            joined.append(new)
            assert new.parent is not None, "all blocks have one genesis"
            new = new.parent
    joined.reverse()
    return left, joined
