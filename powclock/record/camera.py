"""The camera: takes a frame of a view, and of what the screen looks at more closely."""

from itertools import islice
from math import fsum

from powclock.machine.header import BlockHeader, display
from powclock.machine.target import TARGET_END, bits_to_target, target_to_work
from powclock.record.apart import Apart, apart
from powclock.record.blocks import BlockView
from powclock.record.detail import Arrival, BlockDetail, Focus, Probe, Spread, TreeBlock
from powclock.record.events import NANOSECONDS, Hash, NodeId
from powclock.record.frame import ChainBlock, EventLine, Frame, NodeRow, TipRow
from powclock.record.known import NodeView
from powclock.record.turns import turns
from powclock.record.view import View

EVENTS_MAX = 200
LINKS_MAX = 4_000
SAMPLES_AN_INTERVAL = 10


class Camera:
    """Takes frames and remembers which events it has told, of a view that may have come far."""

    def __init__(self, view: View, probe: Probe | None = None) -> None:
        self._view = view
        self._probe = probe
        self.retell()
        self.focus = Focus()

    def retell(self) -> None:
        """Tell the last events again, for a screen that knows nothing of them."""
        self._told = max(self._view.notable - EVENTS_MAX, 0)

    def take(self, time_ns: int) -> Frame:
        """A frame at a moment of race time; it carries the events since the last one."""
        view, focus, probe = self._view, self.focus, self._probe
        started, tick = view.started, view.tick
        assert started is not None, "the first record says what is raced"
        events, events_left_out = self._fresh_events()
        rate = view.hash_rates[-1] if view.hash_rates else 0.0
        work = float(tick.work) if tick is not None else self._first_work()
        holders = self._holders()
        block = self._block(focus.block) if focus.block else None
        return Frame(
            scenario=started.scenario,
            seed=started.seed,
            rule=started.rule,
            miner=started.miner,
            interval_s=started.interval_s,
            time_ns=time_ns,
            height=view.height,
            head=tick.hash if tick is not None else started.genesis,
            leader=tick.leader if tick is not None else None,
            found_after_s=tick.interval_s if tick is not None else 0.0,
            tick_ns=view.tick_ns,
            interval_mean_s=view.interval_mean_s,
            expected_interval_s=work / rate if rate > 0 else started.interval_s,
            work=work,
            hash_rate=rate,
            hash_rate_history=tuple(view.hash_rates),
            history_from_ns=self._history_from_ns(),
            sample_every_ns=self._sample_every_ns(),
            marks=tuple(view.marks),
            totals=view.totals(),
            nodes=self._rows(),
            tips=self._tips(holders),
            chain=self._chain(holders),
            chain_low=view.blocks.lowest,
            chain_high=view.blocks.highest,
            faults=tuple(map(view.progress, view.faults.values())),
            sides=view.sides,
            events=events,
            events_left_out=events_left_out,
            retarget=probe.retarget() if probe is not None else None,
            links=self._links() if focus.network else (),
            spread=self._spread() if focus.network else None,
            node_detail=probe.node(focus.node) if probe is not None and focus.node else None,
            block_detail=block,
            block_gone=focus.block if block is None else None,
            conditions=view.conditions(),
            service=view.service(),
            states=view.states,
            entered=tuple(view.entered),
            turns=(
                turns(started.chain.schedule, started.nodes, view.blocks, time_ns)
                if started.chain.schedule is not None
                else None
            ),
        )

    def _fresh_events(self) -> tuple[tuple[EventLine, ...], int]:
        """The events since the last frame, and how many more there were."""
        view = self._view
        fresh = view.notable - self._told
        self._told = view.notable
        events = tuple(view.lines)[-min(fresh, EVENTS_MAX) :] if fresh else ()
        return events, fresh - len(events)

    def _links(self) -> tuple[tuple[int, int], ...]:
        index = {name: number for number, name in enumerate(self._view.nodes)}
        return tuple((index[a], index[b]) for a, b in islice(self._view.links, LINKS_MAX))

    def _spread(self) -> Spread | None:
        tick = self._view.tick
        block = None if tick is None else self._view.blocks.get(tick.hash)
        if block is None:
            return None
        return Spread(block.hash, block.height, block.author, block.found_ns, _arrivals(block))

    def _block(self, hash_: Hash) -> BlockDetail | None:
        started, block = self._view.started, self._view.blocks.get(hash_)
        if block is None or started is None:
            return None
        header = BlockHeader.parse(block.header)
        target = bits_to_target(header.bits)
        # The genesis block has a real proof under every miner.
        scale = started.proof_scale if block.height else 1
        return BlockDetail(
            hash=block.hash,
            parent=display(header.parent),
            height=block.height,
            author=block.author,
            header=block.header,
            version=header.version,
            merkle_root=display(header.merkle_root),
            time_s=header.time,
            bits=header.bits,
            nonce=header.nonce,
            target=f"{target:064x}",
            proof_target=f"{min(target * scale, TARGET_END - 1):064x}",
            work=float(target_to_work(target)),
            found_ns=block.found_ns,
            interval_s=block.interval_ns / NANOSECONDS,
            best=block.best,
            confirmations=self._view.height - block.height + 1 if block.best else 0,
            fees=block.fees,
            body=self._probe.body(hash_) if self._probe is not None else None,
            arrivals=_arrivals(block),
            children=self._children(block),
        )

    def _children(self, block: BlockView) -> tuple[TreeBlock, ...]:
        above = self._view.blocks.between(block.height + 1, block.height + 1)
        children = [child for child in above if child.parent == block.hash]
        children.sort(key=lambda child: not child.best)
        return tuple(
            TreeBlock(child.hash, child.parent, child.height, child.author, child.best)
            for child in children
        )

    def _first_work(self) -> float:
        started = self._view.started
        assert started is not None
        return started.interval_s * fsum(info.hash_rate for info in started.nodes)

    def _sample_every_ns(self) -> int:
        started = self._view.started
        assert started is not None
        return round(started.interval_s * NANOSECONDS) // SAMPLES_AN_INTERVAL

    def _history_from_ns(self) -> int:
        first = self._view.samples - len(self._view.hash_rates)
        return first * self._sample_every_ns()

    def _holders(self) -> dict[Hash, list[NodeId]]:
        """Nodes that run, by the head that they hold."""
        holders: dict[Hash, list[NodeId]] = {}
        for name, node in self._view.nodes.items():
            if node.running:
                holders.setdefault(node.head, []).append(name)
        return holders

    def _tips(self, holders: dict[Hash, list[NodeId]]) -> tuple[TipRow, ...]:
        view = self._view
        best = view.tick.hash if view.tick is not None else ""
        tips = []
        for hash_, names in holders.items():
            block = view.blocks.get(hash_)
            height = view.nodes[names[0]].height
            author = "" if block is None else block.author
            tips.append(TipRow(hash_, height, author, hash_ == best, tuple(names)))
        tips.sort(key=lambda tip: (not tip.best, -tip.height, -len(tip.nodes), tip.hash))
        return tuple(tips)

    def _shown(self) -> list[BlockView]:
        """The blocks of the heights that the screen looks at.

        A branch with less work may reach higher than the tip, so there is some room above it.
        """
        right, heights = self.focus.height, self.focus.heights
        if right is None:
            tip = self._view.height
            return self._view.blocks.between(tip - heights + 1, tip + heights)
        return self._view.blocks.between(right - heights + 1, right)

    def _withheld(self, shown: list[BlockView]) -> set[Hash]:
        """The blocks that an attack still hides: the last ones that nobody but their finder has.

        The targets of an attack find them: who withholds, or who is eclipsed.
        """
        withheld: set[Hash] = set()
        for fault in self._view.faults.values():
            attack = fault.attack
            if attack is not None and attack.withheld:
                own = [block for block in shown if block.author in fault.nodes]
                kept = [block for block in own if block.accepted.keys() <= {block.author}]
                kept.sort(key=lambda block: block.height)
                withheld.update(block.hash for block in kept[-attack.withheld :])
        return withheld

    def _chain(self, holders: dict[Hash, list[NodeId]]) -> tuple[ChainBlock, ...]:
        shown = self._shown()
        withheld = self._withheld(shown)
        return tuple(
            ChainBlock(
                hash=block.hash,
                parent=block.parent,
                height=block.height,
                author=block.author,
                found_ns=block.found_ns,
                interval_s=block.interval_ns / NANOSECONDS,
                best=block.best,
                holders=len(holders.get(block.hash, ())),
                transactions=block.transactions,
                withheld=block.hash in withheld,
            )
            for block in shown
        )

    def _rows(self) -> tuple[NodeRow, ...]:
        nodes = self._view.nodes
        total = fsum(node.info.hash_rate for node in nodes.values())
        cut_off = apart(self._view)
        return tuple(
            self._row(node, node.info.hash_rate / total if total else 0.0, cut_off)
            for node in nodes.values()
        )

    def _row(self, node: NodeView, share: float, cut_off: Apart) -> NodeRow:
        sample = node.sample
        running = node.running
        cut = sample.peers_cut if sample is not None and running else 0
        rate = node.rates[-1] if node.rates and running else 0.0
        highest = max(node.rates, default=0.0)
        spark = bytes(int(255 * rate / highest) for rate in node.rates) if highest else b""
        return NodeRow(
            name=node.info.name,
            region=node.info.region,
            state=_state(node, cut_off.word(node.info.name, cut), rate),
            hash_rate=rate,
            spark=spark,
            height=node.height,
            head=node.head,
            tip=self._tip(node),
            seen_ns=node.seen_ns,
            peers=sample.peers if sample is not None and running else 0,
            peers_cut=cut,
            won=node.won,
            share=share,
            skew_s=sample.skew_s if sample is not None else 0.0,
            mempool=sample.mempool if sample is not None and running else 0,
            refused=node.refused,
            applied=node.applied,
            led=self._view.blocks.authored.get(node.info.name, 0),
        )

    def _tip(self, node: NodeView) -> str:
        tick = self._view.tick
        if tick is None or node.head == tick.hash:
            return "best"
        block = self._view.blocks.get(node.head)
        if block is not None and block.best:
            return "behind"
        return "behind" if node.height == 0 else "rival"


def _arrivals(block: BlockView) -> tuple[Arrival, ...]:
    return tuple(
        Arrival(node, accepted.time_ns - block.found_ns, accepted.peer)
        for node, accepted in block.accepted.items()
    )


def _state(node: NodeView, cut_off: str, rate: float) -> str:
    if not node.running:
        return "down"
    if node.frozen:
        return "frozen"
    if node.damaged:
        return "damaged"
    return cut_off or ("mining" if rate > 0 else "idle")
