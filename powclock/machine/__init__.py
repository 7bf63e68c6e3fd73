"""The replicated state machine: pure rules, with no clock, no I/O and no async.

Read in this order: `reason`, `target`, `header`, `merkle`, `keys`, `transaction`, `block`,
`ledger`, `tree`, `mempool`, `replica`.
"""
