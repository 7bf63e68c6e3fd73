"""What theory expects of single nodes, and where it does not say."""

from math import sqrt

import pytest
from msgspec.structs import replace

from powclock.lab.expected import Expected, Unknown
from powclock.lab.expected_of_nodes import double_spends, revenue, share_of_blocks
from powclock.lab.theory.double_spend import double_spend, double_spend_giving_up
from powclock.lab.theory.selfish import selfish_revenue, selfish_revenue_error
from powclock.record.attack_events import AttackMoved
from powclock.record.frame import ActiveFault, Frame, Mark, NodeRow, Totals
from tests.lab.test_expected import CONDITIONS
from tests.tui.frames import frame, node

SELFISH = AttackMoved("selfish:alice", "alice", "withholds", 2, 1, 1, 30, 12, gamma=0.5)
SPENDS = AttackMoved(
    "double_spend:alice", "alice", "wins", 7, 6, 0, 50, 3, 6, 6, head_start=1, give_up=10
)


def fault(attack: AttackMoved, blocks: int = 400, own: int = 130) -> ActiveFault:
    """An attack that is on since 5 s."""
    kind, _, name = attack.id.partition(":")
    return ActiveFault(attack.id, kind, kind, (name,), 5, attack, blocks=blocks, own_blocks=own)


def rows(alice: float) -> tuple[NodeRow, ...]:
    """Alice with this share, and three others with equal ones."""
    others = tuple(node(name, share=(1 - alice) / 3) for name in ("bob", "carol", "dave"))
    return node("alice", share=alice, won=30), *others


def under(attack: ActiveFault | None, alice: float = 0.3, **changes: object) -> Frame:
    """A frame of 100 blocks with one fault on."""
    return frame(
        faults=(attack,) if attack is not None else (),
        nodes=rows(alice),
        marks=(),
        totals=Totals(blocks_mined=100),
        conditions=replace(CONDITIONS, faults_begun=int(attack is not None)),
        **changes,
    )


def test_a_node_finds_blocks_as_its_share_is() -> None:
    shown = under(None)
    told = share_of_blocks(shown, shown.nodes[0])
    error = 4 * sqrt(0.3 * 0.7 / 100)
    law = "binomial with the share of the hash rate"
    assert told == Expected(0.3, 0.3, 0.3 - error, 0.3 + error, law)
    lucky = share_of_blocks(shown, replace(shown.nodes[0], won=49))
    assert isinstance(lucky, Expected)
    assert not lucky.fits
    assert share_of_blocks(under(fault(SELFISH)), shown.nodes[0]) == Unknown(
        0.3, "faults bent the race"
    )
    few = replace(shown, totals=Totals(blocks_mined=19))
    assert share_of_blocks(few, replace(shown.nodes[0], won=0)) == Unknown(
        0.0, "fewer than 20 blocks"
    )


def test_a_selfish_miner_gets_what_eyal_and_sirer_say() -> None:
    on = fault(SELFISH)
    gamma = 0.5 * (1 - 1 / 3)  # a third of the others finds the block that ties
    expected, error = selfish_revenue(0.3, gamma), selfish_revenue_error(0.3, gamma, 400)
    told = revenue(under(on), on)
    assert isinstance(told, Expected)
    assert told.measured == 0.325
    assert told.expected == pytest.approx(expected)
    assert told.low == pytest.approx(expected - 4 * error)
    assert told.high == pytest.approx(expected + 4 * error)
    assert told.law == "Eyal and Sirer, α = 0.3, γ = 0.333"
    assert told.fits
    far = fault(SELFISH, 40_000, 16_000)
    wrong = revenue(under(far), far)
    assert isinstance(wrong, Expected)
    assert not wrong.fits


@pytest.mark.parametrize(
    ("on", "alice", "marks", "why"),
    [
        (fault(SELFISH, 19), 0.3, (), "fewer than 20 blocks since it began"),
        (fault(SELFISH), 0.5, (), "with half of the hash rate it gets all in the end"),
        (fault(SELFISH), 0.3, (Mark(6, "loss", on=True),), "other faults bent the race"),
        (fault(SPENDS), 0.3, (), "it is no selfish miner"),
    ],
)
def test_where_the_revenue_has_no_law(
    on: ActiveFault, alice: float, marks: tuple[Mark, ...], why: str
) -> None:
    told = revenue(replace(under(on, alice), marks=marks), on)
    assert isinstance(told, Unknown)
    assert told.why == why


def test_faults_before_it_began_do_not_matter() -> None:
    on = fault(SELFISH)
    before = (Mark(4, "loss", on=True), Mark(5, "selfish", on=True), Mark(9, "loss", on=False))
    assert isinstance(revenue(replace(under(on), marks=before), on), Expected)


def told(on: ActiveFault, alice: float = 0.3) -> Expected:
    """What theory says of a double spend; it knows a law."""
    compared = double_spends(under(on, alice), on)
    assert isinstance(compared, Expected)
    return compared


def test_a_double_spend_succeeds_as_the_law_of_its_own_rule_says() -> None:
    expected = double_spend_giving_up(0.3, 6, 10, 1)
    assert expected == pytest.approx(double_spend(0.3, 6), rel=0.01)
    error = sqrt(expected * (1 - expected) / 50)
    compared = told(fault(SPENDS))
    assert (compared.measured, compared.low, compared.fits) == (0.06, 0, True)
    assert compared.expected == pytest.approx(expected)
    assert compared.high == pytest.approx(expected + 4 * error)
    assert compared.law == (
        "Rosenfeld's walk, exact: q = 0.3, z = 6, one block in hand, given up 10 behind"
    )


@pytest.mark.parametrize("alice", [0.3, 0.5, 0.7])
@pytest.mark.parametrize(
    ("head_start", "words"), [(0, "no block in hand"), (1, "one block in hand")]
)
@pytest.mark.parametrize("give_up", [2, 10])
def test_its_head_start_and_when_it_gives_up_are_its_own(
    alice: float, head_start: int, words: str, give_up: int
) -> None:
    compared = told(fault(replace(SPENDS, head_start=head_start, give_up=give_up)), alice)
    assert compared.expected == double_spend_giving_up(alice, 6, give_up, head_start)
    assert compared.law.endswith(f"z = 6, {words}, given up {give_up} behind")


def test_the_try_that_is_under_way_does_not_count() -> None:
    racing = fault(replace(SPENDS, stage="races", tries=1, won=0))
    assert double_spends(under(racing), racing) == Unknown(0.0, "no try has ended")
    ended = fault(replace(SPENDS, stage="gives up", tries=2, won=1))
    assert double_spends(under(ended), ended).measured == 0.5


@pytest.mark.parametrize(
    ("changes", "alice", "why"),
    [
        ({"give_up": 0}, 0.3, "it is not told when a try is given up"),
        ({}, 1.0, "it does not race against others"),
        ({"wanted": 0}, 0.3, "it is no double spend"),
    ],
)
def test_where_a_double_spend_has_no_law(changes: dict[str, int], alice: float, why: str) -> None:
    on = fault(replace(SPENDS, **changes))
    compared = double_spends(under(on, alice), on)
    assert isinstance(compared, Unknown)
    assert compared.why == why
