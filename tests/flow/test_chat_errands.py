"""What staff ask for beside movements of stock: shown with its figures, and done after a yes, under their right."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.shop.alerts.commands import RaiseAlert
from edge.shop.alerts.queries import open_alerts
from edge.shop.catalog.commands import ChangePrice
from edge.shop.catalog.queries import find_by_sku
from edge.shop.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.shop.purchasing.queries import read_purchases
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, KEEPER, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

PRICES = {
    "en": "please set the price of tomatoes to 23.50 euros",
    "fr": "change le prix des tomates à 23,50 euros",
    "he": "תשנה את המחיר של עגבניות ל-23.50 שקל",
}
ORDERS = {
    "en": "order 3 boxes of pale ale from Metro",
    "fr": "commande 3 caisses de bière blonde chez Metro",
    "he": "תזמין 3 ארגזים בירה בהירה אצל Metro",
}
YES = {"en": "yes", "fr": "oui", "he": "כן"}
NONE_OF_IT = (
    "price of tomatoes",
    "order more pale ale for friday",
    "we should order 2 boxes of pale ale from Metro",
    "order about 3 boxes of pale ale from Metro",
    "set the price of unicorns to 5",
    "set the price of tomatoes to 5.005",
    "did you order 3 boxes of pale ale from Metro?",
    "he said order 3 boxes of pale ale from Metro",
)


def _price(shop: CommandBus) -> int | None:
    found = find_by_sku(shop.reader, "tomato")
    return found.price_minor if found else None


def _orders(shop: CommandBus) -> int:
    return len(read_purchases(shop.reader, "2026-01-01").orders)


async def _prices(shop: CommandBus) -> None:
    for language, text in PRICES.items():
        await done(shop, ChangePrice("tomato", 400), SYSTEM)
        talker = Talker(shop, language, BOSS)
        shown = await talker.say(text)
        assert shown.state == "confirming" and "23.50" in shown.text and "4.00" in shown.text, shown.text
        assert _price(shop) == 400
        assert (await talker.say(YES[language])).state == "done"
        assert _price(shop) == 2350
    talker = Talker(shop, "en", BOSS)
    await talker.say("set the price of tomatoes to 5")
    await done(shop, ChangePrice("tomato", 700), SYSTEM)
    assert "7.00" in (await talker.say("yes")).text  # shown anew: it is not what was said yes to
    assert _price(shop) == 700
    await talker.say("no")
    refused = await Talker(shop, "en", KEEPER).say("set the price of tomatoes to 5")
    assert (refused.state, refused.question) == ("cancelled", "")


async def _purchases(shop: CommandBus) -> None:
    for count, (language, text) in enumerate(ORDERS.items()):
        talker = Talker(shop, language, BOSS)
        shown = await talker.say(text)
        assert shown.state == "confirming" and "Metro" in shown.text, shown.text
        assert _orders(shop) == count
        await talker.say(YES[language])
        assert _orders(shop) == count + 1, talker.last
    which = await Talker(shop, "en", BOSS).say("order 2 boxes of pale ale")
    assert [one.label for one in which.options] == [
        f"order 2 boxes of pale ale from {one}" for one in ("Dairy", "Metro")
    ]
    for text in NONE_OF_IT:
        assert (await Talker(shop, "en", BOSS).say(text)).state != "confirming", text
    assert _orders(shop) == len(ORDERS)


def test_prices_orders_and_alerts_wait_for_a_yes(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            for supplier in ("metro", "dairy"):
                await done(shop, SetSupplierPrice(supplier, "beer", 500), SYSTEM)
            await catch_up(shop)
            await _prices(shop)
            await _purchases(shop)
            await done(shop, RaiseAlert("stock_low", "tomato", values={"name": "Tomatoes"}), SYSTEM)
            talker = Talker(shop, "en", BOSS)
            assert (await talker.say("acknowledge the alert")).state == "confirming"
            assert open_alerts(shop.reader)[0].state == "raised"
            await talker.say("yes")
            assert open_alerts(shop.reader)[0].state == "acknowledged"
            receipt = await talker.say("show me the last receipt")
            assert not receipt.question

    run(play())
