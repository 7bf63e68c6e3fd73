"""What is taken out of a message, and what is left of it."""

import pytest

from powclock.network.faults.hide import without
from powclock.network.wire import Announce, Deliver, Hello, Message, Pass, encode
from tests.builders import block_of, transfer

BLOCK = block_of(bytes(32), 1, author="ann")
OTHER = block_of(bytes(32), 1, author="bea")
TRANSFER = transfer("ann", "bea")
ID = bytes([7]) * 32


def hidden(message: Message) -> bytes | None:
    """Without one block and one transfer."""
    return without(
        encode(message),
        blocks=lambda hash_: hash_ == BLOCK.hash,
        transactions=lambda id_: id_ == TRANSFER.id,
    )


@pytest.mark.parametrize(
    "message",
    [
        Announce((OTHER.hash,), (ID,)),
        Deliver(OTHER),
        Hello(bytes(32), 5, (BLOCK.hash,)),
    ],
)
def test_other_things_pass_as_they_are(message: Message) -> None:
    assert hidden(message) == encode(message)
    assert without(encode(message)) == encode(message)


@pytest.mark.parametrize(
    "message",
    [
        Announce((BLOCK.hash,), (TRANSFER.id,)),
        Announce((BLOCK.hash,)),
        Announce((), (TRANSFER.id,)),
        Deliver(BLOCK),
        Pass(TRANSFER),
    ],
)
def test_of_what_is_hidden_nothing_is_left(message: Message) -> None:
    assert hidden(message) is None


def test_an_announcement_goes_on_without_what_is_hidden() -> None:
    both = Announce((BLOCK.hash, OTHER.hash), (TRANSFER.id, ID))
    assert hidden(both) == encode(Announce((OTHER.hash,), (ID,)))
    assert hidden(Announce((BLOCK.hash,), (ID,))) == encode(Announce((), (ID,)))


def test_what_cannot_be_read_passes() -> None:
    assert without(b"\xff", blocks=lambda _: True) == b"\xff"
