"""What staff put right or answer in passing: a place beside the amount, the same of other goods that are weighed, what
is there instead of more than that."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

ONION = Product("onion", {"en": "Onions", "fr": "Oignons", "he": "בצל"}, unit="kg")
TURNS = (
    ("en", "took 3 milk / no, 5 milk, table 12", {"milk": -5_000}),
    ("fr", "pris 3 lait / non, 5 lait, table 12", {"milk": -5_000}),
    ("he", "לקחתי 3 חלב / לא, 5, לשולחן 12", {"milk": -5_000}),
    ("en", "took 3 milk / room 8, not room 7", {"milk": -3_000}),
    ("he", "לקחתי 3 חלב / לחדר 8, לא 7", {"milk": -3_000}),
    ("en", "binned 2 kg of tomatoes / same for the onions", {"tomato": -2_000, "onion": -2_000}),
    ("fr", "jeté 2 kg de tomates / pareil pour les oignons", {"tomato": -2_000, "onion": -2_000}),
    ("he", "זרקתי 2 קילו עגבניות / אותו דבר בצל", {"tomato": -2_000, "onion": -2_000}),
    ("en", "took 12 rice / just take the 9 then", {"rice": -9_000}),
    ("fr", "pris 12 riz / alors prends les 9", {"rice": -9_000}),
    ("he", "לקחתי 12 אורז / אז קח את ה-9", {"rice": -9_000}),
    ("en", "took 12 rice / not 9", {}),
)
"""Turns in a language, and how the stock changed behind them."""


def test_what_is_corrected_in_passing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((ONION,)), SYSTEM)
            await done(shop, RecordMovement("onion", "in", 0, 20_000), SYSTEM)
            await catch_up(shop)
            wrong = []
            for language, turns, moves in TURNS:
                talker = Talker(shop, language, BOSS)
                before = {sku: talker.stock(sku) for sku in ("milk", "tomato", "onion", "rice")}
                for said in turns.split(" / "):
                    answer = await talker.say(said)
                changed = {sku: talker.stock(sku) - level for sku, level in before.items()}
                if {sku: change for sku, change in changed.items() if change} != moves:
                    wrong.append((turns, changed, answer.text))
                for sku, change in changed.items():
                    if change:
                        await done(shop, RecordMovement(sku, "in", 0, -change), SYSTEM)
            assert not wrong, "\n".join(map(str, wrong))

    run(scenario(), 90)
