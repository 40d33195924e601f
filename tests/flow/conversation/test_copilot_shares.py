"""Shares of a total, brands, and figures above or below an amount, as the receipts have them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from edge.analytics.insight.rules import DaySpan, share
from edge.conversation.copilot import copilot
from edge.goods.catalog.commands import SetProducts
from edge.lib.units.dates import after
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import GOODS, Office, plain_sums, receipts, told, traded
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

BRANDS = {"milk": "Alpine", "brie": "Alpine", "bread": "Mill & Co"}
SHARES = {
    "en": ("what share of sales this week was dairy", "percentage of sales by category this week"),
    "fr": (
        "quelle part des ventes de la semaine pour les produits laitiers",
        "part des ventes par catégorie cette semaine",
    ),
    "he": ("איזה אחוז מהמכירות השבוע היה מוצרי חלב", "איזה אחוז מהמכירות לפי קטגוריה השבוע"),
}
OF_BRANDS = {
    "en": ("sales by brand this week", "sales of the brand Alpine this week"),
    "fr": ("ventes par marque cette semaine", "ventes de la marque Alpine cette semaine"),
    "he": ("מכירות לפי מותג השבוע", "מכירות המותג Alpine השבוע"),
}
OVER = {
    "en": ("sales by product over 30 this week", "receipts over 10 this week"),
    "fr": ("ventes par produit de plus de 30 cette semaine", "tickets de plus de 10 cette semaine"),
    "he": ("מכירות לפי מוצר מעל 30 השבוע", "קבלות מעל 10 השבוע"),
}
REFUSED = (
    "what share of the margin is dairy",
    "what share of stock is milk",
    "what share of sales is dairy compared with last week",
    "sales over 7 days",
    "products with sales over 20%",
    "stock over 20",
    "average basket over 20",
    "products without sales over 20",
    "stock of the brand Alpine",
)


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


def scenario(folder: Path, check: Callable[..., object]) -> None:
    async def trade() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            branded = tuple(msgspec.structs.replace(one, brand=BRANDS[one.sku]) for one in GOODS)
            await done(shop, SetProducts(branded), SYSTEM)
            await catch_up(shop)
            await check(shop, Office(shop, folder, today), DaySpan(after(today, -5), today))  # type: ignore[misc]

    run(trade(), 60)


def test_a_share_is_told_of_the_total_that_sales_have(tmp_path: Path) -> None:
    async def check(shop, office, week) -> None:  # type: ignore[no-untyped-def]
        sums = plain_sums(shop, week, lambda fact, sku: "bakery" if sku == "bread" else "dairy")
        whole = sum(sums.values())
        for language, (one, by) in SHARES.items():
            answer = await office.asks(one, language)
            assert answer.meaning.period == week, (one, answer)
            figures = answer.tool_calls[0].result
            assert figures["value"] == share(sums["dairy"], whole) and figures["whole"] == whole, (one, answer)
            assert f"{figures['value'] // 10}" in answer.message and "%" in answer.message, answer.message
            both = await office.asks(by, language)
            assert sorted(told(both, "category").values()) == sorted(sums.values()), both
            assert both.message.count("%") == len(sums), both.message

    scenario(tmp_path, check)


def test_brands_are_summed_over_their_products(tmp_path: Path) -> None:
    async def check(shop, office, week) -> None:  # type: ignore[no-untyped-def]
        sums = plain_sums(shop, week, lambda fact, sku: BRANDS[sku])
        for language, (by, one) in OF_BRANDS.items():
            assert told(await office.asks(by, language), "brand") == sums, by
            alpine = await office.asks(one, language)
            assert alpine.tool_calls[0].result["value"] == sums["Alpine"], (one, alpine)
        milk = await office.asks("sales of milk this week")
        assert milk.meaning.filters == {"product": ("milk",)}, "a name without “brand” stays a product"

    scenario(tmp_path, check)


def test_figures_are_held_against_an_amount(tmp_path: Path) -> None:
    async def check(shop, office, week) -> None:  # type: ignore[no-untyped-def]
        sums = plain_sums(shop, week, lambda fact, sku: sku)
        more = sorted(value for value in sums.values() if value > 3000)
        assert 0 < len(more) < len(sums)
        papers = [(kind, total) for _, kind, _, total in receipts(shop, week)]
        kept = sum(kind == "sale" and total > 1000 for kind, total in papers)
        kept -= sum(kind == "void" and -total > 1000 for kind, total in papers)
        assert 0 < kept < sum(kind == "sale" for kind, _ in papers)
        for language, (by, one) in OVER.items():
            assert sorted(told(await office.asks(by, language), "product").values()) == more, by
            large = await office.asks(one, language)
            assert large.tool_calls[0].result["value"] == kept, (one, large)
            assert "10" in large.message.splitlines()[0], large.message
        least = await office.asks("products with sales under 30 this week")
        assert sorted(told(least, "product").values()) == sorted(v for v in sums.values() if v < 3000), least
        which = await office.asks("which products sold more than 20 this week")
        assert not which.tool_calls and "/" in which.message, "money or pieces, nobody said"
        pieces = await office.asks("which products sold more than 20 units this week")
        counted = plain_sums(shop, week, lambda fact, sku: sku, "quantity")
        assert sorted(told(pieces, "product").values()) == sorted(n for n in counted.values() if n > 20_000), pieces
        for said in REFUSED:
            answer = await office.asks(said)
            assert not answer.tool_calls and answer.confidence <= 0.4, (said, answer.message)

    scenario(tmp_path, check)
