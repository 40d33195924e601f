"""How a golden paper is kept: its bytes, and the picture that the simulated printer draws of them."""

from __future__ import annotations

import io
from pathlib import Path

import pylopdf_fonts_he  # noqa: F401 - the letters of the pictures; a test skips without it
from PIL import Image

from edge.foundation.printing.printers.escpos import render
from edge.lib import printer_profiles as profiles
from sim.printer.reading import Papers, read_papers
from tests.golden.papers import Golden

FOLDER = Path(__file__).parent / "kept"


def made(golden: Golden) -> bytes:
    """The bytes that are sent for it now."""
    return render(golden.document, golden.options)


def papers(golden: Golden, data: bytes) -> Papers:
    """What a printer of its model makes of bytes."""
    profile = profiles.find(golden.options.profile)
    pages = {number: name.lower() for name, number in profile.pages.items()}
    return read_papers(data, pages, profile.dots)


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether two PNG files show the same, dot by dot."""
    first, second = (Image.open(io.BytesIO(png)).convert("1") for png in (one, other))
    return first.size == second.size and first.tobytes() == second.tobytes()
