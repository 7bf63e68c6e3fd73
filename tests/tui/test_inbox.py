"""What the race tells waits in an inbox that does not grow."""

from textual.pilot import Pilot

from powclock.race.messages import Ended, Shown
from powclock.record.frame import EventLine
from powclock.tui.app import PowclockApp
from powclock.tui.event_log import EVENTS_KEPT
from tests.tui.frames import RUNNING, SECOND, FakeRace, frame, on_screen


def test_frames_do_not_pile_up_in_front_of_a_screen_that_is_stuck() -> None:
    def told(index: int) -> Shown:
        event = EventLine(index, index * SECOND, "tick", None, f"tick {index}")
        return Shown(frame(events=(event,), time_ns=index * SECOND), RUNNING)

    async def stuck(app: PowclockApp, race: FakeRace, pilot: Pilot[Ended | None]) -> None:
        assert race._tell is not None
        for index in range(EVENTS_KEPT + 500):  # the loop gets no turn meanwhile
            race._tell(told(index))
        assert [len(inbox) for inbox, _ in app._inboxes] == [1]
        await pilot.pause()
        state = app.race_state
        assert state.frame is not None
        assert state.frame.time_ns == (EVENTS_KEPT + 499) * SECOND
        assert [line.sequence for line in state.events] == list(range(500, EVENTS_KEPT + 500))
        assert state.events_left_out == 500

    on_screen(stuck)
