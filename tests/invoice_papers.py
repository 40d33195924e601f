"""Papers of suppliers for tests, drawn here."""

from __future__ import annotations

import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from sim.invoice_papers import PaperGoods, PaperSlip, scan_of

GOODS = (
    PaperGoods("DY-1001", "Whole milk 1 l", 24, Decimal("0.82")),
    PaperGoods("DY-2040", "Butter 250 g", 10, Decimal("2.15")),
)
SLIP = PaperSlip("The Dairy Ltd", "IE1234567FA", "TD-2231", "12 January 2027", GOODS, Decimal(20))


def needs_pdf() -> None:
    """Skips where nothing opens PDF files."""
    pytest.importorskip("pypdfium2")


def needs_ocr() -> None:
    """Skips where nothing reads pictures."""
    if not shutil.which("tesseract"):
        pytest.skip("Tesseract isn't installed")


HEBREW_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def needs_hebrew_ocr() -> None:
    """Skips where nothing reads Hebrew off pictures, or none of its letters can be drawn."""
    needs_ocr()
    said = subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=True).stdout.decode().split()
    if "heb" not in said or not Path(HEBREW_FONT).is_file():
        pytest.skip("Tesseract's Hebrew or a font with Hebrew letters is not installed")


def png_of(slip: PaperSlip) -> bytes:
    out = io.BytesIO()
    scan_of(slip).save(out, "PNG")
    return out.getvalue()
