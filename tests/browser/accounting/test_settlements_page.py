"""The page of payouts: a provider's file is brought, what differs is shown and let be, a payment is disputed; in three
languages and on a phone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from edge.accounting.settlements.commands import OpenDispute
from edge.money.payments.queries import ListedPayment, read_payments
from edge.ordering.orders.commands import HandOverOrder
from edge.ordering.orders.paying.order_payments import AskForPayment
from tests.browser.money.test_card_payments import at_a_terminal
from tests.card_shop import DEVICE
from tests.flow.ordering.test_kiosk_payments import selling_as
from tests.http_client import when
from tests.ordering import STAFF, do, kept, milk_order
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("EDGE_SHOTS", "")
SIZES = (("en", (1024, 768)), ("fr", (390, 664)), ("he", (390, 664)))
HEADER = "batch,paid_on,currency,kind,day,amount,fee,provider_id\n"


def test_a_manager_sees_what_was_paid_out_and_disputes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (served, terminal, page):
            await page.scan(MILK)
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            terminal.press("")
            await page.see("#sales li.sale", "1.20")
            (payment,) = read_payments(served.shop.reader)
            assert payment.approval is not None
            day = payment.business_date
            file = tmp_path / "batch.csv"
            ours = f"77,{day},EUR,payment,{day},1.20,0.03,{payment.approval.reference}\n"
            file.write_text(f"{HEADER}{ours}77,{day},EUR,payment,{day},9.99,0.03,strange\n")
            await page.open(served, "register=1&lang=en", "/manager/settlements")
            await page.page.locator("#bring [name=provider]").select_option("sim")
            await page.page.locator("#bring [name=file]").set_input_files(file)
            await page.page.locator("#bring button").click()
            await page.see("tr[data-batch='77'][data-state=differs]", "11.19")
            again = tmp_path / "batch.json"
            keys = HEADER.strip().split(",")
            rows = [dict(zip(keys, row.split(","), strict=True)) for row in file.read_text().splitlines()[1:]]
            again.write_text(json.dumps({"lines": rows}))
            await page.page.locator("#bring [name=provider]").select_option("sim")
            await page.page.locator("#bring [name=file]").set_input_files(again)
            await page.page.locator("#bring button").click()
            await page.see("#settlements-error", "Batch 77 was already imported")
            page.complaints.clear()  # the browser's own, of an answer 409
            await page.page.locator("tr[data-batch='77'] a:not(.opens)").click()
            await page.see("tr[data-verdict=missing_here]", "strange")
            await page.page.locator("#close [type=submit]").click()
            await page.see("tr[data-batch='77'][data-state=closed]", "provider is right")
            statement = tmp_path / "statement.csv"
            statement.write_text(f"day,currency,amount,account,reference\n{day},EUR,11.13,A,R1\n")
            await page.page.locator("#statement [name=file]").set_input_files(statement)
            await page.page.locator("#statement button").click()
            await page.see("#told", "Matched: 1.")
            await page.open(served, "register=1&lang=en", "/manager/payments")
            await page.page.locator("tr[data-state=settled] [data-menu]").click()
            await page.page.locator("tr[data-state=settled] a[href*='#disputes']").click()
            await page.page.locator("#open [name=answer_by]").fill(day)
            await page.page.locator("#open button").click()
            await page.see("[data-dispute][data-state=opened]", "1.20")
            assert page.complaints == []
            for language, size in SIZES:
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"register=1&lang={language}&provider=sim&batch=77", "/manager/settlements")
                await page.see(".settlements-page h1")
                await page.page.locator("#disputes summary").click()
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/settlements-{language}-{size[0]}.png", full_page=True)
                assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language

    run(scenario())


def test_a_dispute_shows_how_its_order_was_handed_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (served, terminal, page):
            shop = served.shop
            order = await milk_order(shop)
            await do(shop, AskForPayment(order.secret, way="terminal"), CASHIER)

            async def state() -> ListedPayment:
                return read_payments(shop.reader)[0]

            await when(state, lambda one: terminal.running is not None, "the terminal waits for a card")
            terminal.press("")
            payment = await when(state, lambda one: one.state == "captured", "it is paid")
            await selling_as(tmp_path, shop, CONFIG + DEVICE.format(driver="sim")).look()
            await do(shop, HandOverOrder(order.id, ()), STAFF)
            await do(shop, OpenDispute(payment.id, "other", payment.taken_minor), SYSTEM)
            receipt = f"1/{kept(shop, order).receipt}"
            for language, size in SIZES:
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"register=1&lang={language}", "/manager/settlements")
                await page.page.locator("#disputes summary").click()
                await page.see("[data-delivery]", order.said)
                await page.see("[data-delivery] + dt + dd", receipt)
                assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language

    run(scenario())
