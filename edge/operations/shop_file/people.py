"""Cashiers and customers, only in files that request them. Both tables are rebuilt by each export, which removes
forgotten people."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.operations.shop_file.layout import Cells, ExportSource, ShopTable, column
from edge.people.customers.queries import PAGE_MOST, read_customer, read_customers

_CASHIERS = "SELECT cashier FROM sale UNION SELECT cashier FROM refund UNION SELECT cashier FROM void"


def _customers(ledger: ExportSource) -> Iterator[Cells]:
    page = read_customers(ledger.db, limit=PAGE_MOST)
    while True:
        for match in page.customers:
            if one := read_customer(ledger.db, match.id, 0):
                yield one.id, one.name, one.phone, one.email
        if page.before_us is None:
            return
        page = read_customers(ledger.db, page.before_us, page.before_id or "", PAGE_MOST)


CASHIER = ShopTable(
    "cashier",
    "Cashiers.",
    (column("id", "The shop's id."), column("name", "Name; empty: erased.")),
    key=("id",),
)
CUSTOMER = ShopTable(
    "customer",
    "Customers, without erased ones.",
    (
        column("id", "Anonymous customer id."),
        column("name", "Name."),
        column("phone", "Phone number."),
        column("email", "Email address."),
    ),
    key=("id",),
    rows=_customers,
)
TABLES = (CASHIER, CUSTOMER)


def cashiers(ledger: ExportSource, out: Connection) -> Iterator[Cells]:
    """The cashiers of the receipts in the file `out`."""
    for (id,) in out.execute(_CASHIERS).fetchall():
        if id:
            yield id, name_of(ledger.db, id)
