"""Unified read API for other programs: products, bills of materials, orders and stock.

What other systems read of goods, bills of material, work orders, suppliers, sales orders and stock: one row a
thing (a row a line of bills and orders), the same paging and filter for all. `GET /api/v1/unified/NAME` in the
shop, `GET /v1/unified/NAME` at head office: `skus`, `boms`, `work-orders`, `suppliers`, `sales-orders`,
`inventory/current`, `inventory/history`, `orders/open`.

Quantities and money are decimals, as texts. Rows are in the order of their `cursor`: who asks on with it misses
none and has none twice, also where rows change meanwhile. `inventory/current` is of now; `inventory/history` has
a row for each product, place and business day from `from_date` to `to_date` (366 days at most), also of days on
which nothing moved. `updated_since` holds at all of them. Where no column says when a row changed (what there is,
what it costs) it is of the business day: a row too many, none too few. What there was on a `day` follows the
journal by a moment: who asks for changes asks a minute further back. At head office rows also name `store` and
`device`, stock is summed over the boxes of a store, and `updated_since` is by when head office learnt of a
change: a store that was cut off tells of its days late. What goods cost there is computed from the store's facts
as the store does it, to the millionth of a minor unit. A key reads its own tenant, and its own stores. Nothing is
kept here, and nothing written. In the shop a key for stock reads goods and stock, without what they cost; one for
production bills and work, one for accounts orders on account; all else is the manager's.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from edge.backoffice.unified_reads import inventory_history, queries
from edge.core.endpoints import HttpAddress
from edge.core.messages import Right
from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import ACCOUNTS, MANAGE, PRODUCTION, STOCK

_reads = partial(QuerySpec, right=MANAGE, surfaces=STAFF)


def _at(path: str, read: Callable[..., Any], also: Right = "", **more: Any) -> QuerySpec:
    name = read.__name__
    return _reads(name, read, also=also, http=(HttpAddress("GET", f"unified/{path}", name=name),), **more)


capability = Capability(
    name="unified_reads",
    queries=(
        _at("skus", queries.unified_skus, STOCK, shows=queries.without_costs),
        _at("boms", queries.unified_boms, PRODUCTION),
        _at("work-orders", queries.unified_work_orders, PRODUCTION),
        _at("suppliers", queries.unified_suppliers),
        _at("sales-orders", queries.unified_sales_orders, ACCOUNTS),
        _at("inventory/current", queries.unified_inventory, STOCK),
        _at("inventory/history", inventory_history.unified_inventory_history, STOCK),
        _at("orders/open", queries.unified_orders_open),
    ),
)
