"""Data provenance from higher-level capabilities, for the quality page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.core.services import Service
from edge.core.storage.database import Connection

FEED_AGES: Service[Callable[[Connection, int], Sequence[Any]]] = Service("ages of feeds")
"""Returns the age of each connector's data at a moment."""
