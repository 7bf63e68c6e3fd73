"""The bare models behind the closed forms, by chance: nothing here knows a formula."""

from collections import deque
from collections.abc import Iterable

from powclock.clock.streams import Stream


def one_delay_race(miners: int, ratio: float, blocks: int, stream: Stream) -> float:
    """Stale / all mined of equal miners who hear each other's blocks after `ratio` intervals."""
    now = 0.0
    own = [0] * miners
    heard = highest = 0
    under_way: deque[tuple[float, int]] = deque()
    for _ in range(blocks):
        now += stream.exponential(1)
        while under_way and under_way[0][0] <= now:
            heard = max(heard, under_way.popleft()[1])
        miner = stream.below(miners)
        own[miner] = max(heard, own[miner]) + 1
        highest = max(highest, own[miner])
        under_way.append((now + ratio, own[miner]))
    return 1 - highest / blocks


def double_spend_race(
    q: float, confirmations: int, stream: Stream, *, head_start: int, tie_wins: bool
) -> bool:
    """Whether an attacker overtakes; one that is 60 behind gives up."""
    attacker, honest = head_start, 0
    needed = 0 if tie_wins else 1
    while attacker - honest > -60:
        if honest >= confirmations and attacker - honest >= needed:
            return True
        if stream.random() < q:
            attacker += 1
        else:
            honest += 1
    return False


def double_spend_outcome(
    finds: Iterable[bool], confirmations: int, *, head_start: int, give_up: int
) -> tuple[bool, bool] | None:
    """Told who finds each block after the payment: whether the attacker draws level after the last
    confirmation, and whether it gets ahead, before it is `give_up` blocks behind.

    None if that is not decided by these blocks, or was before the last of them.
    """
    attacker, honest = head_start, 0
    level = False
    ahead: bool | None = None
    for attacker_finds in finds:
        if ahead is not None:
            return None
        if attacker_finds:
            attacker += 1
        else:
            honest += 1
        if honest >= confirmations and attacker >= honest:
            level = True
            if attacker > honest:
                ahead = True
        elif honest - attacker >= give_up:
            ahead = False
    return None if ahead is None else (level, ahead)


def selfish_outcome(finds: Iterable[bool]) -> tuple[int, int, int]:
    """Eyal and Sirer's state machine, told who finds each block: whether the attacker does.

    Returns the main chain's blocks of the attacker and of the others, and how many ties an honest
    node decided. These count as lost, with two blocks of the others; where it built on the
    attacker's block, one of the two is the attacker's.
    """
    won = lost = decided = 0
    private = 0
    tie = False
    for attacker_finds in finds:
        if tie:
            tie = False
            if attacker_finds:
                won += 2
            else:
                lost, decided = lost + 2, decided + 1
        elif attacker_finds:
            private += 1
        elif private == 0:
            lost += 1
        elif private == 1:
            private, tie = 0, True
        elif private == 2:
            won, private = won + 2, 0
        else:
            won, private = won + 1, private - 1
    return won + private, lost, decided


def selfish_race(alpha: float, gamma: float, blocks: int, stream: Stream) -> tuple[int, int]:
    """Blocks of the main chain: the attacker's and the others', after `blocks` were found."""
    finds = (stream.random() < alpha for _ in range(blocks))
    won, lost, decided = selfish_outcome(finds)
    followed = sum(stream.random() < gamma for _ in range(decided))
    return won + followed, lost - followed


def retarget_race(interval_s: float, window: int, ticks: int, stream: Stream) -> float:
    """When the block of height `ticks` comes under Bitcoin's rule, without its clamp."""
    mean_s = interval_s
    times = [0.0]
    for height in range(1, ticks + 1):
        if height % window == 0:
            mean_s *= interval_s * window / (times[-1] - times[-window])
        times.append(times[-1] + stream.exponential(mean_s))
    return times[-1]


def asert_race(interval_s: float, half_life_s: float, ticks: int, stream: Stream) -> float:
    """How late the block of height `ticks` comes under ASERT."""
    late_s = 0.0
    for _ in range(ticks):
        mean_s = interval_s * 2 ** (-late_s / half_life_s)
        late_s += stream.exponential(mean_s) - interval_s
    return late_s
