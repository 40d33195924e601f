"""Source of product data that a directive sets."""

from __future__ import annotations

from edge.goods.catalog.product import HEAD_OFFICE, Source


def head_office(number: int) -> Source:
    """Head office, through the directive with this number."""
    return Source(HEAD_OFFICE, f"directive {number}")
