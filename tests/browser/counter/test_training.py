"""Training on the till's page: by touch alone, begun and ended, and told on every page of the register."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.counter.till.queries import read_receipts
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, FakeClock, run

pytestmark = pytest.mark.needs("chromium")


def test_someone_practises_and_signs_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as page:
            await caller.set_pin()
            user = {"name": "Dana", "role": "cashier", "pin": "7394"}
            assert (await caller.call("POST", "/api/v1/users", user, Grant=await caller.enter_pin())).status == 200
            answer = await caller.call("POST", "/api/v1/sign-in", {"pin": "7394"})
            assert answer.status == 200
            await page.open(served)
            await page.see('[data-act="sign_out"]')
            await page.page.locator('[data-act="more"]').click()
            await page.see('[data-counter="more"]')
            await page.page.locator('[data-go="training"]').click()
            await page.see('[data-counter="training"]')
            await page.page.locator("#counter-yes").click()
            await page.see("#training", "TRAINING")
            await page.see('body[data-link="open"]')
            await page.page.locator("#code").fill(MILK)
            await page.page.locator("#scan [type=submit]").click()
            await page.see("#lines .line .name", "Milk")
            await page.page.locator('[data-act="cash"]').click()
            await page.see("#cash-dialog[open]")
            await page.page.locator('#cash-dialog [type="submit"]').click()
            await page.see("#lines .ended", "T-1-000001")
            await page.see("#sales", "T-1-000001")
            assert read_receipts(served.shop.reader, "1") == []
            await page.page.locator('[data-act="sign_out"]').click()
            await page.gone("#training")
            await expect(page.page.locator("#sales")).not_to_contain_text("T-1-000001")

    run(scenario())


def test_yesterdays_customers_come_to_a_practice(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # nine in the morning in Paris
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till((1024, 768)) as page:
            await caller.set_pin()
            clock.advance(4 * 3600.0)
            for quantity in (2_000, 1_000):
                assert (await caller.do("AddLine", {"code": MILK, "quantity": quantity})).status == 200
                assert (await caller.do("Pay", {"kind": "cash"})).status == 200
                clock.advance(60.0)
            clock.advance(86_400.0)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            await page.open(served)
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="training"]').click()
            box = await page.page.locator('#counter-dialog [name="yesterday"]').bounding_box()
            assert box and box["height"] < 40, "it stands beside its words"
            await page.page.locator('#counter-dialog [name="yesterday"]').check()
            await page.page.locator("#counter-yes").click()
            await page.see("#practice_customer", "Customer 1 of 2")
            await page.see('body[data-link="open"]')
            await page.page.set_viewport_size({"width": 390, "height": 844})
            customer, scan = [await page.page.locator(one).bounding_box() for one in ("#practice_customer", "#scan")]
            assert customer and scan and customer["width"] == scan["width"] and customer["y"] < scan["y"], "on a phone"
            await page.page.set_viewport_size({"width": 1024, "height": 768})
            await page.page.locator("[data-call-now]").click()  # who came an hour behind noon
            await page.page.locator("[data-goods-of]").click()
            await page.see("#lines .line .name", "Milk")
            await page.page.locator('[data-act="cash"]').click()
            await page.see("#cash-dialog[open]")
            await page.page.locator('#cash-dialog [type="submit"]').click()
            await page.see("#practice_customer", "Customer 2 of 2")
            await page.see("#practice_customer", "Your total: €2.40 · That day: €2.40 ✓")
            assert [one.number for one in read_receipts(served.shop.reader, "1")] == [2, 1], "and none of them is new"

    run(scenario())
