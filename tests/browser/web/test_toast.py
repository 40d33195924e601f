"""What a manager changed is said on the page that comes then, and is put back by a button."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.access.commands import SetRole
from edge.foundation.access.roles import read_roles
from edge.foundation.settings.queries import read_settings
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.commands import SetSupplier
from edge.money.tenders.commands import SetTender
from edge.money.tenders.queries import read_tenders
from edge.money.tenders.tender import ShopTender
from tests.browser.browsing import Till, till
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


async def undo(opened: Till) -> None:
    await opened.see("#toast-bar", "Saved")
    await opened.page.locator("#toast-bar button").click()
    await opened.see("#toast-bar", "Undone")


def test_terms_roles_receipts_and_planned_prices_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            await done(served.shop, SetSupplier("mill", {"en": "Old Mill"}), SYSTEM)
            await done(served.shop, SetRole("baker", "Baker", ("sell",)), SYSTEM)
            page, shop = opened.page, served.shop

            await opened.open(served, "lang=en&id=mill", path="/manager/supplier")
            await page.locator("#supplier [name='names.en']").fill("New Mill")
            await page.locator("#supplier [type=submit]").click()
            await opened.see("h1", "New Mill")
            await undo(opened)
            await opened.see("h1", "Old Mill")

            await opened.open(served, "lang=en", path="/manager/users")
            await page.locator("#role-baker summary").click()
            await page.locator("#role-baker [name=name]").fill("Chef")
            await page.locator("#role-baker [type=submit]").click()
            await undo(opened)
            assert [role.name for role in read_roles(shop.reader) if role.id == "baker"] == ["Baker"]

            header = served.site.settings.header
            await opened.open(served, "lang=en", path="/manager/papers")
            await page.locator("[name=header]").fill("The Corner")
            await page.locator("#receipt [type=submit]").click()
            await opened.see("#toast-bar", "Saved")
            assert served.site.settings.header == ("The Corner",)
            await page.locator("#toast-bar button").click()
            await opened.see("#toast-bar", "Undone")
            assert served.site.settings.header == header

            await opened.open(served, "lang=en&sku=tea", path="/manager/product")
            await page.locator("#plan [name=price]").fill("4.50")
            await page.locator("#plan [name=from]").fill("2100-01-01T08:00")
            await page.locator("#plan [type=submit]").click()
            await opened.see("#part-prices .ahead", "4.50")
            await undo(opened)
            await opened.gone("#part-prices .ahead")
            assert opened.complaints == []

    run(scenario(), 120)


def test_a_phone_shows_the_first_rows_of_a_long_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        many = tuple(Product(f"p{at:02}", {"en": f"Product {at:02}"}, (), 500) for at in range(30))
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 664)) as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts(many, Source("catalogue", line=1)), SYSTEM)
            await opened.open(served, "lang=en", path="/manager/products")
            await opened.see(".rest", "Show all")
            assert await opened.page.locator("table.shortened > tbody > tr:visible").count() == 12
            await opened.page.locator(".rest").click()
            await opened.gone(".rest")
            assert await opened.page.locator("tbody > tr:visible").count() > 29
            assert opened.complaints == []

    run(scenario())
