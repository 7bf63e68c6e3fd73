"""Replay: a recorded race at any moment, in either direction, and another future from there."""
