"""Nodes that share nothing but bytes: wire format, links, topology, gossip, and faults."""
