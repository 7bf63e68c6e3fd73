"""A block seen closer: its header, its proof and its spread, as records and rules have it."""

from powclock.machine.header import BlockHeader, display
from powclock.machine.target import bits_to_target, target_to_work
from powclock.network.faults.cuts import Partition
from powclock.record.blocks import SPREADS_KEPT
from powclock.record.camera import Camera
from powclock.record.detail import BlockDetail, Focus
from powclock.record.events import BlockAccepted, BlockFound
from tests.scenarios.races import Race, race, scenario


def looked_at(running: Race, hash_: str) -> BlockDetail:
    """A block, without what only a live race knows."""
    camera = Camera(running.view)
    camera.focus = Focus(block=hash_)
    detail = camera.take(running.driver.now_ns).block_detail
    assert detail is not None
    assert detail.body is None
    return detail


def every_block(running: Race) -> list[BlockDetail]:
    blocks = running.view.blocks
    return [looked_at(running, each.hash) for each in blocks.between(0, blocks.highest)]


def test_the_header_hashes_to_the_hash_and_is_told_field_by_field() -> None:
    with race(scenario(5, difficulty={"interval_s": 2})) as running:
        running.run(40)
        for detail in every_block(running):
            header = BlockHeader.parse(detail.header)
            assert display(header.hash) == detail.hash
            assert detail.version == header.version
            assert detail.parent == display(header.parent)
            assert detail.merkle_root == display(header.merkle_root)
            assert (detail.time_s, detail.bits, detail.nonce) == (
                header.time, header.bits, header.nonce,
            )  # fmt: skip
            assert int(detail.target, 16) == bits_to_target(header.bits)
            assert detail.work == target_to_work(bits_to_target(header.bits))


def test_a_drawn_find_meets_its_lighter_target_and_a_ground_one_that_of_its_bits() -> None:
    for miner, lighter in (("sampled", True), ("grinding", False)):
        nodes = {"count": 4, "hash_rate": 2_000}
        with race(scenario(5, miner=miner, nodes=nodes, difficulty={"interval_s": 2})) as running:
            running.run(20)
            genesis, *details = every_block(running)
            assert genesis.target == genesis.proof_target
            assert len(details) > 4
            for detail in details:
                assert len(detail.hash) == len(detail.target) == len(detail.proof_target) == 64
                assert detail.hash <= detail.proof_target
                assert (detail.proof_target > detail.target) is lighter


def test_arrivals_are_the_acceptances_of_the_records() -> None:
    with race(scenario(5, difficulty={"interval_s": 2})) as running:
        running.run(30)
        detail = looked_at(running, running.found()[-3].hash)
        found_ns = next(
            record.time_ns
            for record in running.records
            if isinstance(record.event, BlockFound) and record.event.hash == detail.hash
        )
        assert detail.found_ns == found_ns
        assert [(each.node, each.delay_ns, each.peer) for each in detail.arrivals] == [
            (record.node, record.time_ns - found_ns, record.event.peer)
            for record in running.records
            if isinstance(record.event, BlockAccepted) and record.event.hash == detail.hash
        ]
        first = detail.arrivals[0]
        assert (first.node, first.delay_ns, first.peer) == (detail.author, 0, None)
        assert {each.node for each in detail.arrivals} == set(running.view.nodes)


def test_confirmations_and_children_follow_the_best_chain() -> None:
    with race(scenario(6, difficulty={"interval_s": 2})) as running:
        running.run(10)
        running.begin(Partition(share=0.4))
        running.run(30)
        running.heal_all()
        running.run(20)
        details = {detail.hash: detail for detail in every_block(running)}
        forked = [detail for detail in details.values() if len(detail.children) > 1]
        assert forked
        for detail in details.values():
            children = [each for each in details.values() if each.parent == detail.hash]
            assert {child.hash for child in detail.children} == {each.hash for each in children}
            assert [child.best for child in detail.children] == sorted(
                (each.best for each in children), reverse=True
            )
            assert all(child.height == detail.height + 1 for child in detail.children)
            if detail.best:
                above = next((child for child in detail.children if child.best), None)
                follows = details[above.hash].confirmations if above is not None else 0
                assert detail.confirmations == follows + 1
            else:
                assert detail.confirmations == 0


def test_of_old_blocks_no_spread_is_known_and_of_unknown_ones_nothing() -> None:
    with race(scenario(5, difficulty={"interval_s": 1})) as running:
        running.run_until(lambda: len(running.view.blocks) > SPREADS_KEPT + 3, 600)
        assert looked_at(running, running.found()[0].hash).arrivals == ()
        assert looked_at(running, running.found()[-2].hash).arrivals != ()
        camera = Camera(running.view)
        camera.focus = Focus(block="f" * 64)
        unknown = camera.take(running.driver.now_ns)
        assert (unknown.block_detail, unknown.block_gone) == (None, "f" * 64)
        camera.focus = Focus(block=running.found()[0].hash)
        assert camera.take(running.driver.now_ns).block_gone is None
        camera.focus = Focus(node="alice")
        assert camera.take(running.driver.now_ns).node_detail is None
