"""Closed forms of proof of work: pure functions, one file a question.

Each says its convention and its source. Times are in seconds, shares and probabilities between 0
and 1, and an "error" is one standard error of what a finite race measures.
"""
