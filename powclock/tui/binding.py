"""What a key does, as plain data: lists and key maps read it without textual.

The screens make textual's own bindings from it, at the edge.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Binding:
    """A key, or several with commas between them, by textual's names; and what it does."""

    @dataclass(frozen=True)
    class Group:
        """Keys that stand together in the help; those of a `sheet` do not work over the race."""

        description: str
        sheet: bool = False

    key: str
    action: str
    description: str
    show: bool
    key_display: str
    tooltip: str
    id: str
    group: Group
