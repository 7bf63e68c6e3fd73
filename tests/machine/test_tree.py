from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine import tree as tree_module
from powclock.machine.block import Block
from powclock.machine.tree import BlockTree, Entry, HeadChange
from tests.builders import GENESIS, address, chain, refused

AUTHOR = address("miner")


def new_tree() -> BlockTree:
    return BlockTree(GENESIS.header, 1)


def insert(tree: BlockTree, block: Block, weight: int = 1) -> HeadChange | None:
    return tree.insert(block.header, weight)


def entry_of(tree: BlockTree, block: Block) -> Entry:
    entry = tree.get(block.hash)
    assert entry is not None
    return entry


def entries_of(tree: BlockTree, blocks: list[Block]) -> tuple[Entry, ...]:
    return tuple(entry_of(tree, block) for block in blocks)


def grow(tree: BlockTree, blocks: list[Block], weight: int = 1) -> HeadChange | None:
    """Insert blocks; what the last one did."""
    change = None
    for block in blocks:
        change = insert(tree, block, weight)
    return change


def test_a_new_tree_is_its_genesis() -> None:
    tree = BlockTree(GENESIS.header, 5)
    root = tree.genesis
    assert tree.head is root
    assert (root.hash, root.time, root.bits) == (
        GENESIS.hash,
        GENESIS.header.time,
        GENESIS.header.bits,
    )
    assert (root.height, root.chain_work, root.parent) == (0, 5, None)
    assert tree.best_chain == [root]
    assert len(tree) == 1
    assert GENESIS.hash in tree
    assert bytes(32) not in tree
    assert tree.get(GENESIS.hash) is root
    assert tree.get(bytes(32)) is None
    assert repr(root) == f"Entry(0 {GENESIS.hash[::-1].hex()[-4:]})"


def test_a_block_on_the_head_becomes_the_head() -> None:
    tree = new_tree()
    (block,) = chain(1)
    change = insert(tree, block, 3)
    head = tree.head
    assert change == HeadChange(tree.genesis, head, (), (head,))
    assert not change.is_reorg
    assert (head.hash, head.height, head.chain_work) == (block.hash, 1, 4)
    assert head.parent is tree.genesis
    assert tree.best_chain == [tree.genesis, head]


def test_of_two_equal_branches_the_first_seen_stays() -> None:
    tree = new_tree()
    ours, theirs = chain(2, author="alice"), chain(2, author="bob")
    grow(tree, ours)
    assert grow(tree, theirs) is None
    assert tree.head is entry_of(tree, ours[-1])
    assert len(tree) == 5


def test_a_strictly_heavier_branch_is_a_reorg() -> None:
    tree = new_tree()
    shared = chain(1)
    ours = chain(3, shared[-1], 1, author="alice")
    theirs = chain(4, shared[-1], 1, author="bob")
    grow(tree, shared + ours)
    assert grow(tree, theirs[:3]) is None
    change = insert(tree, theirs[3])
    assert change == HeadChange(
        old=entry_of(tree, ours[-1]),
        new=entry_of(tree, theirs[-1]),
        disconnected=entries_of(tree, ours[::-1]),
        connected=entries_of(tree, theirs),
    )
    assert change.is_reorg
    assert tuple(tree.best_chain) == entries_of(tree, [GENESIS, *shared, *theirs])


def test_weight_decides_and_not_length() -> None:
    tree = new_tree()
    long, heavy = chain(5, author="alice"), chain(1, author="bob")
    grow(tree, long)
    change = insert(tree, heavy[0], 6)
    assert change is not None
    assert change.disconnected == entries_of(tree, long[::-1])
    assert change.connected == entries_of(tree, heavy)
    assert (tree.head.height, tree.head.chain_work) == (1, 7)


def test_what_is_known_or_hangs_in_the_air_is_refused() -> None:
    tree = new_tree()
    first, second = chain(2)
    with refused("prev-blk-not-found"):
        insert(tree, second)
    insert(tree, first)
    with refused("duplicate"):
        insert(tree, first)
    with refused("duplicate"):
        insert(tree, GENESIS)
    assert len(tree) == 2
    assert tree.head is entry_of(tree, first)


def test_a_branch_leads_back_to_genesis() -> None:
    tree = new_tree()
    blocks = chain(4)
    grow(tree, blocks)
    assert list(tree.head.branch()) == tree.best_chain[::-1]
    assert [tree.head.ancestor(height) for height in range(5)] == tree.best_chain
    for height in (-1, 5):
        with pytest.raises(AssertionError):
            tree.head.ancestor(height)


def test_only_the_head_and_what_is_below_it_are_in_the_best_chain() -> None:
    tree = new_tree()
    ours, theirs = chain(2, author="alice"), chain(3, author="bob")
    grow(tree, ours)
    grow(tree, theirs)
    for block in [GENESIS, *theirs]:
        assert tree.in_best_chain(entry_of(tree, block))
    for block in ours:
        assert not tree.in_best_chain(entry_of(tree, block))
    child = Entry(chain(1, theirs[-1], 3)[0].header, tree.head, 1)
    assert not tree.in_best_chain(child)


def test_a_locator_takes_ten_single_steps_and_then_doubles() -> None:
    tree = new_tree()
    assert tree.locator() == [GENESIS.hash]
    grow(tree, chain(100))
    heights = [100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 77, 61, 29, 0]
    assert tree.locator() == [tree.best_chain[height].hash for height in heights]


def test_a_locator_names_genesis_once() -> None:
    tree = new_tree()
    grow(tree, chain(3))
    assert tree.locator() == [entry.hash for entry in tree.best_chain[::-1]]


def test_a_locator_names_nothing_below_the_horizon_but_genesis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tree_module, "HISTORY_BLOCKS", 20)
    tree = new_tree()
    grow(tree, chain(19))
    assert tree.horizon == 0
    grow(tree, chain(81, chain(19)[-1], 19))
    heights = [100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 0]
    assert tree.horizon == 80
    assert tree.locator() == [tree.best_chain[height].hash for height in heights]


def test_what_lies_below_a_height_is_forgotten() -> None:
    tree = new_tree()
    blocks, beside = chain(10), chain(3, author="bob")
    grow(tree, blocks)
    grow(tree, beside)
    late = chain(2, blocks[4], 5, author="carol")
    grow(tree, late)
    assert tree.forget(4) == [block.hash for block in [*blocks[:3], *beside]]
    assert set(tree.entries) == {block.hash for block in [GENESIS, *blocks[3:], *late]}
    assert tree.best_chain == list(entries_of(tree, blocks[3:]))
    first = entry_of(tree, blocks[3])
    assert (first.height, first.parent, tree.lowest) == (4, None, 4)
    assert list(tree.head.branch())[-1] is first
    assert tree.best_at(4) is first
    assert tree.best_from(9, 5) == list(entries_of(tree, blocks[8:]))
    assert tree.best_from(0, 2) == list(entries_of(tree, blocks[3:5]))
    assert tree.in_best_chain(first)
    assert not tree.in_best_chain(tree.genesis)
    assert not tree.in_best_chain(entry_of(tree, late[0]))
    assert tree.fork_point([bytes(32), GENESIS.hash]) is tree.genesis
    assert tree.forget(4) == tree.forget(2) == []
    assert tree.lowest == 4
    with pytest.raises(AssertionError, match=r"^height 3 is forgotten$"):
        tree.best_at(3)
    with pytest.raises(AssertionError, match=r"^the head stays$"):
        tree.forget(11)


def test_a_tree_that_forgot_goes_on_and_reorgs() -> None:
    tree, whole = new_tree(), new_tree()
    blocks = chain(10)
    for each in (tree, whole):
        grow(each, blocks)
    tree.forget(6)
    theirs = chain(6, blocks[6], 7, author="bob")
    change, same = grow(tree, theirs[:4]), grow(whole, theirs[:4])
    assert change is not None
    assert same is not None
    assert repr(change) == repr(same)
    assert change.is_reorg
    bad = tree.condemn(change.connected[-1], change)
    assert [entry.hash for entry in bad] == [theirs[3].hash]
    assert [entry.hash for entry in tree.best_chain] == [block.hash for block in blocks[5:]]


def test_a_fork_point_is_the_newest_shared_entry() -> None:
    tree, peer = new_tree(), new_tree()
    shared = chain(5)
    ours = chain(3, shared[-1], 5, author="alice")
    theirs = chain(2, shared[-1], 5, author="bob")
    grow(tree, shared + ours + theirs)
    grow(peer, shared + theirs)
    assert tree.fork_point(peer.locator()) is entry_of(tree, shared[-1])
    assert peer.fork_point(tree.locator()) is entry_of(peer, shared[-1])
    assert tree.fork_point(tree.locator()) is tree.head
    assert tree.fork_point([]) is tree.genesis
    assert tree.fork_point([bytes(32)]) is tree.genesis


def test_condemning_a_block_takes_its_branch_out_and_puts_the_old_head_back() -> None:
    tree = new_tree()
    ours, theirs = chain(2, author="alice"), chain(3, author="bob")
    beside = chain(1, theirs[0], 1, author="carol")
    below_bad = chain(1, theirs[1], 2, author="carol")
    grow(tree, ours)
    grow(tree, theirs[:2])
    grow(tree, beside)
    insert(tree, below_bad[0], 0)
    change = insert(tree, theirs[2])
    assert change is not None
    bad = entry_of(tree, theirs[1])
    gone = entries_of(tree, [theirs[1], below_bad[0], theirs[2]])
    assert tree.condemn(bad, change) == gone
    assert tree.head is change.old
    assert tuple(tree.best_chain) == entries_of(tree, [GENESIS, *ours])
    assert set(tree.entries) == {block.hash for block in [GENESIS, *ours, theirs[0], beside[0]]}


def test_only_a_block_that_was_just_connected_can_be_condemned() -> None:
    tree = new_tree()
    first, second = chain(2)
    change = insert(tree, first)
    assert change is not None
    with pytest.raises(AssertionError):
        tree.condemn(tree.genesis, change)
    bad = tree.head
    insert(tree, second)
    with pytest.raises(AssertionError):
        tree.condemn(bad, change)


def test_what_is_forgotten_is_gone_and_the_rest_goes_on() -> None:
    tree = new_tree()
    ours = chain(6, author="alice")
    theirs = chain(2, ours[1], 2, author="bob")
    grow(tree, ours + theirs)
    best, beside = entries_of(tree, ours), entries_of(tree, theirs)
    assert tree.forget(4) == [block.hash for block in [*ours[:3], theirs[0]]]
    assert list(tree.entries.values()) == [tree.genesis, *best[3:], beside[1]]
    assert (tree.lowest, tuple(tree.best_chain)) == (4, best[3:])
    assert (best[3].parent, beside[1].parent, best[4].parent) == (None, None, best[3])
    assert tree.best_at(4) is best[3]
    assert tuple(tree.best_from(0, 2)) == tuple(tree.best_from(4, 2)) == best[3:5]
    assert tree.best_from(6, 9) == [best[5]]
    with pytest.raises(AssertionError, match=r"^height 3 is forgotten"):
        tree.best_at(3)
    assert not tree.in_best_chain(tree.genesis)
    assert tree.forget(2) == []
    assert tree.lowest == 4
    with pytest.raises(AssertionError, match=r"^the head stays"):
        tree.forget(7)
    heavier = chain(3, ours[3], 4, author="carol")
    change = grow(tree, heavier)
    assert change is not None
    assert change.disconnected == best[:3:-1]
    assert change.connected == entries_of(tree, heavier)
    assert tuple(tree.best_chain) == (best[3], *change.connected)


@dataclass
class Naive:
    """Paths from genesis, compared whole; the tree's model."""

    paths: dict[bytes, list[bytes]] = field(default_factory=lambda: {GENESIS.hash: [GENESIS.hash]})
    weights: dict[bytes, int] = field(default_factory=lambda: {GENESIS.hash: 1})
    head: bytes = GENESIS.hash

    def total(self, tip: bytes) -> int:
        return sum(self.weights[hash_] for hash_ in self.paths[tip])

    def insert(self, block: Block, weight: int) -> tuple[list[bytes], list[bytes]]:
        """Hashes disconnected and connected."""
        self.paths[block.hash] = [*self.paths[block.header.parent], block.hash]
        self.weights[block.hash] = weight
        best = max(self.paths, key=lambda tip: (self.total(tip), tip == self.head))
        old, new = self.paths[self.head], self.paths[best]
        self.head = best
        return [h for h in old[::-1] if h not in new], [h for h in new if h not in old]

    def condemn(self, bad: bytes, old_head: bytes) -> None:
        for tip in [tip for tip, path in self.paths.items() if bad in path]:
            del self.paths[tip]
        self.head = old_head


@given(st.data())
def test_any_tree_behaves_like_its_naive_model(data: st.DataObject) -> None:
    tree, model = new_tree(), Naive()
    known: list[tuple[Block, int]] = [(GENESIS, 0)]
    for step in range(data.draw(st.integers(1, 14), label="blocks")):
        index = data.draw(st.integers(0, len(known) - 1), label="parent")
        parent, height = known[index]
        (block,) = chain(1, parent, height, author=f"author {step}")
        weight = data.draw(st.integers(0, 3), label="weight")
        old_head = model.head
        disconnected, connected = model.insert(block, weight)
        change = insert(tree, block, weight)
        known.append((block, height + 1))
        if change is None:
            assert connected == []
        else:
            assert (change.old.hash, change.new.hash) == (old_head, model.head)
            assert [entry.hash for entry in change.disconnected] == disconnected
            assert [entry.hash for entry in change.connected] == connected
            assert change.is_reorg == bool(disconnected)
            if data.draw(st.integers(0, 3), label="condemn") == 0:
                bad = change.connected[data.draw(st.integers(0, len(connected) - 1), label="bad")]
                before = set(tree.entries)
                model.condemn(bad.hash, old_head)
                removed = tree.condemn(bad, change)
                assert {entry.hash for entry in removed} == before - set(model.paths)
                known = [item for item in known if item[0].hash in model.paths]
        assert [entry.hash for entry in tree.best_chain] == model.paths[model.head]
        assert {
            entry.hash: (entry.height, entry.chain_work) for entry in tree.entries.values()
        } == {tip: (len(path) - 1, model.total(tip)) for tip, path in model.paths.items()}
