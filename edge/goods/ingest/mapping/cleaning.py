"""Cleans cells of published catalogues: percentages, weights, names and strains. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import msgspec

NOTHING = frozenset(("", "-", "–", "n/a", "na", "none"))
HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_PERCENT = re.compile(
    r"(?:(?:total\s+)?(?:thc|cbd)\s*:?\s*)?(-?[0-9]{1,6}(?:[.,][0-9]{1,6})?)\s*%?(?:\s*(?:thc|cbd))?", re.I
)
_GRAMS = {
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramme", "grammes", "גרם"), Decimal(1)),
    **dict.fromkeys(("kg", "kgs"), Decimal(1000)),
    "mg": Decimal("0.001"),
    **dict.fromkeys(("lb", "lbs"), Decimal("453.59237")),
    **dict.fromkeys(("oz", "ounce"), Decimal("28.349523")),
}
_OUNCES = {Decimal(1) / 8: "3.5", Decimal(1) / 4: "7", Decimal(1) / 2: "14", Decimal(1): "28"}
"""Fractions of an ounce in grams, by the cannabis trade's convention."""
_GRAMS_MOST = Decimal("999999.99")
_AMOUNT = r"[0-9]{1,7}(?:[.,][0-9]{1,6})?|[0-9]/[0-9]"
_WEIGHT = re.compile(rf"({_AMOUNT})\s*([^\W\d_]+)\.?(?:\s*\(.*\))?", re.I)
_PIECES_FIRST = re.compile(rf"([0-9]{{1,4}})\s*[x×]\s*({_AMOUNT})\s*([^\W\d_]+)\.?", re.I)
_PIECES_LAST = re.compile(rf"({_AMOUNT})\s*([^\W\d_]+)\.?\s*[x×]\s*([0-9]{{1,4}})", re.I)
_MARKS = re.compile(r"[®™©]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""Matches a part of a hyphenated word, so that PRE-ROLLS becomes Pre-Rolls."""
_LOOSE = r"[\s\-|,()–]*"
_EDGES = " -|,()–"
_KEPT = frozenset(("OG", "THC", "CBD", "CBG", "CBN", "AK"))
_KINDS = (
    ("hybrid", re.compile(r"\b(?:hybrids?|hybride|היברידי|היבריד)\b", re.I)),
    ("indica", re.compile(r"\b(?:indica|אינדיקה)\b", re.I)),
    ("sativa", re.compile(r"\b(?:sativa|סאטיבה|סטיבה)\b", re.I)),
    ("blend", re.compile(r"\b(?:balanced|blend|équilibré|mélange|תערובת|מאוזן)\b", re.I)),
)
_ONLY_CBD = re.compile(r"^\s*cbd\s*$|\b(?:pure|only|pur|seulement)\s+cbd\b|\bcbd\s+(?:only|pur|isolate)\b", re.I)
_DOMINANT = tuple(
    (side, re.compile(rf"\b(?:{names})[\s-]*(?:dominante?|דומיננטי)\b|\bdominan(?:te?|ce)\s+(?:{names})\b", re.I))
    for side, names in (("indica", "indica|אינדיקה"), ("sativa", "sativa|סאטיבה|סטיבה"))
)


class Weight(msgspec.Struct, frozen=True):
    """Package content: grams with two decimals, and number of pieces."""

    grams: Decimal
    pieces: int = 1


class PercentWrong(ValueError):
    """An impossible pair of percentages, as text."""


def percent(low: str, high: str) -> str:
    """Percentage range as text ("20-26%"); "" if empty. Raises `PercentWrong` below 0, above 100, or if reversed.

    >>> percent("THC 20%", "26.005"), percent("5", "5.00"), percent("", "3"), percent("-", "N/A")
    ('20-26.01%', '5%', '3%', '')
    """
    found = [_percentage(text) for text in (low, high) if text.strip().casefold() not in NOTHING]
    if not found:
        return ""
    if any(not 0 <= one <= HUNDRED for one in found) or found[0] > found[-1]:
        raise PercentWrong(" - ".join(text.strip() for text in (low, high) if text.strip()))
    return "-".join(dict.fromkeys(_plain(one) for one in found)) + "%"


def _percentage(text: str) -> Decimal:
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise PercentWrong(text.strip())
    return Decimal(match[1].replace(",", ".")).quantize(_CENT, ROUND_HALF_UP)


def weight(text: str) -> Weight | None:
    """Size in grams; None if it isn't a weight (30ml). A total precedes the pieces in brackets.

    >>> weight("5 x 0.5g") == weight("0.5 g x 5") == weight("2.5g (5 x 0.5g)") == Weight(Decimal("2.50"), 5)
    True
    >>> weight("1/8 oz"), weight("30ml"), weight("10 x 0.125 g").grams
    (Weight(grams=Decimal('3.50'), pieces=1), None, Decimal('1.25'))
    """
    text = " ".join(text.split())
    bracket = re.search(r"\((.*)\)", text)
    inside = _in_pieces(bracket[1].strip()) if bracket else None
    if inside is None and (found := _in_pieces(text)) is not None:
        return found
    match = _WEIGHT.fullmatch(text)
    return _weight(_grams(match[1], match[2]), inside.pieces if inside else 1) if match else None


def weight_fault(text: str) -> str:
    """Fault of a size: `weight_range`: zero or too heavy; `weight_differs`: the total differs from the bracketed pieces
    by over 1 %; "": valid.

    >>> weight_fault("0 g"), weight_fault("3 g (5 x 0.5g)"), weight_fault("2.5g (5 x 0.5g)"), weight_fault("30ml")
    ('weight_range', 'weight_differs', '', '')
    """
    text = " ".join(text.split())
    bracket = re.search(r"\((.*)\)", text)
    inside = _in_pieces(bracket[1].strip()) if bracket else None
    total = weight(text)
    if inside and total and abs(total.grams - inside.grams) * 100 > inside.grams:
        return "weight_differs"
    match = _WEIGHT.fullmatch(text)
    return "weight_range" if total is None and match and match[2].casefold() in _GRAMS else ""


def _in_pieces(text: str) -> Weight | None:
    first, last = _PIECES_FIRST.fullmatch(text), _PIECES_LAST.fullmatch(text)
    if first:
        pieces, grams = int(first[1]), _grams(first[2], first[3])
    elif last:
        pieces, grams = int(last[3]), _grams(last[1], last[2])
    else:
        return None
    return _weight(grams * pieces if grams is not None else None, pieces)


def _weight(grams: Decimal | None, pieces: int) -> Weight | None:
    """Total weight, rounded once; None if zero or too heavy."""
    whole = grams.quantize(_CENT, ROUND_HALF_UP) if grams is not None else Decimal(0)
    return Weight(whole, pieces) if 0 < whole <= _GRAMS_MOST else None


def _grams(amount: str, unit: str) -> Decimal | None:
    factor = _GRAMS.get(unit.casefold())
    if factor is None:
        return None
    try:
        upper, _, lower = amount.replace(",", ".").partition("/")
        value = Decimal(upper) / Decimal(lower) if lower else Decimal(upper)
    except (InvalidOperation, ZeroDivisionError):
        return None
    traded = _OUNCES.get(value) if unit.casefold() in ("oz", "ounce") else None
    return Decimal(traded) if traded else value * factor


def product_name(text: str, elsewhere: Iterable[str]) -> str:
    """Name without parts that have their own columns (size, brand, kind, category), and not in all capitals. If nothing
    would remain, the parts stay.

    >>> product_name("SAMPLE KUSH™ 3.5G", ["3.5g"]), product_name("OG AK-47 by Leaf", ["Leaf"])
    ('Sample Kush', 'OG AK-47 by')
    >>> product_name("Pink Kush 3.5G - INDICA (Dried Flower) ®", ["3.5 g", "Indica", "Dried Flower"])
    'Pink Kush'
    """
    sent = " ".join(unicodedata.normalize("NFC", text).split())
    name = " ".join(_MARKS.sub("", sent).split())
    parts = sorted({" ".join(part.split()) for part in elsewhere if len(part.strip()) > 1}, key=len, reverse=True)
    again = True
    while again:
        again = False
        for part in parts:
            spaced = r"\s*".join(map(re.escape, part.replace(" ", "")))
            cut = re.sub(
                rf"^{_LOOSE}{spaced}(?=[\s\-|,()]|$)|(?:(?<=[\s\-|,()])|^){spaced}{_LOOSE}$", "", name, flags=re.I
            )
            if cut == name:
                continue
            again, name = True, cut.strip(_EDGES)
            if not name:
                return _title_case(sent)
    return _title_case(name) if name else sent


def _title_case(name: str) -> str:
    letters = [char for char in name if char.isalpha()]
    if len(letters) < 4 or any(char.islower() for char in letters):
        return name
    return " ".join(
        word if _is_kept(word) else _WORD.sub(lambda part: part[0].capitalize(), word) for word in name.split(" ")
    )


def _is_kept(word: str) -> bool:
    return word in _KEPT or any(char.isdigit() for char in word)


def strain_type(*texts: str) -> str:
    """Strain type in the first text that names one: hybrid, indica, sativa, blend or cbd; "" if none.

    >>> strain_type("Indica Dominant"), strain_type("", "indica and sativa"), strain_type("CBD"), strain_type("kind")
    ('indica', 'hybrid', 'cbd', '')
    """
    for text in texts:
        named = [kind for kind, pattern in _KINDS if pattern.search(text)]
        if "hybrid" in named or {"indica", "sativa"} <= set(named):
            return "hybrid"
        if "blend" in named:
            return "blend"
        if named:
            return named[0]
        if _ONLY_CBD.search(text):
            return "cbd"
    return ""


def dominance(*texts: str) -> str:
    """Dominance in the first text that states it: indica or sativa; "" if none.

    >>> dominance("Indica Dominant"), dominance("Hybrid", "a sativa-dominant hybrid"), dominance("Indica")
    ('indica', 'sativa', '')
    """
    found = (side for text in texts for side, pattern in _DOMINANT if pattern.search(text))
    return next(found, "")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
