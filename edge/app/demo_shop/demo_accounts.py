"""Sample accounts of the demo: a bistro and a hotel that pay by invoice, with orders in every state, quotes, a partial
payment, and a canteen over its credit limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import (
    AcceptQuote,
    CloseSalesOrder,
    DeliveredLine,
    DeliverSalesOrder,
    MakeQuote,
    OpenSalesOrder,
    OrderedLine,
    ReceivePayment,
    SetAccount,
)
from edge.core.messages import Command, Done
from edge.goods.stock.commands import RecordMovement
from edge.people.customers.commands import SetCustomer

BUYERS: tuple[dict[str, Any], ...] = (
    {"name": "Bistro Nord", "email": "office@bistro.example", "language": "fr"},
    {"name": "מלון השקמה", "email": "orders@hotel.example", "language": "he"},
    {"name": "Harbour Canteen", "email": "kitchen@harbour.example", "language": "en"},
)
PIECE = 1_000


async def seed(do: Callable[[Command], Awaitable[Done]], skus: Sequence[str]) -> None:
    """Create the accounts, and sell them goods of `skus` (at least four with a fixed unit price)."""
    bistro, hotel, canteen = [str((await do(SetCustomer(**one))).result) for one in BUYERS]
    for sku in skus[:4]:
        await do(RecordMovement(sku, "in", units=120 * PIECE))
    await do(SetAccount(Account(bistro, 500_000, terms_days=14)))
    await do(SetAccount(Account(hotel, None)))
    await do(SetAccount(Account(canteen, 500_000, terms_days=0)))
    lines = tuple(OrderedLine(sku, 12 * PIECE) for sku in skus[:2])

    async def open_order(customer: str, *wanted: OrderedLine) -> int:
        return int((await do(OpenSalesOrder(customer, wanted))).result.number)

    whole = await open_order(bistro, *lines)
    sold = (await do(DeliverSalesOrder(whole, delivery_note="BN-1", age_checked=21))).result
    await do(ReceivePayment(bistro, max(1, sold.total_minor // 2), "transfer", reference="BK 20417"))
    part = await open_order(bistro, *lines)
    await do(DeliverSalesOrder(part, (DeliveredLine(skus[0], 5 * PIECE),), "BN-2", age_checked=21))
    await open_order(hotel, *(OrderedLine(sku, 24 * PIECE) for sku in skus[1:4]))
    day = f"{date.today() + timedelta(days=21)}"
    taken = (await do(MakeQuote(hotel, (lines[0],), day))).result.number
    await do(AcceptQuote(taken, due_on=day))
    await do(MakeQuote(bistro, tuple(OrderedLine(sku, 36 * PIECE, 450) for sku in skus[2:4]), day))
    await do(CloseSalesOrder(await open_order(hotel, lines[0])))
    owed = await open_order(canteen, *lines)
    await do(DeliverSalesOrder(owed, delivery_note="HC-1", age_checked=21))
    await do(SetAccount(Account(canteen, 1_000, terms_days=0)))
