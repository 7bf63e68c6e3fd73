"""What attacks came to is known after they are over, and no more is kept than is said."""

from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.withhold import Withhold
from powclock.record.attack_events import AttackMoved
from powclock.record.attacks import ATTACKS_KEPT, AttackResult, Attacks
from powclock.record.frame import ActiveFault
from tests.scenarios.races import race, scenario


def moved(id_: str, attacker: str, won: int) -> ActiveFault:
    attack = AttackMoved(id_, attacker, "wins", 3, 2, 1, 9, won)
    return ActiveFault(id_, "withhold", "", (attacker,), 0, attack)


def judge(fault: ActiveFault) -> AttackResult:
    assert fault.attack is not None
    who, won = fault.attack.attacker, fault.attack.won
    return AttackResult(fault.id, fault.fault, who, fault.nodes, 3, 2, 9, won, 8, 4, 0.5)


def said(attacks: Attacks) -> list[tuple[str, str, int]]:
    return [(each.id, each.attacker, each.won) for each in attacks.results(judge)]


def test_the_last_of_each_attacker_of_each_fault_is_kept() -> None:
    attacks = Attacks()
    for fault in (moved("a", "ann", 1), moved("a", "bob", 1), moved("b", "ann", 5)):
        attacks.moved(fault)
    attacks.moved(moved("a", "ann", 2))
    assert said(attacks) == [("a", "ann", 2), ("a", "bob", 1), ("b", "ann", 5)]
    attacks.ended("b", judge)
    attacks.ended("c", judge)
    assert said(attacks) == [("b", "ann", 5), ("a", "ann", 2), ("a", "bob", 1)]
    attacks.moved(moved("b", "ann", 0))
    assert said(attacks) == [("a", "ann", 2), ("a", "bob", 1), ("b", "ann", 0)]
    attacks.ended("b", judge)
    assert said(attacks) == [("b", "ann", 0), ("a", "ann", 2), ("a", "bob", 1)]


def test_the_oldest_go_first() -> None:
    attacks = Attacks()
    for index in range(ATTACKS_KEPT + 3):
        attacks.moved(moved(f"{index}", "ann", index))
        attacks.ended(f"{index}", judge)
    assert [each.won for each in attacks.results(judge)] == list(range(3, ATTACKS_KEPT + 3))
    for index in range(ATTACKS_KEPT + 3):
        attacks.moved(moved("x", f"n{index}", index))
    assert len(attacks.results(judge)) == 2 * ATTACKS_KEPT


def test_a_selfish_miner_is_measured_over_its_time_alone() -> None:
    plan = scenario(
        nodes={"count": 3, "names": ["ann", "bea", "carl"], "shares": [40, 30, 30], "wander": 0}
    )
    with race(plan) as running:
        running.run(100)
        before = running.view.height
        running.begin(SelfishMining(nodes=("ann",)))
        running.run(400)
        running.heal_all()
        (result,) = running.view.attacks()
        assert (result.id, result.fault, result.attacker) == ("selfish:ann", "selfish", "ann")
        assert result.nodes == ("ann",)
        assert result.share == 0.4
        # The block that it kept back as it ended may have come to nothing.
        assert (result.branch, result.public) == (1, 0)
        assert result.blocks == running.view.height - before - 1
        assert 0 < result.own_blocks < result.blocks
        assert result.tries >= result.won > 0
        running.run(100)
        assert running.view.attacks() == (result,)
        running.begin(Withhold(nodes=("carl",), delay_s=1))
        running.run(60)
        assert [each.id for each in running.view.attacks()] == ["selfish:ann", "withhold:carl"]
