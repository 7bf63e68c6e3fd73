"""How long people read: seconds of the wall clock, from the length of what they read.

Fifteen characters a second is slow for a book and right for a caption beside something that moves.
"""

from powclock.race.lesson.player import Player

CHARACTERS_PER_S = 15.0
LOOK_S = 2.0
THINK_S = 3.0


def reading_s(text: str) -> float:
    """Time to find a text and read it."""
    return LOOK_S + len(text) / CHARACTERS_PER_S if text else 0.0


def stay_s(player: Player) -> float:
    """How long what is shown now stays for a person who presses nothing."""
    step = player.step
    if step is None:
        return 0.0
    if player.asks:
        return reading_s(step.caption + step.question) + THINK_S
    return reading_s(step.answer if step.question else step.caption)
