"""A manager sees which cards a customer lets the shop charge, and revokes one; in three languages and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.shop.payments.commands import SetProvider, StoreMethod
from edge.shop.payments.provider import Provider
from edge.shop.payments.queries import read_methods
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.customers import DANA, known
from tests.shop_fixture import SYSTEM, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


def test_a_manager_sees_stored_cards_and_revokes_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            shop = served.shop
            await done(shop, SetProvider(Provider("stripe", "stripe_checkout", "test", ("EUR",))), SYSTEM)
            dana = await known(shop, **DANA)
            card = ("stripe", "cus_corner/pm_visa", "VISA", "4242", "2099-12", "paper")
            await done(shop, StoreMethod(dana, *card), SYSTEM)
            for language, width in (("en", 1024), ("fr", 390), ("he", 390)):
                await page.page.set_viewport_size({"width": width, "height": 768})
                await page.open(served, f"register=1&lang={language}&id={dana}", "/manager/customer")
                await page.see("[data-stored]", "VISA 4242")
                assert "pm_visa" not in await page.page.content(), "its token is nobody's to read"
                assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
            await page.page.locator("[data-revoke]").click()
            await page.gone("[data-revoke]")
            await page.see("[data-stored] .tag")
            assert [one.revoked for one in read_methods(shop.reader, dana)] == [True]
            assert page.complaints == []

    run(scenario())
