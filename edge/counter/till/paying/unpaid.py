"""The register's basket as the sale it would become, to know its sums before payment."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.counter.basket import totals
from edge.counter.basket.basket import recorded_lines
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_basket
from edge.counter.till.settings import TillSettings


def unpaid_sale(db: Connection, register: str, settings: TillSettings) -> SaleCompleted:
    """The basket as a sale without a number, tenders and rounding. Raises `KeyError` if a line's tax class isn't in the
    table."""
    basket = read_basket(db, register)
    sums, table = totals.totals(basket, settings), totals.taxation_of(basket, settings).table
    return SaleCompleted(
        number=0,
        currency=settings.currency,
        lines=recorded_lines(basket.sold_lines),
        taxes=sums.taxes,
        taxes_included=table.inclusive,
        net_minor=sums.net_minor,
        total_minor=sums.total_minor,
        rounding_minor=0,
        tenders=(),
        change_minor=0,
        opened_us=basket.opened_us,
        tax=table,
        returns=basket.returns,
        delivered_to=basket.delivered_to,
    )
