"""Sentences as people say them, politely, in a hurry and wrongly spelt: of a stock keeper and of a customer.

`chat_sayings.tsv`: the place, the language, the sentence, and what is right, several ways parted by "|": what moves or
is put into the basket ("+"), "ask" for a question, "none" where nothing may happen, else words of the answer.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.orders.commands import SetCartLine
from edge.shop.orders.queries import cart_at
from edge.shop.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chatting import BOSS, GOODS, STOCKED, Talker, talking_shop
from tests.flow.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

SAYINGS = [line.split("\t") for line in (Path(__file__).parents[1] / "chat_sayings.tsv").read_text().splitlines()]
RIGHT = {"stock": 0.85, "shop": 0.94}
"""The least share that is right."""
PRICES = {"milk": 150, "rice": 400, "beer": 300, "tomato": 200, "eggs": 350, "seven-up": 100, "water": 90}
PRICES |= {"cola-can": 100, "cola-plastic": 120, "cola-glass": 130}
NAMED = {
    "chanel": "Chanel no 5",
    "filter": "Coffee filters no 4",
    "gloves-m": "Gloves M",
    "gloves-l": "Gloves L",
    "card": "ID card holder",
    "vitamin": "Vitamin U",
    "vitamin-c": "Vitamin C",
    "well": "Well water",
}
"""Goods whose names are of words that elsewhere say nothing, or take back what was said."""


def amounts(text: str) -> list[tuple[str, ...]]:
    """What is to move: words, the last of which is how much, in thousandths."""
    said = [one.split() for one in text.split(";")]
    return [(*words, str(int(float(amount) * 1000))) for *words, amount in said]


async def keeper(shop: CommandBus, language: str, text: str, wanted: list[str]) -> tuple[bool, bool]:
    """Whether the answer is right, and whether anything was done that is not."""
    await done(shop, RecordMovement("milk", "in", units=100_000), SYSTEM)
    talker = Talker(shop, language, BOSS)
    answer = await talker.say(text)
    moved = [(one.type, one.sku, str(abs(one.change))) for one in answer.movements]
    for want in wanted:
        if want in ("none", "ask"):
            right = not moved and (want == "none" or bool(answer.question))
        elif want.startswith("adjust"):
            counted = amounts(want)
            right = [one[:2] for one in moved] == [one[:2] for one in counted]
            right = right and all(talker.stock(sku) == int(there) for _, sku, there in counted)
        else:
            right = moved == amounts(want)
        if right:
            return True, False
    return False, bool(moved)


async def customer(shop: CommandBus, language: str, text: str, wanted: list[str]) -> tuple[bool, bool]:
    """The same, of what is in the basket then; it is emptied again."""
    answer = await Talker(shop, language, CUSTOMER, "shopping").say(text)
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    lines = cart.lines if cart else ()
    put = sorted((line.sku, str(line.quantity)) for line in lines)
    for line in lines:
        assert cart is not None
        await done(shop, SetCartLine(cart.id, line.id, 0), msgspec.structs.replace(CUSTOMER, surface="kiosk"))
    for want in wanted:
        if want.startswith("+"):
            right = put == sorted(amounts(want[1:]))
        elif want in ("none", "ask"):
            right = not put and (want == "none" or bool(answer.question))
        else:
            right = not put and (want in answer.text or want.replace(".", ",") in answer.text)
        if right:
            return True, False
    return False, bool(put)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
@pytest.mark.parametrize("place", ["stock", "shop"])
def test_most_is_right_and_nothing_is_done_that_was_not_said(tmp_path: Path, place: str, language: str) -> None:
    async def scenario() -> None:
        said, wrong = Counter[bool](), []
        async with talking_shop(tmp_path) as shop:
            priced = (msgspec.structs.replace(one, price_minor=PRICES.get(one.sku)) for one in GOODS)
            named = (Product(sku, {"en": name}, (), 100, box=0) for sku, name in NAMED.items())
            await done(shop, SetProducts((*priced, *named)), SYSTEM)
            for sku in (*STOCKED, *NAMED):
                await done(shop, RecordMovement(sku, "in", units=2_000_000), SYSTEM)
            await catch_up(shop)
            for at, of, text, wants in SAYINGS:
                if (at, of) == (place, language):
                    ways = keeper if place == "stock" else customer
                    right, false = await ways(shop, language, text, wants.split("|"))
                    said[right] += 1
                    wrong += [text] if false else []
        assert not wrong, "done, and never said"
        assert said[True] / said.total() >= RIGHT[place], said

    run(scenario(), 60)
