"""Data from higher-level capabilities about goods no longer in stock, for the stock pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.core.services import Service
from edge.core.storage.database import Connection

CUSTOMERS_OF: Service[Callable[[Connection, Iterable[tuple[str, int]]], int]] = Service("customers of receipts")
"""Returns the number of known customers with one of these receipts, each given by register and number."""
