"""What someone looked at: kept by consent, for 30 days, and gone with the person."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.privacy.nightly_part import Retention
from edge.ordering.recommend.commands import NoteInteractions
from edge.ordering.recommend.profiles.views import NotedInteractions, read_view_weights, views_of
from edge.people.customers.commands import ForgetCustomer, GiveConsent, WithdrawConsent
from tests.customers import known
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

DAY_US = 86_400_000_000


def test_what_someone_looks_at_counts_a_little_while_they_consent(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts((Product("jam", {"en": "Jam"}, price_minor=300),)), SYSTEM)
            dana = await known(shop)
            looked = NoteInteractions(dana, ("jam", "none", "jam"), ("bread",))
            assert (await done(shop, looked, SYSTEM)).result == NotedInteractions(0, 2, 1), "nobody consented"
            await done(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            assert (await done(shop, looked, SYSTEM)).result == NotedInteractions(1, 1, 1)
            assert read_view_weights(shop.reader, dana, shop.now_us()) == {"jam": 0.2}
            assert read_view_weights(shop.reader, dana, shop.now_us() + 28 * DAY_US) == {"jam": 0.1}
            assert [one["sku"] for one in views_of(shop.reader, dana)["viewed_products"]] == ["jam"]
            await done(shop, WithdrawConsent(dana, "profile"), SYSTEM)
            assert read_view_weights(shop.reader, dana, shop.now_us()) == {}
            await done(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            await done(shop, looked, SYSTEM)
            clock.at_us += 31 * DAY_US
            await Retention(shop, ZoneInfo("UTC")).let_go()
            assert views_of(shop.reader, dana)["viewed_products"] == [], "30 days"
            await done(shop, looked, SYSTEM)
            await done(shop, ForgetCustomer(dana), SYSTEM)
            assert views_of(shop.reader, dana)["viewed_products"] == []

    run(scenario())
