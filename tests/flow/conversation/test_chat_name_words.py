"""Goods whose names have a command's word in them: its words are of the name, where the catalogue knows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from edge.conversation.understanding import product_matching
from edge.conversation.understanding.name_words import PAIRS, names_in
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.queries import Search
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

NAMED = (
    Product("open", {"en": "Open sandwich", "fr": "Tartine ouverte", "he": "כריך פתוח"}, price_minor=900, box=0),
    Product("ham", {"en": "Ham sandwich", "fr": "Tartine jambon", "he": "כריך בשר"}, price_minor=800, box=0),
    Product("tofu", {"en": "Firm tofu", "fr": "Tofu ferme", "he": "טופו קשה"}, price_minor=300, box=0),
    Product("soft", {"en": "Soft tofu", "fr": "Tofu soyeux", "he": "טופו רך"}, price_minor=310, box=0),
    Product("half", {"en": "Half and half"}, price_minor=250, box=0),
    Product("avocado", {"en": "Smashed avocado"}, price_minor=450, box=0),
    Product("science", {"en": "Popular Science"}, price_minor=700, box=0),
)


def test_a_word_of_a_name_asks_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(NAMED), SYSTEM)
            await catch_up(shop)
            for language, said, told in (
                ("en", "price of open sandwich", "Open sandwich: €9.00"),
                ("en", "How much is the Open sandwich?", "Open sandwich: €9.00"),
                ("en", "open sandwich price", "Open sandwich: €9.00"),
                ("en", "do you have popular science", "Popular Science"),
                ("fr", "combien coûte le tofu ferme ?", "Tofu ferme : 3,00\xa0€"),
                ("he", "כמה עולה כריך פתוח?", "כריך פתוח: \u200f9.00\xa0\u200f€"),
            ):
                for talker in (Talker(shop, language, CUSTOMER, "shopping"), Talker(shop, language, BOSS)):
                    answer = await talker.say(said)
                    assert told.replace(",", ".") in answer.text.replace(",", "."), (said, answer.text)
                    assert "\n" not in answer.text and "Ham" not in answer.text, (said, answer.text)
            both = await Talker(shop, "en", CUSTOMER, "shopping").say("price of sandwich")
            assert "Ham sandwich" in both.text and "Open sandwich" in both.text
            hours = await Talker(shop, "en", CUSTOMER, "shopping").say("are you open, and what is the price of milk?")
            assert "sandwich" not in hours.text

    run(scenario())


def test_what_is_in_a_name_neither_divides_nor_holds_up_what_is_done(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(NAMED), SYSTEM)
            for sku in ("half", "avocado"):
                await done(shop, RecordMovement(sku, "in", units=20_000), SYSTEM)
            await catch_up(shop)
            talker = Talker(shop, "en", BOSS)
            for said, sku, left in (
                ("took 3 smashed avocado", "avocado", 17_000),
                ("took 2 half and half", "half", 18_000),
                ("took 2 smashed avocado and 3 half and half", "half", 15_000),
            ):
                answer = await talker.say(said)
                assert talker.stock(sku) == left, (said, answer.text)
            assert talker.stock("avocado") == 15_000
            both = await talker.say("took 2 milk and dropped 3 eggs")
            assert [(one.type, one.sku) for one in both.movements] == [("out", "milk"), ("waste", "eggs")]

    run(scenario())


def test_a_long_sentence_costs_no_more_than_the_names_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is compared with many names, as often as these have words: the till's thread waits for it."""
    many = tuple(
        Product(f"p{number}", {"en": f"Open sandwich price half number {number}"}, price_minor=900, box=0)
        for number in range(40)
    )
    compared = 0
    side_by_side = product_matching._side_by_side

    def counted(words: Sequence[str], name: Sequence[str]) -> bool:
        nonlocal compared
        compared += 1
        return side_by_side(words, name)

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(many), SYSTEM)
            await catch_up(shop)
            text = ("price " + "open sandwich half price " * 40)[:1000]
            searching: list[Search] = []
            find = Search.find

            def found(search: Search, *asked: Any, **how: Any) -> Any:
                searching.append(search)
                return find(search, *asked, **how)

            monkeypatch.setattr(Search, "find", found)
            await Talker(shop, "en", BOSS).say("price of open sandwich")
            monkeypatch.setattr(product_matching, "_side_by_side", counted)
            names_in(shop.reader, searching[0], text, "en")

    run(scenario())
    assert 0 < compared <= PAIRS * len(many) * 6 * 6, "pairs, names, where it begins, where it ends"
