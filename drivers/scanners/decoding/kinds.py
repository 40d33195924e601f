"""Which codes are looked for in pictures, and how large these may be: without what decodes them, which takes memory."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "ean_upc", "databar", "code128", "itf", "code39", "code93", "codabar", "qr", "datamatrix", "aztec", "pdf417"
]
RETAIL: tuple[Kind, ...] = ("ean_upc", "databar", "code128", "itf", "qr", "datamatrix")
"""Kinds of codes on goods and receipts. Each further kind costs time, and now and then sees a code where none is."""

MAX_PIXELS = 50_000_000
"""A larger picture is not decoded: it would take the memory of the shop."""


class NoPicture(ValueError):
    """These bytes are no picture, or one that is too large."""
