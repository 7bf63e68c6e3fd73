"""Spending hashes: the kernel, a node's hash rate, and the miners on top of them."""
