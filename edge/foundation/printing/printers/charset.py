"""Character sets of printer models, and their python-escpos capabilities."""

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
    """Load python-escpos; call it before using the library. By default, the library loads data of all printers (a fifth
    of a second, 8 MB) and leaves a folder behind; `profiles.toml` is enough. Thread-safe."""
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
    """Profile in python-escpos' form."""
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
    """Return a new code page selector, so that equal documents give equal bytes. Its tables are shared."""
    load_escpos()
    from escpos.magicencode import Encoder

    made = Encoder(dict(profiles.find(name).pages))
    made.available_characters = _tables(name)
    return made


@cache
def _tables(name: str) -> Mapping[str, Mapping[str, int]]:
    """Upper-half characters of each code page."""
    tables = {}
    for page in profiles.find(name).pages:
        upper = {bytes((byte,)).decode(page, "ignore"): byte for byte in range(128, 256)}
        tables[page] = {char: byte for char, byte in upper.items() if char}
    return tables


@cache
def characters(name: str) -> frozenset[str]:
    """Every character of the printer."""
    return frozenset(map(chr, range(32, 127))).union(*_tables(name).values())
