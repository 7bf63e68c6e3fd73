"""Faults: outside changes of a race, as data.

They wrap, they do not branch: loss, delay, bit flips and cuts are stages around a link, a skew sits
in a clock, a factor on a hash rate, and a crash stops a node's tasks. No node knows of any of this.

A new fault is one class: its fields, a `label`, and `begin`, which puts it in place and returns how
to take it away; one line in `every` makes it usable in scenarios and over the pipe. A key for it is
one line in `tui/keys.py`, and one in `race/swarm/draw.py` has it drawn by checks.
"""
