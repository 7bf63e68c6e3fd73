"""A node's own tree: newest first, branches beside it, joined where they began."""

from powclock.record.detail import TreeBlock
from powclock.tui.widgets.tree import tree_rows
from tests.tui.frames import hash_of


def blocks(text: str) -> list[TreeBlock]:
    """Blocks as "name<parent" with a height before; those off the best chain end in "!"."""
    made = []
    for word in text.split():
        height, _, rest = word.partition(":")
        name, _, parent = rest.rstrip("!").partition("<")
        best = not rest.endswith("!")
        made.append(TreeBlock(hash_of(name), hash_of(parent), int(height), "bob", best))
    return made


def drawn(text: str) -> list[str]:
    return [f"{row.signs}{row.block.hash[-1]}" for row in tree_rows(blocks(text))]


def test_nothing_is_no_rows() -> None:
    assert tree_rows([]) == []


def test_a_chain_is_one_lane() -> None:
    assert drawn("0:a<x 1:b<a 2:c<b") == ["● c", "● b", "● a"]


def test_a_branch_joins_its_parent() -> None:
    assert drawn("0:a<x 1:b<a 1:r<a! 2:c<b 2:s<r!") == [
        "●   c",
        "│ ○ s",
        "● │ b",
        "│ ○ r",
        "●─╯ a",
    ]


def test_three_ways_on_from_one_block() -> None:
    assert drawn("0:a<x 1:b<a 1:r<a! 1:s<a! 2:c<b") == [
        "●     c",
        "●     b",
        "│ ○   r",
        "│ │ ○ s",
        "●─┴─╯ a",
    ]


def test_a_branch_may_pass_behind_another() -> None:
    assert drawn("0:a<x 1:b<a 1:r<a! 2:c<b 2:s<r! 2:t<b! 3:d<c") == [
        "●     d",
        "●     c",
        "│ ○   t",
        "│ │ ○ s",
        "●─╯ │ b",
        "│   ○ r",
        "●───╯ a",
    ]


def test_a_branch_whose_parent_is_not_known_just_begins() -> None:
    assert drawn("5:b<a 5:r<z! 6:c<b") == ["●   c", "●   b", "  ○ r"]
