"""Accounts at their pages: terms are given, an order is opened, delivered in part, invoiced, and a payment is taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.accounting.accounts.queries import read_sales_order, standing
from edge.counter.till.commands import AddLine, Pay, SetBasketAside, UseCustomer
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.money.payments.commands import SetProvider, StoreMethod
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import read_payments
from tests.accounts import BISTRO, on_account, stocked
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.flow.money.test_pay_pages import PAGES
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 664)
ONE = "/manager/accounts/one"
PICTURES = os.environ.get("ACCOUNTS_PICTURES", "")
"""A folder for pictures of what is seen, if someone wants to look."""


async def picture(page: Till, name: str) -> None:
    if PICTURES:
        await page.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


async def pressed(page: Till, selector: str) -> None:
    async with page.page.expect_navigation():
        await page.page.locator(selector).click()


def test_an_order_is_opened_delivered_in_part_and_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            shop = served.shop
            await caller.set_pin()
            await stocked(shop)
            customer = await known(shop, **BISTRO)
            await page.open(served, path="/manager/accounts")
            form = page.page.locator("#account")
            await form.locator("[name=customer]").fill(customer)
            await form.locator("[name=limit]").fill("100")
            await pressed(page, "#account [type=submit]")
            await page.see("#accounts tr", "Bistro Nord")
            await picture(page, "accounts")
            await page.open(served, f"register=1&customer={customer}", ONE)
            order = page.page.locator("#order")
            await order.locator("[data-sku]").fill("cheese")
            await order.locator("[data-quantity]").fill("11")
            await order.locator("[type=submit]").click()
            await page.see("#order .error", "above the limit of €100.00")
            page.complaints.clear()  # a browser finds it worth telling that something was refused
            await order.locator("[data-quantity]").fill("10")
            await pressed(page, "#make-quote")
            await page.see("#quotes .pill", "Open")
            async with page.page.expect_download() as coming:
                await page.page.locator("[data-download$='quote.pdf']").click()
            assert (await coming.value).suggested_filename == "quote-1.pdf"
            await pressed(page, "[data-accept]")
            await page.see("#quotes .pill", "Accepted")
            await page.see("form.order .pill", "Open")
            await page.page.locator("form.order [data-sku=cheese]").fill("4")
            await page.page.locator("form.order [data-lot]").select_option("C1")
            await pressed(page, "form.order [type=submit]")
            await page.see("form.order .pill", "Partly delivered")
            await page.see("#payment", "INV-20")
            await page.see("#orders .hint", "lot C1")
            await picture(page, "account")
            await page.page.locator("#payment [name=item]").check()
            await page.page.locator("#payment [name=amount]").fill("15")
            await pressed(page, "#payment [type=submit]")
            found = read_sales_order(shop.reader, 1)
            assert found is not None and (found.state, found.delivered_quantity) == ("partial", 4_000)
            now = standing(shop.reader, customer, "2099-01-01")
            assert now is not None and (now.owed_minor, now.ordered_minor) == (2_500, 6_000)
            assert page.complaints == []
            for lang in ("fr", "he"):
                await page.open(served, f"register=1&customer={customer}&lang={lang}", ONE)
                await picture(page, f"account-{lang}")

    run(scenario())


def test_a_tab_goes_onto_its_customers_account(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            shop = served.shop
            await stocked(shop)
            customer = await on_account(shop, 2_500)
            for name, whose in (("Window", ""), ("Nord", customer)):
                await done(shop, AddLine(code="", sku="cheese"))
                if whose:
                    await done(shop, UseCustomer(whose))
                await done(shop, SetBasketAside(name))
            await page.open(served, path="/tabs")
            await page.see("#tabs tbody", "Window")
            assert await page.page.locator("[data-onto]").count() == 1
            await picture(page, "tabs")
            await page.page.locator("[data-onto]").click()
            await pressed(page, "#sure-dialog [type=submit]")
            await page.see("#tabs tbody", "Window")
            now = standing(shop.reader, customer, "2099-01-01")
            assert now is not None and now.owed_minor == 1_000
            assert await page.page.locator("#tabs tbody tr").count() == 1
            assert page.complaints == []

    run(scenario())


async def with_a_card(served: Served, customer: str) -> None:
    """The customer's card is kept, and someone is signed in who charges it."""
    shop = served.shop
    await done(shop, SetProvider(Provider("stripe", "stripe_checkout", "test", ("EUR",))), SYSTEM)
    await done(shop, StoreMethod(customer, "stripe", "cus_a/pm_b", "VISA", "4242", "2099-12", "paper"), SYSTEM)
    await done(shop, SetUser("u1", "Noa", "manager", hash_pin(PIN)), SYSTEM)
    served.access.sessions.sign_in("1", "u1", "")  # nobody unknown charges a stored card


def test_what_is_owed_is_charged_to_the_customers_card(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=CONFIG + PAGES) as served, till(PHONE) as page:
            shop = served.shop
            await stocked(shop)
            customer = await on_account(shop)
            await done(shop, AddLine(code="", sku="cheese"))
            await done(shop, UseCustomer(customer))
            await done(shop, Pay("account"))
            await with_a_card(served, customer)
            await page.open(served, f"register=1&customer={customer}", ONE)
            await page.see("[data-card]", "Charge €10.00 to VISA 4242")
            await page.page.locator("[data-card]").click()
            await pressed(page, "#sure-dialog [type=submit]")
            await page.see("#card-charge", "Charging €10.00 to VISA 4242 …")
            (charge,) = read_payments(shop.reader)
            assert (charge.purpose, charge.amount_minor, charge.state) == ("account", 1_000, "created")
            await picture(page, "account-with-a-card")
            assert page.complaints == []

    run(scenario())


def test_a_tab_of_a_customer_without_an_account_is_charged_to_their_card_and_seen_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=CONFIG + PAGES) as served, till(PHONE) as page:
            shop = served.shop
            await stocked(shop)
            customer = await known(shop, **BISTRO)
            await with_a_card(served, customer)
            await done(shop, AddLine(code="", sku="cheese"))
            await done(shop, UseCustomer(customer))
            await done(shop, SetBasketAside("Window"))
            await page.open(served, path="/tabs")
            await page.see("[data-card]", "Charge VISA 4242")
            assert await page.page.locator("[data-onto]").count() == 0, "there is no account"
            await picture(page, "tabs-with-a-card")
            await page.page.locator("[data-card]").click()
            await pressed(page, "#sure-dialog [type=submit]")
            await page.see("#card_payment .says", "Charging the saved card €10.00")
            (charge,) = read_payments(shop.reader)
            assert (charge.purpose, charge.sold_at, charge.amount_minor) == ("sale", "1", 1_000)
            await picture(page, "till-with-a-card")
            for lang in ("fr", "he"):
                await page.open(served, f"register=1&lang={lang}", "/tabs")
            assert page.complaints == []

    run(scenario())
