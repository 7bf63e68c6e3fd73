"""powclock: proof of work elects its leader, live in the terminal."""

__version__ = "0.1.0"
