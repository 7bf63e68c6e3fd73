"""Makes the file of a film, by the ending of its name.

A file is written under another name beside its own and takes its place when it is whole: whatever
ends the work leaves what was there before.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile

from powclock.film.cast import cast
from powclock.film.frames_text import frames_text
from powclock.film.gif import make_gif
from powclock.film.moving_svg import moving_svg
from powclock.film.picture import Album
from powclock.film.reel import Reel
from powclock.film.shoot import Shot, shoot
from powclock.tui.app import PowclockApp
from powclock.tui.picture import picture
from powclock.tui.theme_file import Theme

# Pictures a second, where nobody says how many.
FPS = {".cast": 10, ".gif": 10, ".svg": 4, ".txt": 1}


def produce(
    shot: Shot, path: Path, theme: Theme, *, fps: int, version: int = 2, still: bool = False
) -> Reel:
    """Film a race into a file; a `still` is its last moment.

    Raises:
        FilmError: the race or the screen broke, or the program that makes GIFs did.
        OSError: the file cannot be written.
    """
    kind = path.suffix.lower()
    if still:
        return _still(shot, path)
    if kind in {".svg", ".txt"}:
        return _album(shot, path, theme, kind, fps)
    with _in_place_of(path) as unfinished:
        reel = shoot(shot)
        if kind == ".cast":
            _write(unfinished, cast(reel, theme, version))
            return reel
        with NamedTemporaryFile(suffix=".cast", delete=False) as file:
            draft = Path(file.name)
        try:
            _write(draft, cast(reel, theme, 2))
            make_gif(draft, unfinished, fps)
        finally:
            draft.unlink()
    return reel


def _still(shot: Shot, path: Path) -> Reel:
    stills: list[str] = []

    def watch(_time_ns: int, app: PowclockApp) -> None:
        app.title = shot.title
        stills.append(picture(app))

    with _in_place_of(path) as unfinished:
        reel = shoot(replace(shot, watch=watch))
        _write(unfinished, stills[-1:])
    return reel


def _album(shot: Shot, path: Path, theme: Theme, kind: str, fps: int) -> Reel:
    album = Album()
    with _in_place_of(path) as unfinished:
        reel = shoot(replace(shot, watch=album.take, watch_every_s=1 / fps))
        if kind == ".txt":
            _write(unfinished, frames_text(album))
        else:
            ground = theme.colors.background
            _write(unfinished, moving_svg(album, shot.columns, shot.rows, shot.title, ground))
    return reel


def _write(path: Path, pieces: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A file that is to take another's place once it is whole; it ends like it.

    It is nobody else's: its name is drawn, and it is made where none is.
    """
    unfinished = path.with_name(f".{path.stem[:100]}.{token_hex(6)}{path.suffix}")
    unfinished.open("xb").close()
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
