"""A customer's account on a phone: signed in by a code, wishes that come along, a passkey, read and forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.people.customers.commands import GiveConsent, SetCustomer
from edge.people.customers.customer import NotMine, Preferences
from edge.people.customers.queries import read_customer, wished_skus
from tests.browser.browsing import agree
from tests.browser.ordering.test_kiosk import touch
from tests.browser.serving import Served, serve
from tests.flow.ordering.test_accounts_http import ACCOUNTS
from tests.ordering import do
from tests.shop_fixture import CASHIER, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 664)


async def code(served: Served) -> str:
    (found,) = served.shop.reader.execute("SELECT code FROM account_code ORDER BY until_us DESC LIMIT 1").fetchone()
    return str(found)


async def signed_in(
    served: Served, page: Page, to: str, host: str = "127.0.0.1", tap: bool = True, language: str = "en"
) -> None:
    press = page.tap if tap else page.click
    await page.goto(f"http://{host}:{served.port}/me?lang={language}")
    await page.fill("#ask-code [name=to]", to)
    await press("#ask-code button")
    await page.wait_for_selector("#show-code:not([hidden])")
    await page.fill("#show-code [name=code]", await code(served))
    await press("#show-code [type=submit]")


def test_wishes_of_the_phone_come_along_and_all_of_it_is_read_and_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ACCOUNTS) as served, touch(served, PHONE, "/shop?lang=en") as page:
            await page.wait_for_selector(".to-me")
            await page.tap('#goods [data-sku="milk"]')
            await page.tap("#sheet [data-wish]")
            await page.wait_for_selector('#sheet [data-wish][aria-pressed="true"]')
            await signed_in(served, page, "06 12 34 56 78")
            await page.wait_for_selector("#newcomer:not([hidden])")
            assert await page.locator("[name=consent]:checked").count() == 0
            await page.fill("#newcomer [name=name]", "Noa")
            await page.tap("#show-code [type=submit]")
            await page.wait_for_selector('#account [data-sku="milk"]')
            (customer,) = served.shop.reader.execute("SELECT id FROM customer").fetchone()
            assert wished_skus(served.shop.reader, customer) == ["milk"]
            await page.tap('[data-purpose="loyalty"] [data-consent="yes"]')
            await page.wait_for_selector('[data-purpose="loyalty"] [data-consent="no"]')
            await page.tap('[data-sku="milk"] [data-cart]')
            await page.wait_for_selector("#me-done:not(:empty)")
            await page.tap("#export")
            await page.wait_for_selector("#exported:not([hidden])")
            assert "Noa" in await page.inner_text("#exported pre")
            await page.tap("#forget")
            await agree(page)
            await page.wait_for_selector("#account:empty", state="attached")
            assert wished_skus(served.shop.reader, customer) == []

    run(scenario())


def test_what_purchases_say_is_read_and_put_right(tmp_path: Path) -> None:
    """Someone buys milk for others: it is said of them, until they say it is not theirs, and again once it is."""

    async def scenario() -> None:
        async with serve(tmp_path, ACCOUNTS) as served:
            await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            (customer,) = served.shop.reader.execute("SELECT id FROM customer").fetchone()
            await do(served.shop, SetCategories((Category("dairy", {"en": "Dairy"}),)), SYSTEM)
            await do(
                served.shop, SetProducts((Product("oats", {"en": "Oats"}, price_minor=300, category="dairy"),)), SYSTEM
            )
            await do(served.shop, GiveConsent(customer, "profile", "en"), SYSTEM)
            for _ in range(3):
                await do(served.shop, AddLine(sku="oats"), CASHIER)
                await do(served.shop, UseCustomer(customer), CASHIER)
                await do(served.shop, Pay("card"), CASHIER)
            async with touch(served, PHONE, "/shop?lang=en") as page:
                await signed_in(served, page, "06 12 34 56 78")
                await page.wait_for_selector('#tastes [data-name="dairy"]')
                assert "Dairy" in await page.inner_text("#tastes")
                await page.tap('#tastes [data-name="dairy"] [data-mine="no"]')
                await page.wait_for_selector('#tastes [data-name="dairy"] [data-mine="yes"]')
                await page.tap('#tastes [data-name="dairy"] [data-mine="yes"]')
                await page.wait_for_selector('#tastes [data-name="dairy"] [data-mine="no"]')
                await page.tap('#tastes [data-name="dairy"] [data-mine="no"]')
                await page.wait_for_selector('#tastes [data-name="dairy"] [data-mine="yes"]')
                await page.check('#set-allergens [value="nuts"]')
                await page.tap("#set-allergens [type=submit]")
                await page.wait_for_selector('#set-allergens [value="nuts"][checked]')
                known = read_customer(served.shop.reader, customer, served.shop.now_us())
                liked = Preferences(not_mine=(NotMine("category", "dairy"),), allergens=("nuts",))
                assert known and known.preferences == liked, "what they said before stays"

    run(scenario())


def test_a_passkey_is_made_and_signs_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ACCOUNTS) as served:
            await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            async with touch(served, PHONE, "/shop?lang=en") as page:
                tools = await page.context.new_cdp_session(page)
                await tools.send("WebAuthn.enable")
                options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
                options |= {"hasUserVerification": True, "isUserVerified": True}
                await tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
                await signed_in(served, page, "06 12 34 56 78", "localhost")
                await page.wait_for_selector("#passkey-add:not([hidden])")
                await page.tap("#passkey-add")
                await page.wait_for_selector("[data-credential]")
                await page.tap("#sign-out")
                await page.wait_for_selector("#passkey:not([hidden])")
                await page.tap("#passkey")
                await page.wait_for_selector("#account")
                assert await page.locator("[data-credential]").count() == 1

    run(scenario())
