"""Order data from higher-level capabilities for the purchasing API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.core.services import Service
from edge.core.storage.database import Connection

OPEN_SALES: Service[Callable[[Connection, int, int], Sequence[Any]]] = Service("open sales orders")
"""Returns customers' orders on account with open deliveries, newest first: at most a given number, with lower numbers
than a given one.
"""
