"""What eyes make of colours: contrast, and how colour-blind eyes see them."""

import math

from powclock.tui.theme_depth import Triplet, linear, oklab

# Full dichromacy as matrices on linear light (Machado, Oliveira and Fernandes, 2009).
EYES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "full colour vision": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def seen(color: str, eyes: str) -> str:
    """The colour that looks to everybody as this one looks to such eyes."""
    light: Triplet = linear(color)
    channels = (
        sum(weight * part for weight, part in zip(row, light, strict=True)) for row in EYES[eyes]
    )
    return "#" + "".join(f"{_channel(channel):02x}" for channel in channels)


def _channel(light: float) -> int:
    light = min(max(light, 0.0), 1.0)
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * value)


def difference(first: str, second: str, eyes: str = "full colour vision") -> float:
    """How far apart two colours look, in hundredths of the way from black to white."""
    pairs = zip(oklab(seen(first, eyes)), oklab(seen(second, eyes)), strict=True)
    return 100 * math.sqrt(sum((a - b) ** 2 for a, b in pairs))
