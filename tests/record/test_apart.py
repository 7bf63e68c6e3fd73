"""Which word a node has that others do not reach: who was cut off from it, and by whom."""

from powclock.network.conduct import BAN_NS
from powclock.network.faults.cuts import Isolate
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.forge import Forge
from powclock.record.camera import Camera
from powclock.record.events import PeerDropped
from powclock.record.view import DROPPED_NS
from tests.scenarios.races import Race, race, scenario

MESH = {"topology": "full_mesh", "latency_ms": 20, "jitter_ms": 2}


def states(running: Race) -> dict[str, str]:
    """The nodes that do not just mine."""
    rows = Camera(running.view).take(running.driver.now_ns).nodes
    return {row.name: row.state for row in rows if row.state != "mining"}


def test_only_the_victim_of_an_eclipse_is_eclipsed() -> None:
    with race(scenario(links=MESH)) as running:
        running.run(10)
        assert states(running) == {}
        eclipse = Eclipse(nodes=("alice",), attacker="bob")
        running.begin(eclipse)
        for _ in range(20):
            running.run(0.5)
            assert states(running) == {"alice": "eclipsed"}
        assert {row.peers_cut for row in Camera(running.view).take(0).nodes} == {0, 1, 4}
        isolate = Isolate(nodes=("carol",))
        running.begin(isolate)
        running.run(5)
        # Everybody has lost a peer to this cut, and the victim is still the attacker's.
        assert states(running) == dict.fromkeys(running.view.nodes, "split") | {"alice": "eclipsed"}
        running.heal(isolate)
        running.run(5)
        assert states(running) == {"alice": "eclipsed"}
        running.heal(eclipse)
        running.run(5)
        assert states(running) == {}


def test_whom_peers_dropped_is_told_for_as_long_as_they_do_not_talk() -> None:
    assert DROPPED_NS == BAN_NS
    with race(scenario(links=MESH)) as running:
        forge = Forge(nodes=("bob",))
        running.begin(forge)
        running.run_until(lambda: bool(running.events(PeerDropped)), 500)
        assert states(running) == {"bob": "dropped"}
        running.heal(forge)
        said = [record.time_ns for record in running.records
                if isinstance(record.event, PeerDropped)]  # fmt: skip
        for _ in range(56):
            running.run(0.5)
            assert states(running) == {"bob": "dropped"}
        running.run(15)
        assert len(said) >= 1
        assert states(running) == {}
        assert running.view.shunned == {}
