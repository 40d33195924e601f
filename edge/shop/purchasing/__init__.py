"""Suppliers, what they ask, and what is ordered of them. See README.md."""

from functools import partial

from edge.core.messages import Number
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import STAFF
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.purchasing import (
    commands,
    order_dispatch,
    performance,
    prices,
    project,
    purchase_orders,
    queries,
    receipt_corrections,
    receiving,
    suppliers,
)
from edge.shop.purchasing.checks import purchase_stock_check
from edge.shop.purchasing.entities import SUPPLIERS, own_currency
from edge.shop.purchasing.events import EVENTS
from edge.shop.purchasing.lot_suppliers import before_movement, read_lot_suppliers
from edge.shop.purchasing.needs import Foresight, WantedGoods, read_suggestions, read_wanted
from edge.shop.purchasing.parts import PARTS
from edge.shop.purchasing.prices import Text
from edge.shop.purchasing.rules import Suggestions
from edge.shop.purchasing.watches import WATCHES
from edge.shop.stock.commands import RecordMovement


def capability(currency: str, foresight: Foresight) -> Capability:
    """Purchasing in a store with this currency, and with what forecasts there are."""

    def wanted(db: Connection, today: Text) -> WantedGoods:
        """What is wanted now, who sells it, and what other places have too much of."""
        return read_wanted(db, today, foresight)

    def suggestions(db: Connection, today: Text, budget_minor: Number | None = None) -> Suggestions:
        """What to order now, by supplier and place, with reasons; within a budget, if there is one."""
        return read_suggestions(db, today, budget_minor, foresight)

    manages = partial(CommandSpec, right=MANAGE, surfaces=STAFF)
    decided = partial(manages, ask_first=True)
    return Capability(
        name="purchasing",
        commands=(
            *SUPPLIERS.commands(partial(own_currency, currency)),
            manages(commands.SetSupplierPrice, suppliers.set_supplier_price),
            manages(commands.CreatePurchaseOrder, purchase_orders.create),
            manages(commands.OrderSuggested, purchase_orders.ordering_suggested(foresight)),
            manages(commands.SetPurchaseLines, purchase_orders.set_lines),
            decided(commands.ApprovePurchaseOrder, purchase_orders.approve),
            decided(commands.SendPurchaseOrder, purchase_orders.send),
            decided(commands.MailPurchaseOrder, order_dispatch.mail),
            decided(commands.TransmitPurchaseOrder, order_dispatch.transmit),
            decided(commands.CancelPurchaseOrder, purchase_orders.cancel),
            decided(commands.ReceivePurchaseOrder, receiving.receive, also=STOCK),
            decided(commands.CorrectReceipt, receipt_corrections.correct_receipt),
            decided(commands.AddReceiptCost, receipt_corrections.add_receipt_cost),
            decided(commands.ReturnToSupplier, receipt_corrections.return_goods),
            decided(commands.ClosePurchaseOrder, purchase_orders.close),
        ),
        events=EVENTS,
        watches=WATCHES,
        parts=PARTS,
        projectors=(project.projector,),
        queries=(
            QuerySpec("suppliers", queries.read_suppliers, right=MANAGE, surfaces=STAFF),
            QuerySpec("supplier", queries.read_supplier, right=MANAGE, surfaces=STAFF),
            QuerySpec("supplier_prices", prices.read_supplier_prices, right=MANAGE, surfaces=STAFF),
            QuerySpec("supplier_pricing", prices.read_supplier_pricing, right=MANAGE, surfaces=STAFF),
            QuerySpec("lot_suppliers", read_lot_suppliers, right=MANAGE, surfaces=STAFF),
            QuerySpec("supplier_skus", prices.read_supplier_skus, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("supplier_performance", performance.read_supplier_performance, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_orders", queries.read_purchases, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_order", queries.read_purchase, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_mails", order_dispatch.read_purchase_mails, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_returns", queries.read_returns, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_stock_check", purchase_stock_check, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_suggestions", suggestions, right=MANAGE, surfaces=STAFF),
            QuerySpec("purchase_wanted", wanted, right=MANAGE, surfaces=STAFF),
        ),
        before={RecordMovement: before_movement},
    )
