"""Several races next to each other: the same seed, clients and faults under different rules."""
