"""The checker: reads the records of a race and asserts what must hold in every one.

It trusts nothing that it checks. Blocks are read from the nodes' disks and validated from genesis
on with code of its own: its own header, Merkle tree, compact numbers, difficulty rules, ledger,
signatures and fork choice. `broken` says what can break, `parse` and `header` and `signature` judge
one block alone, `states` replays the ledger, `heads` follows each node, `checker` joins them.

It never changes the race: it only reads, and it tells by a callback.
"""
