"""The signs of the screen, and what stands for them where a terminal has ASCII alone.

Meaning is carried three times: by glyph, by word and by hue. Every sign is one cell wide, and so is
its stand-in, so the ASCII screen has the same geometry.
"""

from rich.cells import cell_len

BEST = "◆"
RIVAL = "◇"
STALE = "×"
FORK = "Y"
REORG = "↺"
CUT = "⊘"
DOWN = "✖"
HEALED = "⇄"
POINTER = "▸"
LIVE = "●"
RECORDING = "⏺"
PAUSED = "‖"
MORE_LEFT = "◂"
ELLIPSIS = "…"
FROZEN = "❄"
STILL = "◌"
WRONG_STATE = "≢"
RISING = "▴"
FALLING = "▾"
CURSOR = "▏"
CHECKED = "■"
UNCHECKED = "□"
SIGMA = "σ"
WITHHELD = "◉"
FITS = "✓"
OUTSIDE = "!"
TWICE = "⋔"
AXIS = "─"
AXIS_BEFORE = "━"

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

BARS = " ▁▂▃▄▅▆▇█"
FULL = "█"
SHADE = "░"
BAR_ON = "▓"
SQUARES = "■▣□"
PULSE = "•"
NOT_YET = "–"

FAULTS = {
    "crash": DOWN,
    "partition": CUT,
    "isolate": "⊗",
    "one_way": "↛",
    "swizzle": "∴",
    "delay": "»",
    "jitter": "≈",
    "reorder": "⇅",
    "bandwidth": "⋈",
    "loss": "∅",
    "duplicate": "∥",
    "bit_flips": "≠",
    "clock_skew": "◷",
    "hash_rate": "▲",
    "join": "+",
    "leave": "−",
    "forge": "‡",
    "flood": "≋",
    "withhold": "⊡",
    "selfish": "◉",
    "double_spend": "¢",
    "eclipse": "◐",
    "pause": STILL,
    "memory": WRONG_STATE,
    "censor": "¬",
    "conflict": "⋎",
    "equivocate": TWICE,
}

DIGITS = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", " ━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
}

# The same three cells wide and five dots high, for digits of any size; two dots fit into a cell.
PIXELS = {
    "0": ("111", "101", "101", "101", "111"),
    "1": ("110", "010", "010", "010", "111"),
    "2": ("111", "001", "111", "100", "111"),
    "3": ("111", "001", "111", "001", "111"),
    "4": ("101", "101", "111", "001", "001"),
    "5": ("111", "100", "111", "001", "111"),
    "6": ("111", "100", "111", "101", "111"),
    "7": ("111", "001", "001", "001", "001"),
    "8": ("111", "101", "111", "101", "111"),
    "9": ("111", "101", "111", "001", "111"),
}

_STAND_INS = {
    "◆": "*",
    "◇": "o",
    "×": "x",
    "↺": "~",
    "⊘": "/",
    "✖": "X",
    "⇄": "=",
    "▸": ">",
    "●": "*",
    "⏺": "*",
    "○": "o",
    "‖": "#",
    "◂": "<",
    "…": ".",
    "»": ">",
    "∅": "0",
    "≠": "!",
    "◷": "@",
    "▲": "^",
    "△": "v",
    "▼": "v",
    "−": "-",
    "·": ".",
    "∞": "8",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "↔": "=",
    "½": "/",
    "⏎": "$",
    "⋎": "Y",
    "÷": "/",
    "⇧": "^",
    "■": "#",
    "–": "-",
    "—": "-",
    "❄": "*",
    "▴": "^",
    "▾": "v",
    "▏": "_",
    "σ": "s",
    "▁": ".",
    "▂": ".",
    "▃": ":",
    "▄": "-",
    "▅": "=",
    "▆": "+",
    "▇": "*",
    "█": "#",
    "░": ".",
    "▓": "#",
    "▀": "#",
    "▣": "+",
    "□": ".",
    "•": "%",
    "‡": "F",
    "◉": "0",
    "¢": "c",
    "◐": "C",
    "✓": "v",
    "γ": "g",
    "◌": "z",
    "≢": "M",
    "¬": "N",
    "⊗": "(",
    "↛": "]",
    "∴": ":",
    "≈": "~",
    "⇅": "%",
    "⋈": "I",
    "∥": '"',
    "⊡": "H",
    "≋": "J",
    "⋔": "W",
}
_STAND_INS |= dict.fromkeys("─━╍╺╸", "-")
_STAND_INS |= dict.fromkeys("│┃╎╻╹", "|")
_STAND_INS |= {"╌": ".", "┈": ".", "┆": ":", "┊": ":", "╏": ":"}
_STAND_INS |= dict.fromkeys("═║╔╗╚╝╟╢╤", "#")
_STAND_INS |= dict.fromkeys("┌┐└┘╭╮╰╯├┤┬┴┼┏┓┗┛┣┫┳┻╋┨┠", "+")
_STAND_INS |= dict(zip(SUPERSCRIPTS, "0123456789", strict=True))
# Braille draws lines: what stands for it shows in which half of the cell they run.
_UPPER, _LOWER = 0x01 | 0x02 | 0x08 | 0x10, 0x04 | 0x20 | 0x40 | 0x80
_STAND_INS |= {
    chr(0x2800 + dots): " '.:"[bool(dots & _UPPER) + 2 * bool(dots & _LOWER)] for dots in range(256)
}
_TABLE = str.maketrans(_STAND_INS)


def to_ascii(text: str) -> str:
    """The text with every sign replaced, cell for cell; what has no stand-in becomes `?`."""
    if text.isascii():
        return text
    text = text.translate(_TABLE)
    if text.isascii():
        return text
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)
