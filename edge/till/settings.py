"""What a store decides about its tills."""

from __future__ import annotations

import msgspec

from edge.tax.rules import TaxTable


class TillSettings(msgspec.Struct, frozen=True):
    """`header` are the lines on top of a receipt; `cash_step_minor` is the smallest coin (1: no rounding)."""

    currency: str
    tax: TaxTable
    tax_number: str
    header: tuple[str, ...]
    footer: tuple[str, ...]
    language: str
    zone: str
    cash_step_minor: int = 1


def name_in(names: dict[str, str], language: str) -> str:
    """A product's name in a language, or in the first one it has."""
    return names.get(language) or next(iter(names.values()), "")
