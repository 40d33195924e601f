"""The fee of who does not come: shown before an order is placed, kept by a person of what was paid ahead, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Actor
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.till.commands import PrintReport, RefundSale, VoidLastSale
from edge.counter.till.queries import read_period
from edge.counter.till.rules import day_totals
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from edge.ordering.orders.queries import owing_orders
from tests.counter_shop import books_of, in_a_shop, paid, paper
from tests.ordering import CARD, KIOSK, STAFF, do, kept, milk_cart, refused, sales
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock

FEE = f"{CONFIG}\n[orders]\nno_show_fee_minor = 100\n"
NO_TAX_IN_PRICES = FEE.replace("inclusive = true", "inclusive = false").replace("fee_minor = 100", "fee_minor = 500")
ADVANCES, CASH = ("liabilities", "advances on orders"), ("assets", "cash", "1")
PROGRAM = msgspec.structs.replace(STAFF, program=True)
PICKER = msgspec.structs.replace(STAFF, rights=frozenset({"orders"}))


async def ready(shop: CommandBus, pieces: int = 2, ahead: int | None = 240, **said: Any) -> KeptOrder:
    """An order of milk that is ready, with so much of it paid ahead in cash."""
    cart = await milk_cart(shop, pieces)
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, cart.total_minor, **{"no_show_fee_minor": 100, **said}))
    return await made(shop, order, ahead)


async def made(shop: CommandBus, order: KeptOrder, ahead: int | None) -> KeptOrder:
    if ahead:
        await do(shop, TakeAdvance(order.id, ahead), STAFF)
        await paid(shop)
    for step in ("accepted", "preparing", "ready"):
        await do(shop, MoveOrder(order.id, step), STAFF)
    return kept(shop, order)


def next_day(clock: FakeClock) -> None:
    clock.advance(24 * 3600)


def owed(shop: CommandBus) -> dict[str, int]:
    return {order.id: order.owed_minor for order in owing_orders(shop.reader)}


async def refuses(shop: CommandBus, order: KeptOrder, code: str, actor: Actor = STAFF) -> None:
    """Keeping the fee is refused, and nothing came of it."""
    before, there = kept(shop, order), len(sales(shop))
    assert (await refused(shop, CancelOrder(order.id, keep_fee=True), actor)).code == code
    assert (kept(shop, order), len(sales(shop))) == (before, there)


def test_what_is_kept_is_a_sale_taxed_as_the_goods_and_the_rest_goes_back_to_the_cent(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cart = await milk_cart(shop)
        cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
        order = await do(shop, PlaceOrder(cart.id, 490, no_show_fee_minor=100))
        await made(shop, order, 490)
        next_day(clock)
        now = await do(shop, CancelOrder(order.id, "nobody came", keep_fee=True), STAFF)
        assert (now.state, now.register, now.receipt) == ("cancelled", "1", 2)
        sale = sales(shop)[-1]
        assert [(line.kind, line.tax_class, line.amount_minor) for line in sale.lines] == [
            ("fee", "reduced", 49),
            ("fee", "standard", 51),
        ]
        assert [(row.net_minor, row.tax_minor) for row in sale.taxes] == [(42, 9), (46, 3)]
        assert [(one.kind, one.amount_minor, one.order) for one in sale.tenders] == [("advance", 100, order.id)]
        assert (sale.total_minor, sale.change_minor, sale.rounding_minor) == (100, 0, 0)
        told = paper(shop)
        assert any(line.startswith(f"No-show fee for order {order.said}") for line in told), told
        assert f"Advance {order.said} 1.00" in told
        assert owed(shop) == {order.id: 390}
        books = books_of(shop)
        assert (books[ADVANCES], books[CASH], books[("income", "sales")]) == (-390, 490, -88)
        sums = day_totals.sums(read_period(shop.reader, "1").day)
        assert {kind: sum.minor for kind, sum in sums.tenders.items()} == {"advance": 100, "cash": 490}
        assert (sums.total_minor, sums.apart, sums.open.count) == (590, {"advance": 490}, 0)
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        books = books_of(shop)
        assert (owed(shop), books[ADVANCES], books[CASH]) == ({}, 0, 100)
        await do(shop, PrintReport("z"), MANAGER)
        assert "Advance 1 1.00" in paper(shop, "report")
        (day,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
        await caught_up(shop, *BEHIND)
        assert read_day_sums(shop.reader, day).total_minor == 100 - 390

    in_a_shop(scenario, tmp_path, FEE)


def test_where_prices_are_without_tax_exactly_what_was_shown_is_kept_with_its_tax_in_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cart = await do(shop, OpenCart("kiosk"))
        for _ in range(4):
            cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
        order = await do(shop, PlaceOrder(cart.id, 1200, no_show_fee_minor=500))
        await made(shop, order, 700)
        next_day(clock)
        await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
        sale = sales(shop)[-1]
        assert (sale.total_minor, sale.net_minor, sale.taxes_included) == (500, 417, True)
        assert [row.tax_minor for row in sale.taxes] == [83]
        assert owed(shop) == {order.id: 200}
        await do(shop, RefundSale(2), MANAGER)
        assert (owed(shop), books_of(shop)[ADVANCES]) == ({order.id: 700}, -700)

    in_a_shop(scenario, tmp_path, NO_TAX_IN_PRICES)


def test_less_was_paid_ahead_than_the_fee_and_no_more_than_that_is_kept(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop, ahead=60)
        kicks = shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()
        next_day(clock)
        await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
        assert (sales(shop)[-1].total_minor, owed(shop), kept(shop, order).advance_minor) == (60, {}, 0)
        assert shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone() == kicks

    in_a_shop(scenario, tmp_path, FEE)


def test_what_was_owed_already_is_not_kept(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cart = await milk_cart(shop)
        order = await do(shop, PlaceOrder(cart.id, 240, no_show_fee_minor=500))
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop)
        await do(shop, ChangeOrder(order.id, (LineWanted(order.goods.lines[0].id, 1000),)), STAFF)
        await made(shop, order, 0)
        next_day(clock)
        await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
        assert (sales(shop)[-1].total_minor, owed(shop)) == (120, {order.id: 120})

    in_a_shop(scenario, tmp_path, FEE.replace("100", "500"))


def test_without_a_word_of_a_person_all_of_it_goes_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop)
        next_day(clock)
        assert kept(shop, order).state == "ready", "nothing is cancelled by itself"
        await do(shop, CancelOrder(order.id), STAFF)
        assert (owed(shop), len(sales(shop))) == ({order.id: 240}, 1)

    in_a_shop(scenario, tmp_path, FEE)


@pytest.mark.parametrize(("shown_minor", "is_minor"), [(0, 0), (40, 40), (100, 100), (900, 100)])
def test_never_more_is_kept_than_was_shown_or_than_the_shop_says(
    shown_minor: int, is_minor: int, tmp_path: Path
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop, no_show_fee_minor=shown_minor)
        status = order_status(shop.reader, order.secret)
        assert status is not None
        assert (order.no_show_fee_minor, status.no_show_fee_minor) == (is_minor, is_minor)
        next_day(clock)
        if is_minor:
            await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
            assert sales(shop)[-1].total_minor == is_minor
        else:
            await refuses(shop, order, "no_show_nothing")

    in_a_shop(scenario, tmp_path, FEE)


def test_a_shop_that_says_no_fee_keeps_none(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop)
        next_day(clock)
        await refuses(shop, order, "no_show_nothing")

    in_a_shop(scenario, tmp_path)


def test_nothing_is_kept_where_nothing_was_paid_ahead_or_somebody_may_still_come(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order, unpaid = await ready(shop), await ready(shop, ahead=None)
        await refuses(shop, order, "no_show_not_yet")
        next_day(clock)
        await refuses(shop, unpaid, "no_show_nothing")
        fresh = await do(shop, PlaceOrder((await milk_cart(shop)).id, 240, no_show_fee_minor=100))
        await do(shop, TakeAdvance(fresh.id), STAFF)
        await paid(shop)
        next_day(clock)
        await refuses(shop, fresh, "no_show_not_yet")  # the shop never made it
        await do(shop, HandOverOrder(unpaid.id, CARD), STAFF)
        await refuses(shop, unpaid, "order_state")

    in_a_shop(scenario, tmp_path, FEE)


def test_who_has_goods_brought_need_not_come(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
        to: dict[str, Any] = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue X"}
        cart = await milk_cart(shop, channel="phone")
        order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", no_show_fee_minor=100, **to))
        assert order.no_show_fee_minor == 0
        await made(shop, order, 540)
        next_day(clock)
        await refuses(shop, order, "no_show_nothing")

    in_a_shop(scenario, tmp_path, FEE)


def test_it_is_kept_once_and_undone_it_is_owed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop)
        next_day(clock)
        await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
        await refuses(shop, order, "order_state")
        await do(shop, VoidLastSale(), MANAGER)
        assert (owed(shop), books_of(shop)[ADVANCES]) == ({order.id: 240}, -240)
        await refuses(shop, order, "order_state")
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert (books_of(shop)[ADVANCES], books_of(shop)[CASH]) == (0, 0)

    in_a_shop(scenario, tmp_path, FEE)


def test_only_a_person_who_may_cancel_and_sell_keeps_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ready(shop)
        next_day(clock)
        for actor in (KIOSK, CASHIER, PICKER):
            await refuses(shop, order, "right_denied", actor)
        for actor in (PROGRAM, SYSTEM):
            await refuses(shop, order, "no_show_by_person", actor)

    in_a_shop(scenario, tmp_path, FEE)
