"""Parsers of cell texts. Pure; raise `CellError`."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal as Number
from functools import cache, lru_cache
from typing import Literal

from babel.core import get_global

from edge.goods.catalog import codes
from edge.lib.i18n import ENGLISH, translate
from edge.lib.units.money import LIMIT_MINOR, exponent
from edge.lib.units.quantity import LIMIT, Unit

Decimal = Literal["point", "comma"]

NAME_CHARS = 300
SKU_CHARS = 80
WORD_CHARS = 80
"""Maximum characters, as in `catalog.product`."""

NUMBER_CHARS = 40
"""Maximum characters of a number: longer than any real one, but quick to parse."""

_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("piece", "pieces", "pc", "pcs", "each", "ea", "unit", "units", "item", "items"), "piece"),
    **dict.fromkeys(("box", "pack", "bottle", "can", "pièce", "pièces", "unité", "unités", "u"), "piece"),
    **dict.fromkeys(("nos", "no", "per item", "regular", "qty", "ct", "count"), "piece"),
    **dict.fromkeys(("boîte", "paquet", "bouteille", "canette", "יחידה", "יחידות", "יח", "מארז", "בקבוק"), "piece"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), "kg"),
    **dict.fromkeys(("קג", "קילו", "קילוגרם"), "kg"),
    **dict.fromkeys(("l", "lt", "ltr", "litre", "litres", "liter", "liters", "ליטר", "ל"), "litre"),
    **dict.fromkeys(("stk", "stück", "st", "psch", "ud", "uds", "unidad", "unidades", "pz", "pza", "pieza"), "piece"),
    **dict.fromkeys(
        ("pezzo", "pezzi", "nr", "un", "unidade", "szt", "sztuka", "opak", "ks", "kus", "stuk", "stuks"), "piece"
    ),
    **dict.fromkeys(("styck", "kpl", "db", "buc", "adet", "шт", "штука", "порция", "порц", "уп", "бут", "од"), "piece"),
    **dict.fromkeys(
        ("portion", "portions", "porción", "porzione", "flasche", "dose", "packung", "pkg", "bund"), "piece"
    ),
    **dict.fromkeys(("кг", "килограмм", "кілограм", "kilogramm", "chilo", "kilogramo", "kilogram"), "kg"),
    **dict.fromkeys(("л", "литр", "літр", "litro", "litri", "litros", "litr"), "litre"),
    **dict.fromkeys(("м", "метр", "metro", "metri", "metros", "lfm", "mb"), "metre"),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "mètre", "mètres", "מטר", "מ"), "metre"),
}
_YES = frozenset(
    ("1", "yes", "y", "true", "t", "x", "oui", "o", "vrai", "כן", "ja", "si", "sí", "sim", "tak", "да", "так")
)
_NO = frozenset(("", "0", "no", "n", "false", "f", "non", "faux", "לא", "nein", "nee", "não", "nie", "нет", "ні"))
ASKED_FOR = frozenset(("variable", "open", "open price", "market price", "prix libre", "מחיר פתוח"))
"""Words in a price column that mean the price is entered at the till."""
UNCOUNTED = frozenset(
    (
        *("not stocked", "not tracked", "untracked", "unlimited", "infinite", "∞", "n/a", "-"),
        *("instock", "in stock", "outofstock", "out of stock", "illimité", "unbegrenzt"),
    )
)
"""Words in a stock column that mean the product's stock isn't counted."""
_GONE = frozenset(
    (
        *(
            "archived",
            "inactive",
            "discontinued",
            "deleted",
            "disabled",
            "deactivated",
            "retired",
            "archivé",
            "inactif",
        ),
        *("désactivé", "inaktiv", "archiviert", "gesperrt", "inactivo", "inativo", "inattivo", "nieaktywny"),
        *("неактивен", "архив", "לא פעיל", "מושבת", "בארכיון"),
    )
)
_STATES = frozenset(("active", "draft", "enabled", "published", "available", "actif", "unlisted", "פעיל"))
_NOTHING = frozenset(
    (
        *(
            "",
            "-",
            "–",
            "—",
            "n/a",
            "n.a.",
            "n/a.",
            "na",
            "none",
            "null",
            "nil",
            "unknown",
            "inconnu",
            "לא ידוע",
            "לא רלוונטי",
        ),
        *("#n/a", "#ref!", "#value!", "#name?", "tbd", "tba", "no barcode", "no code", "undefined", "(none)"),
    )
)
"""Placeholders for empty cells."""

SYMBOLS = {
    **{"€": ("EUR",), "₪": ("ILS",), "R$": ("BRL",), "$": ("USD", "CAD", "AUD", "NZD", "MXN"), "£": ("GBP",)},
    **{"Fr.": ("CHF",), "₴": ("UAH",), "₽": ("RUB",), "₺": ("TRY",), "₹": ("INR",), "₸": ("KZT",), "¥": ("JPY", "CNY")},
    **{"zł": ("PLN",), "Kč": ("CZK",), "kr": ("SEK", "NOK", "DKK"), "Ft": ("HUF",), "lei": ("RON",), "грн": ("UAH",)},
    **{"руб": ("RUB",), "₩": ("KRW",), "円": ("JPY",)},
}
"""Currency symbols and the currencies that use them."""

_CODE_BESIDE = re.compile(r"([A-Z]{3})\s?(?=[-−.\d])|(?<=[\d.,])\s?([A-Z]{3})$")
"""The code of a currency before or after an amount."""
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_CLEAR = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
_LOSS = re.compile(r"([0-9]{1,2})(?:[.,]([0-9])0*)?\s?%?")
_GROUPS = {
    ",": re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"),
    ".": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?"),
}
_GROUP_SPACE = re.compile(r"(?<=[0-9])[ \u00a0\u202f'’](?=[0-9]{3}(?![0-9]))")
_NO_CENTS = re.compile(r"(?<=[0-9])[.,]\s?[-–—]{1,2}$")
"""The ending of a price without cents: "5,-"."""
_BEGUN = re.compile(r"[.,][0-9]{1,3}")
"""A number without the zero before its decimal mark: ".50"."""
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]+")
_QUOTES = str.maketrans("", "", "\"'״׳.")
_GUARDED = re.compile(r'=?\s*(?:T\()?\s*"([^"]*)"\)?')
_BARE = re.compile(r"(?:'|[=+](?=\d+$))([^']*)")
_UNSEEN = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_WHOLE = re.compile(r"(\d+)[.,]0+")
_SPACED = re.compile(r"[ \u00a0\u202f\u2009-]")
ARTICLE_DIGITS = (8, 12, 13, 14)


class CellError(ValueError):
    """An invalid cell. Its reason is the text `reason.KEY` in `edge/lib/i18n`, filled with `values`."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(translate(ENGLISH, f"reason.{key}", **values))
        self.key = key
        self.values = values


def is_nothing(text: str) -> bool:
    """Whether a cell means "none"."""
    return text.strip().casefold() in _NOTHING


def name(text: str, limit: int = NAME_CHARS) -> str:
    """A single-line name."""
    text = text.strip()
    if "\ufffd" in text:
        raise CellError("unreadable")
    if len(text) > limit:
        raise CellError("long", limit=limit)
    return text if text.isprintable() else text.translate(_CONTROLS)


def word(text: str) -> str:
    """A short name."""
    return name(text, WORD_CHARS)


def code(text: str) -> str:
    """Normalised code; "" if none. Ignores spreadsheet protection (`="..."`, an apostrophe), invisible and wide
    characters, and spaces and dashes in a valid GTIN."""
    text = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).strip()
    if guarded := _GUARDED.fullmatch(text) or _BARE.fullmatch(text):
        text = guarded[1].strip()
    if is_nothing(text) or not text.strip("0"):
        return ""
    bare = _SPACED.sub("", text)
    if bare != text and bare.isascii() and bare.isdigit() and len(bare) in ARTICLE_DIGITS:
        if codes.is_gtin(bare):
            text = bare
        elif "-" not in text:
            raise CellError("check_digit", digit=codes.check_digit(bare[:-1]))
    if whole_number := _WHOLE.fullmatch(text):  # some spreadsheets write a whole number like 123.0
        text = whole_number[1]
    if _SHORTENED.fullmatch(text):
        raise CellError("shortened")
    if "\ufffd" in text:
        raise CellError("not_code")
    found, wrong = codes.normalize_new_code(text)
    if wrong:
        digits = text.isascii() and text.isdigit() and len(text) <= codes.CODE_LIMIT
        raise CellError("check_digit", digit=codes.check_digit(text[:-1])) if digits else CellError("not_code")
    return found


def sku(text: str) -> str:
    """A SKU."""
    text = text.strip()
    if len(text) > SKU_CHARS or not text.isprintable() or "\ufffd" in text:
        raise CellError("not_sku", limit=SKU_CHARS)
    return text


def price_minor(text: str, currency: str, decimal: Decimal | None, hint: Decimal | None = None) -> int:
    """Price in minor units.

    Without `decimal`, "12.50" and "12,50" are accepted, but ambiguous "1,250" is refused, unless the rest of the file
    gives a `hint`.
    """
    scaled = exact_minor(text, currency, decimal, hint)
    if scaled != scaled.to_integral_value():
        raise CellError("digits", currency=currency)
    return int(scaled)


def other_currency(text: str, currency: str) -> str:
    """The sign or code of another currency beside an amount; "" if there is none.

    >>> other_currency("$ 2.50", "EUR"), other_currency("2,50 USD", "EUR"), other_currency("$2.50", "CAD")
    ('$', 'USD', '')
    """
    text = text.strip()
    for sign, currencies in SYMBOLS.items():
        if text.startswith(sign) or text.endswith(sign):
            return "" if currency in currencies else sign
    found = _CODE_BESIDE.search(text)
    code = (found[1] or found[2]) if found else ""
    return code if code != currency and code in tenders() else ""


def stated_currency(text: str, currency: str) -> str:
    """The currency stated in a cell, if it isn't `currency`; "" if it is, or none is stated.

    >>> stated_currency("usd", "EUR"), stated_currency("$", "CAD"), stated_currency("–", "EUR")
    ('USD', '', '')
    """
    said = text.strip()
    if said in SYMBOLS:
        return "" if currency in SYMBOLS[said] else said
    code = said.upper()
    return code if code != currency and code in tenders() else ""


@cache
def tenders() -> frozenset[str]:
    """Codes of money that is legal tender somewhere today (CLDR)."""
    known = get_global("territory_currencies").values()
    return frozenset(code for one in known for code, _, end, tender in one if end is None and tender)


def exact_minor(text: str, currency: str, decimal: Decimal | None, hint: Decimal | None = None) -> Number:
    """Amount in minor units, with fractions; an amount as ambiguous as "1,250" is read by `hint`."""
    text = text.strip()
    if len(text) > NUMBER_CHARS or decimal == "comma" or not (_PLAIN if decimal else _CLEAR).fullmatch(text):
        try:
            text = _amount(text, currency, decimal)
        except CellError as wrong:
            if wrong.key != "thousands" or hint is None:
                raise
            text = _amount(text, currency, hint)
    return _in_minor(text, exponent(currency))


def rounded_minor(exact: Number) -> int:
    """Minor units of an exact amount, rounded half up."""
    return int(exact.to_integral_value(rounding="ROUND_HALF_UP"))


@lru_cache(4096)
def _in_minor(plain: str, digits: int) -> Number:
    scaled = Number(plain).scaleb(digits)
    if scaled > LIMIT_MINOR:
        raise CellError("price_large")
    return scaled


def _amount(shown: str, currency: str, decimal: Decimal | None) -> str:
    text = shown
    for sign, currencies in SYMBOLS.items():
        if currency in currencies:
            text = text.removeprefix(sign).removesuffix(sign).strip()
    text = text.removeprefix(currency).removesuffix(currency).strip()
    if text.startswith(("-", "−")):
        raise CellError("negative")
    return _plain(text, decimal, exponent(currency) < 3, CellError("not_money", value=shown[:NUMBER_CHARS]))


def _plain(text: str, decimal: Decimal | None, thirds_doubtful: bool, wrong: CellError) -> str:
    """Number with a decimal point, from any separators."""
    text = _GROUP_SPACE.sub("", text)
    text = _NO_CENTS.sub("", text)
    if _BEGUN.fullmatch(text):
        text = f"0{text}"
    mark = {"comma": ",", "point": "."}[decimal] if decimal else _mark(text, thirds_doubtful)
    group = "." if mark == "," else ","
    if _GROUPS[group].fullmatch(text):
        text = text.replace(group, "")
    plain = text.replace(mark, ".")
    if group in text or len(text) > NUMBER_CHARS or not _PLAIN.fullmatch(plain):
        raise wrong
    return plain


def _mark(text: str, thirds_doubtful: bool) -> str:
    """Decimal separator: the last mark, unless repeated.
    Raises `CellError` for "1,250" if `thirds_doubtful`, because it may mean either.
    """
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return "."
    last = marks[-1]
    if len(marks) == 1 and text[0] != "0" and len(text) - text.index(last) == 4 and thirds_doubtful:
        raise CellError("thousands", value=text[:NUMBER_CHARS])
    if marks.count(last) == 1:
        return last
    return "," if last == "." else "."


def thousandths(text: str, decimal: Decimal | None) -> int:
    """Parse to thousandths: "1.5" is 1500."""
    text = text.strip()
    wrong = CellError("not_number", value=text[:NUMBER_CHARS])
    value = Number(
        text if _PLAIN.fullmatch(text) and len(text) <= NUMBER_CHARS else _plain(text, decimal, False, wrong)
    )
    if value * 1000 != (value * 1000).to_integral_value() or value * 1000 > LIMIT:
        raise wrong
    return int(value * 1000)


def number(text: str, decimal: Decimal | None) -> Number:
    """Exact non-negative number: "0.8125"."""
    text = text.strip()
    wrong = CellError("not_number", value=text[:NUMBER_CHARS])
    return Number(_plain(text, decimal, False, wrong))


def whole(text: str, limit: int) -> int:
    """Whole number ("6", "6.0000") up to a limit."""
    text = text.strip()
    if not _PLAIN.fullmatch(text) or len(text) > NUMBER_CHARS or Number(text) % 1 or Number(text) > limit:
        raise CellError("not_whole", limit=limit)
    return int(Number(text))


@lru_cache(1024)
def unit(text: str) -> Unit:
    """Unit of measure, also with its group before it: "weight.kilogram"."""
    bare = " ".join(text.translate(_QUOTES).casefold().split()).removeprefix("1").strip()
    found = _UNITS.get(bare) or _UNITS.get(text.strip().casefold().rpartition(".")[2])
    if found is None:
        raise CellError("not_unit")
    return found


def measure(text: str) -> Literal["g", "ml", "m"]:
    """Measure of a bundle part."""
    bare = text.strip().casefold()
    if bare == "g":
        return "g"
    if bare == "ml":
        return "ml"
    if bare == "m":
        return "m"
    raise CellError("not_measure")


def loss(text: str) -> int:
    """Loss in thousandths: "12.5" or "12.5 %" is 125."""
    found = _LOSS.fullmatch(text.strip())
    if found is None:
        raise CellError("not_loss")
    return int(found[1]) * 10 + int(found[2] or 0)


def flag(text: str) -> bool:
    """Boolean in three languages; empty is false."""
    bare = text.strip().casefold()
    if bare in _YES or bare in _NO:
        return bare in _YES
    raise CellError("not_flag")


def is_retired(text: str, is_yes_retired: bool | None = True) -> bool:
    """Whether a product is discontinued, from a boolean or a state; unknown states mean no.

    `is_yes_retired`: whether "yes" in this column means discontinued. If None, yes, no and numbers are ignored, but
    "false" means discontinued.
    """
    bare = text.strip().casefold()
    if bare in _GONE or bare in _STATES or bare not in _YES | _NO:
        return bare in _GONE
    if is_yes_retired is None:
        return bare == "false"
    return (bare in _YES) == is_yes_retired


def template(text: str) -> bool:
    """Whether a row is a variant template, which isn't sold itself."""
    bare = text.strip().casefold()
    return bare in ("variable", "template", "matrix") or bare in _YES


def min_age(text: str) -> int:
    """Minimum age ("18", "18+"); 0 means no restriction."""
    text = text.strip().removesuffix("+") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise CellError("not_age")
    return int(text)


def tax_class(text: str) -> str:
    """Tax class id."""
    text = text.strip()
    if len(text) > SKU_CHARS or not text.isprintable():
        raise CellError("not_tax_class")
    return text
