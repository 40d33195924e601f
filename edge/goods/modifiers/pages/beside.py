"""What capabilities above know of modifiers, for their page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from edge.core.services import Service
from edge.core.storage.database import Connection


class ModifierSales(msgspec.Struct, frozen=True):
    """How often modifiers were sold since a day of business, the most frequent first: `read` says it, once the
    projections it is `behind` have caught up."""

    read: Callable[[Connection, str], Sequence[Any]]
    behind: tuple[str, ...]


SALES: Service[ModifierSales] = Service("sales of modifiers")
