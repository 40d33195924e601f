"""Numbers that belong to a name, or may be of what is in a pack: asked about, never taken for an amount."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

PRICES = {"seven-up": 100, "eggs": 350, "milk": 150}


def test_a_kiosk_asks_about_what_may_be_a_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            priced = (msgspec.structs.replace(one, price_minor=PRICES.get(one.sku)) for one in GOODS)
            await done(shop, SetProducts(tuple(priced)), SYSTEM)
            await catch_up(shop)

            def basket() -> dict[str, int]:
                cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
                return {line.sku: line.quantity // 1000 for line in cart.lines} if cart else {}

            for name in ("7 up", "seven up", "how much is a 7 up"):
                told = await Talker(shop, actor=CUSTOMER, agent="shopping").say(name)
                assert told.text == "7 Up: €1.00" and not basket(), name
            for language, said in (("en", "i'd like 7 up please"), ("fr", "je voudrais 7 up"), ("he", "אני רוצה 7 אפ")):
                guest = Talker(shop, language, CUSTOMER, "shopping")
                assert (await guest.say(said)).state == "asking_quantity" and not basket(), said
            await guest.say("2")
            assert basket() == {"seven-up": 2}
            for language, said in (("en", "three 7 up please"), ("fr", "je voudrais trois 7 up"), ("he", "שלושה 7 אפ")):
                before = basket()["seven-up"]
                await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert basket() == {"seven-up": before + 3}, said
            before = basket()["seven-up"]
            await Talker(shop, actor=CUSTOMER, agent="shopping").say("i'd like 3 7 up")
            assert basket()["seven-up"] == before, "or thirty-seven of something?"
            guest = Talker(shop, actor=CUSTOMER, agent="shopping")
            asked = await guest.say("could i have a dozen eggs?")
            assert (asked.text, [one.id for one in asked.options]) == ("Eggs, 12: 12 trays or 1 tray?", ["12", "1"])
            await guest.tap("1")
            assert basket()["eggs"] == 1

    run(scenario())


def test_a_dozen_is_a_pack_or_twelve_of_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said in (("en", "got in a dozen eggs"), ("fr", "reçu 12 œufs"), ("he", "קיבלתי תריסר ביצים")):
                talker, before = Talker(shop, language, BOSS), Talker(shop, language, BOSS).stock("eggs")
                asked = await talker.say(said)
                assert [one.id for one in asked.options] == ["12", "1"] and talker.stock("eggs") == before, said
                await talker.tap("1")
                assert talker.stock("eggs") == before + 1_000
            talker, before = Talker(shop, "en", BOSS), talker.stock("eggs")
            await talker.say("received a dozen eggs")
            await talker.say("12")
            assert talker.stock("eggs") == before + 12_000
            for plain, change in (("received 12 trays of eggs", 12_000), ("received 2 eggs", 2_000)):
                moved = (await Talker(shop, "en", BOSS).say(plain)).movement
                assert moved is not None and moved.change == change, plain
            await done(shop, SetProducts((Product("bits", {"en": "Drill bits 6.5"}, box=0),)), SYSTEM)
            await catch_up(shop)
            half = await Talker(shop, "en", BOSS).say("received 6.5 drill bits")
            assert half.state == "asking_quantity" and not half.options, "six and a half are no pack"
            await Talker(shop, "en", BOSS).say("took two 7 up")
            assert talker.stock("seven-up") == 38_000, "two of what is called so"
            for given in ("handed out 3 milk to us", "they gave away 3 milks to me"):
                assert not (await Talker(shop, "en", BOSS).say(given)).movements, "that came in, if anything"
            school = (await Talker(shop, "en", BOSS).say("handed out 3 milk to the school")).movement
            assert school is not None and school.change == -3_000, "whom it was for is no part of a name"

    run(scenario())
