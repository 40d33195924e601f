"""Order data from higher capabilities for these addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.core.services import Service
from edge.core.storage.database import Connection

OPEN_SALES: Service[Callable[[Connection, int, int], Sequence[Any]]] = Service("open sales orders")
"""Orders of customers on account of which something is still to go out, the newest first: of numbers before one, so
many at most."""
