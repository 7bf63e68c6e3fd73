"""What came of a race, as numbers and as a few lines of text."""

import msgspec

from powclock import __version__
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.rules import has_blocks
from powclock.record.attacks import AttackResult
from powclock.record.conditions import Conditions
from powclock.record.events import NodeId
from powclock.record.service import Service
from powclock.record.view import View

ATTACKS_SHOWN = 6


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The figures that `powclock run --json` prints.

    `ticks` is the height of the best chain, `blocks_stale` are blocks mined that are not on it, and
    `stale_of_mined` is their part of all blocks mined. `blocks_by_node` counts blocks mined,
    `led_by_node` those on the best chain; a node reigns from a tick of its own until another's.
    `reorgs` counts each node's. `forks` counts blocks found on a parent that had a child already.
    `equivocations` counts turns for which a leader sealed two blocks, as far as any node saw.
    `conditions` say what the race was run under, with the delay that blocks had, `attacks` what the
    last of them came to. `state_groups` counts the different states of the nodes that run: 1 where
    all agree. `writes_missing` counts requests that were acknowledged under naive replication, and
    that some of these nodes lack. `service` is what clients saw. `digest` is the SHA-256 of the
    records as JSON lines.
    """

    version: str
    scenario: str
    rule: str
    miner: str
    interval_s: float
    seed: int
    digest: str
    records: int
    inputs: int
    race_seconds: float
    ticks: int
    interval_mean_s: float
    blocks_mined: int
    blocks_stale: int
    stale_of_mined: float
    forks: int
    reorgs: int
    reorg_depth_max: int
    blocks_refused: int
    messages_refused: int
    peers_dropped: int
    equivocations: int
    blocks_by_node: dict[NodeId, int]
    led_by_node: dict[NodeId, int]
    reigns: int
    reign_mean_s: float
    reign_max_s: float
    reign_max_ticks: int
    hashes: int
    transactions_sent: int
    transactions_confirmed: int
    transactions_returned: int
    messages: int
    message_bytes: int
    conditions: Conditions
    attacks: tuple[AttackResult, ...] = ()
    state_groups: int = 1
    writes_missing: int = 0
    service: Service = Service()

    @property
    def has_blocks(self) -> bool:
        """Whether its rule has blocks, and so ticks and leaders."""
        return has_blocks(self.rule)

    def text(self) -> str:
        """A few lines for people."""
        winners = sorted(self.blocks_by_node.items(), key=lambda item: (-item[1], item[0]))
        leaders = ", ".join(f"{name} {won}" for name, won in winners[:6] if won)
        rest = sum(won for _, won in winners[6:])
        others = f", others {rest}" if rest else ""
        pace = f", one in {self.interval_mean_s:.2f} s on average" if self.ticks else ""
        confirmed = f"{self.transactions_confirmed} confirmed, on the best chain"
        refused = f"{self.blocks_refused} blocks, {self.messages_refused} messages"
        dropped = f"; {self.peers_dropped} peers dropped" if self.peers_dropped else ""
        if not self.has_blocks:
            return self._text_without_blocks()
        made = "mined" if self.miner else "sealed"
        label = "found by" if self.miner else "sealed by"
        mined = f"{self.blocks_mined} {made}, {self.blocks_stale} stale"
        forks = f"{self.forks} fork{'' if self.forks == 1 else 's'}"
        miner = f", {self.miner}" if self.miner else ""
        return "\n".join(
            (
                f"{self.scenario} · seed {self.seed} · {self.rule}{miner}",
                f"race time {self.race_seconds:.1f} s",
                f"ticks     {self.ticks}{pace}",
                f"blocks    {mined} ({self.stale_of_mined:.1%} of {made}), {forks}",
                f"reorgs    {self.reorgs} by nodes, at most {self.reorg_depth_max} deep",
                f"{label:<10}{leaders or 'nobody yet'}{others}",
                f"workload  {self.transactions_sent} transactions sent, {confirmed}",
                *self._service_lines(),
                f"refused   {refused}{dropped}",
                *self._equivocation_lines(),
                *self._attack_lines(),
                f"digest    {self.digest}",
            )
        )

    def _text_without_blocks(self) -> str:
        """A few lines about a race that has no ticks, leaders and forks."""
        sent = f"{self.transactions_sent} transactions sent"
        groups = self.state_groups
        agree = "one state at all nodes" if groups == 1 else f"{groups} different states"
        return "\n".join(
            (
                f"{self.scenario} · seed {self.seed} · {self.rule}",
                f"race time {self.race_seconds:.1f} s",
                f"states    {agree}",
                f"workload  {sent}, {self.transactions_confirmed} reached all that ran",
                *self._service_lines(),
                f"missing   {self.writes_missing} acknowledged that some node lacks",
                f"refused   {self.messages_refused} messages",
                f"digest    {self.digest}",
            )
        )

    def _equivocation_lines(self) -> list[str]:
        return [f"evidence  {self.equivocations} equivocations"] if self.equivocations else []

    def _service_lines(self) -> list[str]:
        return [f"{label:<10}{words}" for label, words in self.service.facts()]

    def _attack_lines(self) -> list[str]:
        shown = [attack.text() for attack in self.attacks[-ATTACKS_SHOWN:]]
        if more := len(self.attacks) - len(shown):
            shown.append(f"and {more} before")
        return [f"{'' if row else 'attacks':<10}{text}" for row, text in enumerate(shown)]


def summarise(
    view: View,
    digest: str,
    records: int,
    time_ns: int,
    inputs: int,
    *,
    state_groups: int,
    writes_missing: int,
) -> Summary:
    """The summary of a race as it stands."""
    started = view.started
    assert started is not None, "the first record says what is raced"
    counts = view.counts
    names = dict.fromkeys([info.name for info in started.nodes] + list(view.wins))
    reigns = view.reigns
    return Summary(
        version=__version__,
        scenario=started.scenario,
        rule=started.rule,
        miner=started.miner,
        interval_s=started.interval_s,
        seed=started.seed,
        digest=digest,
        records=records,
        inputs=inputs,
        race_seconds=time_ns / NANOSECONDS,
        ticks=view.height,
        interval_mean_s=view.tick_ns / NANOSECONDS / view.height if view.height else 0.0,
        blocks_mined=counts.blocks_mined,
        blocks_stale=view.blocks_stale,
        stale_of_mined=view.blocks_stale / counts.blocks_mined if counts.blocks_mined else 0.0,
        forks=counts.forks,
        reorgs=counts.reorgs,
        reorg_depth_max=counts.reorg_depth_max,
        blocks_refused=counts.blocks_refused,
        messages_refused=counts.messages_refused,
        peers_dropped=counts.peers_dropped,
        equivocations=counts.equivocations,
        blocks_by_node={name: view.wins.get(name, 0) for name in names},
        led_by_node={name: view.blocks.authored.get(name, 0) for name in names},
        reigns=reigns.count,
        reign_mean_s=reigns.mean_ns(time_ns) / NANOSECONDS,
        reign_max_s=reigns.max_ns(time_ns) / NANOSECONDS,
        reign_max_ticks=reigns.ticks_max,
        hashes=round(view.hashes),
        transactions_sent=counts.transactions_sent,
        transactions_confirmed=counts.transactions_confirmed,
        transactions_returned=counts.transactions_returned,
        state_groups=state_groups,
        writes_missing=writes_missing,
        messages=counts.messages,
        message_bytes=counts.message_bytes,
        conditions=view.conditions(),
        service=view.service(),
        attacks=view.attacks(),
    )
