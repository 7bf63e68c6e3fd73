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
PAUSED = "‖"
MORE_LEFT = "◂"
ELLIPSIS = "…"

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

BARS = " ▁▂▃▄▅▆▇█"
FULL = "█"
SHADE = "░"
BAR_ON = "▓"

FAULTS = {
    "crash": DOWN,
    "partition": CUT,
    "delay": "»",
    "loss": "∅",
    "bit_flips": "≠",
    "clock_skew": "◷",
    "hash_rate": "▲",
    "join": "+",
    "leave": "−",
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
    "−": "-",
    "·": ".",
    "∞": "8",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "↔": "=",
    "½": "/",
    "⏎": "<",
    "÷": "/",
    "⇧": "^",
    "■": "#",
    "–": "-",
    "—": "-",
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
}
_STAND_INS |= dict.fromkeys("─━╌┈╍╺╸", "-")
_STAND_INS |= dict.fromkeys("│┃┆┊╎╻╹", "|")
_STAND_INS |= dict.fromkeys("┌┐└┘╭╮╰╯├┤┬┴┼┏┓┗┛┣┫┳┻╋┨┠", "+")
_STAND_INS |= dict(zip(SUPERSCRIPTS, "0123456789", strict=True))
_TABLE = str.maketrans(_STAND_INS)


def to_ascii(text: str) -> str:
    """The text with every sign replaced, cell for cell; what has no stand-in becomes `?`."""
    if text.isascii():
        return text
    text = text.translate(_TABLE)
    if text.isascii():
        return text
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)
