"""What a kitchen notices of its screens: told, changed, made by two at once, recalled, and what ran out."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.kitchen_screens.commands import (
    BumpTicket,
    EndKitchenStation,
    MarkBack,
    MarkRunOut,
    RecallTicket,
    SetKitchenStation,
)
from edge.counter.kitchen_screens.events import TicketBumped
from edge.counter.kitchen_screens.queries import KitchenTicket, StationScreen, kitchen_screen, read_run_out
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    LineSold,
    Pay,
    SellBasket,
    SendToKitchen,
    SetBasketAside,
    SetQuantity,
    TakeBasketUp,
    TenderGiven,
    VoidLastSale,
    VoidLine,
)
from edge.foundation.printing.queries import waiting_for
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import AddToCart, OpenCart, TouchCart
from tests.shop_fixture import BAR, CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock, done, open_shop, run

GRILL = KitchenStation("grill", {"en": "Grill"}, ("hot",))
BAR_SCREEN = KitchenStation("bar", {"en": "Bar"}, ("drinks",), "paid")
DAY_S = 24 * 3600


async def kitchen(shop: CommandBus) -> None:
    """A grill that is told of what is sent, and a bar that is told of what is paid."""
    await done(shop, SetCategories((Category("hot", {"en": "Hot"}), Category("drinks", {"en": "Drinks"}))), SYSTEM)
    menu = (
        Product("soup", {"en": "Soup"}, price_minor=600, category="hot"),
        Product("toast", {"en": "Toast"}, price_minor=500, category="hot"),
        Product("cola", {"en": "Cola"}, price_minor=250, category="drinks"),
    )
    await done(shop, SetProducts(menu), SYSTEM)
    for station in (GRILL, BAR_SCREEN):
        await done(shop, SetKitchenStation(station), SYSTEM)


def screen(shop: CommandBus, station: str = "grill") -> StationScreen:
    found = kitchen_screen(shop.reader, station)
    assert found is not None
    return found


def shown(shop: CommandBus, station: str = "grill") -> list[list[tuple[str, int, int]]]:
    """Per ticket: product, wanted, made."""
    return [[(line.sku, line.quantity, line.done) for line in one.lines] for one in screen(shop, station).tickets]


def bump(ticket: KitchenTicket) -> BumpTicket:
    return BumpTicket(ticket.station, ticket.ticket, ticket.version)


def test_stations_are_told_without_a_printer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await kitchen(shop)
            for sku in ("soup", "cola"):
                await done(shop, AddLine(sku=sku))
            await done(shop, SendToKitchen("Table 7"))
            assert (shown(shop), shown(shop, "bar")) == ([[("soup", 1000, 0)]], [])
            (ticket,) = screen(shop).tickets
            assert (ticket.number, ticket.note, ticket.register) == (1, "Table 7", "1")
            await done(shop, Pay("cash"))
            assert (shown(shop), shown(shop, "bar")) == ([[("soup", 1000, 0)]], [[("cola", 1000, 0)]])
            assert "screen:grill" not in waiting_for(shop.reader, "1")
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_beside_printers_each_is_told_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG + BAR) as shop:
            await kitchen(shop)
            await done(shop, AddLine(sku="soup"))
            await done(shop, SendToKitchen())
            assert shown(shop) == [[("soup", 1000, 0)]]
            assert "bar" in waiting_for(shop.reader, "1")

    run(scenario())


def test_two_bump_one_order_and_it_has_one_effect(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await kitchen(shop)
            await done(shop, AddLine(sku="soup"))
            await done(shop, SendToKitchen())
            (ticket,) = screen(shop).tickets
            first = await done(shop, bump(ticket))
            assert [type(event) for event in first.events] == [TicketBumped]
            assert (await done(shop, bump(ticket))).events == ()
            assert (screen(shop).tickets, [one.number for one in screen(shop).bumped]) == ((), [1])
            await done(shop, RecallTicket("grill", ticket.ticket))
            assert (await done(shop, RecallTicket("grill", ticket.ticket))).events == ()
            assert (shown(shop), screen(shop).bumped) == ([[("soup", 1000, 0)]], ())
            assert await shop.do(RecallTicket("grill", "other"), CASHIER) == Refused("no_such_ticket")
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_comes_later_is_on_the_screen_again_and_is_not_bumped_unseen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await kitchen(shop)
            await done(shop, AddLine(sku="soup"))
            await done(shop, SendToKitchen())
            (seen,) = screen(shop).tickets
            await done(shop, AddLine(sku="toast"))
            await done(shop, SendToKitchen())
            assert await shop.do(bump(seen), CASHIER) == Refused("ticket_changed")
            (now,) = screen(shop).tickets
            await done(shop, bump(now))
            await done(shop, SetQuantity(2, 3000))
            await done(shop, SendToKitchen())
            assert shown(shop) == [[("soup", 1000, 1000), ("toast", 3000, 1000)]]
            assert [(one.sku, one.quantity) for one in screen(shop).all_day] == [("toast", 2000)]
            await done(shop, VoidLine(1))
            await done(shop, SendToKitchen())
            assert shown(shop)[0][0] == ("soup", 0, 1000)
            await done(shop, AbandonBasket())
            assert shown(shop) == [[("soup", 0, 1000), ("toast", 0, 1000)]]
            await done(shop, bump(screen(shop).tickets[0]))
            assert screen(shop).bumped[0].lines == ()
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_number_that_comes_again_is_another_ticket(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await kitchen(shop)
            for _ in range(100):
                clock.advance(1)
                await done(shop, SellBasket((LineSold(sku="soup"),), (TenderGiven("cash"),)))
            numbers = [row[0] for row in shop.reader.execute("SELECT number FROM kitchen_ticket ORDER BY opened_us")]
            assert numbers == [*range(1, 100), 1]
            assert (len(screen(shop).tickets), screen(shop).more) == (40, 60)

    run(scenario())


def test_a_basket_set_aside_keeps_its_ticket_and_a_void_cancels_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await kitchen(shop)
            await done(shop, AddLine(sku="soup"))
            await done(shop, SendToKitchen())
            aside = await done(shop, SetBasketAside("Dana"))
            assert aside.events == ()
            (id,) = shop.reader.execute("SELECT id FROM parked_basket").fetchone()
            await done(shop, TakeBasketUp(id))
            await done(shop, AddLine(sku="toast"))
            await done(shop, Pay("cash"))
            assert shown(shop) == [[("soup", 1000, 0), ("toast", 1000, 0)]]
            await done(shop, VoidLastSale(), MANAGER)
            assert shown(shop) == [[("soup", 0, 0), ("toast", 0, 0)]]
            assert screen(shop).all_day == ()

    run(scenario())


def test_what_ran_out_is_refused_everywhere_until_it_is_back_or_the_day_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await kitchen(shop)
            cart = (await done(shop, OpenCart("kiosk"))).result
            await done(shop, AddToCart(cart.id, sku="soup"))
            out = await done(shop, MarkRunOut("soup"))
            assert len(out.events) == 1
            assert (await done(shop, MarkRunOut("soup"))).events == ()
            refused = Refused("run_out", {"name": "Soup", "name_en": "Soup"})
            for command in (AddLine(sku="soup"), AddToCart(cart.id, sku="soup")):
                outcome = await shop.do(command, CASHIER)
                assert isinstance(outcome, Refused)
                assert outcome.code == refused.code
            sale = await shop.do(SellBasket((LineSold(sku="soup"),), (TenderGiven("cash"),)), CASHIER)
            assert isinstance(sale, Refused)
            assert sale.code == "run_out"
            assert (await done(shop, TouchCart(cart.id))).result.gone == (1,)
            await done(shop, MarkBack("soup"))
            assert (await done(shop, TouchCart(cart.id))).result.gone == ()
            await done(shop, MarkRunOut("soup"))
            clock.advance(DAY_S)
            await done(shop, AddLine(sku="soup"))
            assert await shop.do(MarkRunOut("nothing"), CASHIER) == Refused("unknown_sku", {"sku": "nothing"})
            assert [one.sku for one in read_run_out(shop.reader, "2020-01-01")] == []

    run(scenario())


def test_stations_are_master_data_and_take_their_tickets_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await kitchen(shop)
            await done(shop, AddLine(sku="soup"))
            await done(shop, SendToKitchen())
            strange = msgspec.structs.replace(GRILL, categories=("nothing",))
            refused = await shop.do(SetKitchenStation(strange), SYSTEM)
            assert refused == Refused("station_category_unknown", {"category": "nothing"})
            await done(shop, EndKitchenStation("grill"), SYSTEM)
            assert kitchen_screen(shop.reader, "grill") is None
            assert not shop.reader.execute("SELECT 1 FROM kitchen_ticket").fetchall()
            assert await shop.do(EndKitchenStation("grill"), SYSTEM) == Refused("no_such_station", {"station": "grill"})
            await done(shop, Pay("cash"))  # a till needs no screen

    run(scenario())
