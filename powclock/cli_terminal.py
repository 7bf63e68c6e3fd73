"""Whether there is a terminal that a screen can be drawn on, and what stays there in the end."""

import os
import sys

from powclock.race.messages import Ended


def why_plain() -> str:
    """Why a screen cannot be shown here; empty if it can."""
    # textual draws on standard error
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "this is no terminal"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return "this terminal cannot place characters (TERM is dumb or not set)"
    return ""


def last_word(ended: Ended) -> str:
    """What came of a race and what theory expects, and the command that races it again."""
    from powclock.lab.report import report_text

    summary = ended.summary if ended.figures is None else report_text(ended.figures)
    return f"{summary}\nagain     {ended.again}"
