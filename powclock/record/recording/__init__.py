"""Recordings: a race on disk, record by record, that plays as far as it is whole."""
