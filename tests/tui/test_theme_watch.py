"""A theme's file is edited: each change is taken in once, when it has come to rest."""

import os
from pathlib import Path

import pytest

from powclock.tui.theme_watch import ThemeWatch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text("one")
    return path


def looks(watch: ThemeWatch, times: int = 3) -> list[bool]:
    return [watch.changed() for _ in range(times)]


def test_a_change_counts_once_when_two_looks_agree(file: Path) -> None:
    watch = ThemeWatch(file)
    assert looks(watch) == [False, False, False]
    file.write_text("longer")
    assert looks(watch) == [False, True, False]


def test_the_time_of_change_alone_counts(file: Path) -> None:
    watch = ThemeWatch(file)
    os.utime(file, ns=(1, 1))
    assert looks(watch) == [False, True, False]


def test_another_file_in_its_place_counts(file: Path) -> None:
    watch = ThemeWatch(file)
    other = file.with_suffix(".new")
    other.write_text("two")
    times = file.stat()
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(file)
    assert looks(watch) == [False, True, False]


def test_a_file_that_grows_is_left_alone_until_it_rests(file: Path) -> None:
    watch = ThemeWatch(file)
    for size in range(5, 9):
        file.write_text("x" * size)
        assert not watch.changed()
    assert looks(watch) == [True, False, False]


def test_a_file_that_is_gone_changes_nothing_until_it_is_back(file: Path) -> None:
    watch = ThemeWatch(file)
    file.unlink()
    assert looks(watch) == [False, False, False]
    file.write_text("back again")
    assert looks(watch) == [False, True, False]
