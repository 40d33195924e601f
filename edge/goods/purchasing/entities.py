"""Suppliers as master data."""

from __future__ import annotations

import msgspec

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.purchasing.commands import RetireSupplier, SetSupplier
from edge.goods.purchasing.events import SupplierRetired, SupplierSet
from edge.goods.purchasing.rules import OPEN
from edge.goods.purchasing.supply.supplier import SUPPLIERS_LIMIT, Supplier

_OPEN_ORDER = f"SELECT number FROM purchase_order WHERE supplier = ? AND state IN {OPEN!r} LIMIT 1"


def as_kept(tx: Transaction, wanted: Supplier, known: Supplier | None) -> Supplier:
    """Normalise a supplier. Raises `Refusal` without a usable name or with an invalid order address."""
    if not all(name.strip() for name in wanted.names.values()):
        raise Refusal("supplier_unnamed")
    if "?" in wanted.order_url or "#" in wanted.order_url:
        raise Refusal("supplier_url_open")
    texts = {name: getattr(wanted, name).strip() for name in (*SetSupplier.personal, "province", "licence")}
    return msgspec.structs.replace(wanted, delivery_days=tuple(sorted(set(wanted.delivery_days))), **texts)


def own_currency(currency: str, tx: Transaction, wanted: Supplier, known: Supplier | None) -> Supplier:
    """Store the store's own currency as ""."""
    return msgspec.structs.replace(wanted, currency="") if wanted.currency == currency else wanted


def without_orders(tx: Transaction, command: RetireSupplier) -> None:
    """Raise `Refusal` if the supplier has open orders."""
    if found := tx.db.execute(_OPEN_ORDER, (command.id,)).fetchone():
        raise Refusal("supplier_has_orders", {"supplier": command.id, "order": found[0]})


SUPPLIERS = Entity(
    Supplier,
    table="supplier",
    set_by=SetSupplier,
    was_set=SupplierSet,
    end_by=RetireSupplier,
    was_ended=SupplierRetired,
    right=MANAGE,
    asks_to_end=True,
    keeps_ended=True,
    is_at_hub=False,
    limit=CountLimit(SUPPLIERS_LIMIT, "too_many_suppliers"),
    unknown=Unknown("no_supplier", "supplier", ended="supplier_retired"),
    checks=(as_kept,),
    end_checks=(without_orders,),
)
