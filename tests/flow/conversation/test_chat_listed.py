"""Lists read out as they stand on paper, each name with its number behind it and no comma: "vodka two gin one"."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker
from tests.shop_fixture import SYSTEM, done, open_shop, run

SHELF = {
    "vodka": {"en": "Vodka", "fr": "Vodka", "he": "וודקה"},
    "gin": {"en": "Gin", "fr": "Gin", "he": "ג'ין"},
    "napkins": {"en": "Napkins", "fr": "Serviettes", "he": "מפיות"},
    "cups": {"en": "Paper cups", "fr": "Gobelets en papier", "he": "כוסות נייר"},
    "beans": {"en": "Coffee beans 250 g", "fr": "Café en grains 250 g", "he": "פולי קפה 250 גרם"},
}
"""Names with a word that also counts ("cups", "kg") stand between those without."""
SAID = {
    "en": (
        "took",
        {1: "one", 2: "two", 3: "three"},
        "vodka two gin",
        "vodka two gin one napkins",
        "not vodka two gin one",
    ),
    "fr": (
        "pris",
        {1: "un", 2: "deux", 3: "trois"},
        "vodka deux gin",
        "vodka deux gin un serviettes",
        "pas vodka deux gin un",
    ),
    "he": (
        "לקחתי",
        {1: "אחד", 2: "שתיים", 3: "שלוש"},
        "וודקה שתיים ג'ין",
        "וודקה שתיים ג'ין אחד מפיות",
        "לא וודקה שתיים ג'ין אחד",
    ),
}
YES = {"en": "yes", "fr": "oui", "he": "כן"}
STOCKED = 50_000


@pytest.mark.parametrize("language", SAID)
def test_a_list_without_commas_takes_each_amount_for_the_name_before_it(tmp_path: Path, language: str) -> None:
    verb, numbers, cut_off, uneven, denied = SAID[language]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(tuple(Product(sku, names) for sku, names in SHELF.items())), SYSTEM)
            for sku in SHELF:
                await done(shop, RecordMovement(sku, "in", 0, STOCKED), SYSTEM)
            await catch_up(shop)

            async def moved(*said: str) -> dict[str, int]:
                before = {sku: read_stock(shop.reader, sku) for sku in SHELF}
                talker = Talker(shop, language, BOSS)
                for text in said:
                    await talker.say(text)
                after = {sku: read_stock(shop.reader, sku) for sku in SHELF}
                for sku in SHELF:
                    await done(shop, RecordMovement(sku, "adjust", 0, STOCKED, reason="count"), SYSTEM)
                return {sku: (after[sku] - before[sku]) // 1000 for sku in SHELF if after[sku] != before[sku]}

            for skus in permutations(SHELF, 3):
                listed = " ".join(f"{SHELF[sku][language]} {numbers[n]}" for n, sku in enumerate(skus, 1))
                wanted = {sku: -n for n, sku in enumerate(skus, 1)}
                assert await moved(f"{verb} {listed}") == wanted, listed
                assert await moved(listed) == {}, f"{listed}: nobody said what happened"
                assert await moved(listed, YES[language]) == wanted, listed
            for text in (cut_off, uneven, denied):
                assert await moved(text) == {}, text

    run(scenario())
