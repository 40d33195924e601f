"""Data of higher capabilities about goods that went out, for the stock pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.core.services import Service
from edge.core.storage.database import Connection

CUSTOMERS_OF: Service[Callable[[Connection, Iterable[tuple[str, int]]], int]] = Service("customers of receipts")
"""Returns how many known customers have one of these receipts, each given by register and number."""
