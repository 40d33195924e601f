"""The demo's bakery: bread made from dough made from flour, a half-finished work order, one waiting for flour, and the
daily plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from edge.analytics.production import commands as making
from edge.analytics.production.bom import Bom, BomLine
from edge.app.demo_shop import demo_catalog
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.stock import commands as stock

FLOUR = Product("B-1", {"en": "Bread flour", "fr": "Farine de boulanger", "he": "קמח לחם"}, unit="kg")
YEAST = Product("B-2", {"en": "Fresh yeast", "fr": "Levure fraîche", "he": "שמרים טריים"}, unit="kg")
DOUGH = Product("B-3", {"en": "Bread dough", "fr": "Pâte à pain", "he": "בצק לחם"}, unit="kg", expiry_days=1)
MILL = buying.SetSupplier(
    "mill", {"en": "Old Mill", "fr": "Le Vieux Moulin", "he": "הטחנה הישנה"}, lead_time_days=2, rating=4
)


async def seed(do: Callable[[Command], Awaitable[Done]]) -> None:
    """Create the bakery's data, after the demo's catalogue and stock."""
    skus = demo_catalog.skus()
    white, rye = skus["White bread 750 g"], skus["Rye bread 500 g"]
    await do(SetProducts((FLOUR, YEAST, DOUGH)))
    await do(MILL)
    await do(buying.SetSupplierPrice("mill", FLOUR.sku, 320, "FL-25", 25))
    await do(buying.SetSupplierPrice("mill", YEAST.sku, 1_800, "YE-1"))
    await do(stock.RecordMovement(FLOUR.sku, "in", units=25_000, lot="FL0711", unit_cost_minor=320))
    await do(stock.RecordMovement(YEAST.sku, "in", units=1_000, lot="YE0042", unit_cost_minor=1_800))
    dough = (BomLine(FLOUR.sku, 6_200), BomLine(YEAST.sku, 150))
    await do(making.SetBom(Bom("dough", DOUGH.sku, dough, makes=10_000, yield_permille=980)))
    bread = (BomLine(DOUGH.sku, 8_500),)
    await do(making.SetBom(Bom("white-bread", white, bread, makes=10_000, extra_cost_minor=40)))
    await do(making.SetBom(Bom("rye-bread", rye, (BomLine(DOUGH.sku, 6_000),), makes=10_000, extra_cost_minor=40)))
    number = (await do(making.PlanWork(DOUGH.sku, 20_000))).result.number
    await do(making.ReportWork(number, 20_000))
    number = (await do(making.PlanWork(white, 20_000))).result.number
    await do(making.StartWork(number))
    await do(making.ReportWork(number, 11_000, 1_000))
    await do(making.PlanWork(DOUGH.sku, 40_000))
