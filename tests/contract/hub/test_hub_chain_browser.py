"""A week of a chain of three shops, run from head office's pages alone: a person clicks in a browser, and the shops are
real, with ledgers. A fourth is added from nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.queries import name_of
from edge.foundation.alerts.commands import RaiseAlert
from tests.browser.browsing import browser
from tests.contract.hub.test_hub_areas import choose_setting, go, opened
from tests.contract.hub.test_hub_chain_week import TENANT, Chain, a_chain
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.shop_fixture import CASHIER, MILK, SYSTEM, agreed, done

SAID = words()["en"]
NAMES = {"alder": "Alder Street", "birch": "Birch Square", "cedar": "Cedar Road"}


async def again(page: Page, area: str) -> None:
    """An area as it is by now."""
    await go(page, "people" if area != "people" else "today")
    await go(page, area)


async def save(page: Page) -> None:
    await page.click("#edit button.strong")
    await expect(page.locator("#edit")).to_be_hidden(timeout=DEADLINE_MS)


async def press(page: Page, title: str, step: str, shown: str = "") -> None:
    """Take a step of a publication, once what it shows was looked at."""
    row = page.locator("#publications tbody tr", has_text=title)
    await row.get_by_role("button", name=SAID[f"step_{step}"], exact=True).click()
    if shown:
        await expect(page.locator("#edit-shown")).to_contain_text(shown, timeout=DEADLINE_MS)
    await save(page)


async def writes(page: Page, title: str, said: str | dict[str, str], first: str = "") -> None:
    """A publication of a price, as product = price, or of settings by their words."""
    await again(page, "publications")
    await page.click("#new-publication")
    await page.fill("#composer [name=title]", title)
    if isinstance(said, str):
        sku, _, price = said.partition(" = ")
        await page.fill("#composer [name=search]", sku)
        await page.click("#composer-find")
        await page.locator("#composer-found tbody tr", has_text=f"· {sku}").get_by_role("button").click()
        await page.locator("#composer-items tbody input.sum").fill(price)
    else:
        await page.select_option("#composer [name=kind]", "settings")
        for at, (called, value) in enumerate(said.items()):
            if at:
                await page.get_by_role("button", name=SAID["another_setting"]).click()
            await choose_setting(page, at, called, value)
    await page.select_option("#composer [name=first]", first)
    await page.fill("#composer [name=pause_hours]", "0")
    await page.click("#composer-save")
    await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
    await page.click("#composer-close")


async def stands(page: Page, title: str, state: str) -> None:
    await again(page, "publications")
    row = page.locator("#publications tbody tr", has_text=title)
    await expect(row).to_contain_text(SAID[f"publication_{state}"], timeout=DEADLINE_MS)


async def monday(page: Page, chain: Chain) -> None:
    """The three shops that were heard get their names and their currency."""
    for store, name in NAMES.items():
        await again(page, "stores")
        await page.locator("#stores tbody tr", has_text=store).get_by_role("button").first.click()
        await page.fill("#edit [name=name]", name)
        await page.fill("#edit [name=currency]", "EUR")
        await save(page)
    for name in NAMES.values():
        await expect(page.locator("#stores tbody")).to_contain_text(name, timeout=DEADLINE_MS)


async def tuesday(page: Page, chain: Chain) -> None:
    """A text for all receipts, of which is seen what it changes before somebody says yes."""
    await writes(page, "Open on the feast", {"Receipt footer": "Open on the feast\nUntil ten"})
    await press(
        page,
        "Open on the feast",
        "submit",
        "Receipt footer: from config.toml → Open",
    )
    await press(page, "Open on the feast", "approve", "alder:")
    await chain.go()
    await stands(page, "Open on the feast", "done")
    assert [shop.footer for shop in chain.shops.values()] == [["Open on the feast", "Until ten"]] * 3


async def wednesday(page: Page, chain: Chain) -> None:
    """What is sold is seen, and prices are changed: a jump is named before the yes."""
    shop = chain.shops["birch"]
    await agreed(shop.bus, AddLine(MILK), CASHIER)
    await agreed(shop.bus, Pay("cash"), CASHIER)
    await shop.turn()
    day = await chain.house.owner.fetchval("SELECT business_date::text FROM sale WHERE store = 'birch'")
    await again(page, "today")
    await page.fill("#date", day)
    await expect(page.locator("#today tbody tr", has_text="birch")).to_contain_text("€1.20", timeout=DEADLINE_MS)
    await writes(page, "Milk is dearer", "milk = 2.40")
    await press(page, "Milk is dearer", "submit", SAID["finding_price_jump"])
    await press(page, "Milk is dearer", "approve")
    await chain.go()
    await stands(page, "Milk is dearer", "done")
    price = await chain.house.owner.fetchval("SELECT price_minor FROM product WHERE store = 'cedar' AND sku = 'milk'")
    assert price == 240


async def thursday(page: Page, chain: Chain) -> None:
    """Something needs a person in a shop; head office sees to it."""
    shop = chain.shops["cedar"]
    await done(shop.bus, RaiseAlert("clock_doubted"), SYSTEM)
    await shop.turn()
    await again(page, "alerts")
    row = page.locator("#alerts tbody tr", has_text="cedar").first
    await row.get_by_role("button").click()
    await expect(page.locator("#alerts tbody")).to_contain_text(SAID["asked_box"], timeout=DEADLINE_MS)
    await chain.go(1)
    assert await chain.house.owner.fetchval("SELECT count(*) FROM alert WHERE state = 'acknowledged'") == 1


async def friday(page: Page, chain: Chain) -> None:
    """What a shop cannot do stops there, which is seen with its reason, and is taken back."""
    said = {"Receipt footer": "New\nWords", "Require sign-in to sell": "Yes"}
    await writes(page, "Signing in", said, first="alder")
    await press(page, "Signing in", "submit")
    await press(page, "Signing in", "approve")
    await chain.go()
    await stands(page, "Signing in", "stopped")
    await expect(page.locator("#held tbody")).to_contain_text("Alder", timeout=DEADLINE_MS)
    await press(page, "Signing in", "take_back", "Receipt footer: ")
    await chain.go()
    await stands(page, "Signing in", "taken_back")
    assert [shop.footer for shop in chain.shops.values()] == [["Open on the feast", "Until ten"]] * 3


async def sunday(page: Page, chain: Chain) -> None:
    """The new shop's manager is added for it and for another."""
    await again(page, "employees")
    await page.click("#new-employee")
    await page.fill("#edit [name=employee_name]", "Noa")
    for store in ("dogwood", "cedar"):
        await page.select_option(f'#edit [name="role {store}"]', "manager")
    await save(page)
    await chain.go(1)
    await again(page, "employees")
    await expect(page.locator("#employees tbody")).to_contain_text(SAID["staff_applied"], timeout=DEADLINE_MS)
    for store in ("dogwood", "cedar"):
        reader = chain.shops[store].bus.reader
        assert [name_of(reader, one) for (one,) in reader.execute("SELECT id FROM access_user")] == ["Noa"]


async def saturday(page: Page, chain: Chain) -> None:
    """A fourth shop from nothing: its record on the page, then its box, which gets what holds for all."""
    await again(page, "stores")
    await page.click("#new-store")
    for field, value in (("store", "dogwood"), ("name", "Dogwood Lane"), ("country", "FR"), ("currency", "EUR")):
        await page.fill(f"#edit [name={field}]", value)
    await page.select_option("#edit [name=state]", "open")
    await save(page)
    shop = await chain.open("dogwood")
    await chain.go(4)
    assert shop.footer == ["Open on the feast", "Until ten"]
    await again(page, "boxes")
    await expect(page.locator("#boxes tbody tr")).to_have_count(4, timeout=DEADLINE_MS)


@pytest.mark.needs("chromium")
def test_a_week_of_a_chain_by_hand(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain, browser() as launched:
            await hire(database, monkeypatch, **{TENANT: "owner"})
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, chain.house, await with_factor(chain.house))
            for day in (monday, tuesday, wednesday, thursday, friday, saturday, sunday):
                await day(page, chain)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 400))
