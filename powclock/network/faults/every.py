"""Every kind of fault that there is; which one is told by the tag `kind`."""

from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.censor import Censor
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.cuts import Isolate, OneWay, Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.equivocate import Equivocate
from powclock.network.faults.flood import Flood
from powclock.network.faults.forge import Forge
from powclock.network.faults.links import BitFlips, Delay, Duplicate, Jitter, Loss, Reorder
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import (
    ClockSkew,
    Crash,
    HashRateFactor,
    Join,
    Leave,
    Pause,
)
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold

AnyFault = (
    Crash
    | Pause
    | Partition
    | Isolate
    | OneWay
    | Swizzle
    | Delay
    | Jitter
    | Reorder
    | Bandwidth
    | Loss
    | Duplicate
    | BitFlips
    | ClockSkew
    | HashRateFactor
    | Join
    | Leave
    | Withhold
    | SelfishMining
    | DoubleSpend
    | Eclipse
    | Equivocate
    | Forge
    | Flood
    | MemoryFlips
    | Censor
    | Conflict
)
