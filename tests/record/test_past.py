"""The past: the view of any moment is the one that folding from the start gives."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from msgspec.structs import replace

from powclock.clock.streams import Stream
from powclock.race.recorder import json_line
from powclock.record import past as module
from powclock.record.events import (
    FaultOff,
    FaultOn,
    ForkOpened,
    LeaderElected,
    Record,
    Reorg,
)
from powclock.record.moments import SAME_NS, Kind, Moments
from powclock.record.past import Needle, Past, Unfounded
from powclock.record.timeline import BINS, FAULT, FORK, HEALED, REORG, Bins
from powclock.record.view import View
from tests.race.replay.pasts import STORM_NS, folded, past_of, plain, stormy


def test_any_moment_is_the_one_that_folding_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_RECORDS", 100)
    monkeypatch.setattr(module, "CHUNK_BYTES_MAX", 30_000)  # so they are of different lengths
    monkeypatch.setattr(module, "VIEW_RECORDS", 200)
    monkeypatch.setattr(module, "VIEW_BYTES_A_RECORD", 10_000)
    past, draw = past_of(stormy()), Stream(7, "moments")
    assert len(past._views) > 10
    assert len({len(past._records(chunk)) for chunk in range(len(past._chunks))}) > 10
    needle = Needle(past)
    for _ in range(12):
        time_ns = draw.below(STORM_NS)
        needle.to(past.count_at(time_ns))
        assert plain(needle.view) == plain(folded(stormy(), time_ns))
    needle.to(past.count)
    assert plain(needle.view) == plain(past.view)
    assert needle.view is not past.view


def test_a_needle_that_goes_on_a_little_keeps_its_view() -> None:
    past = past_of(stormy())
    needle = Needle(past)
    needle.to(100)
    view = needle.view
    needle.to(900)
    assert (needle.view is view, needle.jumps) == (True, 1)
    needle.to(899)
    assert (needle.view is view, needle.jumps) == (False, 2)
    needle.to(past.count)  # over several views that were kept
    assert (needle.view.records, needle.jumps) == (past.count, 3)


def test_views_that_are_kept_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_RECORDS", 100)
    monkeypatch.setattr(module, "VIEW_RECORDS", 200)
    monkeypatch.setattr(module, "VIEW_BYTES_A_RECORD", 10_000)
    monkeypatch.setattr(module, "VIEWS_BYTES_MAX", 200_000)
    past = past_of(stormy())
    assert past._views_bytes == sum(len(kept.deflated) for kept in past._views) <= 250_000
    counts = [kept.count for kept in past._views]
    assert len(counts) >= 2
    assert len({after - before for before, after in pairwise(counts)}) == 1
    needle = Needle(past)
    for time_ns in (STORM_NS // 3, STORM_NS // 7, STORM_NS - 1):
        needle.to(past.count_at(time_ns))
        assert plain(needle.view) == plain(folded(stormy(), time_ns))


def test_views_are_as_far_apart_as_it_costs_to_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_RECORDS", 100)
    monkeypatch.setattr(module, "VIEW_RECORDS", 200)
    kept = past_of(stormy())._views
    gaps = [after.count - before.count for before, after in pairwise(kept)]
    costs = [len(each.deflated) // module.VIEW_BYTES_A_RECORD for each in kept[:-1]]
    assert len(gaps) >= 3
    assert costs[-1] > 2 * costs[0]
    for gap, cost in zip(gaps, costs, strict=True):
        assert max(cost, 200) <= gap < max(cost, 200) + 100


def test_lines_are_those_that_came() -> None:
    past = past_of(stormy())
    lines = [json_line(record) for record in stormy()]
    assert list(past.lines(past.count)) == lines
    assert list(past.lines(1_234)) == lines[:1_234]


def test_a_record_that_does_not_follow_is_refused() -> None:
    past = past_of(stormy()[:1])
    again = stormy()[0]
    with pytest.raises(Unfounded, match=r"^record 0 does not follow from those before$"):
        past.add(again, json_line(again))
    assert (past.count, past.end_ns) == (1, 0)


def test_a_record_that_is_refused_halfway_counts_for_nothing() -> None:
    past = past_of(stormy()[:500])
    last, after = stormy()[499:501]
    nobody = replace(after, time_ns=after.time_ns + 1, node="nobody")
    with pytest.raises(Unfounded, match=r"^record 500 does not follow from those before$"):
        past.add(nobody, json_line(nobody))
    assert (past.count, past.end_ns) == (500, last.time_ns)
    assert past.time_of(past.count) == last.time_ns
    assert past.count_at(nobody.time_ns) == 500
    needle = Needle(past)
    needle.to(past.count + 1)
    assert plain(needle.view) == plain(folded(stormy()[:500], last.time_ns))


def test_more_than_there_is_is_not_folded_for_ever() -> None:
    past = past_of(stormy()[:10])
    with pytest.raises(AssertionError, match="there are fewer"):
        past.fold(View(10), 0, 11)


def _told(kind: type, records: tuple[Record, ...]) -> list[int]:
    return [record.time_ns for record in records if isinstance(record.event, kind)]


def test_moments_are_found_before_and_after_any_time() -> None:
    records = stormy()
    moments = past_of(records).moments
    reorgs: list[int] = []
    seen: dict[tuple[str, str], int] = {}
    for record in records:
        if isinstance(record.event, Reorg):
            key = record.event.fork, record.event.hash
            if record.time_ns - seen.get(key, -SAME_NS - 1) > SAME_NS:
                seen[key] = record.time_ns
                reorgs.append(record.time_ns)
    times = {
        Kind.TICK: _told(LeaderElected, records),
        Kind.FORK: _told(ForkOpened, records),
        Kind.REORG: sorted(set(reorgs)),
        Kind.FAULT: sorted(_told(FaultOn, records) + _told(FaultOff, records)),
    }
    assert len(reorgs) < len(_told(Reorg, records))
    for kind, all_of_it in times.items():
        assert len(all_of_it) >= 2
        for time_ns in [0, *all_of_it, STORM_NS // 2, STORM_NS]:
            after = [each for each in all_of_it if each > time_ns]
            before = [each for each in all_of_it if each < time_ns]
            assert moments.after(kind, time_ns) == (after[0] if after else None)
            assert moments.before(kind, time_ns) == (before[-1] if before else None)


def test_a_tick_is_found_by_its_height() -> None:
    moments = past_of(stormy()).moments
    ticks = [
        (record.event.height, record.time_ns)
        for record in stormy()
        if isinstance(record.event, LeaderElected)
    ]
    for height in (1, 17, ticks[-1][0]):
        assert moments.tick(height) == next(t for h, t in ticks if h >= height)
    assert moments.tick(max(height for height, _ in ticks) + 1) is None


def test_the_axis_has_every_moment_where_it_was() -> None:
    past = past_of(stormy())
    bins = Bins().of(past.moments, STORM_NS)
    assert len(bins) == BINS
    assert [number for number, flags in enumerate(bins) if flags & FAULT] == [200]
    assert [number for number, flags in enumerate(bins) if flags & HEALED] == [400]
    forks = {each * BINS // STORM_NS for each in past.moments.times(Kind.FORK)}
    assert {number for number, flags in enumerate(bins) if flags & FORK} == forks
    reorgs = {each * BINS // STORM_NS for each in past.moments.times(Kind.REORG)}
    assert {number for number, flags in enumerate(bins) if flags & REORG} == reorgs
    assert Bins().of(Past().moments, 0) == bytes(BINS)


def test_the_axis_that_grows_is_the_one_that_is_made_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, part, bins = past_of(stormy()), Past(), Bins()
    sought: list[int] = []
    for record in stormy():
        part.add(record, json_line(record))
        if record.sequence % 500 == 0:  # while it is read, its end is known
            assert bins.of(part.moments, STORM_NS) == Bins().of(part.moments, STORM_NS)
    since = Moments.since

    def counted(moments: Moments, kind: Kind, count: int) -> Sequence[int]:
        times = since(moments, kind, count)
        sought.append(len(times))
        return times

    monkeypatch.setattr(Moments, "since", counted)
    assert bins.of(part.moments, STORM_NS) == Bins().of(whole.moments, STORM_NS)
    del sought[:]
    later_ns = STORM_NS + STORM_NS // BINS
    assert bins.of(part.moments, later_ns) == Bins().of(whole.moments, STORM_NS)
    assert sum(sought[:3]) == 0  # less than a bin more: nothing is gone through
    assert bins.of(part.moments, later_ns + 1) == Bins().of(whole.moments, later_ns + 1)
    assert bins.of(part.moments, STORM_NS) == Bins().of(whole.moments, STORM_NS)
