"""Which form of a sentence a number wants: the plural categories of CLDR (UTS #35, part 3), by Babel's copy of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

import msgspec
from babel import Locale
from babel.plural import PluralRule

from edge.lib.i18n.languages import ENGLISH, LANGUAGES, record

OTHER = "other"
"""The category that every language has, for whatever is no number too."""
_GROUPING = dict.fromkeys(map(ord, "\u00a0\u202f "))


class Plural(msgspec.Struct, frozen=True):
    """A sentence in its forms: `by` is the gap whose value chooses; `forms`, by category."""

    by: str
    forms: Mapping[str, str]

    def of(self, language: str, values: Mapping[str, object]) -> str:
        """The form for these values; `other` where nothing is counted."""
        return self.forms.get(category(language, values.get(self.by)), self.forms[OTHER])


def read_plural(table: Mapping[str, str]) -> Plural:
    """A sentence of a words file that is a table: its forms by category, and `by`, without which `count` chooses."""
    return Plural(table.get("by", "count"), {name: text for name, text in table.items() if name != "by"})


@cache
def categories(language: str) -> frozenset[str]:
    """Those that a sentence of a language needs: what CLDR says, less those that are written as `other`."""
    return (_rule(language).tags | {OTHER}) - set(record(language).alike)


def category(language: str, value: object) -> str:
    """The category of a number, or of one as the language writes it ("1,5", "1 234"); `other` for what is none.

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
