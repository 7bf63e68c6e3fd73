"""The accounts that are not the same everywhere: what each group of replicas says of them.

Groups have the letters and hues that they have where nodes are shown. What differs from the
largest group stands out.
"""

from powclock.record.facts import DifferingAccount
from powclock.tui.groups import Group, groups_of
from powclock.tui.rows import Row
from powclock.tui.text import coins, count, fit
from powclock.tui.widgets.panel import Panel, Part

_OWNER_CELLS = 12
_GROUP_CELLS = 14
_GROUP_CELLS_MIN = 12


class Accounts(Panel):
    """A row for each account that differs, a column for each group."""

    TITLE = "ACCOUNTS"
    NAME = "accounts"

    def basis(self) -> object | None:
        """What was compared last."""
        frame = self.state.frame
        if frame is None:
            return None
        return frame.states, tuple(row.state == "down" for row in frame.nodes)

    def aside(self) -> list[Part]:
        """How many differ."""
        frame, palette = self.state.frame, self.state.palette
        states = frame.states if frame is not None else None
        differing = len(states.differing) + states.more_accounts if states is not None else 0
        if not differing:
            return [("the same everywhere", palette.good)]
        verb = "differs" if differing == 1 else "differ"
        return [(f"{count(differing, 'account')} {verb}", palette.rival)]

    def body(self, width: int, height: int) -> list[Row]:
        """The table; what does not fit is counted."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or height < 1:
            return []
        states = frame.states
        if states is None or not states.differing:
            words = (
                "every replica says the same of every account",
                "each accepts what a client asks of it at once, and tells all others",
            )
            return [Row(width).put(text, palette.muted) for text in words][:height]
        groups = groups_of(frame, palette)[: len(states.groups)]
        cells = max(min((width - _OWNER_CELLS) // max(len(groups), 1), _GROUP_CELLS),
                    _GROUP_CELLS_MIN)  # fmt: skip
        shown = groups[: max((width - _OWNER_CELLS) // cells, 1)]
        rows = self._titles(shown, len(groups) - len(shown), width, cells)
        room = height - len(rows)
        fitting = states.differing
        left = states.more_accounts
        if len(fitting) + bool(left) > room:
            fitting = fitting[: max(room - 1, 0)]
            left += len(states.differing) - len(fitting)
        rows += [self._account(each, shown, width, cells) for each in fitting]
        if left:
            rows.append(Row(width).put(count(left, "more account"), palette.muted))
        return rows

    def _titles(self, groups: list[Group], more: int, width: int, cells: int) -> list[Row]:
        palette = self.state.palette
        names, nodes = Row(width), Row(width)
        names.put(fit("account", _OWNER_CELLS), palette.muted)
        nodes.put(fit("", _OWNER_CELLS), palette.muted)
        for group in groups:
            names.put(fit(f"{group.sign} {group.label}", cells), palette.bold(group.style))
            first = group.nodes[0]
            who = f"{first} +{len(group.nodes) - 1}" if len(group.nodes) > 1 else first
            nodes.put(fit(who, cells - 1), palette.muted).gap()
        if more:
            names.put(f"+{more}", palette.muted)
        return [names, nodes]

    def _account(
        self, account: DifferingAccount, groups: list[Group], width: int, cells: int
    ) -> Row:
        palette = self.state.palette
        row = Row(width).put(fit(account.owner, _OWNER_CELLS - 1), palette.text).gap()
        usual = account.balances[0]
        for index, group in enumerate(groups):
            units = account.balances[index]
            style = palette.muted if units == usual and index else group.style
            text = coins(units, 2)
            row.put(f"≠ {text}" if units != usual else text.rjust(len(text) + 2), style)
            row.to(_OWNER_CELLS + cells * (index + 1))
        return row
