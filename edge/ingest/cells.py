"""The text of a cell as a value of a product. Pure; a `ValueError` says what is wrong with the cell."""

from __future__ import annotations

import re
from typing import Literal

from edge.catalog import codes
from edge.units.money import exponent, parse_minor
from edge.units.quantity import Unit

Decimal = Literal["point", "comma"]

NAME_CHARS = 300
SKU_CHARS = 80
"""What `commands.Product` takes."""

PRICE_CHARS = 40
"""Far more than any price has, and little enough to be read as a number at once."""

_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("", "piece", "pieces", "pc", "pcs", "each", "ea", "unit", "units", "item", "items"), "piece"),
    **dict.fromkeys(("box", "pack", "bottle", "can", "pièce", "pièces", "unité", "unités", "u"), "piece"),
    **dict.fromkeys(("boîte", "paquet", "bouteille", "canette", "יחידה", "יחידות", "יח", "מארז", "בקבוק"), "piece"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), "kg"),
    **dict.fromkeys(("קג", "קילו", "קילוגרם"), "kg"),
    **dict.fromkeys(("l", "lt", "ltr", "litre", "litres", "liter", "liters", "ליטר", "ל"), "litre"),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "mètre", "mètres", "מטר", "מ"), "metre"),
}
_YES = frozenset(("1", "yes", "y", "true", "t", "x", "oui", "o", "vrai", "כן"))
_NO = frozenset(("", "0", "no", "n", "false", "f", "non", "faux", "לא"))
_SYMBOLS = {"EUR": "€", "ILS": "₪", "USD": "$", "GBP": "£", "CHF": "Fr."}
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_CLEAR = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
_GROUPS = {
    ",": re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"),
    ".": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?"),
}
_GROUP_SPACE = re.compile(r"(?<=[0-9])[ \u00a0\u202f'’](?=[0-9]{3}(?![0-9]))")
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]+")
_QUOTES = str.maketrans("", "", "\"'״׳.")


def name(text: str) -> str:
    """A name as it stands there, on one line."""
    text = text.strip()
    if "\ufffd" in text:
        raise ValueError("has characters that cannot be read: save the file as UTF-8")
    if len(text) > NAME_CHARS:
        raise ValueError(f"longer than {NAME_CHARS} characters")
    return text if text.isprintable() else text.translate(_CONTROLS)


def code(text: str) -> str:
    """A code in normal form; "" for an empty cell."""
    text = text.strip()
    if not text:
        return ""
    if text.endswith(".0") and text[:-2].isdigit():  # a number with a fraction, says some spreadsheet
        text = text[:-2]
    if _SHORTENED.fullmatch(text):
        raise ValueError("shortened by a spreadsheet: format the column as text and export it again")
    if why := "not a code" if "\ufffd" in text else codes.wrong(text):
        raise ValueError(why)
    return codes.normal(text)


def sku(text: str) -> str:
    """A number of the shop's own; "" for an empty cell."""
    text = text.strip()
    if len(text) > SKU_CHARS or not text.isprintable() or "\ufffd" in text:
        raise ValueError(f"not a product number (at most {SKU_CHARS} printable characters)")
    return text


def price_minor(text: str, currency: str, decimal: Decimal | None) -> int | None:
    """A price in minor units; None for an empty cell.

    Without `decimal`, "12.50" and "12,50" are both understood, and "1,250" is refused
    rather than guessed at.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > PRICE_CHARS or decimal == "comma" or not (_PLAIN if decimal else _CLEAR).fullmatch(text):
        text = _with_point(text, currency, decimal)
    return parse_minor(text, currency)


def _with_point(shown: str, currency: str, decimal: Decimal | None) -> str:
    text = shown
    for sign in (currency, _SYMBOLS.get(currency, "")):
        text = text.removeprefix(sign).removesuffix(sign).strip()
    if text.startswith(("-", "−")):
        raise ValueError("a price cannot be negative")
    text = _GROUP_SPACE.sub("", text)
    mark = {"comma": ",", "point": "."}[decimal] if decimal else _mark(text, currency)
    group = "." if mark == "," else ","
    if _GROUPS[group].fullmatch(text):
        text = text.replace(group, "")
    plain = text.replace(mark, ".")
    if group in text or len(text) > PRICE_CHARS or not _PLAIN.fullmatch(plain):
        raise ValueError(f"{shown[:40]!r} is not an amount of money")
    return plain


def _mark(text: str, currency: str) -> str:
    """Which mark is in front of the fraction: the last one, unless it is there twice."""
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return "."
    last = marks[-1]
    if len(marks) == 1 and text[0] != "0" and len(text) - text.index(last) == 4 and exponent(currency) < 3:
        raise ValueError(f"{text[:40]!r} may be thousands or a fraction: say `decimal` in a mapping")
    if marks.count(last) == 1:
        return last
    return "," if last == "." else "."


def unit(text: str) -> Unit:
    """What a product is counted in; an empty cell is a piece."""
    word = " ".join(text.translate(_QUOTES).casefold().split()).removeprefix("1").strip()
    found = _UNITS.get(word)
    if found is None:
        raise ValueError("not a unit: piece, kg, litre or metre")
    return found


def flag(text: str) -> bool:
    """Yes or no, in three languages; an empty cell is no."""
    word = text.strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("neither yes (1) nor no (0)")


def min_age(text: str) -> int:
    """Years ("18", "18+"); an empty cell is 0: anyone."""
    text = text.strip().removesuffix("+") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise ValueError("not an age in years (0 to 99)")
    return int(text)


def tax_class(text: str) -> str:
    """The id of a tax class; "" for an empty cell."""
    text = text.strip()
    if len(text) > SKU_CHARS or not text.isprintable():
        raise ValueError("not the id of a tax class")
    return text
