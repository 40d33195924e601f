"""`feed_rows`: {"batches": [{"connector": "bar-sales", "records": [{"transaction_id": "T-1", "pos": "bar"}]}]}: records
by field that head office fetched for a connector of the shop. They're processed like any other records."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.feeds.commands import STAGED_AT_ONCE, ConnectorId, OfficeRecord, TakeOfficeRecords
from edge.core.registry import Transaction


class FeedBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records for one connector."""

    connector: ConnectorId
    records: Annotated[tuple[OfficeRecord, ...], msgspec.Meta(min_length=1, max_length=STAGED_AT_ONCE)]


class FeedBatches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `feed_rows` directive."""

    batches: tuple[FeedBatch, ...]


def _apply(tx: Transaction, number: int, batches: tuple[FeedBatch, ...]) -> Applied:
    changed, unknown = 0, []
    for one in batches:
        if attempt(tx, TakeOfficeRecords(one.connector, number, one.records)):
            changed += 1
        else:
            unknown.append(one.connector)
    return Applied(changed, tuple(unknown))


FEED_ROWS = Kind("feed_rows", FeedBatches, _apply, internal=True)
