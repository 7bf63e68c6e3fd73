"""Every kind of fault that there is; which one is told by the tag `kind`."""

from powclock.network.faults.cuts import Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.forge import Forge
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave
from powclock.network.faults.selfish import SelfishMining

AnyFault = (
    Crash
    | Partition
    | Delay
    | Loss
    | BitFlips
    | ClockSkew
    | HashRateFactor
    | Join
    | Leave
    | SelfishMining
    | DoubleSpend
    | Eclipse
    | Forge
)
