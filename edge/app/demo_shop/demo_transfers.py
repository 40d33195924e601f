"""The demo's store transfers: incoming, sent and draft ones, one with a broken case, and one with freight."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from edge.app.demo_shop import demo_catalog
from edge.core.messages import Command, Done
from edge.goods.purchasing import commands as buying
from edge.goods.stock import commands as stock
from edge.goods.transfers import commands as between


async def seed(do: Callable[[Command], Awaitable[Done]]) -> None:
    """Create the transfers. Call it after the demo's purchasing data was created."""
    skus = demo_catalog.skus()
    beer, water, milk = (skus[name] for name in ("Beer 500 ml", "Mineral water 1.5 l", "Whole milk 1 l"))
    coming = (between.SentGoods(beer, 24_000, 1, value_milli=24 * 420_000), between.SentGoods(water, 12_000))
    await do(between.AnnounceTransfer("d3adbeef01", "north", coming, "From the Saturday delivery"))
    await do(stock.RecordMovement(water, "in", units=24_000, unit_cost_minor=175, document="CE 118"))
    await do(between.SendTransfer("harbour", (stock.TransferLine(water, 6_000),), note="They ran out"))
    await do(between.DraftTransfer("north", (stock.TransferLine(beer, 12_000),), note="For Sunday's match"))
    await do(buying.AddReceiptCost(900, supplier="valley-dairy", delivery_note="VD 4471", document="F 88"))
    await do(stock.SetAside(milk, units=2_000, cause="breakage"))
