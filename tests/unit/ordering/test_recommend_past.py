"""What customers bought at the shop's previous system: stored once, and gone with the consent or the customer."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.recommend.commands import NotePastPurchases, PastCustomer, PastPurchase, RemovePastPurchases
from edge.ordering.recommend.profiles.past import past_of
from edge.ordering.recommend.queries import count_past
from edge.people.customers.commands import ForgetCustomer, GiveConsent, WithdrawConsent
from tests.customers import known
from tests.shop_fixture import SYSTEM, done, open_shop, run

NONE = {"imported_purchases": []}


def test_past_purchases_are_stored_once_and_end_with_the_move_the_consent_or_the_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts((Product("jam", {"en": "Jam"}, price_minor=300),)), SYSTEM)
            dana = await known(shop)
            rows = (PastPurchase("jam", "2026-11-01", 2000), PastPurchase("gone", "2026-11-01", 1000))
            note = NotePastPurchases(1, (PastCustomer(dana, rows), PastCustomer("c7kq2m4t8w1x", rows)))
            assert (await done(shop, note, SYSTEM)).result == 1, "of a known customer and product"
            again = PastCustomer(dana, (PastPurchase("jam", "2026-11-01", 3000),))
            await done(shop, NotePastPurchases(2, (again,)), SYSTEM)
            (found,) = past_of(shop.reader, dana)["imported_purchases"]
            assert (found["sku"], found["quantity"]) == ("jam", 3000), "a day counts once, as it was said last"
            assert [count_past(shop.reader, move) for move in (1, 2)] == [1, 0]
            assert (await done(shop, RemovePastPurchases(1), SYSTEM)).result == 1
            assert past_of(shop.reader, dana) == NONE
            await done(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            await done(shop, note, SYSTEM)
            await done(shop, WithdrawConsent(dana, "profile"), SYSTEM)
            assert past_of(shop.reader, dana) == NONE
            await done(shop, note, SYSTEM)
            await done(shop, ForgetCustomer(dana), SYSTEM)
            assert past_of(shop.reader, dana) == NONE

    run(scenario())
