"""What a command cannot do as asked."""


class WrongUse(Exception):
    """What the person asked for cannot be done: one line, with the mend."""
