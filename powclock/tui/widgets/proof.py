"""A block's proof: its header byte by byte, and how its hash meets the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import wrap

from rich.style import Style

from powclock.record.detail import BlockDetail
from powclock.tui.rows import Row
from powclock.tui.text import hashes
from powclock.tui.theme import Palette

_LABEL = 8
_DIGITS = 64
_HASH_SPACE = 1 << 256


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A field of the header: which bytes it is, and what they stand for.

    `digits` says that the value is a hash, which may be shortened to fit.
    """

    name: str
    start: int
    end: int
    value: str
    digits: bool = False


def header_fields(detail: BlockDetail) -> tuple[HeaderField, ...]:
    """The fields in the order of the 80 bytes."""
    return (
        HeaderField("version", 0, 4, f"0x{detail.version & 0xFFFF_FFFF:08x}"),
        HeaderField("parent", 4, 36, detail.parent, digits=True),
        HeaderField("merkle root", 36, 68, detail.merkle_root, digits=True),
        HeaderField("time", 68, 72, f"{detail.time_s:,}  {_date(detail.time_s)}"),
        HeaderField("bits", 72, 76, _bits(detail.bits)),
        HeaderField("nonce", 76, 80, f"{detail.nonce:,}"),
    )


def _date(time_s: int) -> str:
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _bits(bits: int) -> str:
    """A size and a mantissa, and the target that they are short for."""
    return f"{bits:08x}  target 0x{bits & 0x7F_FFFF:06x} × 2^{8 * ((bits >> 24) - 3)}"


def field_style(palette: Palette, index: int) -> Style:
    """The hue of a header field."""
    return palette.hues[index % len(palette.hues)]


def dump_columns(width: int) -> int:
    """Bytes in a row of the dump."""
    return 16 if width >= 4 + 16 * 3 + 1 else 8


def dump_row(row: Row, detail: BlockDetail, start: int, columns: int, palette: Palette) -> None:
    """Some of the 80 bytes in hexadecimal, each in the hue of its field."""
    fields = header_fields(detail)
    row.put(f"{start:>3} ", palette.faint)
    for at in range(start, min(start + columns, len(detail.header))):
        index = next(i for i, each in enumerate(fields) if each.start <= at < each.end)
        # A wider gap after each four bytes: that is what the words of the header are.
        row.gap(2 if at % 8 == 0 and at > start else 1)
        row.put(f"{detail.header[at]:02x}", field_style(palette, index))


def zero_bits(digits: str) -> int:
    """Leading zero bits of a number of 64 hexadecimal digits."""
    return 256 - int(digits, 16).bit_length()


def proof_rows(detail: BlockDetail, palette: Palette, width: int) -> list[Row]:
    """Hash over target, digit for digit, with the zeros that the target demands marked."""
    numbers = [("hash", detail.hash), ("target", detail.proof_target)]
    drawn = detail.proof_target != detail.target
    if drawn:
        numbers.append(("by bits", detail.target))
    zeros = zero_bits(detail.proof_target) // 4
    cells = _DIGITS if width >= _LABEL + _DIGITS else _DIGITS // 2
    rows = []
    for start in range(0, _DIGITS, cells):
        for label, digits in numbers:
            row = Row(width).put((label if start == 0 else "").ljust(_LABEL), palette.muted)
            split = min(max(zeros - start, 0), cells)
            part = digits[start : start + cells]
            demanded = palette.bold(palette.good) if label == "hash" else palette.good
            row.put(part[:split], palette.faint if label == "by bits" else demanded)
            rest = {"hash": palette.text, "target": palette.muted}.get(label, palette.faint)
            rows.append(row.put(part[split:], rest))
            if start == 0 and label == "target":
                rows.append(_bracket(zeros, zero_bits(detail.proof_target), palette, width))
    words = _words(detail, drawn=drawn)
    return rows + [
        Row(width).put(line, style) for text, style in zip(words, _styles(palette), strict=False)
        for line in wrap(text, max(width, 20))
    ]  # fmt: skip


def _styles(palette: Palette) -> Sequence[Style]:
    return palette.text, palette.muted


def _bracket(zeros: int, bits: int, palette: Palette, width: int) -> Row:
    sign = "╰" + "─" * (zeros - 2) + "╯" if zeros > 1 else "│" * zeros
    row = Row(width).gap(_LABEL).put(sign, palette.good)
    return row.put(f" {bits} zero bits at least", palette.good)


def _words(detail: BlockDetail, *, drawn: bool) -> list[str]:
    target = int(detail.proof_target, 16)
    needed, found = zero_bits(detail.proof_target), zero_bits(detail.hash)
    tries = _HASH_SPACE // (target + 1)
    holds = int(detail.hash, 16) <= target
    verdict = "It is not above the target: the proof holds." if holds else "It proves nothing."
    meaning = f"{needed} leading zero bits needed, {found} found"
    words = [f"{meaning}; such a hash comes once in {tries:,} tries. {verdict}"]
    if drawn:
        words.append(
            f"The moments of finds are drawn in this race, so proofs are lighter: the bits stand "
            f"for {hashes(detail.work)}, {detail.work / tries:,.0f} times as many."
        )
    return words
