"""Faults: outside changes of a race, as data.

They wrap, they do not branch: loss, delay and bit flips are stages around a link, a cut severs it,
a skew sits in a clock, a factor on a hash rate, and a crash stops a node's tasks. No node knows of
any of this, not even an attacker's own: what stands between it and its links decides what passes.

A new fault is one class: its fields, a `label`, and `begin`, which puts it in place and returns how
to take it away; one line in `every` makes it usable in scenarios and over the pipe. A key for it is
one entry in `tui/fault_keys.py`, and one line in `race/swarm/draw.py` has it drawn by checks. What
it may lay hands on is in `breakable`; a race gives it that by `race/reach.py`.
"""
