"""Converts events from before the first release to version 1. This module will be removed after that release.

They had their own versions, which no released ledger has. `BODIES`: changes other than added fields with defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from edge.core.registry import Registry
from edge.lib.errors import NeedsHuman
from sync.wire import Row

Fields = dict[str, Any]

NEWEST = {
    "AlertAcknowledged": 2,
    "BasketAbandoned": 10,
    "BayMeasured": 2,
    "CardLoaded": 3,
    "CardMoved": 3,
    "CashMoved": 5,
    "CategorySet": 4,
    "ConsentGiven": 2,
    "CouponFreed": 2,
    "CouponUsed": 2,
    "DriverHandedIn": 2,
    "DriverPaid": 3,
    "GapClosed": 2,
    "GapFound": 2,
    "HoursSet": 2,
    "InvoiceIssued": 2,
    "LevelsSet": 2,
    "LocationSet": 2,
    "NumbersSkipped": 2,
    "OrderChanged": 6,
    "OrderMoved": 2,
    "OrderParted": 6,
    "OrderPlaced": 8,
    "PlanogramSet": 2,
    "PriceChanged": 2,
    "ProductHeld": 2,
    "ProductSet": 3,
    "PurchaseReceived": 2,
    "ReferenceRenewed": 2,
    "ReportPrinted": 8,
    "RightDenied": 2,
    "SaleCompleted": 12,
    "SaleRefunded": 9,
    "SaleVoided": 7,
    "ShiftClosed": 5,
    "ShiftPrinted": 2,
    "StockMoved": 4,
    "StockReserved": 2,
    "SupplierPriceSet": 2,
    "SupplierSet": 4,
    "TenderCorrected": 4,
    "UserSet": 2,
    "ZoneSet": 3,
}
"""The latest version of each event, except for events whose latest version is the first."""


def body_of(registry: Registry, row: Row) -> bytes:
    """The body of an old row, as version 1 of its event. Raises `NeedsHuman` if the event is unknown."""
    event, newest = registry.events.get(row.type), NEWEST.get(row.type, 1)
    if event is None or row.version > newest:
        raise NeedsHuman(
            (
                f"Row #{row.seq} of the ledger is {row.type}, version {row.version}, which this "
                "software doesn't support."
            ),
            (
                "Only ledgers from the last version before the baseline can be converted. Start "
                "that version, or contact us."
            ),
        )
    if newest == 1:
        return row.body
    fields = msgspec.json.decode(row.body)
    for since in range(row.version, newest):
        if change := BODIES.get((row.type, since)):
            fields = change(fields)
    try:
        return msgspec.json.encode(msgspec.convert(fields, event))
    except msgspec.ValidationError as error:
        raise NeedsHuman(f"Row #{row.seq} ({row.type}) can't be read: {error}.", "Contact us.") from error


def _product(fields: Fields) -> Fields:
    source = {"name": fields.pop("source", "")}
    return {"product": {name: value for name, value in fields.items() if value is not None}, "source": source}


def _price(fields: Fields) -> Fields:
    return {**fields, "source": {"name": fields.get("source", "")}}


def _several_returns(fields: Fields) -> Fields:
    """Move the refund tenders of the single returned sale to its goods."""
    goods = fields.pop("exchange", None)
    return {**fields, "returns": [{**goods, "back": fields.get("back", [])}] if goods else []}


def _several_refunds(fields: Fields) -> Fields:
    refund = fields.pop("refund", None)
    return {**fields, "refunds": [refund] if refund else []}


BODIES: dict[tuple[str, int], Callable[[Fields], Fields]] = {
    ("ProductSet", 1): _product,
    ("PriceChanged", 1): _price,
    ("SaleCompleted", 7): _several_returns,
    ("SaleVoided", 3): _several_refunds,
}
"""Conversions by event and the first version to which they apply."""
