"""Which letters a model of printer has, and how python-escpos is told what it can do."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from edge.lib import printer_profiles as profiles
from edge.lib.printer_profiles import Profile

_NO_PRINTERS: Mapping[str, object] = {"profiles": {"default": {}}, "encodings": {}}


_LOADING = threading.Lock()


def load_escpos() -> None:
    """Before anything of python-escpos is used. By itself it reads what it knows of all printers, in a fifth of a
    second and 8 MB, and leaves a folder behind; `profiles.toml` says all that is needed. Each printer draws on a thread
    of its own: one of them loads it, and the others wait."""
    with _LOADING:
        _load_once()


@cache
def _load_once() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "printers.json")
        file.write_text(json.dumps(_NO_PRINTERS))
        os.environ["ESCPOS_CAPABILITIES_FILE"] = str(file)
        try:
            from escpos import capabilities
        finally:
            del os.environ["ESCPOS_CAPABILITIES_FILE"]
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def for_escpos(profile: Profile) -> Any:
    """The profile as python-escpos wants it."""
    load_escpos()
    from escpos.capabilities import Profile as Known

    made = Known(columns=profile.columns)
    made.features = {
        "barcodeA": profile.bars,
        "barcodeB": profile.bars,
        "qrCode": profile.qr,
        "paperFullCut": profile.cut == "full",
        "paperPartCut": profile.cut != "none",
        "bitImageRaster": profile.raster,
        "bitImageColumn": True,
        "graphics": False,
    }
    made.profile_data = {
        "fonts": {"0": {"columns": profile.columns}},
        "codePages": {number: page for page, number in profile.pages.items()},
        "media": {"width": {"pixels": profile.dots}},
    }
    return made


def encoder(name: str) -> Any:
    """What chooses the code page for each letter: a fresh one each time, so that the same document always gives the
    same bytes; its tables are shared."""
    load_escpos()
    from escpos.magicencode import Encoder

    made = Encoder(dict(profiles.find(name).pages))
    made.available_characters = _tables(name)
    return made


@cache
def _tables(name: str) -> Mapping[str, Mapping[str, int]]:
    """For each code page the characters of its upper half."""
    tables = {}
    for page in profiles.find(name).pages:
        upper = {bytes((byte,)).decode(page, "ignore"): byte for byte in range(128, 256)}
        tables[page] = {char: byte for char, byte in upper.items() if char}
    return tables


@cache
def characters(name: str) -> frozenset[str]:
    """Every character that the printer has."""
    return frozenset(map(chr, range(32, 127))).union(*_tables(name).values())
