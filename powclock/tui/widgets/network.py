"""The network: who is connected to whom, who believes what, and how the newest block spreads."""

from powclock.tui.rows import Row
from powclock.tui.widgets.panel import Panel


class Network(Panel):
    """Nodes in a ring with their links."""

    TITLE = "NETWORK"
    NAME = "network"
    NUMBER = 7

    def body(self, width: int, height: int) -> list[Row]:
        """A row for each node."""
        frame = self.state.frame
        if frame is None:
            return []
        return [Row(width).put(row.name, self.state.node(row.name)) for row in frame.nodes[:height]]
