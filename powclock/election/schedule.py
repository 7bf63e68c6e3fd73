"""A leader schedule: nodes lead in turn, each for a slot, by the clock.

Slot after slot belongs to the first nodes in turn; a table of who leads when would take the place
of `leader_of` and nothing else. In a slot the leader gathers transactions, and seals one block at
the end of each of its beats: a slot has one beat or more. The number of the beat is in the header's
nonce, and the header's time is the beat's.

So all depends on clocks. A leader whose clock is ahead seals before its time, and the others refuse
what comes more than `early_ns` too early by theirs. One whose clock is behind seals when the next
has sealed already: beats must increase along a chain, so it forks or keeps silent. A leader that is
down leaves its slot empty. Two blocks of one leader for one beat are equivocation: each of them is
valid, and together they are the evidence.

A leader remembers the last beat that it sealed whatever happens to its disk, as validators do: or
one that lost its disk, or saw a reorg, would seal its beat again and accuse itself.
"""

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.election import BLOCKS, LEADERS, Setting
from powclock.election.rule import Claim, NodeId
from powclock.election.signed import SignedElection, Turn
from powclock.machine.block import Block
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.tree import Entry
from powclock.record.facts import ScheduleInfo


class LeaderSchedule(SignedElection):
    """The election of a race by a schedule; `blocks` are the beats of a slot."""

    offers = frozenset({BLOCKS, LEADERS})

    def __init__(self, setting: Setting, *, slot_ns: int, blocks: int, early_ns: int) -> None:
        super().__init__(setting)
        self.blocks = blocks
        self.beat_ns = slot_ns // blocks
        self.interval_s = self.beat_ns / NANOSECONDS
        self.early_ns = early_ns
        self.schedule = ScheduleInfo(
            epoch_ns=setting.epoch_ns,
            beat_ns=self.beat_ns,
            blocks=blocks,
            early_ns=early_ns,
            leaders=tuple(key.hex() for _, key in setting.nodes),
        )
        self._nodes = setting.nodes
        self._places = {key: place for place, (_, key) in enumerate(setting.nodes)}
        self._sealed: dict[bytes, int] = {}

    # The schedule. Beats count from 1; genesis stands for beat 0.

    def slot_of(self, beat: int) -> int:
        """The slot that a beat belongs to, from 0."""
        return (beat - 1) // self.blocks

    def leader_of(self, slot: int) -> tuple[NodeId, bytes]:
        """Who leads in a slot, by name and key."""
        return self._nodes[slot % len(self._nodes)]

    def end_ns(self, beat: int) -> int:
        """When a beat ends and its block is sealed."""
        return self.setting.epoch_ns + beat * self.beat_ns

    def ended(self, now_ns: int) -> int:
        """The last beat that has ended."""
        return max(0, now_ns - self.setting.epoch_ns) // self.beat_ns

    def leaders(self, now_ns: int) -> tuple[NodeId, ...]:
        """Whose slot it is."""
        return (self.leader_of(self.slot_of(self.ended(now_ns) + 1))[0],)

    # The turns.

    def next_turn(self, parent: Entry, author: bytes, now_ns: int) -> Turn | None:
        """The author's first beat after the parent's whose end is now, within a beat, or later."""
        place = self._places.get(author)
        if place is None:
            return None
        beat = max(_beat_of(parent) + 1, self._sealed.get(author, 0) + 1, self.ended(now_ns), 1)
        ahead = (place - self.slot_of(beat)) % len(self._nodes)
        if ahead:
            beat = (self.slot_of(beat) + ahead) * self.blocks + 1
        return Turn(beat, self.end_ns(beat))

    def sealed(self, author: bytes, number: int) -> None:
        """A node sealed the block of a beat: never again for this beat or an earlier one.

        So a leader whose clock was far ahead, and is mended, is silent until that beat has come: to
        seal an earlier one now would look as if it had two histories.
        """
        self._sealed[author] = number

    def check_alone(self, block: Block) -> None:
        """Check that the author is the scheduled leader, and the time the beat's.

        Raises:
            InvalidBlock: bad-slot or bad-leader.
        """
        beat, time_s = block.header.nonce, block.header.time
        due_s = self.end_ns(beat) // NANOSECONDS
        if beat < 1 or time_s != due_s:
            raise InvalidBlock(Reason.BAD_SLOT, f"beat {beat} ends at {due_s}, not at {time_s}")
        name, key = self.leader_of(self.slot_of(beat))
        if block.author != key:
            wrong = f"slot {self.slot_of(beat)} is {name}'s, not {self.name(block.author)}'s"
            raise InvalidBlock(Reason.BAD_LEADER, wrong)

    def due_ns(self, block: Block, parent: Entry) -> int:
        """When the beat of a block ended.

        Raises:
            InvalidBlock: bad-slot.
        """
        beat, before = block.header.nonce, _beat_of(parent)
        if beat <= before:
            raise InvalidBlock(Reason.BAD_SLOT, f"beat {beat} is not after the parent's {before}")
        return self.end_ns(beat)

    def claim(self, block: Block) -> Claim:
        """The slot and beat of a block."""
        beat = block.header.nonce
        return Claim(block.author, self.slot_of(beat), beat)


def _beat_of(entry: Entry) -> int:
    """The beat of a block on the chain; genesis was sealed by nobody."""
    return entry.nonce if entry.height else 0
