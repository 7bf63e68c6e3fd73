"""An attack in one row: how far it is, and what it pays against what it should.

What matters least is left out where there is little room.
"""

from rich.cells import cell_len

from powclock.lab.expected import Comparison, Expected
from powclock.record.attack_events import AttackMoved
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.expectations import band, mark, parts_of_hundred
from powclock.tui.glyphs import FAULTS, WITHHELD
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import count, duration, percent
from powclock.tui.widgets.panel import Part

# At most so many attacks have a row of their own.
ATTACKS_SHOWN = 2


def attacks_of(frame: Frame | None) -> list[ActiveFault]:
    """The attacks that have begun to do something, the first ones first."""
    faults = frame.faults if frame is not None else ()
    return [each for each in faults if each.attack is not None or each.left_out is not None]


def attack_row(state: State, fault: ActiveFault, frame: Frame, width: int) -> Row:
    """How far an attack is."""
    row = Row(width)
    for told in _versions(state, fault, frame):
        if sum(cell_len(text) for text, _ in told) <= width:
            break
    for text, style in told:
        row.put(text, style)
    return row


def _versions(state: State, fault: ActiveFault, frame: Frame) -> list[list[Part]]:
    """The row in words, each time with fewer of them."""
    attack, palette = fault.attack, state.palette
    if attack is None:
        return _censored(state, fault)
    who: list[Part] = [
        (f"{FAULTS.get(fault.fault, WITHHELD)} ", palette.bad),
        (attack.attacker, palette.bold(state.node(attack.attacker))),
    ]
    if fault.fault == "eclipse":
        return _eclipse(state, fault, attack, who)
    if fault.fault == "double_spend":
        return _double_spend(state, frame, fault, attack, who)
    long = [*who, *_branches(state, attack, short=False)]
    short = [*who, *_branches(state, attack, short=True)]
    if fault.fault != "selfish":
        came = [("   ", palette.muted), (f"{attack.won} of {attack.tries}", palette.strong),
                (" came in time", palette.muted)]  # fmt: skip
        return [[*long, *came], [*short, *came], short]
    paid = state.expectations.revenue(frame, fault)
    node = state.row(attack.attacker)
    share = node.share if node is not None else 0.0
    gain = [
        _revenue(state, fault, paid, share, words=words)
        for words in ("long", "middle", "short", "least")
    ]
    longer = [[*long, *gain[0]], [*long, *gain[1]], [*short, *gain[1]]]
    return [*longer, [*short, *gain[2]], [*short, *gain[3]], short]


def _censored(state: State, fault: ActiveFault) -> list[list[Part]]:
    """How long those wait whose transactions are left out."""
    palette, told = state.palette, fault.left_out
    assert told is not None
    who: list[Part] = [(f"{FAULTS.get(fault.fault, WITHHELD)} {fault.label}", palette.bad)]
    many = count(told.waiting, "transaction")
    short: list[Part] = [*who, (f"  {many} waiting", palette.strong)]
    waits = f", {duration(told.wait_s)} on average, all others {duration(told.others_s)}"
    return [[*short, (waits, palette.muted)], short]


def _branches(state: State, attack: AttackMoved, *, short: bool) -> list[Part]:
    """The secret branch against the public one, or how the last race between them ended."""
    palette = state.palette
    size = f"{attack.branch} : {attack.public}"
    if attack.withheld:
        if short:
            return [(f"  secret {size}", palette.bad)]
        lead = f", {count(attack.withheld, 'block')} withheld"
        return [("  secret branch ", palette.muted), (size, palette.strong),
                (" public", palette.muted), (lead, palette.bad)]  # fmt: skip
    if attack.stage == "ties":
        words = f"  tie {size}" if short else f"  a tie {size}: the next block decides"
        return [(words, palette.warning)]
    return [("  withholds nothing" if short else "  withholds nothing now", palette.muted)]


def _eclipse(
    state: State, fault: ActiveFault, attack: AttackMoved, who: list[Part]
) -> list[list[Part]]:
    """A victim that hears of the attacker alone."""
    palette, victim = state.palette, " ".join(fault.nodes)
    size = f"{attack.branch} : {attack.public}"
    alone: list[Part] = [
        (" is all that ", palette.muted),
        (victim, palette.bold(state.node(victim))),
        (" hears", palette.muted),
    ]
    short: list[Part] = [*who, (f"  {victim} strays ", palette.muted), (size, palette.strong)]
    hidden = f", {count(attack.withheld, 'block')} that nobody hears of"
    told: list[Part] = [("   its branch ", palette.muted), (size, palette.strong),
                        (" public", palette.muted)]  # fmt: skip
    return [[*who, *alone, *told, (hidden, palette.bad)], [*who, *alone, *told], short]


def _double_spend(
    state: State, frame: Frame, fault: ActiveFault, attack: AttackMoved, who: list[Part]
) -> list[list[Part]]:
    """What is to be taken back, how far it is confirmed, and how the branches stand."""
    palette = state.palette
    size = f"{attack.branch} : {attack.public}"
    means = "took back" if attack.stage == "wins" else "means to take back"
    paid = f"a payment to {attack.merchant}" if attack.merchant else "a payment"
    goal = f" {means} {paid} after {count(attack.wanted, 'confirmation')}"
    whom: list[Part] = [(f" pays {attack.merchant}", palette.muted)] if attack.merchant else []
    done = f"{min(attack.confirmations, attack.wanted)}/{attack.wanted}"
    style = palette.warning if attack.confirmations >= attack.wanted else palette.strong
    confirmed: list[Part] = [("  confirmed ", palette.muted), (done, style)]
    secret: list[Part] = [("  secret ", palette.muted),
                          (size, palette.bad if attack.withheld else palette.strong)]  # fmt: skip
    public: list[Part] = [(" public", palette.muted)]
    stage: list[Part] = [(f"  {attack.stage}", palette.warning)]
    chance = state.expectations.double_spend(frame, fault)
    tries = [("  won ", palette.muted), (f"{attack.won}/{attack.tries_over}", palette.strong)]
    if not attack.tries_over:
        tries = [("  no try is over", palette.muted)]
    # The law is that of winning. A try that caught up and came no further is told, not compared.
    level = attack.caught_up
    told = [(f", {level} caught up", palette.muted)] if level > attack.won else []
    law = [*tries, *told]
    if isinstance(chance, Expected):
        law.append((f", expected {parts_of_hundred(chance.expected)} %", palette.muted))
        if chance.low > 0 or chance.high < 1:
            limits = f" [{band(chance, parts_of_hundred)} %] "
            law += [(limits, palette.muted), mark(chance, palette)]
    return [
        [*who, (goal, palette.text), *confirmed, *secret, *public, *stage, *law],
        [*who, *whom, *confirmed, *secret, *public, *stage, *law],
        [*who, *whom, *confirmed, *secret, *stage, *law],
        [*who, *confirmed, *secret, *public, *stage, *law],
        [*who, *confirmed, *secret, *stage, *law],
        [*who, *whom, *confirmed, *secret, *stage, *tries],
        [*who, *confirmed, *secret, *stage, *tries],
        [*who, *confirmed, *secret, *tries],
        [*who, *confirmed, *secret],
    ]


def _revenue(
    state: State, fault: ActiveFault, paid: Comparison, share: float, *, words: str
) -> list[Part]:
    """What the attacker got of the best chain, against its part of the hash rate and the law."""
    palette = state.palette
    if not fault.blocks:
        return [("   nothing decided yet", palette.muted)] if words in {"long", "middle"} else []
    got = percent(paid.measured)
    of = f" of {count(fault.blocks, 'block')}" if words == "long" else ""
    label = "   revenue " if words in {"long", "middle"} else "  gets "
    parts: list[Part] = [
        (label, palette.muted),
        (got, palette.strong),
        (f"{of}, share {percent(share)}", palette.muted),
    ]
    if isinstance(paid, Expected) and words != "least":
        limits = band(paid, parts_of_hundred)
        law = f"expected {parts_of_hundred(paid.expected)} " if words == "long" else ""
        parts += [
            (" " if words == "short" else f", {law}", palette.muted),
            (f"[{limits} %] ", palette.muted),
            mark(paid, palette),
        ]
    return parts
