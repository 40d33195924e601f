"""Background parts."""

from __future__ import annotations

from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.goods.purchasing.suggesting.nightly_orders import NightlyOrders
from edge.goods.purchasing.supply.supplier_keys import SupplierKeys


def _supplier_keys(context: PartContext) -> SupplierKeys:
    return SupplierKeys(context.shop, context.secrets)


def _night_orders(context: PartContext) -> NightlyOrders:
    return NightlyOrders(context.shop, context.zone, context.business_date)


PARTS = (PartSpec("supplier_keys", _supplier_keys), PartSpec("night_orders", _night_orders))
