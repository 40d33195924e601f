"""Retention periods that a store may set, from config.toml and overrides. 0: permanent."""

from __future__ import annotations

from typing import Annotated, get_type_hints

import msgspec

from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.settings.definitions import Setting

Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]
ChatDays = Annotated[int, msgspec.Meta(ge=1, le=30)]
"""Days for which chats are kept, never longer than the customer agreed to."""
QUERY = "kept_days"
DAY_US = 86_400_000_000


class KeptDays(msgspec.Struct, frozen=True):
    """`view_days`: viewed products; `customer_chat_days`: conversations kept with consent; `staff_chat_days`: staff
    conversations; `guest_days`: guest data after an order's end; `untouched_days`: inactive customers."""

    view_days: Days = 30
    customer_chat_days: ChatDays = 30
    staff_chat_days: Days = 90
    guest_days: Days = 90
    untouched_days: Days = 0


USUAL = KeptDays()
_TYPES = get_type_hints(KeptDays, include_extras=True)
SETTINGS = tuple(Setting(f"privacy.{name}", kind) for name, kind in _TYPES.items())


def read_kept_days(registry: Registry, db: Connection) -> KeptDays:
    """Current periods; defaults if not configurable."""
    asked = registry.queries.get(QUERY)
    found = asked.read(db) if asked is not None else USUAL
    assert isinstance(found, KeptDays)
    return found


def over_before_us(days: int, now_us: int) -> int:
    """The time before which data has expired; 0 if it's kept permanently."""
    return now_us - days * DAY_US if days else 0
