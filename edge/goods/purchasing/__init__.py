"""Suppliers, their prices, and purchase orders. See README.md."""

from functools import partial
from typing import Any

from edge.core.endpoints import HttpAddress
from edge.core.messages import Actor, Done, Number
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.purchasing import (
    commands,
    order_dispatch,
    project,
    purchase_orders,
    queries,
    receipt_corrections,
    receiving,
)
from edge.goods.purchasing.checks import purchase_stock_check
from edge.goods.purchasing.entities import SUPPLIERS, own_currency
from edge.goods.purchasing.events import EVENTS
from edge.goods.purchasing.figures import FIGURES
from edge.goods.purchasing.parts import PARTS
from edge.goods.purchasing.receipt_corrections import CostEffect
from edge.goods.purchasing.repeats import affected_order
from edge.goods.purchasing.rules import Suggestions
from edge.goods.purchasing.suggesting.needs import Foresight, WantedGoods, read_suggestions, read_wanted
from edge.goods.purchasing.supply import performance, prices, suppliers
from edge.goods.purchasing.supply.lot_suppliers import before_movement, read_lot_suppliers
from edge.goods.purchasing.supply.prices import Text
from edge.goods.purchasing.watches import WATCHES
from edge.goods.stock.commands import RecordMovement

SYNONYMS = {"supplier_id": "supplier", "location_id": "location", "notes": "note"}
"""Other accepted names for the fields of an order."""


def _saved_supplier(db: Connection, command: Any, done: Done, actor: Actor) -> queries.KeptSupplier | None:
    return queries.read_supplier(db, command.id)


_SUPPLIER_SET = (
    HttpAddress(
        "POST", "suppliers", name="suppliers_set", synonyms=SYNONYMS, answer=queries.KeptSupplier, shows=_saved_supplier
    ),
)
_RETURNS = (HttpAddress("GET", "purchase-orders/returns", name="purchase_returns_list", under="returns"),)


def _at(path: str, name: str, answer: type = queries.KeptPurchase, status: int = 200) -> tuple[HttpAddress, ...]:
    """HTTP addresses of purchase orders (if `path` begins with "/" or is empty) or of another resource."""
    whole = path if path[:1] not in ("", "/") else f"purchase-orders{path}"
    statuses = (404, 422) if "{" in path else (422,)
    return (
        HttpAddress(
            *("POST", whole),
            name=name,
            synonyms=SYNONYMS,
            answer=answer,
            shows=affected_order,
            status=status,
            statuses=statuses,
        ),
    )


def _step(step: str, answer: type = queries.KeptPurchase) -> tuple[HttpAddress, ...]:
    """HTTP address of an action on an order."""
    return _at(f"/{{number:[0-9]{{1,15}}}}/{step}", f"purchase_orders_{step}", answer)


_reads = partial(QuerySpec, right=MANAGE, surfaces=STAFF)
_manages = partial(CommandSpec, right=MANAGE, surfaces=STAFF)
_decided = partial(_manages, ask_first=True)


def _of_orders(foresight: Foresight) -> tuple[CommandSpec, ...]:
    return (
        _manages(
            commands.CreatePurchaseOrder,
            purchase_orders.create,
            # for clients that call purchase orders "orders"; customers' orders have other paths
            http=(*_at("orders/create", "orders_create", status=201), *_at("", "purchase_orders_create", status=201)),
        ),
        _manages(
            commands.OrderSuggested,
            purchase_orders.ordering_suggested(foresight),
            http=_at("/suggestions", "purchase_orders_of_suggestion", status=201),
        ),
        _manages(commands.SetPurchaseLines, purchase_orders.set_lines, http=_step("lines")),
        _decided(commands.ApprovePurchaseOrder, purchase_orders.approve, http=_step("approve")),
        _decided(commands.SendPurchaseOrder, purchase_orders.send, http=_step("send")),
        _decided(commands.MailPurchaseOrder, order_dispatch.mail),
        _decided(commands.TransmitPurchaseOrder, order_dispatch.transmit),
        _decided(commands.CancelPurchaseOrder, purchase_orders.cancel, http=_step("cancel")),
        _decided(
            commands.ReceivePurchaseOrder, receiving.receive, also=STOCK, http=_step("receive", receiving.ReceivedOrder)
        ),
        _decided(
            commands.CorrectReceipt,
            receipt_corrections.correct_receipt,
            http=_at("/receipts/correct", "purchase_receipts_correct", CostEffect),
        ),
        _decided(
            commands.AddReceiptCost,
            receipt_corrections.add_receipt_cost,
            http=_at("/receipts/cost", "purchase_receipts_cost", CostEffect),
        ),
        _decided(
            commands.ReturnToSupplier,
            receipt_corrections.return_goods,
            http=_at("/returns", "purchase_returns_make", CostEffect),
        ),
        _decided(commands.ClosePurchaseOrder, purchase_orders.close, http=_step("close")),
    )


def capability(currency: str, foresight: Foresight) -> Capability:
    """Purchasing capability in a store's currency, with optional forecasts."""

    def required_goods(db: Connection, today: Text) -> WantedGoods:
        """Required goods with suppliers, and other locations' surplus."""
        return read_wanted(db, today, foresight)

    def suggestions(db: Connection, today: Text, budget_minor: Number | None = None) -> Suggestions:
        """Order suggestions by supplier and location with reasons, within an optional budget."""
        return read_suggestions(db, today, budget_minor, foresight)

    return Capability(
        name="purchasing",
        commands=(
            *SUPPLIERS.commands(partial(own_currency, currency), http=_SUPPLIER_SET),
            _manages(commands.SetSupplierPrice, suppliers.set_supplier_price),
            _manages(commands.WithdrawSupplierPrice, suppliers.withdraw_supplier_price),
            *_of_orders(foresight),
        ),
        events=EVENTS,
        watches=WATCHES,
        mended_at="/manager/purchasing",
        parts=PARTS,
        figures=FIGURES,
        projectors=(project.projector,),
        queries=(
            _reads(
                "suppliers",
                queries.read_suppliers,
                http=(HttpAddress("GET", "suppliers", name="suppliers_list", under="suppliers"),),
            ),
            _reads("supplier", queries.read_supplier),
            _reads("supplier_prices", prices.read_supplier_prices),
            _reads("supplier_pricing", prices.read_supplier_pricing),
            _reads("lot_suppliers", read_lot_suppliers),
            QuerySpec("supplier_skus", prices.read_supplier_skus, right=MANAGE, also=STOCK, surfaces=STAFF),
            _reads("supplier_performance", performance.read_supplier_performance),
            _reads("purchase_orders", queries.read_purchases),
            _reads("purchase_order", queries.read_purchase),
            _reads("purchase_mails", order_dispatch.read_purchase_mails),
            _reads("purchase_returns", queries.read_returns, http=_RETURNS),
            _reads("purchase_stock_check", purchase_stock_check),
            _reads("purchase_suggestions", suggestions),
            _reads("purchase_wanted", required_goods),
        ),
        before={RecordMovement: before_movement},
    )
