"""Whether what was measured is what theory expects.

Tests of theory call `fits` twice: with the right law, and with wrong ones, which it must reject. A
tolerance that a wrong model would pass says nothing.
"""

TOLERANCE = 4  # standard errors: chance alone fails one check in 16,000
P_MIN = 6e-5  # the same for tests that give a p-value


def fits(measured: float, expected: float, error: float) -> bool:
    """Whether it lies within four standard errors."""
    print(f"measured {measured:.5f}, expected {expected:.5f} ± {error:.5f}")
    return abs(measured - expected) < TOLERANCE * error
