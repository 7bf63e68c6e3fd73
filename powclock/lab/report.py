"""A race's summary with what theory expects beside it: as text, and as JSON."""

from collections.abc import Callable
from typing import Any

import msgspec

from powclock.lab.expected import Comparison, Expected, Unknown, expected_of_summary
from powclock.lab.leading import leading_of
from powclock.race.summary import Summary

LEADERS_SHOWN = 4


def report_text(summary: Summary) -> str:
    """The summary for people, with what is expected; the digest stays the last line.

    Where there are no blocks, nothing is.
    """
    if not summary.has_blocks:
        return summary.text()
    *lines, digest = summary.text().splitlines()
    lines += _leading_lines(summary)
    compared = expected_of_summary(summary)
    interval = _words(compared.interval_s, lambda seconds: f"{seconds:.2f} s", "one in {}")
    stale = _words(compared.stale_of_mined, lambda part: f"{part:.1%}", "{} of mined")
    lines.append(f"expected  {interval}")
    if stale != interval:
        lines.append(f"  stale   {stale}")
    return "\n".join((*lines, digest))


def _leading_lines(summary: Summary) -> list[str]:
    if not summary.reigns:
        return []
    leading = leading_of(summary)
    ticks = "1 tick" if summary.reign_max_ticks == 1 else f"{summary.reign_max_ticks} ticks"
    half = f"{leading.nakamoto} of {len(summary.led_by_node)} lead more than half"
    spread = f"Gini {leading.gini:.2f}, entropy {leading.entropy_part:.0%} of the most"
    longest = f"at most {summary.reign_max_s:.1f} s, at most {ticks} in a row"
    first = sorted(summary.led_by_node.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} {led}" for name, led in first[:LEADERS_SHOWN] if led)
    rest = sum(led for _, led in first[LEADERS_SHOWN:])
    return [
        f"led by    {named}{f', others {rest}' if rest else ''} (ticks)",
        f"leaders   {half}, {spread}",
        f"reigns    {summary.reign_mean_s:.1f} s on average, {longest}",
    ]


def _words(comparison: Comparison, shown: Callable[[float], str], what: str) -> str:
    match comparison:
        case Unknown(why=why):
            return f"theory says nothing: {why}"
        case Expected(expected=expected, low=low, high=high, law=law):
            verdict = "" if comparison.fits else " missed"
            band = f"[{shown(low).split()[0]}–{shown(high)}]{verdict}"
            return f"{what.format(shown(expected))} {band}: {law}"


def report_json(summary: Summary) -> bytes:
    """The figures as one JSON object.

    To the summary's fields come those of `Leading`, and `expected_interval_s` and
    `expected_stale_of_mined`, null where theory says nothing. With `_band` behind the name each has
    the interval of four standard errors in which the measured figure should lie, with `_law` what
    it follows from, or why it is null.
    """
    compared = expected_of_summary(summary)
    fields: dict[str, Any] = msgspec.to_builtins(summary)
    fields |= msgspec.to_builtins(leading_of(summary))
    for name, comparison in (
        ("expected_interval_s", compared.interval_s),
        ("expected_stale_of_mined", compared.stale_of_mined),
    ):
        match comparison:
            case Unknown(why=why):
                fields |= {name: None, f"{name}_band": None, f"{name}_law": why}
            case Expected(expected=expected, low=low, high=high, law=law):
                fields |= {name: expected, f"{name}_band": [low, high], f"{name}_law": law}
    return msgspec.json.encode(fields)
