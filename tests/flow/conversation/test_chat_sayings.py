"""Sentences as people say them, politely, in a hurry and wrongly spelt: of a stock keeper, a customer, a cashier and a
manager.

`chat_sayings.tsv`: the place, the language, the sentence, and what is right, several ways parted by "|": what moves or
is put into the basket ("+"), "ask" for a question, "none" where nothing may happen, "=" and the key of a sentence, else
words of the answer; of a manager what is asked for (a measure, its order, its product or period), "do" for what waits
for confirmation. Of each place and language every second sentence was looked at while rules were changed; the others
tell what is right of sentences that no one looked at. `python -m tests.flow.conversation.test_chat_sayings` shows both
halves."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import Desk, Remembered, is_wish
from edge.conversation.copilot.meaning.model import OF_A_PRODUCT
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.lib.i18n import translate
from edge.ordering.orders.commands import SetCartLine
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, STOCKED, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

SAYINGS = [line.split("\t") for line in (Path(__file__).parents[2] / "chat_sayings.tsv").read_text().splitlines()]
RIGHT = {"stock": 0.85, "shop": 0.94, "cashier": 0.9, "copilot": 0.84}
"""The least share that is right."""
CASHIER = Actor("cora", "chat", "1", frozenset({BASKET}))
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


async def cashier(shop: CommandBus, language: str, text: str, wanted: list[str]) -> tuple[bool, bool]:
    """The same, at the till, of someone who may only sell: what is said, and that nothing moves."""
    answer = await Talker(shop, language, CASHIER).say(text)
    for want in wanted:
        told = translate(language, f"chat.{want[1:]}") if want.startswith("=") else want
        right = want == "none" or told in answer.text or want.replace(".", ",") in answer.text
        if right and not answer.movements:
            return True, False
    return False, bool(answer.movements)


async def manager(shop: CommandBus, language: str, text: str, wanted: list[str]) -> tuple[bool, bool]:
    """What a question is understood as: what is looked up, of which product and period, or that it would be done."""
    desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", "2027-01-15", shop.now_us())
    read = copilot.query_at(desk, text, language, Remembered()).read(shop.reader, shop.registry)
    understood = read.questions
    meaning = understood[0].meaning
    if is_wish(read):
        got = "do"
    elif understood[0].destroys:
        got = "declined"
    elif understood[0].several:
        got = "ask"
    elif not understood[0].complete:
        got = "unknown"
    else:
        of = meaning.product if meaning.measure in (*OF_A_PRODUCT, "movements") else ""
        period = f"{meaning.period.first}..{meaning.period.last}" if meaning.period else ""
        got = " ".join(filter(None, (meaning.measure, meaning.order, of, PERIODS.get(period, period))))
    return got in wanted, got == "do"


PERIODS = {"2027-01-15..2027-01-15": "", "2027-01-14..2027-01-14": "yesterday", "2027-01-04..2027-01-10": "week"}
"""Days of these sentences as they are called; today needs no word."""
WAYS = {"stock": keeper, "shop": customer, "cashier": cashier, "copilot": manager}


async def heard_as(
    shop: CommandBus, place: str, language: str
) -> tuple[Counter[tuple[int, bool]], list[str], list[str]]:
    """How many of each half are right, what was done and never said, and what of the half for tuning is not right."""
    said, wrong, missed = Counter[tuple[int, bool]](), [], []
    await done(shop, SetProducts(stock_of_sayings()), SYSTEM)
    for sku in (*STOCKED, *NAMED):
        await done(shop, RecordMovement(sku, "in", units=2_000_000), SYSTEM)
    await catch_up(shop)
    sayings = [line for line in SAYINGS if line[:2] == [place, language]]
    for at, (_, _, text, wants) in enumerate(sayings):
        right, false = await WAYS[place](shop, language, text, wants.split("|"))
        said[at % 2, right] += 1
        wrong += [text] if false and not right else []
        missed += [f"{text} | {wants}"] if not (right or at % 2) else []
    return said, wrong, missed


def stock_of_sayings() -> tuple[Product, ...]:
    """What these sentences are about, with prices."""
    priced = (msgspec.structs.replace(one, price_minor=PRICES.get(one.sku)) for one in GOODS)
    return (*priced, *(Product(sku, {"en": name}, (), 100, box=0) for sku, name in NAMED.items()))


@pytest.mark.parametrize("language", ["en", "fr", "he"])
@pytest.mark.parametrize("place", sorted(WAYS))
def test_most_is_right_and_nothing_is_done_that_was_not_said(tmp_path: Path, place: str, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            said, wrong, missed = await heard_as(shop, place, language)
        assert not wrong, "done, and never said"
        for half in (0, 1):
            count = said[half, True] + said[half, False]
            assert count and said[half, True] / count >= RIGHT[place], (half, said, missed)

    run(scenario(), 60)


async def report() -> None:
    """Both halves of each place and language, and what of the half for tuning is not right."""
    for place in WAYS:
        for language in ("en", "fr", "he"):
            with tempfile.TemporaryDirectory() as folder:
                async with talking_shop(Path(folder)) as shop:
                    said, wrong, missed = await heard_as(shop, place, language)
            halves = [f"{said[half, True]}/{said[half, True] + said[half, False]}" for half in (0, 1)]
            print(place, language, "tuned on", halves[0], "others", halves[1], "wrongly done", len(wrong))
            for one in (*wrong, *missed):
                print("   ", one)


if __name__ == "__main__":
    asyncio.run(report())
