"""Order data from higher capabilities for these addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.core.services import Service
from edge.core.storage.database import Connection

OPEN_SALES: Service[Callable[[Connection, int, int], Sequence[Any]]] = Service("open sales orders")
"""Customers' orders on account with open deliveries, newest first: a limited number of them, with numbers below a given
one."""
