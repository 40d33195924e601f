"""What staff ask for beside movements of stock: shown with its figures, and done after a yes, under their right."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.foundation.access.rights import SELL
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.alerts.queries import open_alerts
from edge.goods.catalog.commands import ChangePrice
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_purchases
from edge.goods.stock.commands import SetLevels
from edge.goods.stock.queries import read_item
from edge.lib.units.written_money import written_money
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
        prices = [written_money(minor, "EUR", language) for minor in (2350, 400)]
        assert shown.state == "confirming" and all(price in shown.text for price in prices), shown.text
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


LEVELS = {
    "en": ("set the minimum of pale ale to 6 bottles", "86 the tomatoes", "tomatoes are back"),
    "fr": ("mets le minimum de bière blonde à 6", "arrête de vendre les tomates", "les tomates sont de retour"),
    "he": ("תקבע מינימום של בירה בהירה ל-6", "תפסיק למכור עגבניות", "העגבניות חזרו"),
}


@pytest.mark.parametrize("language", LEVELS)
def test_what_runs_out_or_low_is_said_and_done_by_confirmation(tmp_path: Path, language: str) -> None:
    minimum, out, back = LEVELS[language]

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:

            def level() -> tuple[int, int]:
                item = read_item(shop.reader, "beer")
                assert item is not None
                return next(((one.par, one.reorder) for one in item.levels if one.location == "main"), (0, 0))

            def sold_out() -> list[str]:
                return [row[0] for row in shop.reader.execute("SELECT sku FROM run_out")]

            boss = Talker(shop, language, BOSS.with_rights(SELL))
            await done(shop, SetLevels("beer", "main", 12_000, 2_000), SYSTEM)
            shown = await boss.say(minimum)
            assert shown.state == "confirming" and "6" in shown.text and level() == (12_000, 2_000), shown.text
            await boss.say(YES[language])
            assert level() == (12_000, 6_000), "how much there should be stays"
            assert (await boss.say(out)).state == "confirming" and not sold_out()
            await boss.say(YES[language])
            assert sold_out() == ["tomato"]
            assert (await boss.say(back)).state == "confirming"
            await boss.say(YES[language])
            assert not sold_out()
            keeper = Talker(shop, language, KEEPER)
            await keeper.say(minimum)
            assert level() == (12_000, 6_000)

    run(scenario(), 60)
