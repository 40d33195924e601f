"""A store's range: head office takes something out of it, what is there sells on, and a sale of it is told."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from edge.backoffice.directives.events import DirectiveApplied
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.counter.till.commands import AddLine, Pay
from edge.goods.assortment.commands import RangeListing, SetAssortment
from edge.goods.assortment.queries import is_listed, is_withheld, not_listed
from edge.goods.assortment.watches import WATCHES
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.suggesting.needs import read_needs
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import AddToCart, OpenCart
from tests.catch_up import catch_up
from tests.importing import job_runner
from tests.shop_fixture import CASHIER, MILK, PRODUCTS, SYSTEM, FakeClock, agreed, done, open_shop, run
from tests.unit.backoffice.test_directive_kinds import applied, ends, taken

DAY_US = 86_400 * 1_000_000


async def come_in(shop: CommandBus, sku: str, delta: int) -> None:
    await done(shop, MoveStock("received", (Moved(sku, delta),)), SYSTEM)


async def sold_although(shop: CommandBus) -> list[tuple[str, str]]:
    """What the day's alert would say."""
    await catch_up(shop)
    day = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()[0]
    return [(one.subject, str(one.values["quantity"])) for one in WATCHES[0].read(shop.reader, shop.now_us(), day)]


def test_what_is_not_in_the_range_sells_while_it_is_there_is_not_ordered_and_its_sale_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts((replace(PRODUCTS[0], minimum=10_000),)), SYSTEM)
            await come_in(shop, "milk", 2_000)
            assert [one.sku for one in read_needs(shop.reader)] == ["milk"]
            said = [{"sku": "milk", "listed": False}, {"sku": "ghost", "listed": True}]
            assert await applied(shop, taken(1, "assortment", {"assortment": said})) == [
                DirectiveApplied(1, "assortment", 1, ("ghost",))
            ]
            milk = find_by_sku(shop.reader, "milk")
            assert milk is not None and milk.retired_us is None, "it is not given up"
            assert read_needs(shop.reader) == [], "it is not ordered any more"
            (one,) = not_listed(shop.reader, shop.now_us())
            assert (one.sku, one.left, one.by) == ("milk", 2_000, "head office")

            cart = (await done(shop, OpenCart("phone"), SYSTEM)).result
            cart = (await done(shop, AddToCart(cart.id, sku="milk"), SYSTEM)).result
            assert cart.gone == (), "what is there is offered"
            assert await sold_although(shop) == []
            for _ in range(2):
                await agreed(shop, AddLine(MILK), CASHIER)
                await agreed(shop, Pay("cash"), CASHIER)
            assert await sold_although(shop) == [("milk", "2")]
            assert is_withheld(shop.reader, "milk", shop.now_us()), "none is left"
            cart = (await done(shop, AddToCart(cart.id, sku="beer", age_said=18), SYSTEM)).result
            assert cart.gone == (1,), "and nobody is offered it any more"
            await agreed(shop, AddLine(MILK), CASHIER)
            await agreed(shop, Pay("cash"), CASHIER)
            assert await sold_although(shop) == [("milk", "3")], "a till sells what is laid before it"
            back = taken(2, "assortment", {"assortment": [{"sku": "milk", "listed": True, "price_minor": 150}]})
            async with job_runner(shop):
                await done(shop, back, SYSTEM)
                assert DirectiveApplied(2, "assortment", 1) in await ends(shop, 2)
            milk = find_by_sku(shop.reader, "milk")
            assert milk is not None and milk.price_minor == 150
            assert (await sold_although(shop), [one.sku for one in read_needs(shop.reader)]) == ([], ["milk"])
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_range_changes_on_its_day_and_the_newest_word_holds(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            now = shop.now_us()

            async def said(listed: bool, days: int | None) -> None:
                from_us = None if days is None else now + days * DAY_US
                await done(shop, SetAssortment((RangeListing("milk", listed, from_us),)), SYSTEM)

            def listed() -> list[bool]:
                return [is_listed(shop.reader, "milk", now + day * DAY_US) for day in range(4)]

            await said(False, 2)
            assert listed() == [True, True, False, False]
            await said(False, None)
            assert listed() == [False] * 4
            head = shop.head.seq
            await said(False, None)
            assert shop.head.seq == head, "what is so is no news"
            await said(True, 3)
            assert listed() == [False, False, False, True]
            await said(True, 1)
            assert listed() == [False, True, True, True], "a word of a later day is gone"
            clock.at_us = now + 2 * DAY_US
            await said(False, None)
            assert listed()[2:] == [False, False]
            rows = shop.reader.execute("SELECT count(*) FROM assortment").fetchone()[0]
            assert rows <= 2, "what is past is not kept"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
