"""A moving picture: when each of its pictures is shown."""

import re

from powclock.film.moving_svg import moving_svg
from powclock.film.picture import Album, Ink, Run

PLAIN = Ink("#ffffff", "#000000")


def test_pictures_of_a_long_film_are_shown_when_they_were_taken() -> None:
    every_ms, number = 250, 4 * 3_600
    album = Album()
    for index in range(number):
        text = f"{index % 2}"
        album.pictures.append((index * every_ms, ((Run(text, 1, PLAIN),),)))
    album.end_ms = number * every_ms
    text = "".join(moving_svg(album, 1, 1, "an hour", "#000000"))
    shares = [float(share) for share in re.findall(r"([0-9.e+-]+)%\{", text)]
    assert [round(share / 100 * album.end_ms) for share in shares] == [
        time_ms for time_ms, _ in album.pictures
    ]
    assert not re.search(r"e[+-]?\d+%", text)
