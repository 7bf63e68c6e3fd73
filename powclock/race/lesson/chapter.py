"""Chapters: a scenario with the steps in which it is told, as a TOML file.

A step begins at one moment of the race, which the file alone decides: the same chapter has the
same race however fast somebody reads. With a step faults end and begin; what it claims must be so
when the next one begins. Without a moment of its own, a step begins as soon as the one before is
over; a moment that has passed by then is now.
"""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from powclock.network.faults.every import AnyFault
from powclock.race.choices import choices
from powclock.race.lesson.claims import Claim, check_claim
from powclock.race.lesson.pressing import KEYS, is_key
from powclock.race.scenario import (
    NotNegative,
    Planned,
    Positive,
    Scenario,
    ScenarioError,
    Text,
    checked,
    place_first,
)
from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.labels import clean_label

CAPTION_MAX = 400
STEPS_MAX = 100
LASTS_S = 5.0
Words = Annotated[str, Meta(max_length=CAPTION_MAX)]
_FAULT_PLACE = re.compile(r"faults\[(\d+)\]\.fault(.*)", re.DOTALL)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step: what is said, when it comes, what it does, and what is so by its end.

    It comes at one of `at_s`, `at_tick` or `on`; what it waits for `on` is told by `moments`. If
    that has not come `within_s` after the step before was over, it comes all the same. It lasts at
    least `lasts_s` (seconds of the race). `heal` ends every fault, or those of some kinds, before
    `faults` begin; `speed` holds until another step gives one. A `question` holds the race until
    somebody goes on, which reveals the `answer`. `keys` are pressed on the screen, one every
    `keys_every_s` seconds of its time; what they do to the race only a screen can do.
    """

    caption: Words = ""
    question: Words = ""
    answer: Words = ""
    at_s: NotNegative = 0.0
    at_tick: Annotated[int, Meta(ge=0)] = 0
    on: Literal[
        "", "tick", "fork", "reorg", "refused", "agreed", "apart", "equivocation", "returned",
        "payment", "block", "attack_won",
    ] = ""  # fmt: skip
    within_s: Positive = 600.0
    lasts_s: NotNegative | None = None
    faults: Annotated[tuple[AnyFault, ...], Meta(max_length=100)] = ()
    heal: bool | tuple[Text, ...] = False
    speed: Annotated[float, Meta(ge=0.001, le=1e6)] | None = None
    expect: Annotated[tuple[Claim, ...], Meta(max_length=100)] = ()
    keys: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    keys_every_s: Annotated[float, Meta(ge=0.05, le=60)] = 0.7

    @property
    def waits(self) -> bool:
        """Whether it has a moment of its own."""
        return bool(self.at_s or self.at_tick or self.on)


class Chapter(Scenario, frozen=True, kw_only=True):
    """A scenario, told; `about` is a line for the list of chapters.

    Without a `heading` its captions stand alone: no title, no count of steps.
    """

    about: Text = ""
    heading: bool = True
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=STEPS_MAX)]

    def scenario(self) -> Scenario:
        """The race alone."""
        names = Scenario.__struct_fields__
        return Scenario(**{name: getattr(self, name) for name in names})

    @property
    def presses_keys(self) -> bool:
        """Whether it needs a screen: what its keys do is part of its race."""
        return any(step.keys for step in self.steps)

    def lasts_s(self, index: int) -> float:
        """How long a step lasts at least: without a word, until the next one's moment."""
        step = self.steps[index]
        if step.lasts_s is not None:
            return step.lasts_s
        last = index + 1 == len(self.steps)
        return 0.0 if not last and self.steps[index + 1].waits else LASTS_S


def parse_chapter(text: str, file: str) -> Chapter:
    """Read TOML; `file` is named in errors.

    Raises:
        ScenarioError: one line with file, place and mend.
    """
    try:
        return _checked(msgspec.convert(parse_toml(text), Chapter))
    except NotToml as error:
        raise ScenarioError(f"{file}: is no TOML: {error}: mend that line") from error
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{file}: {_in_words(place_first(str(error)))}") from error
    except ScenarioError as error:
        raise ScenarioError(f"{file}: {error}") from error


def _in_words(message: str) -> str:
    place, _, what = message.partition(": ")
    start, _, value = what.partition(" value ")
    words = choices(Chapter, place) if start in {"invalid", "invalid enum"} else []
    if words:
        return f"{place}: {value} is not one of {', '.join(words)}"
    if what == "object missing required field `steps`" or "missing required field `steps`" in place:
        return "steps: a lesson has at least one: begin with [[steps]] and a caption"
    message = message.replace("`bool | array`", "true or a list of kinds of fault")
    return message.replace("`array`", "a list").replace("`object`", "a table")


def _checked(chapter: Chapter) -> Chapter:
    """What types alone cannot say; names and words come out cleaned."""
    own = len(chapter.faults)
    places = [(i, j) for i, step in enumerate(chapter.steps) for j in range(len(step.faults))]
    stepped = tuple(Planned(fault=fault) for step in chapter.steps for fault in step.faults)
    try:
        whole = checked(msgspec.structs.replace(chapter, faults=chapter.faults + stepped))
    except ScenarioError as error:
        raise ScenarioError(_placed(str(error), own, places)) from error
    faults = iter(planned.fault for planned in whole.faults[own:])
    steps = tuple(
        msgspec.structs.replace(
            _checked_step(step, f"steps[{index}]", whole),
            faults=tuple(next(faults) for _ in step.faults),
        )
        for index, step in enumerate(chapter.steps)
    )
    return msgspec.structs.replace(
        whole, about=clean_label(chapter.about, 200), faults=whole.faults[:own], steps=steps
    )


def _placed(message: str, own: int, places: list[tuple[int, int]]) -> str:
    found = _FAULT_PLACE.match(message)
    if found is None or int(found[1]) < own:
        return message
    step, fault = places[int(found[1]) - own]
    return f"steps[{step}].faults[{fault}]{found[2]}"


def _checked_step(step: Step, place: str, scenario: Scenario) -> Step:
    cleaned = msgspec.structs.replace(
        step,
        caption=_words(step.caption),
        question=_words(step.question),
        answer=_words(step.answer),
    )
    if not cleaned.caption and not step.keys:
        raise ScenarioError(f"{place}.caption: a caption needs a visible character")
    for index, key in enumerate(step.keys):
        if not is_key(key):
            raise ScenarioError(f"{place}.keys[{index}]: {clean_label(key)!r} is no key: {KEYS}")
    if cleaned.answer and not cleaned.question:
        raise ScenarioError(f"{place}.answer: there is no question: give one, or leave this out")
    if bool(step.at_s) + bool(step.at_tick) + bool(step.on) > 1:
        raise ScenarioError(f"{place}: at_s, at_tick and on: a step comes at one of them")
    if not scenario.has_blocks and (step.at_tick or step.on in _OF_BLOCKS):
        what = "at_tick" if step.at_tick else "on"
        raise ScenarioError(f"{place}.{what}: a naive race has no ticks and no blocks")
    kinds = choices(Planned, "fault.kind")
    for kind in step.heal if isinstance(step.heal, tuple) else ():
        if kind not in kinds:
            known = ", ".join(kinds)
            raise ScenarioError(
                f"{place}.heal: {clean_label(kind)!r} is no kind of fault: known are {known}"
            )
    for index, claim in enumerate(step.expect):
        check_claim(claim, f"{place}.expect[{index}]", scenario)
    return cleaned


def _words(text: str) -> str:
    """Words as they can be drawn: the line breaks of the file are spaces."""
    return clean_label(" ".join(text.split()), 2 * CAPTION_MAX)


_OF_BLOCKS = frozenset({"tick", "fork", "reorg", "equivocation", "returned", "block", "attack_won"})
