"""What stands in the frames of a recording besides records.

A scenario and its inputs are kept as they were encoded: what they mean is known to the race alone
(`race.taped`).
"""

import struct
from typing import Annotated

import msgspec

from powclock.record.event import Natural

# The sequence number and the time of a block's first record.
BLOCK_START = struct.Struct(">QQ")
# How much of a frame of records stands beside its text as it is (`packing`).
NOISE = struct.Struct(">I")
FLUSHED = b"\0\0\xff\xff"


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what powclock a race was recorded, its seed, and the whole scenario."""

    version: Annotated[str, msgspec.Meta(max_length=100)]
    seed: Natural
    scenario: msgspec.Raw


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a recording ended: the race's time and turn, how many records, and their digest.

    `summary` is that of the race, as JSON; null where the race broke or went on.
    """

    time_ns: Natural
    turn: Annotated[int, msgspec.Meta(ge=-1, le=2**63 - 1)]
    records: Natural
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    summary: msgspec.Raw


HEAD_DECODER = msgspec.json.Decoder(Head)
ENDING_DECODER = msgspec.json.Decoder(Ending)
ENCODER = msgspec.json.Encoder()
