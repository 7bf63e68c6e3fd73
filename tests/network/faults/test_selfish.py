"""The state machine of a selfish miner, told block by block."""

from collections.abc import Callable

import pytest

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import VirtualLoop
from powclock.machine.block import Block
from powclock.machine.header import display
from powclock.network.faults.selfish import SelfishMiner
from powclock.network.link import Link
from powclock.network.wire import Announce, Deliver, Hello, Message, decode, encode
from powclock.record.attack_events import AttackMoved
from powclock.record.events import AnyEvent, BlockAccepted, BlockFound, Record
from tests.builders import block_of, seconds

LATENCY_S = 0.1
PEERS = ("bea", "carl")


class Desk:
    """An attacker, mallory, between two peers; what she says arrives in `said`."""

    def __init__(self, gamma: float = 0.0) -> None:
        self.loop = VirtualLoop()
        self.blocks: dict[bytes, Block] = {}
        self.said: list[tuple[str, Message]] = []
        self.told: list[tuple[str, int, int, int, int, int]] = []
        self.holder = SelfishMiner(self, "mallory", gamma, Stream(1, "selfish"), "selfish:mallory")
        self.out = {peer: self._link("mallory", peer) for peer in PEERS}
        self.into = {peer: self._link(peer, "mallory") for peer in PEERS}

    def _link(self, source: str, target: str) -> Link:
        def deliver(source: str, target: str, data: bytes) -> None:
            if source == "mallory":
                self.said.append((target, decode(data)))

        link = Link(
            self.loop,
            Stream(1, source, target),
            source=source,
            target=target,
            latency_ns=seconds(LATENCY_S),
            jitter_ns=0,
            bytes_per_s=1e15,
            deliver=deliver,
        )
        link.wrap("selfish", lambda send: self.holder.around(link, send))
        return link

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback, data)

    def block_frame(self, node: str, hash_: bytes) -> bytes | None:
        assert node == "mallory"
        block = self.blocks.get(hash_)
        return None if block is None else encode(Deliver(block))

    def tell(self, event: AttackMoved) -> None:
        self.told.append(
            (event.stage, event.branch, event.public, event.withheld, event.tries, event.won)
        )

    def _record(self, node: str, event: AnyEvent) -> None:
        self.holder.watch(Record(0, self.loop.now_ns, node, event))

    def _block(self, author: str, height: int) -> Block:
        block = block_of(bytes(32), height, author=author)
        found = BlockFound(display(block.hash), "", height, "", 0, 1, 0, 0)
        self._record(author, found)
        return block

    def own(self, height: int) -> Block:
        """Mallory finds a block, and announces it as any node does."""
        block = self._block("mallory", height)
        self.blocks[block.hash] = block
        self._record("mallory", BlockAccepted(display(block.hash), height, "mallory", None))
        for link in self.out.values():
            link.send(encode(Announce(blocks=(block.hash,))))
        return block

    def theirs(self, height: int, author: str = "bea") -> Block:
        """An honest node finds a block and announces it to mallory."""
        block = self._block(author, height)
        self.into[author].send(encode(Announce(blocks=(block.hash,))))
        return block

    def heard(self) -> list[tuple[str, str, tuple[bytes, ...]]]:
        """What peers got since they were last asked: who, which kind, and the hashes."""
        self.loop.advance(self.loop.now_ns + seconds(1))
        heard: list[tuple[str, str, tuple[bytes, ...]]] = []
        for peer, message in self.said:
            match message:
                case Announce(blocks=blocks):
                    heard.append((peer, "announce", blocks))
                case Deliver(block=block):
                    heard.append((peer, "block", (block.hash,)))
                case _:
                    raise AssertionError(message)
        self.said.clear()
        return heard


def announced(*blocks: Block) -> list[tuple[str, str, tuple[bytes, ...]]]:
    """Both peers hear of the blocks in one message."""
    return [(peer, "announce", tuple(block.hash for block in blocks)) for peer in PEERS]


def delivered(*blocks: Block) -> list[tuple[str, str, tuple[bytes, ...]]]:
    """Both peers get the blocks unasked."""
    return sorted(
        ((peer, "block", (block.hash,)) for peer in PEERS for block in blocks),
        key=lambda each: PEERS.index(each[0]),
    )


def by_peer(
    heard: list[tuple[str, str, tuple[bytes, ...]]],
) -> list[tuple[str, str, tuple[bytes, ...]]]:
    return sorted(heard, key=lambda each: PEERS.index(each[0]))


def test_what_she_finds_is_kept_back() -> None:
    desk = Desk()
    desk.own(1)
    desk.own(2)
    assert desk.heard() == []
    assert desk.holder.private == 2


def test_honest_blocks_pass_both_ways() -> None:
    desk = Desk()
    theirs = desk.theirs(1)
    desk.out["carl"].send(encode(Announce(blocks=(theirs.hash,))))
    assert desk.heard() == [("carl", "announce", (theirs.hash,))]


def test_even_she_publishes_and_without_gamma_too_late() -> None:
    desk = Desk(gamma=0.0)
    one = desk.own(1)
    desk.theirs(1)
    assert desk.heard() == announced(one)
    assert desk.holder.private == 0


def test_with_gamma_peers_get_hers_before_they_have_theirs() -> None:
    desk = Desk(gamma=1.0)
    one = desk.own(1)
    theirs = desk.theirs(1)
    desk.loop.advance(seconds(2 * LATENCY_S))
    assert desk.heard() == delivered(one)
    assert theirs.hash not in desk.blocks


@pytest.mark.parametrize(("gamma", "part"), [(0.25, 0.25), (0.8, 0.8)])
def test_gamma_is_the_part_that_hears_her_first(gamma: float, part: float) -> None:
    desk = Desk(gamma)
    kinds = []
    for height in range(1, 4_001, 2):
        desk.own(height)
        desk.theirs(height)
        kinds += [kind for _, kind, _ in desk.heard()]
        desk.theirs(height + 1)  # the tie ends
        assert desk.heard() == []
    assert len(kinds) == 4_000
    assert kinds.count("block") / 4_000 == pytest.approx(part, abs=4 * 0.5 / 4_000**0.5)


def test_after_a_tie_her_next_block_is_published_at_once() -> None:
    desk = Desk()
    desk.own(1)
    desk.theirs(1)
    desk.heard()
    two = desk.own(2)
    assert desk.heard() == announced(two)
    desk.own(3)
    assert desk.heard() == []


def test_a_lost_tie_is_over() -> None:
    desk = Desk()
    desk.own(1)
    desk.theirs(1)
    desk.theirs(2, author="carl")
    desk.heard()
    desk.own(3)
    assert desk.heard() == []
    assert desk.holder.private == 1


def test_one_ahead_she_publishes_all_and_wins() -> None:
    desk = Desk()
    one, two = desk.own(1), desk.own(2)
    desk.theirs(1)
    assert by_peer(desk.heard()) == delivered(one, two)
    three = desk.own(3)
    assert desk.heard() == []
    desk.theirs(3)
    assert desk.heard() == announced(three)


def test_further_ahead_she_publishes_one_for_each_of_theirs() -> None:
    desk = Desk()
    blocks = [desk.own(height) for height in range(1, 5)]
    desk.theirs(1)
    assert by_peer(desk.heard()) == delivered(blocks[0])
    desk.theirs(1, author="carl")  # a fork among the honest
    assert desk.heard() == []
    desk.theirs(2)
    assert by_peer(desk.heard()) == delivered(blocks[1])
    desk.theirs(3)
    assert by_peer(desk.heard()) == delivered(*blocks[2:])
    assert desk.holder.private == 0


def test_who_is_behind_gives_up() -> None:
    desk = Desk()
    desk.own(1)
    desk.theirs(2)
    assert desk.heard() == []
    assert desk.holder.private == 0


def test_a_block_that_nobody_announced_is_heard_of_when_accepted() -> None:
    desk = Desk()
    one = desk.own(1)
    theirs = desk._block("bea", 1)
    desk._record("mallory", BlockAccepted(display(theirs.hash), 1, "bea", "bea"))
    assert desk.heard() == announced(one)


def test_a_cut_link_tells_her_nothing() -> None:
    desk = Desk()
    desk.own(1)
    desk.into["bea"].sever("cut")
    desk.theirs(1)
    assert desk.heard() == []


def test_nobody_fetches_what_is_kept_back() -> None:
    desk = Desk()
    one = desk.own(1)
    frame = desk.block_frame("mallory", one.hash)
    assert frame is not None
    desk.out["bea"].send(frame)
    assert desk.heard() == []
    desk.holder.publish_all()
    assert desk.heard() == delivered(one)
    desk.out["bea"].send(frame)
    assert desk.heard() == [("bea", "block", (one.hash,))]


def test_other_messages_and_broken_bytes_pass() -> None:
    desk = Desk()
    heard: list[bytes] = []
    say = desk.holder.around(desk.out["bea"], heard.append)
    listen = desk.holder.around(desk.into["bea"], heard.append)
    messages = [
        b"\xff",
        encode(Hello(bytes(32), 5, ())),
        encode(Announce(transactions=(bytes(32),))),
    ]
    for data in messages:
        say(data)
        listen(data)
    assert heard == [data for data in messages for _ in range(2)]


def test_a_disk_that_lost_its_blocks_has_nothing_to_publish() -> None:
    desk = Desk()
    desk.own(1)
    desk.blocks.clear()
    desk.theirs(1)
    assert desk.heard() == []


def test_she_tells_how_far_she_is() -> None:
    desk = Desk()
    desk.own(1)
    desk.own(2)
    desk.theirs(1)  # one behind: she publishes both
    desk.heard()
    desk.own(3)
    desk.theirs(3)  # a tie
    desk.heard()
    desk.own(4)
    desk.own(5)
    desk.theirs(5)
    desk.theirs(6)
    desk.heard()
    assert desk.told == [
        # what she does, her blocks, theirs, kept back, tries, won
        ("withholds", 1, 0, 1, 1, 0),
        ("withholds", 2, 0, 2, 1, 0),
        ("wins", 2, 1, 0, 1, 1),
        ("withholds", 1, 0, 1, 2, 1),
        ("ties", 1, 1, 0, 2, 1),
        ("wins the tie", 2, 1, 0, 2, 2),
        ("withholds", 1, 0, 1, 3, 2),
        ("ties", 1, 1, 0, 3, 2),
        ("sees the tie decided", 1, 2, 0, 3, 2),
    ]
