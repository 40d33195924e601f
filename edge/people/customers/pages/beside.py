"""Customer data from higher capabilities, for their pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from edge.core.registry import Registry
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.web.live.localizer import Localizer


class FactOnPaper(msgspec.Struct, frozen=True):
    """An event about a customer in readable form."""

    at_us: int
    title: str
    actor: str
    fields: tuple[Any, ...]


FACTS_IN_WORDS: Service[Callable[[Connection, Localizer, Registry, list[dict[str, Any]]], list[FactOnPaper]]] = Service(
    "facts in words"
)
"""Describes a customer's events in plain words."""
STORED_CARDS: Service[Callable[[Connection, str], Sequence[Any]]] = Service("stored cards")
"""Cards that a customer stored with the shop."""
