"""Races drawn from a seed, broken at random, healed, and asked to agree: `powclock check`."""
