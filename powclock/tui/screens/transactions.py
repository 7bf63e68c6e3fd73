"""Transactions as rows of a table: in a node's mempool, and in a block."""

from powclock.record.detail import TransactionDetail
from powclock.record.narrate import short_hash
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import coins, fit

_ID = 6
_AMOUNT = 9
_FEE = 11
_FEE_WIDE = 12
_TIGHT = 48
_NONCE = 7
_NAME_MAX = 14
# With less room than this, the nonce is left out.
_WIDE = 54


def _fee_cells(width: int) -> int:
    return _FEE if width < _TIGHT else _FEE_WIDE


def _name_cells(width: int) -> int:
    rest = width - _ID - _AMOUNT - _fee_cells(width) - (_NONCE if width >= _WIDE else 0)
    return min(max(rest // 2, 4), _NAME_MAX)


def transaction_titles(row: Row, state: State) -> None:
    """The heads of the columns."""
    muted, cells = state.palette.muted, _name_cells(row.width)
    row.put(fit("id", _ID), muted).put(fit("from", cells), muted).put(fit("to", cells), muted)
    row.put(f"{'amount':>{_AMOUNT}}{'fee':>{_fee_cells(row.width)}}", muted)
    if row.width >= _WIDE:
        row.put(f"{'nonce':>{_NONCE}}", muted)


def transaction_row(row: Row, state: State, each: TransactionDetail) -> None:
    """A transaction: who pays whom, how much, and for what fee."""
    palette, cells = state.palette, _name_cells(row.width)
    row.put(fit(short_hash(each.id), _ID), palette.strong)
    for name in (each.sender, each.recipient):
        style = state.node(name) if state.row(name) is not None else palette.text
        row.put(fit(name, cells - 1), style).gap()
    row.put(f"{coins(each.amount, 4):>{_AMOUNT}}", palette.text)
    row.put(f"{coins(each.fee, 8):>{_fee_cells(row.width)}}", palette.muted)
    if row.width >= _WIDE:
        row.put(f"{each.nonce:>{_NONCE}}", palette.muted)
