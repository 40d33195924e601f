"""Hub projection: all movements of accounts by store, and orders on account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.accounting.accounts.account import TENDER
from edge.accounting.accounts.events import (
    AccountBalanceImported,
    AccountCharged,
    AccountPaid,
    AccountPaymentUndone,
    ImportedBalanceUndone,
    QuoteEnded,
    QuoteMade,
    SalesOrderDelivered,
    SalesOrderEnded,
    SalesOrderOpened,
)
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, Column, Fact, Index, Table, always, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


class Owed(msgspec.Struct, frozen=True):
    """A change of a customer's debt; negative if it decreases."""

    kind: str
    minor: int
    customer: str = ""


MOVE = Table(
    "account_move",
    "Account movements of customers who pay later; their sum is the amount owed.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    BUSINESS_DATE,
    AT,
    Column("customer", "text", "Anonymous customer id; empty: the customer of the changed sale.", "item.customer"),
    Column("kind", "text", "sale, return, void, payment, undone, corrected, fee, interest or opening.", "item.kind"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column(
        "amount_minor", "bigint", "Increase in the amount owed, in minor units; negative: a decrease.", "item.minor"
    ),
    indexes=(Index("account_move_by_customer", "tenant, customer, business_date"),),
)
ORDER = Table(
    "sales_order",
    "Current sales orders on account.",
    *place(),
    Column("number", "bigint", "Order number in the store.", "event.number", key=True),
    Column("customer", "text", "Anonymous customer id.", "event.customer"),
    Column("state", "text", "open, partial, complete or cancelled.", always("open")),
    Column("location", "text", "Location that reserves the goods.", "event.location"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("total_minor", "bigint", "Total in minor units.", "event.total_minor"),
    Column("left_minor", "bigint", "Undelivered part of the total, in minor units.", "event.total_minor"),
    Column("due_on", "text", "Business day it is due; empty: no due date.", "event.due_on"),
    Column("opened_on", "date", "Business day it was opened.", "row.business_date"),
    Column("at", "timestamptz", "Time it was opened or its lines last changed.", "row.at_us"),
    indexes=(Index("sales_order_open", "tenant, store, number", where="state IN ('open', 'partial')"),),
)
LINE = Table(
    "sales_order_line",
    "Lines of sales orders on account.",
    *place(),
    Column("number", "bigint", "Order number in the store.", "event.number", key=True),
    Column("sku", "text", "The shop's product number (SKU).", "item.sku", key=True),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit.", "item.quantity"),
    Column("price_minor", "bigint", "Unit price in minor units.", "item.price_minor"),
    Column("delivered", "bigint", "Delivered quantity in thousandths.", always(0)),
)
QUOTE = Table(
    "quote",
    "Current quotes for account customers.",
    *place(),
    Column("number", "bigint", "Quote number in the store.", "event.number", key=True),
    Column("customer", "text", "Anonymous customer id.", "event.customer"),
    Column("state", "text", "open, accepted or declined.", always("open")),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("total_minor", "bigint", "Total in minor units.", "event.total_minor"),
    Column("valid_until", "text", "Last business day it is valid.", "event.valid_until"),
    Column("sales_order", "bigint", "Order created from it; 0: none.", always(0)),
    Column("made_on", "date", "Business day it was created.", "row.business_date"),
    Column("at", "timestamptz", "Time it was created or last changed.", "row.at_us"),
)
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3 AND number = $4"
_OPENED = ORDER.upsert("location", "total_minor", "left_minor", "due_on", "at")
_QUOTED = QUOTE.upsert("total_minor", "valid_until", "made_on", "at")
_LINE = LINE.upsert("quantity", "price_minor")
_LESS = f"DELETE FROM sales_order_line {_OF} AND delivered = 0"
_GONE = f"UPDATE sales_order_line SET delivered = delivered + $6 {_OF} AND sku = $5"
_LEFT = f"UPDATE sales_order SET state = 'partial', left_minor = $5 {_OF}"
_STATE = f"UPDATE sales_order SET state = $5, left_minor = CASE WHEN $5 = 'partial' THEN left_minor ELSE 0 END {_OF}"

_QUOTE_ENDED = f"UPDATE quote SET state = $5, sales_order = $6 {_OF}"


def _account(tenders: Any) -> int:
    return sum(one.amount_minor for one in tenders if one.kind == TENDER)


def owed_by(event: object) -> Owed | None:
    """The change of debt that an event causes, or None."""
    match event:
        case SaleCompleted():
            found = Owed("sale", _account(event.tenders) - _account(event.back), event.customer)
        case SaleRefunded():
            found = Owed("return", -_account(event.tenders), event.customer)
        case SaleVoided():
            back = sum(_account(one.tenders) for one in event.refunds) if event.undoes == "refund" else 0
            found = Owed("void", back or -_account(event.tenders), event.customer)
        case TenderCorrected():
            found = Owed("corrected", _account(event.tenders) - _account(event.was))
        case AccountPaid():
            found = Owed("payment", -event.amount_minor, event.customer)
        case AccountPaymentUndone():
            found = Owed("undone", event.amount_minor, event.customer)
        case AccountBalanceImported():
            found = Owed("opening", event.amount_minor, event.customer)
        case ImportedBalanceUndone():
            found = Owed("opening", -event.amount_minor, event.customer)
        case AccountCharged():
            found = Owed(event.why, event.amount_minor, event.customer)
        case _:
            return None
    return found if found.minor else None


class AccountTables(TableProjector):
    """Projects account events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "accounts"
    version = 1
    tables = (MOVE, ORDER, LINE, QUOTE)
    reads = (
        MOVE.read(
            "accounts/moves",
            Filter("store", "store"),
            Filter("customer", "customer"),
            Filter("kind", "kind"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
        ORDER.read("sales-orders", Filter("store", "store"), Filter("state", "state"), Filter("customer", "customer")),
        LINE.read("sales-orders/lines", Filter("store", "store"), Filter("sku", "sku")),
        QUOTE.read("quotes", Filter("store", "store"), Filter("state", "state"), Filter("customer", "customer")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        sold = (SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected)
        paid = (AccountPaid, AccountPaymentUndone, AccountCharged, AccountBalanceImported, ImportedBalanceUndone)
        ordered = (SalesOrderOpened, SalesOrderDelivered, SalesOrderEnded, QuoteMade, QuoteEnded)
        return together(self._project, *sold, *paid, *ordered)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Project events in order, as the last event of an order determines its state."""
        moves = list[Fact]()
        for fact in self.facts(key, rows):
            of = (key.tenant, key.store, key.device)
            if owed := owed_by(fact.event):
                moves += fact.each((owed,))
            match fact.event:
                case SalesOrderOpened() as event:
                    await connection.execute(_OPENED, *ORDER.record(fact))
                    await connection.execute(_LESS, *of, event.number)
                    for line in fact.each(event.lines):
                        await connection.execute(_LINE, *LINE.record(line))
                case SalesOrderDelivered() as event:
                    await connection.execute(_LEFT, *of, event.number, event.left_minor)
                    for one in event.lines:
                        await connection.execute(_GONE, *of, event.number, one.sku, one.quantity)
                case QuoteMade():
                    await connection.execute(_QUOTED, *QUOTE.record(fact))
                case QuoteEnded(number, state, order):
                    await connection.execute(_QUOTE_ENDED, *of, number, state, order)
                case SalesOrderEnded(number, state):
                    await connection.execute(_STATE, *of, number, state)
        await MOVE.copy(connection, moves)
