"""Whether there is a terminal that a screen can be drawn on."""

import os
import sys


def why_plain() -> str:
    """Why a screen cannot be shown here; empty if it can."""
    # textual draws on standard error
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "this is no terminal"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return "this terminal cannot place characters (TERM is dumb or not set)"
    return ""
