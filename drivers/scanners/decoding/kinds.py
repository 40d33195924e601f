"""Kinds of codes to look for in pictures, and size limits, in a module that doesn't load the large decoder."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "ean_upc", "databar", "code128", "itf", "code39", "code93", "codabar", "qr", "datamatrix", "aztec", "pdf417"
]
RETAIL: tuple[Kind, ...] = ("ean_upc", "databar", "code128", "itf", "qr", "datamatrix")
"""Kinds of codes on goods and receipts. Each further kind costs time and adds false reads."""

MAX_PIXELS = 50_000_000
"""Maximum pixels of a picture; decoding a larger one would take too much memory."""


class NoPicture(ValueError):
    """Not a picture, or too large."""
