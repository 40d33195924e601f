"""What of PINs needs a person."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.access.throttle import WRONG_BEFORE_WAITING

_MOST = "SELECT coalesce(max(wrong), 0) FROM access_try"


def _guessed(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Somebody enters one wrong PIN after the other."""
    (wrong,) = db.execute(_MOST).fetchone()
    if wrong > WRONG_BEFORE_WAITING:
        yield Condition("", {"tries": wrong}, "critical" if wrong >= 10 * WRONG_BEFORE_WAITING else "")


WATCHES: tuple[Watch, ...] = (Watch("pins_guessed", "high", _guessed, every_s=15),)
