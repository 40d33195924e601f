"""Setting values known to higher capabilities, for the settings page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.core.services import Service
from edge.core.storage.database import Connection

CategoryNames = Callable[[Connection], Mapping[str, dict[str, str]]]
CATEGORY_NAMES: Service[CategoryNames] = Service("names of categories")
"""Product categories' names by id, in all their languages."""
