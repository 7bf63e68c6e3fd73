"""The figures that a lesson may make claims of: pure functions of the view and of two tallies.

Nodes *agree* where their heads are on one branch and nobody that runs is more than a block behind;
without blocks, where all that run have one state, or differ only in what may still be on its way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import fsum

from powclock.race.lesson.claims import Claim
from powclock.race.lesson.tally import Tally
from powclock.record.events import Hash, NodeId
from powclock.record.facts import ClientCounts
from powclock.record.view import View


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim is judged by: the view, what happened in this step, and since the start."""

    view: View
    step: Tally
    start: Tally
    clients: ClientCounts

    def tally(self, claim: Claim) -> Tally:
        """The counts that a claim is about."""
        return self.step if claim.since == "step" else self.start


def figure(claim: Claim, evidence: Evidence) -> float:
    """What the figure of a claim is now."""
    return float(_FIGURES[claim.claim](claim, evidence))


def groups(view: View) -> int:
    """How many branches the nodes that run are on, or how many states they have for good."""
    if view.started is not None and view.states is not None:
        return 1 if view.states.settling else _state_groups(view)
    return max(len(_branches(view)), 1)


def agreed(view: View) -> bool:
    """Whether the nodes that run agree."""
    if view.states is not None:
        return _state_groups(view) == 1 or view.states.settling
    running = [node.height for node in view.nodes.values() if node.running]
    return groups(view) == 1 and all(height >= view.height - 1 for height in running)


def _state_groups(view: View) -> int:
    states = view.states
    return 1 if states is None else len(states.groups) + states.more_groups


def _branches(view: View) -> list[Hash]:
    """Heads of nodes that run, without those that are below another one."""
    heads = {node.head: node.height for node in view.nodes.values() if node.running}
    ends: list[Hash] = []
    below: dict[Hash, None] = {}
    lowest = min(heads.values(), default=0)
    for head, _ in sorted(heads.items(), key=lambda item: -item[1]):
        if head in below:
            continue
        ends.append(head)
        block = view.blocks.get(head)
        while block is not None and block.height >= lowest:
            below[block.hash] = None
            block = view.blocks.get(block.parent)
    return ends


def _chosen(claim: Claim, counts: Iterable[tuple[NodeId, int]]) -> int:
    return sum(count for node, count in counts if not claim.nodes or node in claim.nodes)


def _reorgs(claim: Claim, evidence: Evidence) -> int:
    counts = evidence.tally(claim).reorgs
    deep = ((node, count) for (node, depth), count in counts.items() if depth >= claim.depth)
    return _chosen(claim, deep)


def _refused(claim: Claim, evidence: Evidence) -> int:
    counts = evidence.tally(claim).refused
    return _chosen(
        claim,
        ((node, count) for (node, reason), count in counts.items() if claim.reason in ("", reason)),
    )


def _leads(claim: Claim, evidence: Evidence) -> bool:
    tick = evidence.view.tick
    return tick is not None and (not claim.nodes or tick.leader in claim.nodes)


def _named(claim: Claim, view: View) -> list[NodeId]:
    return [name for name in view.nodes if not claim.nodes or name in claim.nodes]


def _behind(claim: Claim, evidence: Evidence) -> int:
    view = evidence.view
    return max((view.height - view.nodes[name].height for name in _named(claim, view)), default=0)


def _hash_share(claim: Claim, evidence: Evidence) -> float:
    view = evidence.view
    total = fsum(node.info.hash_rate for node in view.nodes.values())
    named = fsum(view.nodes[name].info.hash_rate for name in _named(claim, view))
    return named / total if total else 0.0


def _clients(claim: Claim, evidence: Evidence) -> ClientCounts:
    """What clients have asked and got in the time of a claim."""
    before, now = evidence.tally(claim).clients, evidence.clients
    fields = ClientCounts.__struct_fields__
    return ClientCounts(**{name: getattr(now, name) - getattr(before, name) for name in fields})


def _availability(claim: Claim, evidence: Evidence) -> float:
    counts = _clients(claim, evidence)
    return counts.answered / counts.requests if counts.requests else 1.0


def _work_factor(claim: Claim, evidence: Evidence) -> float:
    tally = evidence.tally(claim)
    return tally.work_last / tally.work_first if tally.work_first else 1.0


def _stale_share(view: View) -> float:
    return view.blocks_stale / view.counts.blocks_mined if view.counts.blocks_mined else 0.0


def _attacker_share(view: View) -> float:
    """Of the best chain since the attacks began, the part that is the attackers'."""
    blocks = sum(result.blocks for result in view.attacks())
    return sum(result.own_blocks for result in view.attacks()) / blocks if blocks else 0.0


_FIGURES: dict[str, Callable[[Claim, Evidence], float]] = {
    "agreed": lambda _, e: agreed(e.view),
    "apart": lambda _, e: groups(e.view) > 1,
    "groups": lambda _, e: groups(e.view),
    "accounts_differ": lambda _, e: (
        0 if e.view.states is None else len(e.view.states.differing) + e.view.states.more_accounts
    ),
    "forks": lambda c, e: e.tally(c).forks,
    "reorgs": _reorgs,
    "refused": _refused,
    "returned": lambda c, e: e.tally(c).returned,
    "confirmed": lambda c, e: e.tally(c).confirmed,
    "equivocations": lambda c, e: _chosen(
        c, ((author, 1) for author, _ in e.tally(c).equivocations)
    ),
    "ticks": lambda c, e: _chosen(c, e.tally(c).led.items()),
    "leaders": lambda c, e: len(e.tally(c).led),
    "leads": _leads,
    "nobody_led_s": lambda c, e: e.tally(c).still_s(e.view.time_ns),
    "interval_mean_s": lambda c, e: e.tally(c).interval_mean_s(),
    "interval_longest_s": lambda c, e: max(e.tally(c).intervals_s, default=0.0),
    "interval_shortest_s": lambda c, e: min(e.tally(c).intervals_s, default=0.0),
    "work_factor": _work_factor,
    "height": lambda _, e: e.view.height,
    "running": lambda c, e: sum(e.view.nodes[name].running for name in _named(c, e.view)),
    "behind": _behind,
    "stale_share": lambda _, e: _stale_share(e.view),
    "hash_share": _hash_share,
    "longest_reign": lambda _, e: e.view.reigns.ticks_max,
    "availability": _availability,
    "answered_elsewhere": lambda c, e: _clients(c, e).elsewhere,
    "requests_unanswered": lambda c, e: _clients(c, e).requests - _clients(c, e).answered,
    "lost_writes": lambda _, e: e.clients.lost,
    "taken_back_writes": lambda c, e: _clients(c, e).taken_back,
    "contradicting_reads": lambda c, e: _clients(c, e).contradicting,
    "wait_median_s": lambda _, e: e.view.service().wait_median_s or 0.0,
    "wait_95_s": lambda _, e: e.view.service().wait_95_s or 0.0,
    "confirmed_per_s": lambda _, e: e.view.service().confirmed_per_s,
    "messages_per_confirmed": lambda _, e: e.view.service().messages_per_confirmed,
    "attack_tries": lambda _, e: sum(result.tries for result in e.view.attacks()),
    "attacks_won": lambda _, e: sum(result.won for result in e.view.attacks()),
    "attacker_share": lambda _, e: _attacker_share(e.view),
}
