"""What many seeds came to: figures, and which faults met which."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import combinations

import msgspec

from powclock.race.swarm.draw import DRAWS
from powclock.race.swarm.trial import Result

COLUMNS = 3


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The figures that `powclock check --json` prints.

    `kinds` counts the seeds with a kind of fault, `pairs` those with both of "a + b"; `digest` is
    the SHA-256 of the races' digests in the order of seeds. `apart` counts races that ended with
    different states, which only naive replication may.
    """

    seeds: int
    failures: tuple[Result, ...]
    race_seconds: float
    blocks: int
    reorgs: int
    transactions: int
    records: int
    digest: str
    kinds: dict[str, int]
    pairs: dict[str, int]
    apart: int = 0

    def text(self, *, pairs: bool = False) -> str:
        """What they came to, for people, and how many seeds had each kind; `pairs` as a matrix."""
        failed = len(self.failures)
        hours = self.race_seconds / 3600
        transactions = f"{self.transactions} transactions"
        apart = [f"apart     {self.apart} ended with different states"] if self.apart else []
        return "\n".join(
            [
                f"seeds     {self.seeds}, {failed or 'none'} failed",
                f"races     {hours:.1f} h, {self.records} records",
                f"of them   {self.blocks} blocks, {self.reorgs} reorgs, {transactions}",
                *apart,
                f"digest    {self.digest}",
                "",
                *(self._matrix() if pairs else self._kinds()),
            ]
        )

    def _kinds(self) -> list[str]:
        """A table of the kinds, down its columns."""
        cells = [f"{count:>5} {name}" for name, count in self.kinds.items()]
        rows = -(-len(cells) // COLUMNS)
        width = max(map(len, cells)) + 2
        table = ("".join(cell.ljust(width) for cell in cells[row::rows]) for row in range(rows))
        return ["seeds with each kind of fault", *(line.rstrip() for line in table)]

    def _matrix(self) -> list[str]:
        """On the diagonal each kind, elsewhere pairs."""
        names = list(self.kinds)
        width = max(len(name) for name in names) + 3
        cell = 1 + max(len(str(number)) for number in (len(names), *self.kinds.values()))
        lines = ["seeds with each kind of fault, and with each pair"]
        for row, name in enumerate(names):
            counts = [self.pairs[_pair(names[i], name)] for i in range(row)] + [self.kinds[name]]
            label = f"{row + 1:>2} {name}"
            lines.append(f"{label:<{width}} " + "".join(f"{count:>{cell}}" for count in counts))
        numbers = "".join(f"{column + 1:>{cell}}" for column in range(len(names)))
        return [*lines, f"{'':<{width}} {numbers}"]


def report_of(results: Sequence[Result], drawn: Sequence[str] = tuple(DRAWS)) -> Report:
    """The report of results in the order of seeds; `drawn` are the kinds there can be."""
    kinds = Counter(kind for result in results for kind in result.kinds)
    pairs = Counter(
        _pair(one, two) for result in results for one, two in combinations(result.kinds, 2)
    )
    digest = sha256()
    for result in results:
        digest.update(result.digest.encode())
    return Report(
        seeds=len(results),
        failures=tuple(result for result in results if result.broken),
        race_seconds=sum(result.race_seconds for result in results),
        blocks=sum(result.blocks for result in results),
        reorgs=sum(result.reorgs for result in results),
        transactions=sum(result.transactions for result in results),
        records=sum(result.records for result in results),
        digest=digest.hexdigest(),
        kinds={kind: kinds[kind] for kind in drawn},
        apart=sum(result.state_groups > 1 for result in results),
        pairs={_pair(one, two): pairs[_pair(one, two)] for one, two in combinations(drawn, 2)},
    )


def _pair(one: str, two: str) -> str:
    return f"{one} + {two}"
