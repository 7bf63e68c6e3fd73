"""How far attacks are, as they tell it themselves; see `events` for all others."""

from powclock.record.event import Event

NodeId = str

# What a double spender says while no try is under way. Before its first one it saves or pre-mines.
TRY_ENDS = frozenset({"wins", "loses", "gives up", "saves", "pre-mines"})


class AttackMoved(Event, frozen=True, tag="attack_moved"):
    """An attack went on; `id` is its fault's.

    `stage` says in a word what the attacker does. Since its own branch and the public one parted,
    they have grown by `branch` and `public` blocks, and nobody but the attacker has the last
    `withheld` of its own. A payment that it means to take back has `confirmations` of the `wanted`
    ones; none are wanted where there is no payment. `won` of `tries` ended in its favour. In a tie
    the part `gamma` of the others hears of its block first.

    A double spender pays `merchant` with `head_start` blocks in hand, and gives a try up `give_up`
    blocks behind; 0 is not told. Of its tries that are over, `caught_up` had at some time as much
    work as the public chain and the goods: those that won, and those that ended after a tie.
    """

    id: str
    attacker: NodeId
    stage: str
    branch: int
    public: int
    withheld: int
    tries: int
    won: int
    confirmations: int = 0
    wanted: int = 0
    gamma: float = 0.0
    head_start: int = 0
    give_up: int = 0
    caught_up: int = 0
    merchant: NodeId = ""

    @property
    def tries_over(self) -> int:
        """A double spender's tries that have ended: the last is under way until it says how."""
        return self.tries - (self.stage not in TRY_ENDS)


class TransactionsLeftOut(Event, frozen=True, tag="transactions_left_out"):
    """A leader that censors found a block; `id` is its fault's.

    `waiting` transfers of censored clients are not on the best chain. Since the fault began those
    clients' transfers waited for `wait_s` on average and all others for `others_s`; what waits
    still counts with its wait so far.
    """

    id: str
    leader: NodeId
    waiting: int
    wait_s: float
    others_s: float
