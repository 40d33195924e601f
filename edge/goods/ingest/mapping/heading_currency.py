"""Currencies in column headings: "Price (€)", "Price USD", "price_eur". Pure."""

from __future__ import annotations

import re

from edge.goods.ingest.mapping.cell_parsers import SYMBOLS, tenders
from edge.lib.errors import ConfigError
from edge.lib.worded_errors import worded_error

_LETTERS = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"[A-Za-z]{3}")
_USUAL = frozenset(code for codes in SYMBOLS.values() for code in codes) - {"TRY"}
"""Currency codes also recognised in lower case, as none of them is a word."""


def currency_of(heading: str) -> tuple[str, ...]:
    """Currencies in a heading; empty if none.

    >>> currency_of("Price ($)")[:2], currency_of("price_usd"), currency_of("Price SGD"), currency_of("Top price")
    (('USD', 'CAD'), ('USD',), ('SGD',), ())
    """
    for sign, currencies in SYMBOLS.items():
        if re.search(rf"(?<!\w){re.escape(sign)}(?!\w)" if sign.isalpha() else re.escape(sign), heading):
            return currencies
    return next(((word.upper(),) for word in _LETTERS.findall(heading) if is_currency(word, heading)), ())


def check_heading(heading: str, currency: str, file: str) -> None:
    """Raise `ConfigError` if the heading of a money column names a currency other than the store's."""
    spoken = currency_of(heading)
    if spoken and currency not in spoken:
        found = " / ".join(spoken)
        raise worded_error(ConfigError, "ingest.currency", file=file, column=heading, found=found, currency=currency)


def is_currency(word: str, heading: str) -> bool:
    """Whether a word in a heading is a currency code.

    Codes that are also words ("TOP", "ALL", "TRY") only count in capitals, in a heading that isn't all capitals.
    """
    if not _CODE.fullmatch(word):
        return False
    if word.upper() in _USUAL:
        return True
    return word.isupper() and not heading.isupper() and word in tenders()


def without_currency(heading: str) -> str:
    """A heading without its currency, in brackets or not.

    >>> without_currency("Cost (USD)"), without_currency("price_eur"), without_currency("Prix, €")
    ('Cost', 'price', 'Prix')
    """
    if not currency_of(heading):
        return heading.strip()
    for sign in SYMBOLS:
        heading = heading.replace(sign, " ")
    bare = re.sub(r"[(\[]\s*[)\]]", " ", without_currencies(heading))
    return bare.strip(" ,;:_-/")


def without_currencies(heading: str) -> str:
    """A heading without currency codes.

    >>> without_currencies("Price USD"), without_currencies("TOP PRICE"), without_currencies("Top price")
    ('Price  ', 'TOP PRICE', 'Top price')
    """
    return _LETTERS.sub(lambda word: " " if is_currency(word[0], heading) else word[0], heading)
