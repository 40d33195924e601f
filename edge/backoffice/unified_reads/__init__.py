"""One way to read goods, bills, orders, suppliers and stock for programs. See README.md."""

from collections.abc import Callable
from functools import partial
from typing import Any

from edge.backoffice.unified_reads import inventory_history, queries
from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE

_READS: dict[str, Callable[..., Any]] = {
    "skus": queries.unified_skus,
    "boms": queries.unified_boms,
    "work-orders": queries.unified_work_orders,
    "suppliers": queries.unified_suppliers,
    "sales-orders": queries.unified_sales_orders,
    "inventory/current": queries.unified_inventory,
    "inventory/history": inventory_history.unified_inventory_history,
    "orders/open": queries.unified_orders_open,
}
_reads = partial(QuerySpec, right=MANAGE, surfaces=STAFF)
capability = Capability(
    name="unified_reads",
    queries=tuple(
        _reads(read.__name__, read, http=(HttpAddress("GET", f"unified/{path}", name=read.__name__),))
        for path, read in _READS.items()
    ),
)
