"""Alerts about transfers: in transit for too long, or refused."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.transfers.rules import LATE_DAYS

LIMIT = 500
DAY_US = 86_400_000_000
LATE = "SELECT id, store, begun_us FROM transfer WHERE state = 'sent' AND begun_us < ? ORDER BY begun_us LIMIT ?"
_REFUSED = "SELECT id, store FROM transfer WHERE state = 'refused' AND direction = 'out' ORDER BY id LIMIT ?"


def _late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for id, store, begun_us in db.execute(LATE, (now_us - LATE_DAYS * DAY_US, LIMIT)):
        yield Condition(id, {"store": store, "days": (now_us - begun_us) // DAY_US})


def _refused_transfers(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for id, store in db.execute(_REFUSED, (LIMIT,)):
        yield Condition(id, {"store": store})


WATCHES = (
    Watch("transfer_late", "medium", _late, every_s=600),
    Watch("transfer_refused", "medium", _refused_transfers),
)
