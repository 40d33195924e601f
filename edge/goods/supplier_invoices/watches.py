"""Alerts about suppliers' invoices."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.supplier_invoices.checks import INVOICED_OVER
from edge.goods.supplier_invoices.mailed import read_mailbox


def _unread(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    """A mailbox whose last check failed."""
    if read_mailbox(db).why:
        yield Condition("", {})


WATCHES = (INVOICED_OVER, Watch("invoice_mailbox_failed", "medium", _unread, every_s=300))
