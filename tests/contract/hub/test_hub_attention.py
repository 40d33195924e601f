"""The top of head office's first page: what needs a person, with links, and the day in one row."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.browsing import browser
from tests.contract.hub.test_hub_api import SALES, an_api
from tests.contract.hub.test_hub_areas import DEADLINE_MS, ROWS, go, opened
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

WEEK_BEFORE = """
    UPDATE sale_day SET paid_minor = 90, sales = 1, refunds = 0 WHERE tenant = 'mine' AND business_date = '2026-01-13';
    UPDATE sale_day SET store = 'store-1' WHERE tenant = 'mine' AND business_date IN ('2026-01-13', '2026-01-20')
"""


@pytest.mark.needs("chromium")
def test_the_day_begins_with_what_needs_someone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(ROWS)
            await house.owner.execute(SALES.replace("'acme'", "'mine'"))
            await house.owner.execute(WEEK_BEFORE)
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1024, "height": 768}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            needs = page.locator("#attention a")
            await expect(needs).to_have_text(
                ["Urgent alerts 1", "Boxes with problems 1", "Publications waiting for approval 1"], timeout=DEADLINE_MS
            )
            top = "(name) => document.getElementById(name).getBoundingClientRect().top"
            assert await page.evaluate(top, "attention") < await page.evaluate(top, "day-figures") < 300
            await page.fill("#date", "2026-01-20")
            figures = page.locator("#day-figures > div")
            await expect(figures.first).to_contain_text("€1.20", timeout=DEADLINE_MS)
            await expect(figures.first).to_contain_text("+33%")
            await expect(figures.first).to_contain_text("Previous week: €0.90")
            await needs.first.click()
            await expect(page.locator("#alerts tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
            await house.owner.execute("UPDATE alert SET state = 'ended'; UPDATE publication SET state = 'done'")
            await house.owner.execute("DELETE FROM device WHERE tenant = 'mine'")
            await go(page, "today")
            await expect(page.locator("#attention")).to_have_text("Nothing needs your attention.", timeout=DEADLINE_MS)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
