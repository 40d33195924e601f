"""Something in the place of what is short: at once where it was said before, else asked on the page of the order."""

from __future__ import annotations

from pathlib import Path

from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.ordering.orders.commands import AnswerSubstitute, HandOverOrder, MoveOrder, ReplaceLine
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.recommend.commands import SetSuggestionRule
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.ordering import CARD, STAFF, do, kept, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, SYSTEM, open_shop, run

OAT, DEAR = Product("oat", {"en": "Oat drink"}, (), 100), Product("dear", {"en": "Dear milk"}, (), 300)


def test_who_ticked_it_gets_something_like_it_for_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetProducts((OAT, DEAR), Source(MANAGER)), SYSTEM)
            order = await milk_order(shop, substitutes=True)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            assert (await refused(shop, ReplaceLine(order.id, 1, BEER), STAFF)).code == "substitute_for_older"
            after = await do(shop, ReplaceLine(order.id, 1, "dear"), STAFF)
            assert [(line.sku, line.amount_minor) for line in after.goods.sold_lines] == [("dear", 240)]
            assert after.goods.total_minor == order.goods.total_minor
            done = await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert done.total_minor == 240
            assert [line.sku for line in sales(shop)[0].lines if not line.voided] == ["dear"]
            await whole(shop)

    run(scenario())


def test_who_did_not_is_asked_and_nothing_changes_before_they_say_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetProducts((OAT, DEAR), Source(MANAGER)), SYSTEM)
            order = await milk_order(shop)
            asked = await do(shop, ReplaceLine(order.id, 1, "oat"), STAFF)
            assert (asked.goods, asked.proposals[0].price_minor) == (order.goods, 100)
            status = order_status(shop.reader, order.secret, shop.now_us())
            assert status is not None and status.proposals[0].names == {"en": "Oat drink"}
            await do(shop, AnswerSubstitute(order.secret, 1, yes=False))
            assert kept(shop, order).proposals[0].declined and kept(shop, order).goods == order.goods
            gone = await refused(shop, AnswerSubstitute(order.secret, 1, yes=True))
            assert gone.code == "substitute_not_asked"
            await do(shop, ReplaceLine(order.id, 1, "dear"), STAFF)
            await do(shop, AnswerSubstitute(order.secret, 1, yes=True))
            now = kept(shop, order)
            assert ([line.sku for line in now.goods.sold_lines], now.goods.total_minor) == (["dear"], 240)
            (line,) = now.goods.sold_lines
            assert (line.price_minor, line.listed_minor, line.reason) == (120, 300, "substitute")
            assert not now.proposals
            await do(shop, ReplaceLine(order.id, 2, "oat", agreed=True), STAFF)
            assert kept(shop, order).goods.total_minor == 200
            for to in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, to), STAFF)
            late = await refused(shop, ReplaceLine(order.id, 3, "dear", agreed=True), STAFF)
            assert late.code == "order_state"
            await whole(shop)

    run(scenario())


def test_what_is_like_it_is_named_first_and_what_may_not_be_suggested_never(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            shop, all_rights = served.shop, {"Grant": served.site.door.token, "Surface": "panel"}
            await do(shop, SetCategories((Category("dairy", {"en": "Dairy"}),)), SYSTEM)
            named = {"milk3": "Milk, whole", "milk1": "Milk 1 %", "cream": "Sour cream", "beans": "Baked beans"}
            prices = {"milk3": 150, "milk1": 160, "cream": 121, "beans": 120}
            goods = [
                Product(sku, {"en": name}, (), prices[sku], category=None if sku == "beans" else "dairy")
                for sku, name in named.items()
            ]
            await do(shop, SetProducts(tuple(goods), Source(MANAGER)), SYSTEM)
            order = await milk_order(shop)
            milk = Product("milk", {"en": "Milk"}, category="dairy")
            await do(shop, SetProducts((milk,), Source(MANAGER)), SYSTEM)

            async def named_instead() -> list[str]:
                query = f"order={order.id}&line=1&lang=en&register=1"
                page = await caller.call("GET", f"/fragments/order/substitutes?{query}", **all_rights)
                assert page.status == 200, page.text
                return [part.split('"')[0] for part in page.text.split('name="sku" value="')[1:]]

            first = await named_instead()
            assert set(first[:2]) == {"milk1", "milk3"} and "cream" in first[2:], (
                "milk before cream, which costs as much"
            )
            await do(shop, SetSuggestionRule("milk1", "banned"), SYSTEM)
            assert "milk1" not in await named_instead()
            await do(shop, SetSetting("recommend.on", False), SYSTEM)
            assert (await named_instead())[0] == "cream", "of its category, the nearest in price: nothing is suggested"
            gone = await caller.call("GET", f"/fragments/order/substitutes?order={order.id}&line=9", **all_rights)
            assert gone.status == 404

    run(scenario())
