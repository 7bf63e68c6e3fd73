"""Chapters for tests: small, seeded, and quick."""

from powclock.race.lesson.chapter import Chapter, parse_chapter

HEAD = """
name = "test"
title = "A test"
seed = 4
[nodes]
names = ["alice", "bob", "carol", "dave", "erin"]
[mining]
miner = "sampled"
"""
SPLIT = """
[[steps]]
caption = "All is well."
expect = [{ claim = "agreed" }, { claim = "forks", at_most = 0 }]
[[steps]]
caption = "Two are cut off."
at_tick = 3
faults = [{ kind = "partition", nodes = ["alice", "bob"] }]
speed = 4
expect = [{ claim = "apart" }]
[[steps]]
caption = "The cable is mended."
at_s = 90
heal = ["partition"]
question = "What happens?"
answer = "The lighter side reorgs."
lasts_s = 20
expect = [{ claim = "agreed" }, { claim = "reorgs", nodes = ["alice"] }]
"""


def chapter(steps: str = SPLIT, head: str = HEAD) -> Chapter:
    """A chapter of these steps."""
    return parse_chapter(head + steps, "test")
