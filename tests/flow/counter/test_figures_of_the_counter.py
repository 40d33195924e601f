"""What the day and the key figures say of refunds undone, exchanges, corrections and gift cards: what the Z says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.analytics.insight.kpis import read_kpis
from edge.analytics.insight.queries import read_by_key, read_sums
from edge.analytics.insight.rules import DaySpan
from edge.core.command_bus import CommandBus
from edge.counter.reports.queries import read_day, read_day_sums
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddReturn,
    AddTip,
    CorrectTender,
    RefundedLine,
    RefundSale,
    VoidLastSale,
)
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.counter_shop import in_a_shop, paid
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done

DAY = "2027-01-15"
SPAN = DaySpan(DAY, DAY)
COINS = CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')


def figures_are(shop: CommandBus, receipts: int, average: int, milks: int, cost: int) -> None:
    """Both say the same of the day, to the cent of its papers."""
    sums, day = read_day_sums(shop.reader, DAY), read_day(shop.reader, DAY, ZoneInfo("Europe/Paris"))
    kpis = {kpi.name: kpi.value for kpi in read_kpis(shop.reader, SPAN)}
    assert kpis["sales"] == sums.total_minor
    assert read_sums(shop.reader, "sales", SPAN).minor == sums.sales.minor
    refunds, voids = (read_sums(shop.reader, kind, SPAN) for kind in ("refunds", "voids"))
    assert (refunds.count, refunds.minor, voids.count) == (sums.refunds.count, sums.refunds.minor, sums.voids.count)
    by_tender = {key: one.minor for key, one in read_by_key(shop.reader, "tender", SPAN).items() if one.minor}
    assert by_tender == {kind: one.minor for kind, one in sums.tenders.items() if one.minor}
    assert (kpis["receipts"], kpis["basket"], day.average_minor) == (receipts, average, average)
    product = read_by_key(shop.reader, "product", SPAN).get("milk")
    assert (product.quantity if product else 0, kpis["cost"] or 0) == (milks * 1_000, cost)


def a_day(scenario: Callable[[CommandBus], Awaitable[None]], folder: Path) -> None:
    """After ten milks, each of which cost 0.60, were sold for 12.00: sale 1."""

    async def whole(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, RecordMovement("milk", "in", units=100_000, unit_cost_minor=60), SYSTEM)
        await done(shop, AddLine(MILK, quantity=10_000))
        await paid(shop)
        await scenario(shop)

    in_a_shop(whole, folder, COINS)


def test_a_refund_that_was_undone_leaves_the_day_as_it_was(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, RefundSale(1, lines=(RefundedLine(1, 2_000),)), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=1, average=1_200, milks=8, cost=480)
        await done(shop, VoidLastSale(), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=1, average=1_200, milks=10, cost=600)

    a_day(scenario, tmp_path)


def test_an_exchange_is_a_sale_and_a_refund_and_its_void_undoes_both(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, AddLine(MILK, quantity=5_000))
        await done(shop, AddReturn(1, lines=(RefundedLine(1, 8_000),)), MANAGER)
        sale = await paid(shop)
        assert sale.total_minor == -360
        await catch_up(shop)
        figures_are(shop, receipts=2, average=900, milks=7, cost=420)
        await done(shop, VoidLastSale(), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=1, average=1_200, milks=10, cost=600)

    a_day(scenario, tmp_path)


def test_a_corrected_tender_is_corrected_with_its_rounding(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 1_002))
        assert (await paid(shop)).rounding_minor == -2
        await done(shop, CorrectTender(2, "card"), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=2, average=1_101, milks=10, cost=600)
        await done(shop, VoidLastSale(), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=1, average=1_200, milks=10, cost=600)

    a_day(scenario, tmp_path)


def test_gift_cards_and_tips_are_in_no_average_receipt(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, AddLoad("GIFT-0001-2345", 5_000))
        await paid(shop)
        await done(shop, AddOpenAmount("Lunch", "standard", 2_000))
        await done(shop, AddTip(300))
        await paid(shop, "card")
        await catch_up(shop)
        figures_are(shop, receipts=3, average=1_600, milks=10, cost=600)
        await done(shop, AddLoad("GIFT-0001-2345", 700))
        await paid(shop)
        await done(shop, VoidLastSale(), MANAGER)
        await done(shop, RefundSale(2), MANAGER)
        await catch_up(shop)
        figures_are(shop, receipts=3, average=1_600, milks=10, cost=600)

    a_day(scenario, tmp_path)
