"""Whose word a directive is, for the catalogue."""

from __future__ import annotations

from edge.goods.catalog.product import Source

HEAD_OFFICE = "head office"


def head_office(number: int) -> Source:
    """Head office, by its directive of that number."""
    return Source(HEAD_OFFICE, f"directive {number}")
