"""Agreement: which replicas say the same, where no chain makes them.

It sees all replicas at once, which none of them can, and puts what that shows into the stream: when
a request has reached every replica, and, as often as gauges are taken, who agrees with whom. States
are compared by their roots; where a bit flipped in memory, by a root of all accounts as they are
now, since the root that moves with each change does not see that.

Replicas that are only not yet told differ too, for as long as messages take. So a difference is as
old as the oldest request that some replica lacks. While it is younger than a round of messages it
may be on its way; and who agrees with whom for good is told where nothing is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display, from_display
from powclock.machine.ledger import Ledger
from powclock.network.journal import Journal
from powclock.network.naive import NaiveNode
from powclock.race.recorder import Recorder
from powclock.race.scenario import Scenario
from powclock.record.events import (
    Hash,
    MemoryFlipped,
    NodeId,
    NodeUp,
    Record,
    Sampled,
    StateMoved,
    StatesCompared,
    TransactionConfirmed,
    TransactionSent,
)
from powclock.record.facts import DifferingAccount, StateGroup

GROUPS_MAX = 12
ACCOUNTS_MAX = 12
OPEN_MAX = 5_000
JITTERS_MAX = 12  # of a thousand exponential waits none is twelve times the mean
SLACK_NS = NANOSECONDS // 20

Groups = list[tuple[str, list[NodeId]]]


@dataclass(slots=True)
class _Open:
    """A request that some replica lacks: since when, and one that lacks it.

    That is since it was first applied; if it was `confirmed` already, since a replica without it
    came up.
    """

    since_ns: int
    lacking: NodeId
    confirmed: bool = False


class Agreement:
    """Watches the records of a race without blocks.

    `replicas` are those that run, `journals` those of all that take part. An acknowledged request
    is in some journal, or is lost for good: so of those acknowledged the last ones alone are
    remembered here, and how many there were.
    """

    def __init__(
        self,
        scenario: Scenario,
        recorder: Recorder,
        replicas: Callable[[], Mapping[NodeId, NaiveNode]],
        journals: Callable[[], Mapping[NodeId, Journal]],
        name_of: Callable[[bytes], str],
    ) -> None:
        self._scenario = scenario
        self._recorder = recorder
        self._replicas = replicas
        self._journals = journals
        self._name_of = name_of
        self._sent_ns: dict[Hash, int] = {}
        self._open: dict[Hash, _Open] = {}
        self._acknowledged = 0
        self._recent: dict[Hash, None] = {}
        # Replicas whose memory is damaged, or that came up without what others have, since when.
        self._damaged: dict[NodeId, int] = {}
        self._behind: dict[NodeId, int] = {}
        self._told: tuple[Groups, bool] = ([], False)
        self._apart: list[list[NodeId]] = []

    def __call__(self, record: Record) -> None:
        """Take a record in."""
        match record.event:
            case TransactionSent(id=id_):
                self._sent_ns[id_] = record.time_ns
                if len(self._sent_ns) > OPEN_MAX:
                    del self._sent_ns[next(iter(self._sent_ns))]
            case StateMoved(id=id_) if record.node is not None:
                self._moved(id_, record.node, record.time_ns)
            case MemoryFlipped() if record.node is not None:
                self._damaged.setdefault(record.node, record.time_ns)
            case NodeUp() if record.node is not None:
                self._damaged.pop(record.node, None)
                if self._acknowledged:
                    self._behind[record.node] = record.time_ns
                self._reopen(record.node, record.time_ns)
            case Sampled():
                self._compare(record.time_ns)
            case _:
                pass

    # Requests.

    def _moved(self, id_: Hash, node: NodeId, now_ns: int) -> None:
        request = self._open.get(id_)
        if request is None:
            if self._known(id_, node):
                return  # it was confirmed while this replica was down: nothing is confirmed twice
            self._acknowledged += 1
            self._recent[id_] = None
            if len(self._recent) > OPEN_MAX:
                del self._recent[next(iter(self._recent))]
            request = _Open(now_ns, "")
            self._add(id_, request)
        self._look_after(id_, request, now_ns)

    def _known(self, id_: Hash, node: NodeId) -> bool:
        """Whether a request was acknowledged before this replica applied it."""
        if id_ in self._recent:
            return True
        inner = from_display(id_)
        return any(inner in journal for name, journal in self._journals().items() if name != node)

    def _reopen(self, node: NodeId, now_ns: int) -> None:
        """See which requests a replica that comes up lacks, though they were confirmed."""
        journals = self._journals()
        own = journals[node]
        there = (id_ for journal in journals.values() for id_ in journal if id_ not in own)
        lost = (id_ for id_ in map(from_display, self._recent) if id_ not in own)
        for inner in dict.fromkeys(chain(lost, there)):
            id_ = display(inner)
            if id_ not in self._open:
                self._add(id_, _Open(now_ns, node, confirmed=True))

    def _add(self, id_: Hash, request: _Open) -> None:
        self._open[id_] = request
        if len(self._open) > OPEN_MAX:  # the oldest stays: it says since when there is one
            oldest = iter(self._open)
            next(oldest)
            del self._open[next(oldest)]

    def _look_after(self, id_: Hash, request: _Open, now_ns: int) -> None:
        """See whether some replica still lacks a request; if none does, it is confirmed."""
        replicas, inner = self._replicas(), from_display(id_)
        lacking = replicas.get(request.lacking)
        if not replicas or (lacking is not None and not lacking.holds(inner)):
            return
        for name, replica in replicas.items():
            if not replica.holds(inner):
                request.lacking = name
                return
        del self._open[id_]
        if request.confirmed:
            return
        wait_s = (now_ns - self._sent_ns.pop(id_, now_ns)) / NANOSECONDS
        self._recorder.emit(None, TransactionConfirmed(id_, "", 0, wait_s))

    def missing(self) -> int:
        """How many requests were acknowledged and are lacking at some replica that runs."""
        journals = [replica.journal for replica in self._replicas().values()]
        if not journals:
            return 0
        first, *others = sorted(journals, key=len)
        held = sum(all(id_ in journal for journal in others) for id_ in first)
        return self._acknowledged - held

    def overdue(self, now_ns: int) -> int:
        """How many requests some replica lacks for longer than a round of messages takes."""
        late_ns = now_ns - self._round_ns(len(self._replicas()))
        return sum(request.since_ns < late_ns for request in self._open.values())

    # States.

    def groups(self) -> Groups:
        """Replicas that run by the root of their state, the largest group first."""
        groups: dict[str, list[NodeId]] = {}
        for name, replica in self._replicas().items():
            ledger = replica.ledger
            root = ledger.audited_root if name in self._damaged else ledger.state_root
            groups.setdefault(root.hex(), []).append(name)
        return sorted(groups.items(), key=lambda group: (-len(group[1]), min(group[1])))

    def _compare(self, now_ns: int) -> None:
        for id_, request in list(self._open.items()):
            self._look_after(id_, request, now_ns)
        groups = self.groups()
        if not groups:
            return  # all are down
        agreed = len(groups) == 1
        if agreed:
            self._behind.clear()
        since_ns = now_ns if agreed else self._since_ns(now_ns)
        settling = not agreed and now_ns - since_ns <= self._round_ns(len(self._replicas()))
        if (groups, settling) == self._told:
            return
        first = not self._told[0]
        self._told = groups, settling
        apart = [] if agreed else [names for _, names in groups]
        regrouped = apart != self._apart and (agreed or self._calm(now_ns))
        if regrouped:
            self._apart = apart
        if first and agreed:
            return  # nobody has done anything yet
        self._tell(groups, (now_ns - since_ns) / NANOSECONDS, settling=settling, news=regrouped)

    def _since_ns(self, now_ns: int) -> int:
        requests = (request.since_ns for request in self._open.values())
        return min([*requests, *self._damaged.values(), *self._behind.values()], default=now_ns)

    def _calm(self, now_ns: int) -> bool:
        """Whether no request is so young that it may be on its way."""
        young = (request for request in self._open.values() if not request.confirmed)
        newest_ns = max((request.since_ns for request in young), default=0)
        return now_ns - newest_ns > self._round_ns(len(self._replicas()))

    def _round_ns(self, nodes: int) -> int:
        """How long it takes to tell all others, where no fault makes it longer."""
        links = self._scenario.links
        latencies = [ms for region in self._scenario.regions for ms in region.latency_ms.values()]
        way_ms = max(links.latency_ms, *latencies, 0.0) + JITTERS_MAX * links.jitter_ms
        return round((nodes * self._scenario.naive.spacing_ms + way_ms) * 1e6) + SLACK_NS

    def _tell(self, groups: Groups, since_s: float, *, settling: bool, news: bool) -> None:
        shown = groups[:GROUPS_MAX]
        replicas = self._replicas()
        ledgers = [replicas[names[0]].ledger for _, names in shown]
        differing = self._differing(ledgers) if len(ledgers) > 1 else []
        self._recorder.emit(
            None,
            StatesCompared(
                groups=tuple(StateGroup(root, tuple(names)) for root, names in shown),
                differing=tuple(differing[:ACCOUNTS_MAX]),
                more_groups=len(groups) - len(shown),
                more_accounts=max(0, len(differing) - ACCOUNTS_MAX),
                since_s=round(since_s, 3),
                settling=settling,
                regrouped=news,
            ),
        )

    def _differing(self, ledgers: list[Ledger]) -> list[DifferingAccount]:
        """The accounts that are not the same everywhere, the most different balance first."""
        addresses = dict.fromkeys(address for ledger in ledgers for address, _ in ledger)
        differing = []
        for address in addresses:
            accounts = [ledger.account(address) for ledger in ledgers]
            if any(account != accounts[0] for account in accounts):
                balances, payments = zip(*accounts, strict=True)
                differing.append(DifferingAccount(self._name_of(address), balances, payments))
        return sorted(differing, key=_nearest_last)


def _nearest_last(account: DifferingAccount) -> tuple[int, str]:
    return min(account.balances) - max(account.balances), account.owner
