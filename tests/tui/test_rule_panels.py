"""What the panels say where nobody leads, and where leaders take turns."""

from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.race.messages import Ended
from powclock.record.events import StatesCompared
from powclock.record.facts import ClientCounts, DifferingAccount, StateGroup
from powclock.record.frame import Frame, TipRow
from powclock.record.service import Service
from powclock.record.turns import SealedSlot, Turns
from powclock.tui.app import PowclockApp
from powclock.tui.screens.partition import PartitionScreen
from powclock.tui.widgets.accounts import Accounts
from powclock.tui.widgets.agreement import Agreement
from powclock.tui.widgets.clients import Clients
from powclock.tui.widgets.leaders import Leaders
from powclock.tui.widgets.nobody import Nobody
from powclock.tui.widgets.slot_clock import SlotClock
from powclock.tui.widgets.slots import believers
from tests.tui.frames import NAMES, SECOND, FakeRace, frame, hash_of, node, on_screen, text_of
from tests.tui.panels import see, state, text

COIN = 100_000_000


# Nobody leads.


def naive(states: StatesCompared | None = None, **changes: Any) -> Frame:
    """Four replicas without blocks."""
    rows = tuple(
        node(name, state="idle", hash_rate=0.0, height=0, applied=7, share=0.0) for name in NAMES
    )
    return frame(
        **{
            "rule": "naive",
            "hash_rate": 0.0,
            "nodes": rows,
            "tips": (),
            "states": states,
            **changes,
        }
    )


def differing(*, settling: bool = False, since_s: float = 5.0) -> StatesCompared:
    """Alice, bob and carol say one thing, dave another."""
    return StatesCompared(
        (StateGroup("a" * 60 + "7e4d", NAMES[:3]), StateGroup("b" * 60 + "a768", NAMES[3:])),
        (DifferingAccount("client5", (12 * COIN, 10 * COIN), (3, 4)),),
        more_accounts=2,
        since_s=since_s,
        settling=settling,
    )


def test_states_that_differ_are_counted_and_since_when() -> None:
    made = state(naive(differing()))
    assert text(Nobody(made).body(40, 5)) == [
        "▀▀█   different states",
        "█▀▀   for 5.0 s",
        "▀▀▀   since 00:15.0",
        "0 writes, everywhere 0",
        "nothing here will bring them together",
    ]
    see(made, naive(differing(), time_ns=80 * SECOND))
    assert text(Nobody(made).body(60, 1)) == [" 2 states for 65 s"]


def test_what_is_on_its_way_is_no_difference_yet() -> None:
    made = state(naive(differing(settling=True)))
    assert text(Nobody(made).body(40, 3))[1] == "█▀▀   young: on their way"
    assert [part for part, _ in Agreement(made).aside()] == ["on their way"]
    see(made, naive(differing()))
    assert [part for part, _ in Agreement(made).aside()] == ["2 groups", " for 5.0 s"]


def test_all_that_agree_are_one_state() -> None:
    one = StatesCompared((StateGroup("a" * 64, NAMES),))
    made = state(naive(one))
    assert text(Nobody(made).body(40, 3)) == [
        "▀█    state", " █    all 4 replicas agree", "▀▀▀   0 writes, everywhere 0",
    ]  # fmt: skip
    assert text(Accounts(made).body(60, 3))[0] == "every replica says the same of every account"


def test_each_replica_is_a_tile_with_the_letter_of_its_group() -> None:
    made = state(naive(differing()))
    assert text(Agreement(made).body(30, 4)) == [
        "  A     A     A     B",
        "alice bob   carol dave",
        "A …7e4d ×3 alice bob carol",
        "B …a768 ×1 dave",
    ]
    down = naive(differing(), nodes=(*naive().nodes[:3], node("dave", state="down")))
    see(made, down)
    assert text(Agreement(made).body(30, 5))[-1] == "✖ down ×1 dave"


def test_the_accounts_that_differ_stand_beside_each_other() -> None:
    made = state(naive(differing()))
    assert text(Accounts(made).body(50, 5)) == [
        "account     A …7e4d       B …a768",
        "            alice +2      dave",
        "client5       12.00       ≠ 10.00",
        "2 more accounts",
    ]
    assert [part for part, _ in Accounts(made).aside()] == ["3 accounts differ"]


def test_the_whole_screen_of_a_race_without_blocks_says_nothing_of_hashes() -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: "Pilot[Ended | None]") -> None:
        assert text_of(app, "clock")[0].startswith("╭¹ NOBODY LEADS ")
        assert text_of(app, "chain")[0].startswith("╭² ACCOUNTS ")
        assert text_of(app, "hash_rate")[0].startswith("╭⁵ CLIENTS ")
        assert text_of(app, "tips")[0].startswith("╭⁶ STATES ")
        assert "A …7e4d" in text_of(app, "nodes")[2]
        assert "running" in text_of(app, "nodes")[2]
        for panel in app.race_screen.panels.values():
            if panel.display:
                assert "H/s" not in "\n".join(panel.rows_text)
        assert text_of(app, "status")[0].split()[-2:] == ["states", "2"]
        await pilot.press("6", "down", "enter", "2", "left", "enter", "escape")  # of no use here

    on_screen(look, first=naive(differing()))


# Leaders take turns.


def schedule(skews: dict[str, float] | None = None, **changes: Any) -> Frame:
    """Slots of 5 s by four leaders; it is 20.0 s, so slot 4 begins, which is alice's."""
    skewed = skews or {}
    rows = tuple(
        node(name, state="idle", hash_rate=0.0, share=0.0, skew_s=skewed.get(name, 0.0))
        for name in NAMES
    )
    past = (SealedSlot(0, 1, 0), SealedSlot(1, 0, 0), SealedSlot(2, 1, 1), SealedSlot(3, 1, 0),
            SealedSlot(4, 0, 0))  # fmt: skip
    turns = Turns(leaders=NAMES, slot_ns=5 * SECOND, blocks=1, early_ns=SECOND // 2, past=past)
    made = {"rule": "schedule", "hash_rate": 0.0, "nodes": rows, "turns": turns, **changes}
    return frame(**made)


def test_the_clock_shows_the_slot_its_leader_and_what_became_of_those_before() -> None:
    made = state(schedule(time_ns=22 * SECOND))
    assert text(SlotClock(made).body(38, 5)) == [
        "█ █   leader ◆ alice",
        "▀▀█   next bob in 3.0 s",
        "  ▀   beat 1 of 1 · height 3",
        "■□Y■▸····",
        "all clocks agree",
    ]
    assert text(SlotClock(made).body(70, 1)) == [" SLOT 4  ◆ alice then bob in 3.0 s  ■□Y■▸····"]


@pytest.mark.parametrize(
    ("skews", "leading", "words"),
    [
        ({}, ["alice"], "leader ◆ alice"),
        ({"bob": 5.0}, ["alice", "bob"], "leader ◆ alice + bob"),
        ({"bob": 4.9}, ["alice"], "leader ◆ alice"),
        ({"alice": -0.1}, [], "leader ◆ alice thinks not"),
        ({"carol": 10.0, "dave": -5.0}, ["alice", "carol", "dave"], "leader ◆ alice + carol dave"),
    ],
)
def test_who_thinks_that_it_leads_follows_from_its_own_clock(
    skews: dict[str, float], leading: list[str], words: str
) -> None:
    shown = schedule(skews)
    assert [row.name for row in believers(shown)] == leading
    assert words == text(SlotClock(state(shown)).body(60, 5))[0].partition("   ")[2]


def test_a_slot_that_was_sealed_before_its_time_shows_it() -> None:
    shown = schedule(time_ns=22 * SECOND)
    assert shown.turns is not None
    early = replace(shown, turns=replace(shown.turns, ahead=(SealedSlot(6, 1, 0),)))
    assert text(SlotClock(state(early)).body(38, 5))[3] == "■□Y■▸··■·"


def test_two_leaders_at_once_and_wrong_clocks_are_named() -> None:
    def last(skews: dict[str, float]) -> str:
        return text(SlotClock(state(schedule(skews))).body(60, 5))[-1]

    assert last({"bob": 5.0}) == "2 leaders at once: alice, bob"
    assert last({"bob": 1.5, "carol": -0.5}) == "clocks bob +1.5 s  carol −0.5 s"
    assert last({"alice": -1.0}) == "nobody thinks that it leads"


def test_who_leads_when_is_a_row_for_each_leader() -> None:
    made = state(schedule())
    assert text(Leaders(made).body(40, 4)) == [
        "▸alice" + " " * 23 + "■···▸ 25 %".replace(" 25", "  25"),
        " bob" + " " * 25 + "·□···  25 %",
        " carol" + " " * 23 + "··Y··  25 %",
        " dave" + " " * 24 + "···■·  25 %",
    ]
    assert [part for part, _ in Leaders(made).aside()] == ["75 %", " of 4 slots filled"]
    assert text(Leaders(made).body(40, 2))[0] == "■□Y■▸····"


def test_a_newcomer_under_a_schedule_never_leads_and_under_work_mines() -> None:
    joined = schedule(nodes=(*schedule().nodes, node("nina", state="idle", hash_rate=0.0)))

    async def look(app: PowclockApp, race: FakeRace, pilot: "Pilot[Ended | None]") -> None:
        rows = {row.split()[1]: row for row in text_of(app, "nodes")[2:-1]}
        assert "not known" in rows["nina"]
        assert "running" in rows["alice"]

    on_screen(look, first=joined)

    async def mines(app: PowclockApp, race: FakeRace, pilot: "Pilot[Ended | None]") -> None:
        rows = {row.split()[1]: row for row in text_of(app, "nodes")[2:-1]}
        assert "mining" in rows["nina"]

    on_screen(mines, first=frame(nodes=(*frame().nodes, node("nina"))))


def test_tips_under_a_schedule_have_a_share_of_the_nodes() -> None:
    tips = (
        TipRow(hash_of("c003"), 3, "dave", best=True, nodes=NAMES[:3]),
        TipRow(hash_of("5aa1"), 2, "bob", best=False, nodes=NAMES[3:]),
    )

    async def look(app: PowclockApp, race: FakeRace, pilot: "Pilot[Ended | None]") -> None:
        assert "◆ 3 c003  3 nodes 75 % of nodes" in text_of(app, "tips")[1]
        assert "followed by" in "\n".join(text_of(app, "chain"))
        assert "0 H/s" not in text_of(app, "status")[0]

    on_screen(look, first=schedule(tips=tips))


def test_where_nobody_hashes_every_node_counts_as_much_for_a_partition() -> None:
    sheet = PartitionScreen(state(schedule()))
    assert sheet._shares == dict.fromkeys(NAMES, 0.25)
    assert len(sheet._first) == 1


# Clients.


def asked(**changes: Any) -> Frame:
    counts = ClientCounts(
        requests=1_000, answered=999, elsewhere=12, writes=400, refused=3, acknowledged=397,
        taken_back=5, lost=2, reads=600, contradicting=42,
    )  # fmt: skip
    service = Service(counts, 0.999, 1.25, 1.5, 4.2, 12.0, 60.0, 5_000.0)
    return frame(service=service, entered=("alice", "bob", "bob"), **changes)


def test_what_clients_see_in_a_few_rows() -> None:
    made = state(asked())
    assert text(Clients(made).body(48, 3)) == [
        "answered 99.9 % ! 99.99  confirmed 1.25/s",
        "waits 4.2 s, 95 % 12 s",
        "7 % reads differ  2 lost",
    ]
    assert text(Clients(made).body(26, 3))[0] == "answered 99.9 % ! 99.99"


def test_what_clients_see_in_whole_sentences() -> None:
    made = state(asked())
    rows = [row for row in text(Clients(made).body(90, 20)) if row]
    assert rows == [
        "available     99.9 % ! 99.99  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░│░░░░░",
        "requests      1,000, answered 999, 12 of them by another node than was asked first",
        "confirmed     0 of 0 on the best chain, 1.25 a second, lately 1.50",
        "to confirm    4.2 s, 95 % 12 s",
        "reads         42 of 600 differ from another replica at that moment",
        "writes        397 acknowledged by their node, 2 lost; 3 refused",
        "cost          60 messages and 5.0 kB for each confirmed",
        "leaders       nobody has led",
        "handed to     ■■■ bob",
    ]


def test_a_target_that_is_met_is_so_exactly() -> None:
    met = asked()
    made = state(replace(met, service=replace(met.service, availability=0.9999)))
    assert text(Clients(made).body(26, 3))[0] == "answered 99.99 % ✓ 99.99"
    see(made, frame())
    assert text(Clients(made).body(40, 3)) == ["no client has asked yet"]
