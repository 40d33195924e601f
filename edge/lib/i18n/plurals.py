"""Plural forms: CLDR's plural categories (UTS #35, part 3), from Babel."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

import msgspec
from babel import Locale
from babel.plural import PluralRule

from edge.lib.i18n.languages import ENGLISH, LANGUAGES, record

OTHER = "other"
"""The category that every language has, also used for values that aren't numbers."""
_GROUPING = dict.fromkeys(map(ord, "\u00a0\u202f "))


class Plural(msgspec.Struct, frozen=True):
    """A text with plural forms. `by` is the placeholder that decides; `forms` are by category."""

    by: str
    forms: Mapping[str, str]

    def of(self, language: str, values: Mapping[str, object]) -> str:
        """Return the form for these values; `other` without a count."""
        return self.forms.get(category(language, values.get(self.by)), self.forms[OTHER])


def read_plural(table: Mapping[str, str]) -> Plural:
    """Parse a table in a texts file: forms by category, and `by` (default `count`)."""
    return Plural(table.get("by", "count"), {name: text for name, text in table.items() if name != "by"})


@cache
def categories(language: str) -> frozenset[str]:
    """Return the plural categories that texts of a language need: CLDR's, without those written like `other`."""
    return (_rule(language).tags | {OTHER}) - set(record(language).alike)


def category(language: str, value: object) -> str:
    """Return the plural category of a number, also in written form ("1,5", "1 234"); `other` for any other text.

    >>> category("en", 1), category("fr", "0"), category("he", 2), category("en", "1.0"), category("fr", "many")
    ('one', 'one', 'two', 'other', 'other')
    """
    number = Decimal(value) if isinstance(value, int) else _number(str(value), record(language).decimal)
    return OTHER if number is None else _rule(language)(abs(number))


def _number(text: str, decimal: str) -> Decimal | None:
    try:
        number = Decimal(text.translate(_GROUPING).replace(decimal, "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@cache
def _rule(language: str) -> PluralRule:
    return Locale.parse(language if language in LANGUAGES else ENGLISH).plural_form
