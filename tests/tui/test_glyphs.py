"""Signs: each kind of fault has one of its own, a cell wide, also where there is ASCII alone."""

from rich.cells import cell_len

from powclock.network.faults.every import AnyFault
from powclock.tui.glyphs import FAULTS, to_ascii


def test_every_kind_of_fault_has_a_sign_of_its_own() -> None:
    kinds = {kind.__struct_config__.tag for kind in AnyFault.__args__}
    assert FAULTS.keys() == kinds
    assert len(set(FAULTS.values())) == len(kinds)
    for sign in FAULTS.values():
        assert cell_len(sign) == len(sign) == 1
        assert to_ascii(sign).isascii()
        assert to_ascii(sign) != "?"
