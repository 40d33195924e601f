"""Modifier data from higher-level capabilities for the modifiers page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from edge.core.services import Service
from edge.core.storage.database import Connection


class ModifierSales(msgspec.Struct, frozen=True):
    """Modifier sales since a business date, most frequent first: `read` returns them after the projections in `behind`
    have caught up."""

    read: Callable[[Connection, str], Sequence[Any]]
    behind: tuple[str, ...]


SALES: Service[ModifierSales] = Service("sales of modifiers")
