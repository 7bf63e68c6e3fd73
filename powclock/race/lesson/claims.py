"""What a lesson claims: a small closed set of figures of a race, each with its bounds.

A claim without bounds says that its figure is at least 1: of a yes or no, that it is so. What
happens is counted since the step began, or since the start of the race.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from powclock.machine.reason import Reason
from powclock.network.faults.nodes import Join
from powclock.race.scenario import NotNegative, Scenario, ScenarioError, Text
from powclock.record.labels import clean_label

Name = Literal[
    "agreed", "apart", "groups", "accounts_differ",
    "forks", "reorgs", "refused", "returned", "confirmed", "equivocations",
    "ticks", "leaders", "leads", "nobody_led_s",
    "interval_mean_s", "interval_longest_s", "interval_shortest_s", "work_factor",
    "height", "running", "behind", "stale_share", "hash_share", "longest_reign",
    "availability", "answered_elsewhere", "requests_unanswered", "lost_writes", "taken_back_writes",
    "contradicting_reads", "wait_median_s", "wait_95_s", "confirmed_per_s",
    "messages_per_confirmed",
    "attack_tries", "attacks_won", "attacker_share",
]  # fmt: skip

# Beside its bounds, which fields a claim takes.
_NODES = frozenset({"nodes"})
_SINCE = frozenset({"since"})
TAKES: dict[str, frozenset[str]] = {
    "agreed": frozenset(),
    "apart": frozenset(),
    "groups": frozenset(),
    "accounts_differ": frozenset(),
    "forks": _SINCE,
    "reorgs": frozenset({"nodes", "depth", "since"}),
    "refused": frozenset({"nodes", "reason", "since"}),
    "returned": _SINCE,
    "confirmed": _SINCE,
    "equivocations": _NODES | _SINCE,
    "ticks": _NODES | _SINCE,
    "leaders": _SINCE,
    "leads": _NODES,
    "nobody_led_s": _SINCE,
    "interval_mean_s": _SINCE,
    "interval_longest_s": _SINCE,
    "interval_shortest_s": _SINCE,
    "work_factor": _SINCE,
    "height": frozenset(),
    "running": _NODES,
    "behind": _NODES,
    "stale_share": frozenset(),
    "hash_share": _NODES,
    "longest_reign": frozenset(),
    "availability": _SINCE,
    "answered_elsewhere": _SINCE,
    "requests_unanswered": _SINCE,
    "lost_writes": frozenset(),
    "taken_back_writes": _SINCE,
    "contradicting_reads": _SINCE,
    "wait_median_s": frozenset(),
    "wait_95_s": frozenset(),
    "confirmed_per_s": frozenset(),
    "messages_per_confirmed": frozenset(),
    "attack_tries": frozenset(),
    "attacks_won": frozenset(),
    "attacker_share": frozenset(),
}
_WITHOUT_BLOCKS = frozenset({
    "agreed", "apart", "groups", "accounts_differ", "refused", "confirmed", "running",
    "availability", "answered_elsewhere",
    "requests_unanswered", "lost_writes", "taken_back_writes", "contradicting_reads",
    "wait_median_s", "wait_95_s", "confirmed_per_s", "messages_per_confirmed",
})  # fmt: skip


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A figure (`measures`) and its bounds.

    `nodes` are those that it is about, none meaning all; `reason` is of a refusal, none meaning
    any; of a reorg, at least `depth` blocks were disconnected.
    """

    claim: Name
    at_least: NotNegative | None = None
    at_most: NotNegative | None = None
    nodes: tuple[Text, ...] = ()
    reason: Text = ""
    depth: Annotated[int, Meta(ge=1)] = 1
    since: Literal["step", "start"] = "step"

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the most that its figure may be."""
        if self.at_least is None and self.at_most is None:
            return 1.0, None
        return self.at_least, self.at_most

    def holds(self, figure: float) -> bool:
        """Whether a figure is within the bounds."""
        least, most = self.bounds
        return (least is None or figure >= least) and (most is None or figure <= most)

    def words(self) -> str:
        """What is claimed, in a few words."""
        about: list[str] = [self.claim]
        if self.reason:
            about.append(f"for {self.reason}")
        if self.depth > 1:
            about.append(f"of at least {self.depth} blocks")
        if self.nodes:
            about.append("by " + ", ".join(self.nodes))
        return " ".join(about)

    def denial(self, figure: float) -> str:
        """One line for a claim that does not hold."""
        least, most = self.bounds
        wanted = [
            f"{word} {bound:g}"
            for word, bound in (("at least", least), ("at most", most))
            if bound is not None
        ]
        return f"{self.words()} is {figure:g}, and should be {' and '.join(wanted)}"


def check_claim(claim: Claim, place: str, scenario: Scenario) -> None:
    """See that a claim can be made of a race.

    Raises:
        ScenarioError: it takes no such field, names others, or the rule has no such figure.
    """
    given = {
        "nodes": bool(claim.nodes),
        "reason": bool(claim.reason),
        "depth": claim.depth != 1,
        "since": claim.since != "step",
    }
    for field, is_given in given.items():
        if is_given and field not in TAKES[claim.claim]:
            takes = ", ".join(["at_least", "at_most", *sorted(TAKES[claim.claim])])
            raise ScenarioError(f"{place}.{field}: {claim.claim} takes {takes}")
    least, most = claim.bounds
    if least is not None and most is not None and least > most:
        raise ScenarioError(f"{place}: at_least {least:g} is more than at_most {most:g}")
    if not scenario.has_blocks and claim.claim not in _WITHOUT_BLOCKS:
        raise ScenarioError(f"{place}.claim: a naive race has no ticks and no blocks")
    known = dict.fromkeys(scenario.node_names())
    for planned in scenario.faults:
        if isinstance(planned.fault, Join):
            known.update(dict.fromkeys(planned.fault.nodes))
    for name in claim.nodes:
        if name not in known:
            raise ScenarioError(
                f"{place}.nodes: there is no node {clean_label(name)!r}: the race has "
                + ", ".join(known)
            )
    reasons = [str(reason) for reason in Reason]
    if claim.reason and claim.reason not in reasons:
        raise ScenarioError(
            f"{place}.reason: {clean_label(claim.reason)!r} is not one of {', '.join(reasons)}"
        )
