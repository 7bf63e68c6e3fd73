"""The command `powclock film`: each kind of file, and what cannot be."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from powclock import cli_film
from powclock.cli import main
from powclock.race.driver import Driver
from powclock.race.scenario import parse_scenario
from powclock.race.session import End, Session
from tests.command import PATIENCE_S, environment
from tests.film.films import FORKING, SCRIPT, screens_of
from tests.race.tapes import record_race, write_session

SHORT = ("--for", "2s", "--size", "80x24")


def scenario(folder: Path, text: str = FORKING) -> str:
    path = folder / "race.toml"
    path.write_text(text, "utf-8")
    return str(path)


def run(*arguments: str | Path, path: str = "") -> tuple[int, str, str]:
    """Exit status, standard output and error of the command, in this process."""
    out, error = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
        patch.setattr(sys, "argv", ["powclock", "film", *map(str, arguments)])
        if path:
            patch.setenv("PATH", path)
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), out.getvalue(), error.getvalue()


def film(*arguments: str | Path, path: str = "") -> str:
    """Standard output of a film that can be made."""
    status, said, error = run(*arguments, path=path)
    assert (status, error) == (0, "")
    return said


def refused(*arguments: str | Path, path: str = "") -> str:
    """The one line of a film that cannot."""
    status, said, error = run(*arguments, path=path)
    assert (status, said) == (2, "")
    assert error.startswith("powclock: ")
    assert error.count("\n") == 1
    return error.removeprefix("powclock: ").rstrip("\n")


def test_a_cast_of_either_version(tmp_path: Path) -> None:
    race = scenario(tmp_path)
    two, three = tmp_path / "two.cast", tmp_path / "three.cast"
    said = film(race, "-o", two, *SHORT, "--title", "A talk", "--countdown", "1")
    assert re.fullmatch(rf"{re.escape(str(two))}  4\.[01] s, \d+ kB\n", said)
    film(race, "-o", three, *SHORT, "--title", "A talk", "--countdown", "1", "--cast-version", "3")
    old, *events = map(json.loads, two.read_text("utf-8").splitlines())
    new, *others = map(json.loads, three.read_text("utf-8").splitlines())
    theme = old.pop("theme")
    assert old == {
        "version": 2, "width": 80, "height": 24, "title": "A talk",
        "env": {"TERM": "xterm-256color"},
    }  # fmt: skip
    assert new == {
        "version": 3,
        "term": {"cols": 80, "rows": 24, "type": "xterm-256color", "theme": theme},
        "title": "A talk",
    }
    assert (theme["bg"], theme["fg"]) == ("#0d1117", "#e6edf3")
    assert len(re.findall("#[0-9a-f]{6}", theme["palette"])) == 16
    assert [event[1:] for event in events] == [event[1:] for event in others]
    times = [event[0] for event in events]
    assert times == sorted(times)
    passed = 0.0
    for time, (since, _, _) in zip(times, others, strict=True):
        passed = round(passed + since, 3)
        assert passed == time
    screens = screens_of(two.read_text("utf-8"))
    assert any("A talk" in screen for screen in screens)
    assert "TICK" in screens[-1]
    # Between two frames only what changed is written.
    assert sum(len(event[2]) for event in events[-6:]) < 6 * 80 * 24


def test_speed_and_frames(tmp_path: Path) -> None:
    race, slow, fast = scenario(tmp_path), tmp_path / "slow.cast", tmp_path / "fast.cast"
    film(race, "-o", slow, "--for", "4s", "--no-motion", "--fps", "5")
    film(race, "-o", fast, "--for", "4s", "--no-motion", "--fps", "20", "--speed", "2")
    slow_s, fast_s = (
        [json.loads(line)[0] for line in path.read_text("utf-8").splitlines()[1:]]
        for path in (slow, fast)
    )
    assert slow_s[-1] == pytest.approx(5.0, abs=0.1)
    assert fast_s[-1] == pytest.approx(3.0, abs=0.1)
    assert 15 < len(slow_s) < 30 < len(fast_s) < 50


def test_a_script_shows_its_captions_and_keys(tmp_path: Path) -> None:
    cast = tmp_path / "script.cast"
    film(scenario(tmp_path, SCRIPT), "-o", cast)
    screens = screens_of(cast.read_text("utf-8"))
    captions = ("Fair weather.", "The network is cut.", "Two halves.", "One again.")
    first = [
        next(index for index, screen in enumerate(screens) if caption in screen)
        for caption in captions
    ]
    assert first == sorted(first)
    assert any("│  p   2   ⏎  cut │" in screen for screen in screens)
    hidden = tmp_path / "hidden.cast"
    film(tmp_path / "race.toml", "-o", hidden, "--hide-keys")
    assert not any(" ⏎  cut │" in screen for screen in screens_of(hidden.read_text("utf-8")))


def test_a_lesson_goes_on_by_itself_and_answers_its_questions(tmp_path: Path) -> None:
    lesson = f"""{FORKING}
    [[steps]]
    caption = "One."
    lasts_s = 1
    question = "Who?"
    answer = "Nobody."
    [[steps]]
    caption = "Two."
    lasts_s = 1
    """
    cast = tmp_path / "lesson.cast"
    film(scenario(tmp_path, lesson), "-o", cast, "--size", "80x24")
    screens = screens_of(cast.read_text("utf-8"))
    told = ["".join(screen.split("\n")[-4:]) for screen in screens]
    for heading, text in ((" 1/2", "?  Who?"), (" 1/2", "=  Nobody."), (" 2/2", "Two.")):
        assert any(heading in each and text in each for each in told)
    assert not any(" n next" in each for each in told)


def test_a_still_at_a_moment(tmp_path: Path) -> None:
    race = scenario(tmp_path)

    def still(*arguments: str) -> str:
        path = tmp_path / "still.svg"
        said = film(race, "-o", path, "--force", "--size", "80x24", *arguments)
        assert re.fullmatch(rf"{re.escape(str(path))}  \d+ kB\n", said)
        text = path.read_text("utf-8")
        ElementTree.fromstring(text)
        assert "@keyframes" not in text
        return "".join(ElementTree.fromstring(text).itertext()).replace("\xa0", " ")

    assert "00:03.0" in still("--at", "3s")
    assert "00:03.5" in still("--at", "0:03.5")
    assert "[4]" in still("--at", "tick 4")
    assert "fork at" in still("--at", "fork")


@pytest.mark.parametrize("speed", ["0.5", "1", "200"])
def test_a_still_is_of_its_moment_however_fast_the_race_is(tmp_path: Path, speed: str) -> None:
    race, path = parse_scenario(FORKING, "test"), tmp_path / "still.svg"
    driver = Driver(race)
    driver.stop_at(4)
    driver.start()
    driver.world.advance(60 * 10**9)
    now_s = driver.now_ns / 1e9
    driver.close()
    film(scenario(tmp_path), "-o", path, "--size", "80x24", "--at", "tick 4", "--speed", speed)
    said = "".join(ElementTree.fromstring(path.read_text("utf-8")).itertext())
    assert f"00:{int(now_s * 10) / 10:04.1f}" in said
    assert "TICK 4" in said.replace("\xa0", " ")


def test_a_race_without_blocks_has_no_moments_of_theirs(tmp_path: Path) -> None:
    for moment in ("tick 3", "fork", "reorg"):
        assert refused("naive", "-o", tmp_path / "x.svg", "--at", moment) == (
            "--at: a naive race has no ticks and no blocks: write 42s, fault or heal"
        )


def test_a_moving_picture(tmp_path: Path) -> None:
    path = tmp_path / "moving.svg"
    film(scenario(tmp_path), "-o", path, *SHORT)
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)
    said = "".join(root.itertext())
    assert "<script" not in text
    assert "href" not in text
    assert "forking" in said
    times = {f"00:0{tenths / 10:.1f}"[-5:] for tenths in range(20)}
    assert len([time for time in times if time in said or time[1:] in said]) >= 5
    names = set(re.findall(r"animation-name:(k\d+)", text))
    assert names == set(re.findall(r"@keyframes (k\d+)\{0%", text))


def test_frames_as_text(tmp_path: Path) -> None:
    path = tmp_path / "frames.txt"
    film(scenario(tmp_path), "-o", path, "--for", "3s", "--size", "80x24")
    frames = re.split(r"(?m)^── (\d\d:\d\d\.\d) ──\n", path.read_text("utf-8"))[1:]
    assert frames[::2] == ["00:01.0", "00:02.0", "00:03.0", "00:04.0"]
    assert all(len(frame.splitlines()) == 24 for frame in frames[1::2])
    assert "t 00:03.0" in frames[-1]


def test_a_gif_is_made_by_another_program(tmp_path: Path) -> None:
    race, path = scenario(tmp_path), tmp_path / "film.gif"
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert refused(race, "-o", path, *SHORT, path=str(nothing)) == (
        "-o: a .gif is made by agg, which is not installed: `brew install agg`, "
        "`cargo install --git https://github.com/asciinema/agg`, or a program of "
        "https://github.com/asciinema/agg/releases; or write a .cast or an .svg"
    )
    program(tmp_path, "open(gif, 'w').write('GIF of ' + open(cast).readline())")
    tools = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    film(race, "-o", path, *SHORT, path=tools)
    assert path.read_text("utf-8").startswith('GIF of {"version": 2, "width": 80, "height": 24')
    program(tmp_path, "sys.exit('Error: no font')")
    status, _, error = run(race, "-o", path, *SHORT, "--force", path=tools)
    assert (status, error) == (1, "powclock: agg could not make the GIF: Error: no font\n")
    for does, how in (
        ("sys.exit(3)", "exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
    ):
        program(tmp_path, does)
        assert run(race, "-o", path, *SHORT, "--force", path=tools)[::2] == (
            1, f"powclock: agg could not make the GIF: it ended with {how} and said nothing\n",
        )  # fmt: skip
    assert path.read_text("utf-8").startswith("GIF of ")  # what was there stays


def program(folder: Path, does: str) -> None:
    """A program `agg` that does this with `cast` and `gif`."""
    path = folder / "agg"
    path.write_text(f"#!{sys.executable}\nimport sys\ncast, gif = sys.argv[-2:]\n{does}\n", "utf-8")
    path.chmod(0o755)


def test_a_recording_is_filmed_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "race.powclock"
    record_race(file, parse_scenario(FORKING, "test"), ticks=4)
    cast = tmp_path / "again.cast"
    film(file, "-o", cast)
    last = screens_of(cast.read_text("utf-8"))[-1]
    assert re.search(r"◆ 4 ", last)
    for option, value in (("--seed", "3"), ("--rule", "naive")):
        assert refused(file, "-o", tmp_path / "x.cast", option, value) == (
            f"{option}: a recording has its own: leave it out"
        )


def test_a_recording_that_tells_of_a_far_end_is_filmed_for_an_hour_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, cast, still = tmp_path / "far.powclock", tmp_path / "far.cast", tmp_path / "far.svg"
    race = parse_scenario(FORKING, "test")
    write_session(file, Session("0", race, (), End(2**62, -1)))
    monkeypatch.setattr(cli_film, "LONGEST_S", 3.0)
    status, said, error = run(file, "-o", cast)
    assert status == 0
    assert error == (
        "powclock: the recording goes on to 4611686018 s: add --for to film more than the "
        "first 3 s\n"
    )
    assert said.startswith(f"{cast}  4.0 s, ")
    assert film(file, "-o", cast, "--force", "--for", "4s").startswith(f"{cast}  5.0 s, ")
    assert film(file, "-o", still, "--at", "2s").startswith(f"{still}  ")


def test_a_still_of_a_recording_is_of_the_recording(tmp_path: Path) -> None:
    file, still = tmp_path / "race.powclock", tmp_path / "still.svg"
    write_session(file, Session("0", parse_scenario(FORKING, "test"), (), End(2 * 10**9, -1)))
    status, _, error = run(file, "-o", still, "--at", "5s")
    assert (status, error) == (
        1, f"powclock: 5s did not come: {still} shows the end of the race\n",
    )  # fmt: skip


def test_no_file_is_written_over_without_being_asked_to(tmp_path: Path) -> None:
    race, path = scenario(tmp_path), tmp_path / "film.cast"
    path.write_text("precious", "utf-8")
    assert refused(race, "-o", path, *SHORT) == (
        f"-o: {path} is there already: name another file, or add --force"
    )
    assert path.read_text("utf-8") == "precious"
    film(race, "-o", path, *SHORT, "--force")
    assert path.read_text("utf-8").startswith('{"version": 2')
    assert sorted(each.name for each in tmp_path.iterdir()) == ["film.cast", "race.toml"]


def test_a_film_is_made_in_a_file_that_nobody_else_has(tmp_path: Path) -> None:
    race, path = scenario(tmp_path), tmp_path / "film.txt"
    outside, own = tmp_path / "outside", tmp_path / ".film.unfinished.txt"
    outside.write_text("precious", "utf-8")
    own.symlink_to(outside)
    film(race, "-o", path, *SHORT)
    assert outside.read_text("utf-8") == "precious"
    names = [".film.unfinished.txt", "film.txt", "outside", "race.toml"]
    assert sorted(each.name for each in tmp_path.iterdir()) == names


def test_what_cannot_be_is_one_line(tmp_path: Path) -> None:
    race, cast = scenario(tmp_path), tmp_path / "x.cast"
    kinds = ".cast, .svg, .gif, .txt"
    assert refused(race) == (
        "where to? add -o film.cast, or a name that ends in .svg, .gif or .txt"
    )
    mp4 = tmp_path / "x.mp4"
    assert refused(race, "-o", mp4) == f"-o: {mp4}: its ending says what to make: {kinds}"
    assert refused(race, "-o", cast, "--size", "100") == (
        "--size: '100' is no size: write columns x rows, such as 100x30"
    )
    for size in ("5x3", "19x30", "100x4", "501x30", "100x201"):
        assert refused(race, "-o", cast, "--size", size) == (
            f"--size: {size!r} will not do: write a size from 20x5 to 500x200"
        )
    for option, value, allowed in (
        ("--fps", "100", "1 to 60"),
        ("--cast-version", "4", "2 to 3"),
        ("--countdown", "-1", "0 to 60"),
    ):
        assert refused(race, "-o", cast, option, value) == (
            f"{option}: {value!r} will not do: write a whole number, {allowed}"
        )
    assert (
        refused(race, "-o", cast, "--at", "3s") == f"--at is for a still, an .svg; {cast} is none"
    )
    assert refused(race, "-o", tmp_path / "x.svg", "--at", "soon") == (
        "--at: 'soon' is no moment: write 42s, 3:20, 'tick 12', or one of fork, reorg, fault, heal"
    )
    assert refused(race, "-o", cast, "--speed", "max") == (
        "--speed: nobody can watch a film at max: write a number, such as 10"
    )
    assert refused(race, "-o", tmp_path / "x.svg", "--cast-version", "3") == (
        "--cast-version is for a .cast"
    )
    assert refused(race, "-o", tmp_path / "no" / "x.cast", *SHORT) == (
        f"-o: {tmp_path / 'no' / 'x.cast'}: cannot be written: No such file or directory"
    )
    assert refused("demo", "-o", cast, "--nodes", "3") == (
        "--nodes: a script has its own: leave it out"
    )
    assert "; scripts are demo; lessons have numbers" in refused("nonsense", "-o", cast)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["race.toml"]


def test_a_moment_that_does_not_come_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    status, _, error = run(scenario(tmp_path), "-o", path, "--at", "heal", "--for", "2s")
    assert (status, error) == (
        1, f"powclock: heal did not come: {path} shows the end of the race\n",
    )  # fmt: skip
    assert path.exists()


def test_an_interrupted_film_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "film.cast"
    path.write_text("precious", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "powclock", "film", scenario(tmp_path), "-o", path, "--force",
         "--for", "50000s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    while not list(tmp_path.glob(".film.*.cast")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE_S) == (b"", b"powclock: interrupted\n")
    assert process.returncode == 130
    assert path.read_text("utf-8") == "precious"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["film.cast", "race.toml"]


def test_a_damaged_recording_is_filmed_up_to_its_damage(tmp_path: Path) -> None:
    file, cast = tmp_path / "race.powclock", tmp_path / "again.cast"
    record_race(file, parse_scenario(FORKING, "test"), ticks=4)
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    status, _, error = run(file, "-o", cast)
    assert status == 1
    assert re.fullmatch(
        rf"powclock: {re.escape(str(file))}: damaged at byte \d+ .*; what is before that was "
        r"filmed\n", error,
    )  # fmt: skip
    assert json.loads(cast.read_text("utf-8").splitlines()[-1])[0] > 2
    file.write_bytes(whole[:600])
    told = refused(file, "-o", cast, "--force")
    assert told.startswith(f"{file}: ")
