"""Notable events in words: what an event log and a plain run say.

One place decides what is notable and how it is put, so a screen, a pipe and a test agree.
"""

from msgspec.structs import replace

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.events import (
    AnyEvent,
    BlockAccepted,
    BlockFound,
    BlockHeld,
    BlockRefused,
    DifficultyChanged,
    Equivocation,
    FaultOff,
    FaultOn,
    ForkOpened,
    Hash,
    HeadMoved,
    JournalRead,
    LeaderElected,
    MemoryFlipped,
    MessageRefused,
    NodeFrozen,
    NodeJoined,
    NodeThawed,
    NodeUp,
    PeerDropped,
    PeersFound,
    RaceStarted,
    Record,
    Reorg,
    Resynced,
    Sampled,
    StateCorrupted,
    StateMoved,
    StatesCompared,
    TransactionConfirmed,
    TransactionRefused,
    TransactionSent,
)
from powclock.record.facts import StateGroup
from powclock.record.frame import EventLine

# Most records are of these kinds.
_NEVER_TOLD = frozenset(
    {
        BlockAccepted,
        BlockFound,
        HeadMoved,
        Sampled,
        StateMoved,
        TransactionConfirmed,
        TransactionSent,
    }
)


GROUPS_TOLD = 3


def short_hash(hash_: Hash) -> str:
    """The last four digits: a proof starts with zeros."""
    return hash_[-4:]


def narrate(record: Record) -> EventLine | None:
    """The event as a line, or None if it is not notable."""
    if type(record.event) in _NEVER_TOLD:
        return None
    told = _of_the_chain(record.event) or _of_nodes(record) or _of_health(record)
    if told is None:
        return None
    kind, text = told
    block, height = _block_of(record.event)
    line = EventLine(
        record.sequence,
        record.time_ns,
        kind,
        record.node,
        text,
        block,
        _group(record.event),
        height,
    )
    match record.event:
        case Reorg(old=old, depth=depth, connected=connected):
            return replace(line, old=old, depth=depth, connected=connected)
        case _:
            return line


def together(kind: str, group: str, nodes: int) -> str:
    """What several nodes did alike, in words: `group` is what they have in common."""
    return f"reorg {nodes} nodes {group}" if kind == "reorg" else f"{nodes} nodes {group}"


def _block_of(event: AnyEvent) -> tuple[Hash | None, int | None]:
    """The block that an event is about, and its height where the event tells it."""
    match event:
        case LeaderElected(hash=hash_, height=height) | Reorg(hash=hash_, height=height):
            return hash_, height
        case ForkOpened(rivals=rivals, height=height):
            return rivals[-1], height
        case BlockRefused(hash=hash_) | BlockHeld(hash=hash_):
            return hash_, None
        case _:
            return None, None


def _group(event: AnyEvent) -> str:
    """What an event has in common with the like of other nodes."""
    match event:
        case Reorg(hash=hash_, old=old, depth=depth, connected=connected):
            return f"−{depth} +{connected}  {short_hash(old)} → {short_hash(hash_)}"
        case BlockRefused(hash=hash_, reason=reason):
            return f"refuse {short_hash(hash_)}: {reason}"
        case MessageRefused(reason=reason):
            return f"refuse bytes: {reason}"
        case TransactionRefused(reason=reason):
            return f"refuse transactions: {reason}"
        case PeerDropped(peer=peer):
            return f"drop {peer}"
        case Equivocation(author=author, slot=slot, beat=beat):
            return f"have evidence: {author} sealed twice in slot {slot}, beat {beat}"
        case BlockHeld(hash=hash_, parent=parent):
            return f"hold {short_hash(hash_)}, ask for {short_hash(parent)}"
        case _:
            return ""


def _of_the_chain(event: AnyEvent) -> tuple[str, str] | None:
    match event:
        case LeaderElected(leader=leader, height=height, interval_s=interval_s, stale=stale):
            gone = f", {_count(stale, 'block')} now stale" if stale else ""
            return "tick", f"tick {height} → {leader} +{interval_s:.1f} s{gone}"
        case ForkOpened(height=height, rivals=rivals):
            return "fork", f"fork at {height - 1}: {' vs '.join(map(short_hash, rivals))}"
        case DifficultyChanged(height=height, change=change):
            return "difficulty", f"difficulty {_signed(change)} at {height}"
        case StatesCompared(regrouped=True):
            return _states(event)
        case AttackMoved():
            return "attack", _attack(event)
        case TransactionsLeftOut(leader=leader, waiting=waiting, wait_s=wait_s, others_s=others_s):
            many = f"{leader} leaves out {_count(waiting, 'transaction')}"
            # The means are of all such transactions since it began, not of these alone.
            return "attack", f"{many}; such wait {wait_s:.0f} s, others {others_s:.0f} s"
        case _:
            return None


def _states(event: StatesCompared) -> tuple[str, str]:
    """Who says the same as whom, the largest group first."""
    first, *others = event.groups
    if not others:
        return "heal", f"states agree: {_replicas(first)}"
    words = ", ".join(_replicas(group) for group in (first, *others[: GROUPS_TOLD - 1]))
    more = event.more_groups + max(0, len(event.groups) - GROUPS_TOLD)
    rest = f", and {more} more" if more else ""
    accounts = _count(len(event.differing) + event.more_accounts, "account")
    differ = "differs" if accounts == "1 account" else "differ"
    return "states", f"states differ: {words}{rest}; {accounts} {differ}"


def _replicas(group: StateGroup) -> str:
    """Who is in a group, and what they say: a name where it is one, and otherwise how many."""
    who = group.nodes[0] if len(group.nodes) == 1 else f"{len(group.nodes)} replicas"
    says = "says" if len(group.nodes) == 1 else "say"
    return f"{who} {says} …{group.state_root[-4:]}"


# Where a double spender says how often it has been confirmed, and where a race of branches is over.
_CONFIRMED = frozenset({"races", "gets the goods"})
_OVER = frozenset({"wins", "wins the tie", "loses", "gives up"})


def _attack(event: AttackMoved) -> str:
    """What the attacker does, its branch against the public one, and what came of it."""
    words = f"{event.attacker} {event.stage}"
    if event.branch or event.public:
        words += f"  {event.branch} : {event.public}"
        words += " in secret" if event.withheld else ""
    if event.wanted and event.stage in _CONFIRMED:
        words += f"  {min(event.confirmations, event.wanted)}/{event.wanted} confirmed"
    if event.stage in _OVER:
        words += f"  won {event.won} of {event.tries}"
    return words


def _of_nodes(record: Record) -> tuple[str, str] | None:
    node = record.node
    match record.event:
        case RaceStarted(nodes=nodes, rule=rule):
            return "start", f"{len(nodes)} nodes race by {rule}"
        case NodeJoined(links=links, stranger=stranger):
            alone = "; it may never lead: nobody knows its key" if stranger else ""
            return "join", f"{node} joins, {_count(len(links), 'peer')}{alone}"
        case Reorg():
            return "reorg", f"reorg {node} {_group(record.event)}"
        case BlockRefused(hash=hash_, peer=peer, reason=reason):
            return "refused", f"{node} refuses {short_hash(hash_)} of {peer}: {reason}"
        case Equivocation(author=author, slot=slot, one=one, two=two):
            both = f"{short_hash(one)} and {short_hash(two)}"
            return "evidence", f"{node} has evidence: {author} sealed {both} in slot {slot}"
        case MessageRefused(peer=peer, reason=reason):
            return "refused", f"{node} refuses bytes of {peer}: {reason}"
        case TransactionRefused(id=id_, peer=peer, reason=reason):
            return "refused", f"{node} refuses transaction {short_hash(id_)} of {peer}: {reason}"
        case PeerDropped(peer=peer, reason=reason):
            return "drop", f"{node} drops {peer}: {reason}"
        case PeersFound(links=links):
            others = " ".join(link.b for link in links)
            return "join", f"{node} finds {others} instead"
        case BlockHeld(hash=hash_, parent=parent):
            return "orphan", f"{node} holds {short_hash(hash_)}, asks for {short_hash(parent)}"
        case FaultOn(fault="join"):
            return None  # the node says so itself
        case FaultOn(label=label, nodes=nodes, sides=sides):
            return "fault", f"{label} on{_where(nodes, sides)}"
        case FaultOff(label=label, lasted_s=lasted_s, id=id_):
            return "heal", f"{label} off{_of_id(id_)} after {lasted_s:.0f} s"
        case _:
            return None


def _of_health(record: Record) -> tuple[str, str] | None:
    node = record.node
    match record.event:
        case NodeUp(blocks=0) if record.time_ns > 0:
            return "up", f"{node} is up with no blocks on disk"
        case NodeUp(blocks=None) if record.time_ns > 0:
            return "up", f"{node} is up"
        case JournalRead(applied=applied):
            return "up", f"{node} reads {_count(applied, 'transaction')} in its journal"
        case NodeUp(blocks=int(blocks)) if record.time_ns > 0:
            return "up", f"{node} is up with {_count(blocks, 'block')} on disk"
        case NodeFrozen():
            return "fault", f"{node} is frozen"
        case NodeThawed(waited=waited, lost=lost):
            gone = f", {lost} were lost" if lost else ""
            return "heal", f"{node} thaws, handles {waited} late{gone}"
        case MemoryFlipped(owner=owner, part=part, bit=bit):
            return "memory", f"{node} has bit {bit} of {owner}'s {part} flipped"
        case StateCorrupted(occasion=occasion, state_root=root):
            return "memory", f"{node} finds its root …{root[-4:]} wrong {occasion}"
        case Resynced(height=height, state_root=root):
            return "heal", f"{node} re-syncs {_count(height, 'block')}, root …{root[-4:]}"
        case _:
            return None


def _where(nodes: tuple[str, ...], sides: tuple[tuple[str, ...], ...]) -> str:
    if sides:
        return ": " + " | ".join(" ".join(side) for side in sides)
    return ": " + " ".join(nodes) if nodes else ": all nodes"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _signed(part: float) -> str:
    """A change: "+15 %", "−11 %"."""
    return f"{'−' if part < 0 else '+'}{abs(part):.0%}".replace("%", " %")


def _of_id(id_: str) -> str:
    _, colon, nodes = id_.partition(":")
    return f": {nodes.replace(':', ' ')}" if colon else ""
