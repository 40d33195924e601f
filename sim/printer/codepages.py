"""The code pages by their ESC t number."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Mapping

import msgspec

# Epson, ESC/POS Command Reference, "ESC t". The names are Python's,
# except for TCVN, which python-escpos knows. Pages unknown to both (11, 12, 41 to 43)
# are omitted. Other makers number the
# higher ones differently.
EPSON: Mapping[int, str] = {
    0: "cp437",
    1: "cp932",  # for katakana, whose single bytes are the same
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    20: "cp874",
    21: "cp874",
    26: "cp874",
    30: "TCVN-3-1",
    31: "TCVN-3-2",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859_2",
    40: "iso8859_15",
    44: "cp1125",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}


def decode(data: bytes, codec: str) -> str:
    """Decode one character per byte; an undefined byte becomes U+FFFD."""
    return data.decode("latin-1").translate(_upper_half(codec))


@functools.cache
def _upper_half(codec: str) -> Mapping[int, str]:
    """Bytes 128 to 255 of a page as characters."""
    if codec.startswith("TCVN"):
        tables = importlib.resources.files("escpos").joinpath("capabilities.json").read_bytes()
        page = "".join(msgspec.json.decode(tables)["encodings"][codec]["data"])
        return dict(zip(range(128, 256), page, strict=True))
    return {byte: bytes((byte,)).decode(codec, "replace") for byte in range(128, 256)}
