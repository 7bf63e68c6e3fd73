"""The driver steps, and the plan of a scenario is followed."""

from powclock.network.faults.nodes import Crash
from powclock.race.driver import Driver
from powclock.record.events import (
    FaultOff,
    FaultOn,
    ForkOpened,
    LeaderElected,
    Reorg,
    TransactionSent,
)
from tests.builders import seconds
from tests.scenarios.races import race, scenario


def test_a_step_stops_at_once() -> None:
    driver = Driver(scenario())
    driver.start()
    assert driver.step_until(lambda: driver.view.height >= 3, turns_max=10**6, until_ns=10**12)
    assert driver.view.height == 3
    assert driver.view.tick_ns == driver.now_ns
    turn = driver.world.loop.turn
    assert driver.step_until(lambda: True, turns_max=10, until_ns=10**12)
    assert driver.world.loop.turn == turn
    assert not driver.step_until(lambda: False, turns_max=10, until_ns=10**12)
    assert driver.world.loop.turn == turn + 10
    until_ns = driver.now_ns + seconds(1)
    assert not driver.step_until(lambda: False, turns_max=10**6, until_ns=until_ns)
    assert driver.now_ns == until_ns
    driver.close()


def test_a_race_is_stopped_at_a_tick_as_step_by_step() -> None:
    stepped, stopped = Driver(scenario()), Driver(scenario())
    for driver in (stepped, stopped):
        driver.start()
    stopped.stop_at(4)
    stepped.step_until(lambda: stepped.view.height >= 4, turns_max=10**6, until_ns=10**12)
    assert not stopped.world.advance(10**12)
    moments = [
        (driver.view.height, driver.now_ns, driver.world.loop.turn, driver.world.recorder.digest)
        for driver in (stepped, stopped)
    ]
    assert moments[0] == moments[1]
    assert moments[0][0] == 4
    for driver in (stepped, stopped):
        driver.close()


def test_faults_come_by_time_tick_and_event() -> None:
    def crash(node: str) -> dict[str, object]:
        return {"kind": "crash", "nodes": [node]}

    planned = [
        {"at_s": 20, "lasts_s": 10, "fault": crash("alice")},
        {"at_tick": 6, "fault": crash("bob")},
        {"on": "fork", "at_s": 30, "lasts_s": 1, "fault": crash("carol")},
        {"on": "reorg", "at_s": 30, "fault": crash("dave")},
        {"at_s": 25, "fault": {"kind": "leave", "nodes": ["erin"]}},
        {"at_s": 26, "fault": crash("erin")},  # she has left by then
    ]
    what = scenario(difficulty={"interval_s": 2}, links={"latency_ms": 300}, faults=planned)
    with race(what) as running:
        running.run(200)

        def first_ns(kind: type, after_s: float = 0, at_height: int = 0) -> int:
            return next(
                record.time_ns
                for record in running.records
                if isinstance(record.event, kind)
                and record.time_ns >= seconds(after_s)
                and getattr(record.event, "height", 0) >= at_height
            )

        began = {
            record.event.id: record.time_ns
            for record in running.records
            if isinstance(record.event, FaultOn)
        }
        assert began == {
            "crash:alice": seconds(20),
            "leave:erin": seconds(25),
            "crash:bob": first_ns(LeaderElected, at_height=6),
            "crash:carol": first_ns(ForkOpened, 30),
            "crash:dave": first_ns(Reorg, 30),
        }
        assert [(event.id, event.lasted_s) for event in running.events(FaultOff)] in (
            [("crash:alice", 10.0), ("crash:carol", 1.0)],
            [("crash:carol", 1.0), ("crash:alice", 10.0)],
        )


def test_a_fault_can_wait_for_a_payment_that_is_handed_to_its_node() -> None:
    crash = {"kind": "crash", "nodes": ["bob"]}
    what = scenario(
        workload={"clients": 4, "transactions_per_s": 2.0},
        faults=[{"at_s": 20, "on": "payment", "fault": crash}],
    )
    with race(what) as running:
        running.run(60)
        paid = next(
            record
            for record in running.records
            if isinstance(record.event, TransactionSent)
            and record.node == "bob"
            and record.time_ns >= seconds(20)
        )
        (began,) = [record for record in running.records if isinstance(record.event, FaultOn)]
        assert began.time_ns == paid.time_ns > seconds(20)


def test_everybody_down_and_up_again() -> None:
    with race(scenario()) as running:
        running.run(30)
        height = running.view.height
        running.begin(Crash())
        assert running.nodes() == {}
        running.run(30)
        assert running.view.height == height
        running.heal_all()
        running.run(60)
        assert running.view.height > height
        running.run_until(running.agreed, 30)
