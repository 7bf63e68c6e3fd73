"""Films show what the app shows, and are the same wherever they are made."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from powclock.film.picture import Picture, picture_of, text_of
from powclock.film.reel import Reel
from powclock.film.shoot import FilmError, Shot, shoot
from powclock.race.commands import HealAll, Input
from powclock.race.plan import Plan
from powclock.race.session import load_session
from powclock.tui.app import Opening
from powclock.tui.screens.card import Card
from tests.command import powclock_
from tests.film.films import (
    FORKING,
    SCRIPT,
    cells_of,
    cells_on,
    chapter,
    plan_of,
    plan_of_script,
    played,
    scenario,
    screens_of,
    shot,
)


def filmed(wanted: Shot) -> tuple[Reel, Picture]:
    """A film, and what the app itself shows at its end."""
    pictures: list[Picture] = []
    reel = shoot(replace(wanted, watch=lambda _time, app: pictures.append(picture_of(app))))
    return reel, pictures[-1]


def pictures_of(wanted: Shot, every_s: float) -> list[str]:
    """What the app shows every so often, as text."""
    pictures: list[str] = []
    shoot(
        replace(
            wanted,
            watch=lambda _time, app: pictures.append("\n".join(text_of(picture_of(app)))),
            watch_every_s=every_s,
        )
    )
    return pictures


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24), (60, 20)])
def test_a_terminal_that_plays_a_film_shows_what_the_app_shows(size: tuple[int, int]) -> None:
    reel, picture = filmed(shot(plan_of_script(chapter()), size, show_keys=True))
    assert cells_on(played(reel)) == cells_of(picture)
    text = "\n".join(text_of(picture))
    assert "One again." in text
    assert [words.split(" ")[0] for _, words in reel.marks] == ["fork", "reorg"]


def test_so_it_does_with_a_sheet_and_a_note_over_the_screen() -> None:
    keys = 'keys = ["down", "p", "k", "question_mark"]'
    text = SCRIPT.split("[[steps]]")[0] + f'[[steps]]\ncaption = "Keys."\n{keys}\nlasts_s = 4\n'
    text = text.replace('"k", "question_mark"', '"k"')
    reel, picture = filmed(shot(plan_of_script(chapter(text)), show_keys=True))
    assert cells_on(played(reel)) == cells_of(picture)
    assert "PARTITION" in "\n".join(text_of(picture))


def test_the_same_seed_is_the_same_film_whatever_the_machine(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT, "utf-8")
    bare = {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "40", "COLORTERM": "", "TEXTUAL_FPS": "7"}
    machines: list[dict[str, str]] = [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "POWCLOCK_THEME": "light", **bare},
    ]
    casts = []
    for number, machine in enumerate(machines):
        path = tmp_path / f"{number}.cast"
        done = powclock_("film", script, "-o", path, "--title", "The same", **machine)
        assert (done.returncode, done.stderr) == (0, "")
        casts.append(path.read_bytes())
    assert casts[0] == casts[1]
    assert len(casts[0]) > 50_000


def test_nothing_of_a_film_tells_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SCRIPT.replace('keys = ["p"]', 'keys = ["S", "R"]')
    path = tmp_path / "secret-folder" / "script.toml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    done = powclock_("film", path, "-o", tmp_path / "x.cast", "--for", "9s")
    assert (done.returncode, done.stderr) == (0, "")
    cast = (tmp_path / "x.cast").read_text("utf-8")
    screens = "\n".join(screens_of(cast))
    assert "a film saves no pictures" in screens
    assert "this race cannot be recorded" in screens
    for word in ("secret", str(tmp_path), Path.home().name + "/", "/tmp"):
        assert word not in cast
    assert sorted(each.name for each in tmp_path.iterdir()) == ["secret-folder", "x.cast"]


def test_marks_stand_where_a_fork_and_a_reorg_can_be_seen() -> None:
    seen: list[tuple[int, str]] = []
    groups: list[str] = []
    race = scenario(FORKING.replace("seed = 3", "seed = 7"))

    def until(shown: Any) -> bool:
        seen.extend(
            (event.time_ns, event.kind)
            for event in shown.frame.events
            if event.kind in {"fork", "reorg"}
        )
        groups.extend(event.group for event in shown.frame.events if event.kind == "reorg")
        return False

    reel = shoot(replace(shot(plan_of(race, 12)), until=until))
    assert {kind for _, kind in seen} == {"fork", "reorg"}
    # The reorgs of one branch are one mark, and each is told within a frame of its time.
    forks = [time_ns for time_ns, kind in seen if kind == "fork"]
    marked = [time_ms for time_ms, words in reel.marks if words.startswith("fork at ")]
    assert len(marked) == len(forks)
    assert all(
        0 <= time_ms - time_ns / 1e6 <= 120 for time_ms, time_ns in zip(marked, forks, strict=True)
    )
    reorgs = [words for _, words in reel.marks if words.startswith("reorg ")]
    assert 0 < len(reorgs) == len(set(groups)) < len(groups)
    assert len(reorgs) + len(marked) == len(reel.marks)


def test_keys_are_shown_as_a_script_presses_them_and_go() -> None:
    pictures = pictures_of(shot(plan_of_script(chapter()), show_keys=True), 0.25)
    first = next(index for index, text in enumerate(pictures) if "│  p  partition │" in text)
    cut = next(index for index, text in enumerate(pictures) if "│  p   2   ⏎  cut │" in text)
    assert first < cut
    assert "⊘ PARTITION" in pictures[first]
    assert "⊘ split" in pictures[cut + 1]
    assert not any(" ⏎  cut │" in text for text in pictures[cut + 10 :])
    silent = pictures_of(shot(plan_of_script(chapter())), 0.25)
    assert not any(" ⏎  cut │" in text for text in silent)


def test_a_note_stays_for_its_time_and_goes() -> None:
    text = f'{FORKING}heading = false\n[[steps]]\ncaption = "A note."\nkeys = ["S"]\nlasts_s = 8\n'
    pictures = pictures_of(shot(plan_of_script(chapter(text))), 0.5)
    noted = [index / 2 + 0.5 for index, each in enumerate(pictures) if "saves no pictures" in each]
    # It is told for four seconds, after the key that comes 0.7 s after the start.
    assert noted == [each / 2 for each in range(2, 10)]


def test_a_card_and_a_countdown_come_before_the_race() -> None:
    card = Card("A talk about agreement", "Six nodes", 3)
    wanted = replace(shot(plan_of(scenario(), 2)), opening=Opening(card))
    pictures = pictures_of(wanted, 0.5)
    told = [text.strip().split("\n") for text in pictures[:5]]
    assert [(lines[0].strip(), lines[2].strip()) for lines in told] == [
        ("A talk about agreement", "Six nodes")
    ] * 5
    numbers = [lines[3:] for lines in told]
    assert len({tuple(number) for number in numbers}) == 3
    assert numbers[0] != numbers[1] == numbers[2] != numbers[3] == numbers[4]
    assert "forking" in pictures[6]
    assert " t 00:00" in pictures[6]
    assert "TICK" in pictures[-1]
    assert " t 00:02.0" in pictures[-1]


def test_a_recording_is_filmed_with_its_inputs(tmp_path: Path) -> None:
    file = tmp_path / "race.powclock"
    plan = msgspec.structs.replace(plan_of_script(chapter()), recording=str(file))
    _, picture = filmed(shot(plan))
    session = load_session(file)
    assert len(session.inputs) == 2  # the network is cut, and mended
    again = Plan(session.scenario, until_ns=session.end.time_ns)
    _, same = filmed(replace(shot(again), inputs=session.inputs))
    # The events of both, in the same lower right corner, without the caption below them.
    assert tail(same) == tail(picture)
    _, other = filmed(shot(again))
    assert tail(other) != tail(picture)


def tail(picture: Picture) -> list[str]:
    """What the panel of events says."""
    lines = text_of(picture)
    top = next(index for index, line in enumerate(lines) if "EVENTS" in line)
    left = lines[top].index("EVENTS")
    return [line[left:] for line in lines[top + 1 : top + 7]]


def test_inputs_that_do_not_fit_are_one_line() -> None:
    plan = plan_of(scenario(), 3)
    wrong = (Input(time_ns=1_000_000_000, turn=10**6, action=HealAll()),)
    with pytest.raises(FilmError, match=r"^the race stopped: the race is another one after "):
        shoot(replace(shot(plan), inputs=wrong))
