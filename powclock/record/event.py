"""What every event is, and what numbers in one may be: a recording may be anybody's."""

from typing import Annotated

import msgspec

Natural = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1e30)]
Interval = Annotated[float, msgspec.Meta(gt=0, le=1e9)]


class Event(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """Something that happened."""
