"""Customers hear of what they wish for: there again or cheaper, once a week, as they said, of nothing for adults."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.foundation.outbox.letters import letters_of
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.ordering.customer_accounts.wish_news import WishNews
from edge.people.customers.commands import AddWish, GiveConsent, RemoveWish, SetCustomer, WithdrawConsent
from tests.flow.ordering.test_order_news import Channel, Telling
from tests.ordering import do
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

DAY_US = 86_400_000_000
MAIL = "dana@example.com"


async def wishing(shop: CommandBus, *skus: str) -> str:
    """Dana, who wishes for these, none of which is there, and wants messages."""
    await do(shop, SetCustomer(name="Dana", email=MAIL, language="fr"), SYSTEM)
    (customer,) = shop.reader.execute("SELECT id FROM customer").fetchone()
    for sku in skus:
        await do(shop, AddWish(customer, sku), SYSTEM)
    await do(shop, GiveConsent(customer, "messages", "fr"), SYSTEM)
    return str(customer)


def test_what_came_again_is_told_once_a_week_while_it_is_wanted(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, mail = FakeClock(), Channel("email")
        async with open_shop(tmp_path, clock) as shop, Telling(tmp_path, shop, mail) as telling:
            await do(shop, RecordMovement("milk", "in", units=1_000), SYSTEM)
            await do(shop, RecordMovement("milk", "waste", units=1_000, cause="spill"), SYSTEM)
            customer, news = await wishing(shop, "milk"), WishNews(shop, "Europe/Paris")
            assert await news.look() == 0, "it is not there"
            await do(shop, RecordMovement("milk", "in", units=6_000), SYSTEM)
            assert (await news.look(), await news.look()) == (1, 0), "once"
            await telling.send_due()
            assert mail.sent == [(MAIL, "Corner Shop : Lait, dans votre liste de souhaits, est de nouveau en stock.")]
            clock.at_us += 6 * DAY_US
            assert await news.look() == 0
            clock.at_us += 2 * DAY_US
            assert await news.look() == 1, "a week later, as it is still wished for"
            await do(shop, RemoveWish(customer, "milk"), SYSTEM)
            await telling.send_due()
            assert len(mail.sent) == 1 and letters_of(shop.reader, "wish:")[-1].why == "over", "it is not any more"

    run(scenario())


def test_a_lower_price_is_told_and_not_to_who_took_the_yes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        mail = Channel("email")
        async with open_shop(tmp_path, FakeClock()) as shop, Telling(tmp_path, shop, mail) as telling:
            await do(shop, SetProducts((Product("oats", {"fr": "Flocons"}, price_minor=300),)), SYSTEM)
            customer, news = await wishing(shop, "oats"), WishNews(shop, "Europe/Paris")
            assert await news.look() == 0
            await do(shop, SetProducts((Product("oats", price_minor=250),)), SYSTEM)
            assert await news.look() == 1
            await telling.send_due()
            assert mail.sent == [(MAIL, "Corner Shop : le prix de Flocons, dans votre liste de souhaits, a baissé.")]
            await do(shop, WithdrawConsent(customer, "messages"), SYSTEM)
            await do(shop, SetProducts((Product("oats", price_minor=200),)), SYSTEM)
            assert await news.look() == 0

    run(scenario())


def test_nothing_is_pushed_of_what_law_keeps_from_the_young(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, RecordMovement("beer", "in", units=1_000), SYSTEM)
            await do(shop, RecordMovement("beer", "waste", units=1_000, cause="spill"), SYSTEM)
            await wishing(shop, "beer")
            await do(shop, RecordMovement("beer", "in", units=1_000), SYSTEM)
            assert await WishNews(shop, "Europe/Paris").look() == 0

    run(scenario())
