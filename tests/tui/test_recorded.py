"""The recordings hold what the pictures need, and play the part of a race."""

import unicodedata

import pytest

from powclock.race.commands import Find, Look
from powclock.race.messages import AnyMessage, Found, Shown
from powclock.record.detail import Focus
from tests.tui.recorded import FOLDER, RECORDINGS, RecordedRace, closeups, frame_at, records

SIZE_MAX = 60_000


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_small_and_has_its_moments(name: str) -> None:
    assert (FOLDER / f"{name}.jsonl.gz").stat().st_size < SIZE_MAX
    moments = [round(moment_s * 1e9) for moment_s in RECORDINGS[name].moments_s]
    assert [closeup.time_ns for closeup in closeups(name)] == moments
    assert [record.sequence for record in records(name)] == list(range(len(records(name))))
    assert records(name)[-1].time_ns <= moments[-1]


def test_the_network_is_whole_then_cut_then_whole_with_a_reorg() -> None:
    before, cut, healed = (frame_at("split", moment) for moment in range(3))
    assert [len(frame.sides) for frame in (before, cut, healed)] == [0, 2, 0]
    assert {tip.height for tip in cut.tips if tip.best} == {cut.height}
    assert len(cut.tips) > 1
    assert len(healed.tips) == 1
    assert healed.totals.reorg_depth_max == 4
    assert healed.totals.reorgs > cut.totals.reorgs


def test_three_regions_disagree() -> None:
    frame = frame_at("regions")
    assert [row.region for row in frame.nodes] == ["europe"] * 4 + ["america"] * 4 + ["asia"] * 4
    assert len(frame.tips) == 3
    assert frame.totals.forks == 4


def test_a_crowd() -> None:
    frame = frame_at("crowd", focus=Focus(network=True))
    assert len(frame.nodes) == 200
    assert len(frame.links) == 400


def test_hostile_names_came_in_clean_and_still_hostile() -> None:
    names = [row.name for row in frame_at("hostile").nodes]
    assert names[:6] == [
        "[/red]",
        "[bold]markup[/]",
        "[31mred]0;owned",
        "x" * 24,
        "evil",
        "魚" * 12,
    ]
    categories = {unicodedata.category(char) for name in names for char in name}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_a_recorded_race_answers_when_the_screen_looks_closer() -> None:
    heard: list[AnyMessage] = []
    race = RecordedRace("split", 0)
    race.listen(heard.append)
    head = frame_at("split", 0).head
    race.send(Look(Focus(node="alice", block=head, network=True)))
    race.send(Find("alice"))
    first, second, third = heard
    assert isinstance(first, Shown)
    assert isinstance(second, Shown)
    assert isinstance(third, Found)
    assert first.frame.node_detail is None
    assert second.frame.node_detail == closeups("split")[0].nodes["alice"]
    assert second.frame.block_detail is not None
    assert second.frame.block_detail.body == closeups("split")[0].bodies[head]
    assert second.frame.events == (), "events are told once"
    assert [hit.id for hit in third.hits][:1] == ["alice"]
