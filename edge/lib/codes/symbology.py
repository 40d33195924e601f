"""Symbologies: scanners' names for them, and their data. Pure.

AIM symbology identifiers (ISO/IEC 15424) precede the data: `]`, a letter, and a modifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Holds = Literal["elements", "ean13", "ean13+", "ean8", "upca", "upce", "itf14", "anything"]


class Symbology(msgspec.Struct, frozen=True):
    """A symbology. `holds`: its data format ("ean13+": with add-on digits)."""

    name: str
    holds: Holds = "anything"


_ALL = (
    Symbology("ean13", "ean13"),
    Symbology("ean8", "ean8"),
    Symbology("upca", "upca"),
    Symbology("upce", "upce"),
    Symbology("itf14", "itf14"),
    Symbology("gs1-128", "elements"),
    Symbology("databar", "elements"),
    Symbology("gs1-datamatrix", "elements"),
    Symbology("gs1-qr", "elements"),
    Symbology("gs1-dotcode", "elements"),
    *map(
        Symbology, ("datamatrix", "qr", "dotcode", "code128", "code39", "code93", "itf", "codabar", "pdf417", "aztec")
    ),
    *map(Symbology, ("maxicode", "telepen", "msi", "code11", "other")),
)
BY_NAME: Final[Mapping[str, Symbology]] = {known.name: known for known in _ALL}

_LETTERS = {"A": "code39", "B": "telepen", "C": "code128", "F": "codabar", "G": "code93", "H": "code11", "I": "itf"}
_LETTERS |= {"L": "pdf417", "M": "msi", "Q": "qr", "U": "maxicode", "X": "other", "d": "datamatrix", "z": "aztec"}
_EXACT = {"C1": "gs1-128", "E0": "ean13", "E4": "ean8", "J0": "dotcode", "J1": "gs1-dotcode"}
_EXACT |= {"Q3": "gs1-qr", "d2": "gs1-datamatrix", **{f"e{modifier}": "databar" for modifier in "0123"}}
_SQUEEZED = {name.replace("-", ""): known for name, known in BY_NAME.items()}
_ALSO = {"gs1128": "gs1-128", "ucc128": "gs1-128", "ean128": "gs1-128", "qrcode": "qr", "gs1qrcode": "gs1-qr"}
_ALSO |= {"rss14": "databar", "databarexp": "databar", "databarexpanded": "databar", "databarlimited": "databar"}
_ALSO |= {"databarexpandedstacked": "databar", "databaromni": "databar", "databarstacked": "databar"}
_ALSO |= {"databarstackedomni": "databar", "aztecrune": "aztec", "microqrcode": "qr"}
_ALSO |= {"jan13": "ean13", "jan8": "ean8", "isbn": "ean13", "i2of5": "itf", "interleaved2of5": "itf"}


def by_identifier(identifier: str) -> Symbology | None:
    """Return the symbology of an AIM identifier (two characters, without `]`); None if unknown."""
    if identifier == "E3":
        return Symbology("ean13", "ean13+")
    name = _EXACT.get(identifier) or _LETTERS.get(identifier[:1])
    return BY_NAME[name] if name and identifier[1:].isalnum() else None


def as_told(symbology: str) -> Symbology | None:
    """Return the symbology reported by a scanner as an AIM identifier (`]C1`) or a name; None if unknown."""
    return by_identifier(symbology[1:3]) if symbology[:1] == "]" else by_name(symbology)


def by_name(name: str) -> Symbology | None:
    """Return the symbology by a driver's name, in any spelling; None if unknown."""
    if name in BY_NAME:
        return BY_NAME[name]
    squeezed = re.sub("[^a-z0-9]", "", name.lower())
    return _SQUEEZED.get(squeezed) or (BY_NAME[_ALSO[squeezed]] if squeezed in _ALSO else None)
