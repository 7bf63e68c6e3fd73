"""An attack in a row, in its whole words and in fewer, and what the chain shows of it."""

import pytest
from msgspec.structs import replace

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.state import State
from powclock.tui.theme_file import DEFAULT, decode, find
from powclock.tui.widgets.attacks import attack_row, attacks_of
from tests.tui.frames import RUNNING, SECOND, frame
from tests.tui.recorded import frame_at, view_at


def row(shown: Frame, width: int) -> str:
    """The row of the first attack in so many cells."""
    state = State(decode(find(DEFAULT)))
    state.see(shown, RUNNING)
    (fault,) = attacks_of(shown)
    made = attack_row(state, fault, shown, width)
    assert made.width - made.room <= width
    return "".join(segment.text for segment in made.segments)


def under(kind: str, attack: AttackMoved, *nodes: str) -> Frame:
    return frame(faults=(ActiveFault("x", kind, kind, nodes, 8 * SECOND, attack),), marks=())


SPENDS = AttackMoved(
    "x",
    "alice",
    "races",
    4,
    3,
    4,
    3,
    1,
    3,
    6,
    head_start=1,
    give_up=10,
    caught_up=1,
    merchant="bob",
)


def test_a_double_spend_tells_its_goal_its_progress_and_its_outcome() -> None:
    shown = under("double_spend", SPENDS, "alice")
    goal = "alice means to take back a payment to bob after 6 confirmations"
    confirmed, public = "  confirmed 3/6  secret 4 : 3", " public"
    stage, won, law = "  races", "  won 1/2", ", expected 6.9 % [0–78 %] ✓"
    assert [row(shown, width)[2:] for width in (160, 104, 82, 58, 50, 36)] == [
        goal + confirmed + public + stage + won + law,
        "alice pays bob" + confirmed + public + stage + won + law,
        "alice" + confirmed + stage + won + law,
        "alice" + confirmed + stage + won,
        "alice" + confirmed + won,
        "alice" + confirmed,
    ]


def test_what_caught_up_and_came_no_further_is_told_beside_what_won() -> None:
    level = replace(SPENDS, tries=6, caught_up=3, head_start=0)
    words = "  won 1/5, 3 caught up, expected 3.2 % [0–35 %] ✓"
    assert row(under("double_spend", level, "alice"), 100).endswith(words)
    over = row(under("double_spend", replace(SPENDS, stage="wins"), "alice"), 160)
    assert over[2:].startswith("alice took back a payment to bob after 6 confirmations")
    first = replace(SPENDS, tries=1, won=0, caught_up=0)
    assert row(under("double_spend", first, "alice"), 100).endswith("  races  no try is over")


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (
            150,
            "bob is all that alice hears   its branch 2 : 5 public, 2 blocks that nobody hears of",
        ),
        (40, "bob  alice strays 2 : 5"),
    ],
)
def test_an_eclipse_tells_how_far_its_victim_strays(width: int, text: str) -> None:
    attack = AttackMoved("x", "bob", "leads astray", 2, 5, 2, 1, 0)
    assert row(under("eclipse", attack, "alice"), width)[2:] == text


def test_a_censor_tells_how_long_those_wait_whom_it_leaves_out() -> None:
    told = TransactionsLeftOut("x", "alice", 3, 42.0, 6.0)
    fault = ActiveFault("x", "censor", "censors client1", (), 0, left_out=told)
    assert row(frame(faults=(fault,)), 100) == (
        "¬ censors client1  3 transactions waiting, 42 s on average, all others 6.0 s"
    )
    assert row(frame(faults=(fault,)), 50) == "¬ censors client1  3 transactions waiting"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (150, "◉ mallory  secret branch 4 : 1 public, 3 blocks withheld   revenue "),
        (59, "◉ mallory  secret 4 : 1   revenue 33 %, share 40 %"),
        (48, "◉ mallory  secret 4 : 1  gets 33 %, share 40 %"),
        (25, "◉ mallory  secret 4 : 1"),
    ],
)
def test_a_selfish_miner_tells_its_branch_and_its_revenue(width: int, text: str) -> None:
    assert row(frame_at("selfish"), width).startswith(text)


def test_blocks_that_an_attacker_withholds_are_told_from_all_others() -> None:
    shown = frame_at("selfish")
    (fault,) = shown.faults
    assert fault.attack is not None
    withheld = [block for block in shown.chain if block.withheld]
    assert len(withheld) == fault.attack.withheld == 3
    view = view_at("selfish", shown.time_ns)
    for block in shown.chain[1:]:
        kept = view.blocks.get(block.hash)
        assert kept is not None
        alone = set(kept.accepted) == {"mallory"}
        assert block.withheld == alone, block.height


def test_the_revenue_counts_what_is_decided() -> None:
    shown = frame_at("selfish")
    (fault,) = shown.faults
    attack = fault.attack
    assert attack is not None
    # Below the height where the branches parted every block of the best chain is decided.
    fork = shown.height - attack.branch
    view = view_at("selfish", shown.time_ns)
    before, _ = view.began[fault.id]
    assert before > 0
    decided = [each for each in view.blocks.between(before + 1, fork) if each.best]
    own = [each for each in decided if each.author == "mallory"]
    assert (fault.blocks, fault.own_blocks) == (len(decided), len(own))
