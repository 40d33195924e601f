"""Unified read API for other programs: products, bills of materials, orders and stock.

One row per record (per line for bills and orders), with the same paging and filters for all. `GET /api/v1/unified/NAME`
in the shop, `GET /v1/unified/NAME` at head office: `skus`, `boms`, `work-orders`, `suppliers`, `sales-orders`,
`inventory/current`, `inventory/history`, `orders/open`.

Quantities and money are decimals, as texts. Rows are ordered by `cursor`, so that paging with it neither misses nor
repeats rows, even if they change in between. `inventory/current` is the present state; `inventory/history` has a row
for each product, place and business day from `from_date` to `to_date` (366 days at most), including days without
movements. `updated_since` works for all of them. If no column has the time of change (stock on hand, cost), the
business day counts: that may return a row too many, but never too few. Stock of a `day` lags the journal slightly, so
clients should ask for changes from a minute earlier.

At head office rows also have `store` and `device`, stock is summed over a store's boxes, and `updated_since` refers to
the time when head office received a change: a store that was offline reports its days late. Costs there are computed
from the store's events as the store does it, to the millionth of a minor unit. A key reads its own tenant and stores.
Nothing is stored or written here. In the shop a key for stock reads products and stock, without costs; one for
production reads bills and work orders, one for accounts reads orders on account; the rest needs a manager.
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
