"""What a cashier asks at the till: prices, goods, offers, hours, orders; whether there is any, and never how many."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET
from edge.goods.catalog.commands import SetProducts
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, KEEPER, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

CASHIER = Actor("cora", "chat", "1", frozenset({BASKET}))
PRICES = {"milk": 150, "rice": 400, "beer": 300}
ASKED = (
    ("en", "how much is the milk?", "Milk 3% 1 l: €1.50"),
    ("fr", "combien coûte le lait ?", "Lait 3% 1 l : 1,50\xa0€"),
    ("he", "כמה עולה חלב?", "חלב 3% 1 ליטר: \u200f1.50\xa0\u200f€"),
    ("en", "which is cheaper, milk or rice?", "Milk 3% 1 l costs €2.50 less."),
    ("en", "what's on offer?", "There are no promotions at the moment."),
    ("en", "where is order 7?", "There is no order 7 today."),
    ("en", "what time do we close?", "No opening hours have been entered yet."),
)
FOR_KEEPERS = (
    ("en", "how many milks do we have?", "Milk 3% 1 l is in stock."),
    ("fr", "il reste du lait ?", "Lait 3% 1 l est en stock."),
    ("he", "יש לנו חלב?", "חלב 3% 1 ליטר במלאי."),
)


def test_a_cashier_is_told_what_customers_ask_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            priced = (msgspec.structs.replace(one, price_minor=PRICES.get(one.sku)) for one in GOODS)
            await done(shop, SetProducts(tuple(priced)), SYSTEM)
            await catch_up(shop)
            for who in (CASHIER, KEEPER, BOSS):
                for language, said, told in ASKED:
                    assert told in (await Talker(shop, language, who).say(said)).text, (who.name, said)
            for language, said, told in FOR_KEEPERS:
                assert (await Talker(shop, language, CASHIER).say(said)).text == told, "whether, not how many"
                assert "30" in (await Talker(shop, language, KEEPER).say(said)).text
            for language, said in (("en", "what is running low?"), ("fr", "stock bas"), ("he", "מה חסר")):
                told_so = (await Talker(shop, language, CASHIER).say(said)).text
                assert "5" not in told_so and told_so == (await Talker(shop, language, CASHIER).say(said)).text
            lost = await Talker(shop, "en", CASHIER).say("sing me a song")
            assert lost.text.startswith("Ask about prices"), "what a cashier may not do is no example for them"
            talk = Talker(shop, "en", CASHIER)
            await talk.say("how much is the milk?")
            assert (await talk.say("is it in stock?")).text == "Milk 3% 1 l is in stock."
            keeper = Talker(shop, "en", KEEPER)
            await keeper.say("took small colas")
            between = await keeper.say("how much is the milk?")
            assert between.text.startswith("Milk 3% 1 l: €1.50\nWhich kind?"), "the open question is repeated"
            for stock in ("how much is left of the rice", "how much rice is there", "how much rice do we have"):
                assert (await Talker(shop, "en", KEEPER).say(stock)).text == "Basmati rice 1 kg: 9 pcs", stock

    run(scenario())
