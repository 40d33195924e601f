"""What a manager changed is said on the page that comes then, and is put back by a button."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.settings.queries import read_settings
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.money.tenders.commands import SetTender
from edge.money.tenders.queries import read_tenders
from edge.money.tenders.tender import ShopTender
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
TEA = Product("tea", {"en": "Green tea", "fr": "Thé vert"}, ("5449000000996",), 500)


def known(served: Served) -> Product:
    found = find_by_sku(served.shop.reader, "tea")
    assert found is not None
    return found


def test_what_was_saved_is_said_and_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            page = opened.page
            await opened.open(served, "lang=en", path="/manager/products")
            await page.locator('[data-key="tea"]').click()
            await page.locator(".spot-form input").fill("6.50")
            await page.locator(".spot-form button").click()
            await opened.see("#toast-bar", "Saved")
            assert known(served).price_minor == 650
            await page.locator("#toast-bar button").click()
            await opened.see("#toast-bar", "Undone")
            await opened.see('[data-key="tea"]', "5.00")
            assert known(served).price_minor == 500

            await opened.open(served, "lang=en&sku=tea", path="/manager/product")
            await page.locator("[name='names.en']").fill("Black tea")
            await page.get_by_role("button", name="Save", exact=True).click()
            await opened.see("h1", "Black tea")
            await opened.see("#toast-bar", "Saved")
            await page.locator("#toast-bar button").click()
            await opened.see("h1", "Green tea")
            await opened.see("#toast-bar", "Undone")
            assert known(served).names == {"en": "Green tea", "fr": "Thé vert"}

            await opened.open(served, "lang=he", path="/manager/supplier")
            await page.locator("#supplier [name=id]").fill("brewery")
            await page.locator("#supplier [name='names.en']").fill("Old Brewery")
            await page.locator("#supplier [type=submit]").click()
            await opened.see("#price")
            await opened.see("#toast-bar", "נשמר")
            assert opened.complaints == []

    run(scenario())


def test_what_forms_of_master_data_and_settings_changed_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            voucher = ShopTender("voucher", {"en": "Voucher"}, "kept", back=False)
            await done(served.shop, SetTender(voucher), SYSTEM)
            page, undo = opened.page, opened.page.locator("#toast-bar button")
            await opened.open(served, "lang=en", path="/manager/tenders")
            await page.locator('[data-id="voucher"] [name="names.en"]').fill("Coupon")
            await page.locator('[data-id="voucher"] [type="submit"]').click()
            await opened.see('[name="names.en"][value="Coupon"]')
            await undo.click()
            await opened.see("#toast-bar", "Undone")
            assert read_tenders(served.shop.reader) == (voucher,)
            await page.locator('[data-id="voucher"] [data-end]').click()
            await opened.gone('[data-id="voucher"]')
            await undo.click()
            await opened.see('[data-id="voucher"]')
            assert read_tenders(served.shop.reader) == (voucher,)

            await opened.open(served, "lang=en", path="/manager/settings")
            await opened.see('#found [data-form="setting"]:not([hidden])')
            await page.locator('nav.parts a[href="#about-till"]').click()
            await page.locator('form[data-name="till.pin_for"]').get_by_label("Void a line").check()
            await page.locator("#save").click()
            await opened.see("#toast-bar", "Saved")
            assert [one.name for one in read_settings(served.shop.reader)] == ["till.pin_for"]
            await undo.click()
            await opened.see("#toast-bar", "Undone")
            assert read_settings(served.shop.reader) == []
            await page.locator('nav.parts a[href="#about-texts"]').click()
            await opened.see('[data-form="text"]')
            await opened.gone("#save")
            assert opened.complaints == []

    run(scenario())
