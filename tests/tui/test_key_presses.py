"""Keys as they are pressed: which are shown, and for how long."""

from powclock.tui.key_presses import FRESH_S, SHOWN_MAX, STAYS_S, KeyPresses, Press
from powclock.tui.text import without_folders


def test_keys_that_follow_soon_stay_together_and_all_go_after_the_last() -> None:
    presses = KeyPresses()
    assert presses.shown(0.0) == ()
    presses.press("p", "partition", 0.0)
    presses.press("↓", "down", 1.0)
    presses.press("↓", "down", 1.2)
    shown = (Press("p", "partition"), Press("↓", "down", 2))
    assert presses.shown(1.2 + STAYS_S - 0.01) == shown
    assert presses.shown(1.2 + STAYS_S) == ()
    presses.press("q", "quit", 9.0)
    assert presses.shown(9.0) == (Press("q", "quit"),)


def test_the_last_key_is_fresh_for_a_moment() -> None:
    presses = KeyPresses()
    assert not presses.fresh(0.0)
    presses.press("p", "partition", 5.0)
    assert presses.fresh(5.0 + FRESH_S - 0.01)
    assert not presses.fresh(5.0 + FRESH_S)


def test_of_many_keys_the_last_ones_are_shown() -> None:
    presses = KeyPresses()
    for number in range(20):
        presses.press(str(number), "", number / 100)
    assert [press.key for press in presses.shown(0.2)] == [
        str(number) for number in range(20 - SHOWN_MAX, 20)
    ]


def test_paths_are_names_of_files() -> None:
    told = {
        "saved /home/ada/talks/powclock-7-12.svg": "saved powclock-7-12.svg",
        "recording to ~/races/split-7-1.powclock": "recording to split-7-1.powclock",
        "recorded to C:\\Users\\ada\\split.powclock": "recorded to split.powclock",
        "../mine.toml: colors: unknown": "mine.toml: colors: unknown",
        "mining 9/3, 1.5 kB/s, −1 +2, N/A, / filter": "mining 9/3, 1.5 kB/s, −1 +2, N/A, / filter",
    }
    assert {text: without_folders(text) for text in told} == told
