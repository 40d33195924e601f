"""Parses typed amounts: ranges with units ("THC: 15-21%", "0.5mg/g", "<1%"), and sizes ("1.5 L"). Pure.

The text is always kept as typed, next to its meaning.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from edge.goods.catalog.product import Size, Value
from edge.goods.ingest.mapping.cell_parsers import CellError
from edge.goods.ingest.mapping.cleaning import weight
from edge.lib.units.quantity import LIMIT

TEXT_CHARS = 1000
ONE = 1_000
BOUND = 10**15
"""Maximum value, as in `product.Value`."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:[.,]\d{1,9})?|[.,]\d{1,9})"
_UNIT = (
    r"(?:%|‰|(?:µg|ug|mg|kg|g|gr|ml|cl|dl|l|oz|iu|kcal|kj|ppm|mm|cm|m|גרם|ג|מג|קג|מל|ליטר)"
    r"(?:/(?:ml|kg|g|l|oz|serving|piece|unit))?)"
)
_TYPED = re.compile(
    rf"""(?:[^\d<>≤≥~.,]{{1,40}}?:|(?:total\s+)?(?:thc|cbd)\b)?\s*  # "THC:", "THC 20%"
    (?P<about>~|≈|ca\.?|approx\.?|about)?\s*
    (?P<sign><=|>=|<|>|≤|≥|up\s+to|max\.?|min\.?|jusqu'à|עד)?\s*
    (?P<low>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*
    (?:(?:-|–|—|to|à|עד|\.\.)\s*(?P<high>{_NUMBER})\s*(?P<unit2>{_UNIT})?)?\s*
    (?P<plus>\+)?(?:\s*(?:thc|cbd))?""",
    re.X | re.I,
)
_BELOW = ("<", "≤", "up", "ma", "ju", "עד")
_QUOTES = str.maketrans("", "", "\"'״׳")
_UNITS = {"gr": "g", "ug": "µg", "גרם": "g", "ג": "g", "מג": "mg", "קג": "kg", "מל": "ml", "ליטר": "l"}

Measure = Literal["g", "ml", "m", "piece"]
_MEASURES: dict[str, tuple[Measure, Decimal]] = {
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramme", "grammes", "גרם", "ג", "גר"), ("g", Decimal(1))),
    **dict.fromkeys(("kg", "kilo", "kilogram", "kilogramme", "קג", "קילו", "קילוגרם", "לקג"), ("g", Decimal(1000))),
    **dict.fromkeys(("mg", "מג", "מיליגרם"), ("g", Decimal("0.001"))),
    **dict.fromkeys(("ml", "millilitre", "milliliter", "מל", "מיליליטר"), ("ml", Decimal(1))),
    "cl": ("ml", Decimal(10)),
    "dl": ("ml", Decimal(100)),
    **dict.fromkeys(("l", "lt", "litre", "litres", "liter", "liters", "ליטר", "ליטרים", "ל"), ("ml", Decimal(1000))),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "mètre", "mètres", "מטר", "מטרים"), ("m", Decimal(1))),
    **dict.fromkeys(("cm", "סמ"), ("m", Decimal("0.01"))),
    **dict.fromkeys(
        ("piece", "pieces", "pc", "pcs", "unit", "units", "unité", "unités", "pièce"), ("piece", Decimal(1))
    ),
    **dict.fromkeys(("יחידה", "יחידות", "יח", "1"), ("piece", Decimal(1))),
}
_OUNCE = re.compile(r"1\s*(?:oz|ounce)\.?", re.I)
OUNCE = Size(28_350, "g")
_SIZE = re.compile(rf"(?P<amount>{_NUMBER})?\s*(?P<measure>[^\W\d_]+|1)\.?")


def value(text: str) -> Value:
    """Parse an attribute value; a text that isn't a number or range stays plain text."""
    text = text.strip()
    if "\ufffd" in text:
        raise CellError("unreadable")
    if len(text) > TEXT_CHARS:
        raise CellError("long", limit=TEXT_CHARS)
    return _value(text)


def exact(text: str) -> Value:
    """Parse an exported value: "15000|21000|%" (thousandths, open ends allowed)."""
    typed = re.fullmatch(r"(-?\d{1,16})?\|(-?\d{1,16})?\|([^|\x00-\x1f]{0,20})", text.strip())
    bounds = [int(bound) if bound else None for bound in typed.groups()[:2]] if typed else []
    if typed is None or any(bound is not None and abs(bound) > BOUND for bound in bounds):
        raise CellError("not_number", value=text[:40])
    return Value("", bounds[0], bounds[1], typed[3])


def share(text: str) -> Value:
    """Parse a fraction as a percentage; an explicit unit takes precedence.

    >>> share("0.2155"), share("21%").high
    (Value(text='0.2155', low=21550, high=21550, unit='%'), 21000)
    """
    said = value(text)
    if said.unit or (said.low, said.high) == (None, None):
        return said
    percent = value(re.sub(_NUMBER, lambda found: f"{_number(found[0]) * 100:f}", said.text) + "%")
    return msgspec.structs.replace(percent, text=said.text)


def is_share(text: str) -> bool | None:
    """Whether a unitless number may be a fraction; None if it isn't such a number.

    >>> is_share("0.21"), is_share("21"), is_share("21%"), is_share("")
    (True, False, None, None)
    """
    said = _value(text.strip()[:TEXT_CHARS])
    return said.high <= ONE if said.high is not None and not said.unit else None


@lru_cache(4096)
def _value(text: str) -> Value:
    typed = _TYPED.fullmatch(text.translate(_QUOTES)) if len(text) <= 80 else None
    if typed is None or (typed["sign"] and (typed["high"] or typed["plus"])):
        return Value(text)
    units = {_unit(unit) for unit in (typed["unit"], typed["unit2"]) if unit}
    low, high = _bound(typed["low"]), _bound(typed["high"] or typed["low"])
    if len(units) > 1 or low > high or high > BOUND:
        return Value(text)
    sign = (typed["sign"] or "").casefold()
    open_below = sign.startswith(_BELOW)
    open_above = bool(typed["plus"] or (sign and not open_below))
    return Value(text, None if open_below else low, None if open_above else high, next(iter(units), ""))


def unit(text: str) -> str:
    """Unit of a text ("%", "mg/g"), or ""."""
    bare = text.strip().translate(_QUOTES)
    return _unit(bare) if re.fullmatch(_UNIT, bare, re.I) else ""


def _unit(typed: str) -> str:
    bare = typed.casefold()
    return _UNITS.get(bare, bare)


def _number(typed: str) -> Decimal:
    """Parse a number: a lone comma before three digits separates thousands; any other comma is the decimal mark."""
    thousands = "." in typed or re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", typed)
    return Decimal(typed.replace(",", "" if thousands else "."))


def _bound(typed: str) -> int:
    """Parse to thousandths."""
    return int((_number(typed) * 1000).to_integral_value(ROUND_HALF_UP))


@lru_cache(4096)
def size(amount: str, measure: str = "") -> Size | None:
    """Parse a size: "1.5 L", or amount and measure separately. None if empty."""
    text = f"{amount.strip()} {measure.strip()}".strip()
    typed = _SIZE.fullmatch(text.translate(_QUOTES).casefold())
    found = _MEASURES.get(typed["measure"]) if typed else None
    if typed is None or found is None:
        if (packed := packed_size(text)) is None:
            raise CellError("not_size")
        return packed
    thousandths = Decimal(_bound(typed["amount"] or "1")) * found[1]
    if thousandths != thousandths.to_integral_value() or thousandths > LIMIT:
        raise CellError("not_size")
    return Size(int(thousandths), found[0]) if thousandths else None


def packed_size(text: str, in_trade: bool = False) -> Size | None:
    """Parse a pack size ("5 x 0.5g", "2 lb"), or None. `in_trade`: an ounce is 28 g, as for cannabis.

    >>> packed_size("5 x 0.5g"), packed_size("1 oz").amount, packed_size("1 oz", in_trade=True).amount
    (Size(amount=2500, measure='g'), 28350, 28000)
    """
    if not in_trade and _OUNCE.fullmatch(text.strip()):
        return OUNCE
    found = weight(text)
    return Size(int(found.grams * 1000), "g") if found else None


def pieces(text: str) -> int:
    """Pieces in a size: "5 x 0.5g" is five.

    >>> pieces("5 x 0.5g"), pieces("2.5 g")
    (5, 1)
    """
    found = weight(text)
    return found.pieces if found else 1


def trade_percent(said: Value) -> Value:
    """THC or CBD percentage, rounded to two decimals.

    >>> trade_percent(value("18.567%")).low
    18570
    """
    if said.unit != "%":
        return said
    low, high = (None if bound is None else (bound + 5) // 10 * 10 for bound in (said.low, said.high))
    return msgspec.structs.replace(said, low=low, high=high)


def is_odd_percent(text: str) -> bool:
    """Whether a text is an invalid percentage, negative or reversed.

    >>> is_odd_percent("-5%"), is_odd_percent("21-15%"), is_odd_percent("15-21%"), is_odd_percent("high")
    (True, True, False, False)
    """
    found = re.fullmatch(
        rf"\s*(?P<minus>-)?\s*(?P<low>{_NUMBER})\s*%?\s*(?:(?:-|–|to)\s*(?P<high>{_NUMBER}))?\s*%\s*", text
    )
    return found is not None and bool(
        found["minus"] or (found["high"] and _number(found["low"]) > _number(found["high"]))
    )


def show_size(size: Size) -> str:
    """Format a size as text that `size` can parse."""
    return f"{Decimal(size.amount).scaleb(-3).normalize():f} {size.measure}"
