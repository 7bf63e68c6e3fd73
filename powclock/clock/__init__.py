"""What makes "next" mean anything: simulated time, the clocks of the nodes, and named randomness.

This package and the screen are the only places that may read the wall clock.
"""
