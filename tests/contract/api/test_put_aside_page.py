"""Sales of a box while a person let the other one lead, on head office's page for people who may read sales."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, an_api
from tests.contract.hub.test_hub_areas import go, opened, picture
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import DANA, hire, sign_in, staff
from tests.contract.hub.test_hub_tenants import two_tenants

PAPERS = """
    DELETE FROM put_aside WHERE tenant = 'mine';
    INSERT INTO put_aside (tenant, store, device, command, state, kind, register, number, total_minor, currency,
                           business_date, done_at, facts, types, reported_at, decided_by)
    SELECT 'mine', 'corner', 'box1', said, state, kind, '1', number, minor, currency, date '2025-11-20',
           timestamptz '2025-11-20 10:00Z' + number * interval '1 minute', 4, types::jsonb, now(), by
    FROM (VALUES ('c1', 'brought_in', 'sale', 12, 120, 'EUR', '[]', 'Dana'),
                 ('c2', 'left', '', 0, 0, '', '["DrawerOpened"]', 'Dana'),
                 ('c3', 'waits', 'refund', 13, -480, 'EUR', '[]', NULL)) AS made
         (said, state, kind, number, minor, currency, types, by)
"""


@pytest.mark.needs("chromium")
def test_head_office_sees_what_lies_aside_and_what_is_to_be_done(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(PAPERS)
            await hire(database, monkeypatch, mine="viewer")
            page = await launched.new_page(viewport={"width": 390, "height": 664}, locale="en-GB")
            viewer = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            complaints = await opened(page, house, viewer)
            await go(page, "boxes")
            rows = page.locator("#put-aside tbody tr")
            await expect(rows).to_have_count(3, timeout=DEADLINE_MS)
            for text in ("corner", "box1", "Refund 1-000013", "-€4.80", "Waiting for the shop"):
                await expect(rows.nth(0)).to_contain_text(text)
            await expect(rows.nth(1)).to_contain_text("Sale 1-000012")
            await expect(rows.nth(2)).to_contain_text("DrawerOpened")
            for language in ("en", "fr", "he"):
                await page.select_option("#language", language)
                await expect(page.locator("#h-put-aside")).to_have_text(words()[language]["put_aside"])
                await expect(rows.nth(0)).to_contain_text(words()[language]["put_aside_waits"], timeout=DEADLINE_MS)
                assert await violations(page, language) == []
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                await picture(page, f"put_aside_{language}")
            await house.owner.execute("DELETE FROM put_aside WHERE tenant = 'mine'")
            await page.reload()
            await page.wait_for_selector('body[data-area="boxes"]')
            await expect(page.locator("#put-aside-card")).to_be_hidden()
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


@pytest.mark.needs("chromium")
def test_support_reads_no_papers_of_shops(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(PAPERS)
            await hire(database, monkeypatch)
            assert await staff(database, "join", DANA, "mine", "--role", "support") == 0
            support = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            assert (await support.get("/v1/put-aside"))[0] == 403
            page = await launched.new_page(locale="en-GB")
            complaints = await opened(page, house, support)
            await page.wait_for_selector('body[data-area="boxes"]')
            await expect(page.locator("#boxes tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
            await expect(page.locator("#put-aside-card")).to_be_hidden()
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
