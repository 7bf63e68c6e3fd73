"""The caption bar and its keys."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot

from powclock.race.commands import AnyCommand, GoBack, GoOn, SetRate
from powclock.race.lesson.told import Told
from powclock.race.messages import Ended
from powclock.tui.arrange import arrange
from powclock.tui.lesson_app import LessonApp
from tests.race.lesson.chapters import chapter
from tests.tui import frames
from tests.tui.frames import FakeRace, text_of
from tests.tui.lesson.told import ANSWERED, ASKS, STEP, bar, on_screen, tell

Screen = Pilot[Ended | None]
LONG = "word " * 79 + "end."


def shown(told: Told, size: tuple[int, int] = (100, 30), **how: object) -> list[str]:
    """The bar for what is told."""
    rows: list[str] = []

    async def look(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        rows.extend(bar(app))

    on_screen(look, size=size, told=told, **how)  # type: ignore[arg-type]
    return rows


def test_a_step_says_where_it_is_and_what_next_does() -> None:
    head, *text = shown(STEP)
    assert head.split() == ["2/3", "A", "test", "●", "●", "◌", "n", "next"]
    assert text == ["    Two are cut off.", ""]


def test_a_question_stands_out_and_the_answer_follows_it() -> None:
    head, *text = shown(ASKS)
    assert head.endswith(" n  answer")
    assert text == ["    The cable is mended.", " ?  What happens?"]
    head, *text = shown(ANSWERED)
    assert head.endswith(" n  next")
    assert text == [" ?  What happens?", " =  The lighter side reorgs."]


@pytest.mark.parametrize(
    ("changes", "following", "hint"),
    [
        ({"waits": True}, "", " n  next ▸"),
        ({"hurries": True}, "", " going on…"),
        ({"rewinds": True}, "", " going back…"),
        ({"over": True}, "Forks", " n  next: Forks"),
        ({"over": True}, "", " q  the end"),
    ],
)
def test_the_hint_says_what_the_lesson_does(
    changes: dict[str, bool], following: str, hint: str
) -> None:
    assert shown(replace(STEP, **changes), following=following)[0].endswith(hint)


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24), (60, 20)])
def test_the_longest_caption_is_all_there(size: tuple[int, int]) -> None:
    what = chapter(f'[[steps]]\ncaption = "{LONG}"')
    assert len(LONG) == 399
    rows = shown(Told("A test", 0, 1, LONG), size, what=what)
    assert " ".join(" ".join(rows[1:]).split()) == LONG
    assert all(cell_len(row) <= size[0] for row in rows)


@pytest.mark.parametrize("size", [(40, 12), (20, 5), (10, 2), (4, 1), (1, 1)])
def test_a_bar_that_has_no_room_says_what_it_can(size: tuple[int, int]) -> None:
    what = chapter(f'[[steps]]\ncaption = "{LONG}"\nquestion = "{LONG}"')
    rows = shown(Told("A test", 0, 1, LONG, LONG, asks=True), size, what=what)
    assert len(rows) <= max(size[1] // 2, min(size[1] - 2, 2), 0)
    assert all(cell_len(row) <= size[0] for row in rows)


def test_the_bar_is_as_high_in_every_step() -> None:
    heights = {len(shown(told)) for told in (STEP, ASKS, ANSWERED)}
    assert heights == {3}


def test_keys_of_a_slide_remote_go_on_and_back() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("n", "pagedown", "right", "N", "pageup", "left")
        expected: list[AnyCommand] = [GoOn(), GoOn(), GoOn(), GoBack(), GoBack(), GoBack()]
        assert race.commands == expected

    on_screen(use)


def test_all_other_keys_still_work() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("space")
        assert race.commands == [SetRate(0.0)]
        await pilot.press("2", "left")
        assert len(race.commands) == 1, "in a panel, arrows move"
        assert app.race_state.block is not None
        await pilot.press("question_mark")
        assert type(app.screen).__name__ == "HelpScreen"

    on_screen(use)


def test_the_footer_shows_the_keys_of_the_lesson_first() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        assert text_of(app, "footer")[0].startswith(" n next  N back  space pause")

    on_screen(use)


def test_the_status_says_that_the_lesson_waits() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        assert "‖ WAITS" in text_of(app, "status")[0]
        await tell(race, replace(STEP, rewinds=True))
        await pilot.pause(0.05)
        assert "▸ GOING BACK" in text_of(app, "status")[0]

    on_screen(use, told=ASKS)


def test_at_the_end_next_is_the_next_chapter() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("pagedown")
        await race.tell(Ended("", "it ended", "powclock run"))
        await pilot.pause()

    app = on_screen(use, told=replace(STEP, over=True))
    assert app.wants_next
    assert app.return_value == Ended("", "it ended", "powclock run")


def test_after_the_last_chapter_there_is_none() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("pagedown")
        assert race.commands == []
        notes = [note.message for note in app._notifications]
        assert notes == ["this was the last step: q leaves, and `powclock learn` lists more"]

    app = on_screen(use, told=replace(STEP, over=True), following="")
    assert not app.wants_next


def test_a_race_that_begins_again_forgets_what_it_told() -> None:
    async def use(app: LessonApp, race: FakeRace, pilot: Screen) -> None:
        before = len(app.race_state.events)
        assert before == 2
        await tell(race, STEP)
        await pilot.pause(0.05)
        assert len(app.race_state.events) == 2 * before
        await tell(race, STEP, restarts=1)
        await pilot.pause(0.05)
        assert len(app.race_state.events) == before

    on_screen(use)


def test_a_race_that_is_no_lesson_says_so() -> None:
    async def use(app: object, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("n", "N")
        assert race.commands == []

    app = frames.on_screen(use)
    notes = {note.message for note in app._notifications}
    assert notes == {"this race is no lesson: `powclock learn` lists those"}


@pytest.mark.parametrize("panel", [None, "nodes", "clients"])
def test_at_every_size_the_bar_takes_its_rows_and_covers_nothing(panel: str | None) -> None:
    for width in (1, 20, 60, 75, 76, 99, 100, 131, 132, 200):
        for height in range(1, 61):
            lesson = min(9, height // 2)
            found = arrange(width, height, 10, panel, faults=True, attacks=1, lesson=lesson)
            regions = [region for region in found.regions.values() if region.area]
            assert sum(region.area for region in regions) == width * height
            screen = Region(0, 0, width, height)
            assert all(screen.contains_region(region) for region in regions)
            if lesson:
                bar_ = found.regions["lesson"]
                footer = found.regions.get("footer", Region(0, height, 0, 0))
                assert (bar_.height, bar_.bottom) == (lesson, footer.y)
