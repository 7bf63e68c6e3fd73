"""What a lesson tells at a moment: all that a screen needs to show of it."""

import msgspec


class Told(msgspec.Struct, frozen=True):
    """The step that is told; `index` is -1 before the first.

    The `answer` is empty until it is revealed. A lesson that `asks` holds the race until somebody
    goes on; one that `waits` holds it as the next step is due. It `hurries` to a step that somebody
    wants to see before its time, and `rewinds` to one that has been. It is `over` when the last
    step is. `keys` are to be pressed as the step begins, one every `keys_every_s`.
    """

    title: str
    index: int
    count: int
    caption: str
    question: str = ""
    answer: str = ""
    asks: bool = False
    waits: bool = False
    over: bool = False
    rewinds: bool = False
    hurries: bool = False
    keys: tuple[str, ...] = ()
    keys_every_s: float = 0.0
