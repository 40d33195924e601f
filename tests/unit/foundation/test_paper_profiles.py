"""The table of printers says nothing that the public tables contradict, but for what it says of that itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from edge.lib import printer_profiles as profiles
from edge.lib.printer_profiles import Profile

ENCODER = Path(__file__).parents[4] / "shared/data/escpos/ReceiptPrinterEncoder"
"""Facts that lie beside the project, where they do."""
AGREED_TO_DIFFER = {
    ("TM-U220", "CP850"),
    ("TM-U220", "CP858"),
    ("TM-U220", "CP1252"),
    ("MPT-II", "columns"),
    ("POS-5890", "bars"),
    ("POS-5890", "cut"),
    ("POS-5890", "qr"),
    ("TM-P20II", "cut"),
}


def in_db() -> Iterator[tuple[Profile, dict[str, Any]]]:
    database = json.loads(files("escpos").joinpath("capabilities.json").read_bytes())["profiles"]
    for name in profiles.names():
        if name in database and name not in ("default", "simple"):
            yield profiles.find(name), database[name]


def test_what_it_says_is_what_python_escpos_knows() -> None:
    found = list(in_db())
    assert len(found) >= 7
    for ours, theirs in found:
        differs = set()
        pages = {(page, int(number)) for number, page in theirs["codePages"].items()}
        differs |= {page for page, number in ours.pages.items() if (page, number) not in pages}
        features = theirs["features"]
        checks = {
            "columns": ours.columns == theirs["fonts"]["0"]["columns"],
            "dots": ours.dots <= theirs["media"]["width"]["pixels"],
            "qr": ours.qr <= bool(features["qrCode"]),
            "bars": ours.bars <= bool(features["barcodeB"]),
            "cut": ours.cut == "none" or features["paperPartCut"] or features["paperFullCut"],
        }
        differs |= {name for name, same in checks.items() if not same}
        assert {(ours.name, name) for name in differs} <= AGREED_TO_DIFFER, ours.name


def encoder_pages(name: str) -> dict[str, set[int]]:
    """Numbers by page, under python-escpos' names; what is commented out stands for a second number."""
    found: dict[str, set[int]] = {}
    path = ENCODER / "mappings/esc-pos" / f"{name.replace('/', '-')}.txt"
    for number, page in re.findall(r"(0x[0-9a-f]{2})\s+(\S+)", path.read_text()):
        known = page.upper().replace("WINDOWS", "CP").replace("ISO8859", "ISO_8859")
        found.setdefault(known, set()).add(int(number, 16))
    return found


@pytest.mark.skipif(not ENCODER.is_dir(), reason="the public data is not on this machine")
def test_what_it_says_is_what_the_encoder_knows() -> None:
    compared = 0
    for path in sorted((ENCODER / "printers").glob("*.json")):
        told = json.loads(path.read_text())
        ours = profiles.detect(told["model"])
        if ours is None:
            continue
        compared += 1
        theirs = told["capabilities"]
        pages = encoder_pages(theirs["codepages"])
        differs = {page for page, number in ours.pages.items() if number not in pages.get(page, ())}
        checks = {
            "columns": ours.columns == theirs["fonts"]["A"]["columns"],
            "qr": ours.qr <= theirs["qrcode"]["supported"],
            "bars": ours.bars <= theirs["barcodes"]["supported"],
            "cut": (ours.cut == "none") == ("cutter" not in theirs),
        }
        differs |= {name for name, same in checks.items() if not same}
        assert {(ours.name, name) for name in differs} <= AGREED_TO_DIFFER, (ours.name, differs)
    assert compared >= 15


_FIRST_PAPER = """
from edge.runtime.config.device_uses import PaperOptions
from edge.foundation.printing.document import Document, Text
from edge.foundation.printing.printers.escpos import render
render(Document("en", (Text("Total"),)), PaperOptions())
import sys
print(*sys.modules["escpos.capabilities"].CAPABILITIES["profiles"])
"""


def test_the_first_paper_reads_no_database_of_printers_and_leaves_no_folder(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _FIRST_PAPER], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["default"], "what python-escpos reads of each printer takes 0.2 s and 8 MB"
    assert list(tmp_path.iterdir()) == [], "each start would leave one more"
