"""Canonical sizes: "1.5 L", "1500 מ״ל" and "1,5 litre" are equal. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

_NAMES: dict[str, tuple[str, int]] = {
    name: size
    for size, names in {
        ("g", 1): "g gr grs gm gram grams gramme grammes ג גר גרמ גרמימ",
        ("g", 1000): "kg kgs kilo kilos kilogram kilogramme קג קילו קילוגרמ",
        ("mg", 1): "mg milligram milligrams milligramme מג מיליגרמ",
        ("ml", 1): "ml millilitre millilitres milliliter מל מיליליטר סמק",
        ("ml", 10): "cl centilitre centilitres",
        ("ml", 1000): "l lt ltr litre litres liter liters ל ליט ליטר ליטרימ",
        ("oz", 1): "oz ounce ounces אונקיה",
        ("lb", 1): "lb lbs pound pounds",
        ("mm", 1): "mm ממ",
        ("mm", 10): "cm סמ",
        ("mm", 1000): "m metre metres meter meters מטר",
        ("pc", 1): "pc pcs piece pieces units pack יח יחי יחידה יחידות",
        ("%", 1): "% percent pct אחוז אחוזימ",
    }.items()
    for name in names.split()
}
"""Unit names in plain spelling, mapped to the base unit and the number of base units in each."""

NUMBER_CHARS = 12
"""Maximum length of a number in a size."""


@lru_cache(maxsize=4_096)
def size_of(number: str, unit: str) -> str | None:
    """Canonical size of a number and unit; None for an unknown unit.

    >>> size_of("1.5", "l"), size_of("0.5", "קג"), size_of("3", "%"), size_of("3", "אחים")
    ('1500ml', '500g', '3%', None)
    """
    known = _NAMES.get(unit)
    if known is None or len(number) > NUMBER_CHARS:
        return None
    name, factor = known
    try:
        amount = Decimal(number) * factor
    except InvalidOperation:
        return None
    return f"{amount.normalize():f}{name}"


def is_unit(word: str) -> bool:
    """Whether a word in plain spelling is a unit."""
    return word in _NAMES
