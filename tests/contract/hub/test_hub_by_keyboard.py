"""Head office's page without a mouse: Tab reaches each control, its focus is visible, and Enter works."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import browser
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_hub_areas import opened
from tests.contract.hub.test_hub_choosing import GOODS
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

SAID = words()["en"]
STOPS_MOST = 120
OURS = GOODS.replace("'acme'", "'mine'")
FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return ""; // between the page's end and its beginning
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return one.checkVisibility() && box.width && seen ? "" : one.outerHTML.slice(0, 120);
}"""
"""Returns the focused element if it isn't visible."""


async def reach(page: Page, wanted: Locator, unseen: list[str]) -> None:
    """Press Tab until a control has the focus."""
    await expect(wanted).to_be_visible(timeout=DEADLINE_MS)
    for _ in range(STOPS_MOST):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
        if fault := await page.evaluate(FOCUSED):
            unseen.append(fault)
    raise AssertionError(f"{wanted} isn't reached by Tab")


@pytest.mark.needs("chromium")
def test_prices_are_published_without_a_mouse(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            await house.owner.execute("DELETE FROM product; DELETE FROM stock; DELETE FROM publication")
            await house.owner.execute(f"DELETE FROM store_record WHERE tenant = 'mine'; {OURS}")
            page = await launched.new_page(viewport={"width": 1366, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            unseen: list[str] = []

            async def press(place: str | Locator, key: str = "Enter") -> None:
                await reach(page, page.locator(place) if isinstance(place, str) else place, unseen)
                await page.keyboard.press(key)

            async def write(place: str | Locator, text: str) -> None:
                await reach(page, page.locator(place) if isinstance(place, str) else place, unseen)
                await page.keyboard.type(text)

            await press("[data-area=publications]")
            await press("#new-publication")
            await expect(page.locator("#composer-title")).to_be_focused(timeout=DEADLINE_MS)
            await write("#composer [name=title]", "By hand")
            await press(page.get_by_label("Shop 1", exact=True), "Space")
            await write("#composer [name=search]", "milk")
            await page.keyboard.press("Enter")
            for _ in range(2):  # the next result then has the focus, and after the last one the search field
                await press(page.locator("#composer-found tbody button").first)
            await expect(page.locator("#composer [name=search]")).to_be_focused()
            await write(page.get_by_label(f"{SAID['price_new']} Milk 1 l"), "1.40")
            oat = f"{SAID['remove']} Oat milk 1 l"
            await page.keyboard.press("Shift+Tab")
            await press(page.get_by_role("button", name=oat, exact=True))
            milk = page.get_by_role("button", name=f"{SAID['remove']} Milk 1 l", exact=True)
            await expect(milk).to_be_focused()
            await press("#composer-show")
            await expect(page.locator("#composer-preview")).to_contain_text("€1.30", timeout=DEADLINE_MS)
            await press("#composer button.strong")
            await expect(page.locator("#composer")).to_be_hidden(timeout=DEADLINE_MS)
            row = await house.owner.fetchrow(
                "SELECT state, directives::text AS said, reach::text AS reach FROM publication"
            )
            assert row["state"] == "waiting" and msgspec.json.decode(row["reach"])["stores"] == ["store-1"]
            (said,) = msgspec.json.decode(row["said"])
            assert said["body"]["prices"] == [{"sku": "1002", "price_minor": 140}]
            await expect(page.locator("#new-publication")).to_be_focused()
            assert (unseen, complaints) == ([], [])

    asyncio.run(asyncio.wait_for(scenario(), 240))
