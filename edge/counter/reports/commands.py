"""Commands of receipts imported from another system."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.counter.reports.events import PastReceipt

RECEIPTS_LIMIT = 300
"""Receipts per command."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]


class RecordPastReceipts(Command, frozen=True):
    """Store receipts read by an import job. Those already imported are left out. Returns the number stored."""

    import_us: Number
    source: Annotated[str, msgspec.Meta(max_length=80)]
    rows: Annotated[tuple[PastReceipt, ...], msgspec.Meta(max_length=RECEIPTS_LIMIT)]


class TakeBackPastReceipts(Command, frozen=True):
    """Remove an import's receipts of some days."""

    import_us: Number
    first: Day
    last: Day
