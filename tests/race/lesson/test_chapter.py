"""The file of a chapter: what it may say, and the line that says what is wrong."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.reason import Reason
from powclock.network.faults.cuts import Partition
from powclock.race.lesson.chapter import Chapter, Step, parse_chapter
from powclock.race.lesson.claims import Claim
from powclock.race.lesson.pressing import KEYS, NAMED, is_key
from powclock.race.scenario import Scenario, ScenarioError, parse_scenario
from powclock.tui.keymap import named
from tests.race.lesson.chapters import HEAD, SPLIT, chapter


def test_a_chapter_is_a_scenario_with_steps() -> None:
    read = chapter()
    assert read.scenario() == parse_scenario(HEAD, "test")
    assert type(read.scenario()) is Scenario
    assert read.steps[1] == Step(
        caption="Two are cut off.",
        at_tick=3,
        faults=(Partition(("alice", "bob")),),
        speed=400.0,
        expect=(Claim("apart"),),
    )
    assert [step.waits for step in read.steps] == [False, True, True]
    assert [read.lasts_s(index) for index in range(3)] == [0.0, 0.0, 20.0]


def test_a_chapter_goes_through_a_pipe_as_it_is() -> None:
    read = chapter()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(read), type=Chapter) == read


def test_words_come_out_as_they_can_be_drawn() -> None:
    read = chapter('[[steps]]\ncaption = """One\\u001b[2J\n  line,\u202e of two."""')
    assert read.steps[0].caption == "One[2J line, of two."


def test_a_step_without_a_moment_follows_after_a_while() -> None:
    read = chapter('[[steps]]\ncaption = "a"\n[[steps]]\ncaption = "b"\nlasts_s = 0')
    assert [read.lasts_s(index) for index in range(2)] == [5.0, 0.0]


KINDS = (
    "crash, pause, partition, isolate, one_way, swizzle, delay, jitter, reorder, bandwidth, loss, "
    "duplicate, bit_flips, clock_skew, hash_rate, join, leave, withhold, selfish, double_spend, "
    "eclipse, equivocate, forge, flood, memory, censor, conflict"
)
MOMENTS = (
    "agreed, apart, attack_won, block, equivocation, fork, payment, refused, reorg, returned, tick"
)
NEEDS_LEADERS = "equivocate needs a leader schedule: under pow nobody knows beforehand who leads"
TWO_STEPS = """
[[steps]]
caption = "a"
faults = [{ kind = "loss" }]
[[steps]]
caption = "b"
faults = [{ kind = "loss" }, { kind = "crash", nodes = ["zoe"] }]
"""
NAMES = "alice, bob, carol, dave, erin"


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ("", "steps: a lesson has at least one: begin with [[steps]] and a caption"),
        ("steps = 3", "mining: object contains unknown field `steps`"),
        ("[[steps]]", "steps[0].caption: a caption needs a visible character"),
        ("[[steps]]\ncaption = 3", "steps[0].caption: expected `str`, got `int`"),
        (
            '[[steps]]\ncaption = "\\u200b"',
            "steps[0].caption: a caption needs a visible character",
        ),
        (
            f'[[steps]]\ncaption = "{"a" * 401}"',
            "steps[0].caption: expected `str` of length <= 400",
        ),
        (
            '[[steps]]\ncaption = "a"\nanswer = "b"',
            "steps[0].answer: there is no question: give one, or leave this out",
        ),
        (
            '[[steps]]\nkeys = ["p", "entre"]',
            f"steps[0].keys[1]: 'entre' is no key: {KEYS}",
        ),
        ('[[steps]]\nkeys = [" "]', f"steps[0].keys[0]: '' is no key: {KEYS}"),
        (
            '[[steps]]\nkeys = ["p"]\nkeys_every_s = 0.01',
            "steps[0].keys_every_s: expected `float` >= 0.05",
        ),
        (
            '[[steps]]\ncaption = "a"\nat_s = 1\non = "fork"',
            "steps[0]: at_s, at_tick and on: a step comes at one of them",
        ),
        (
            '[[steps]]\ncaption = "a"\non = "doom"',
            f"steps[0].on: 'doom' is not one of {MOMENTS}",
        ),
        (
            '[[steps]]\ncaption = "a"\nheal = ["crush"]',
            f"steps[0].heal: 'crush' is no kind of fault: known are {KINDS}",
        ),
        (
            '[[steps]]\ncaption = "a"\nheal = 3',
            "steps[0].heal: expected true or a list of kinds of fault, got `int`",
        ),
        (
            '[[steps]]\ncaption = "a"\nfaults = [{ kind = "crush" }]',
            f"steps[0].faults[0].kind: 'crush' is not one of {KINDS}",
        ),
        (
            '[[steps]]\ncaption = "a"\nheel = true',
            "steps[0]: object contains unknown field `heel`",
        ),
        (
            TWO_STEPS,
            f"steps[1].faults[1].nodes: there is no node 'zoe': the race has {NAMES}",
        ),
        (
            '[[steps]]\ncaption = "a"\nfaults = [{ kind = "equivocate", nodes = ["bob"] }]',
            f"steps[0].faults[0]: {NEEDS_LEADERS}",
        ),
        (
            '[[steps]]\ncaption = "a"\nexpect = [{ claim = "agreed", depth = 2 }]',
            "steps[0].expect[0].depth: agreed takes at_least, at_most",
        ),
        (
            '[[steps]]\ncaption = "a"\nexpect = [{ claim = "reorgs", nodes = ["zoe"] }]',
            f"steps[0].expect[0].nodes: there is no node 'zoe': the race has {NAMES}",
        ),
        (
            '[[steps]]\ncaption = "a"\nexpect = [{ claim = "forks", at_least = 2, at_most = 1 }]',
            "steps[0].expect[0]: at_least 2 is more than at_most 1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(steps: str, line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_chapter(HEAD + steps, "mine.toml")
    assert str(caught.value) == f"mine.toml: {line}"


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("at_tick = 2", "steps[0].at_tick: a naive race has no ticks and no blocks"),
        ('on = "reorg"', "steps[0].on: a naive race has no ticks and no blocks"),
        (
            'expect = [{ claim = "forks" }]',
            "steps[0].expect[0].claim: a naive race has no ticks and no blocks",
        ),
    ],
)
def test_a_naive_race_has_no_blocks_to_wait_for(step: str, line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        chapter(f'[[steps]]\ncaption = "a"\n{step}', 'rule = "naive"\n' + HEAD)
    assert str(caught.value) == f"test: {line}"


def test_a_reason_is_one_that_there_is() -> None:
    with pytest.raises(ScenarioError) as caught:
        chapter('[[steps]]\ncaption = "a"\nexpect = [{ claim = "refused", reason = "bad" }]')
    known = ", ".join(reason.value for reason in Reason)
    assert str(caught.value) == f"test: steps[0].expect[0].reason: 'bad' is not one of {known}"


def test_keys_are_those_that_the_screen_knows() -> None:
    for key in (*NAMED, "p", "R", ">", "?", "é", "ctrl+p", "shift+tab"):
        assert is_key(key)
        assert named(key) is not None
    assert not any(
        is_key(key) for key in ("", " ", "\n", "pp", "ctrl+", "hyper+p", "f13", "\u200b")
    )
    keys = chapter('[[steps]]\nkeys = ["p", "enter"]\n[[steps]]\ncaption = "a"')
    assert keys.presses_keys
    assert not chapter().presses_keys


@given(st.text(max_size=200), st.integers(0, len(SPLIT)))
def test_any_file_is_a_chapter_or_one_line(junk: str, place: int) -> None:
    told = ""
    try:
        parse_chapter(HEAD + SPLIT[:place] + junk + SPLIT[place:], "file")
    except ScenarioError as error:
        told = str(error)
    assert told == "" or told.startswith("file: ")
    assert "\n" not in told
