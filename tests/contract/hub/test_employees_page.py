"""Employees on head office's page: added by hand for two stores, changed, undone, ended and deleted.

In three languages, at two widths.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.foundation.access.queries import name_of, role_of
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.hub_chain import TENANT, Chain, a_chain

SAID = words()["en"]
NAMES = {"alder": "Alder Street", "birch": "Birch Square", "cedar": "Cedar Road"}


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"employees_{name}.png")


async def save(page: Page) -> None:
    await page.click("#edit button.strong")
    await expect(page.locator("#edit")).to_be_hidden(timeout=DEADLINE_MS)


async def press(page: Page, word: str) -> None:
    await page.locator("#employees tbody tr").get_by_role("button", name=SAID[word]).first.click()


async def again(page: Page) -> None:
    await go(page, "people")
    await go(page, "employees")


def known(chain: Chain) -> dict[str, str]:
    """Return the name and role of each store's active user."""
    found = {}
    for store, shop in chain.shops.items():
        for (id,) in shop.bus.reader.execute("SELECT id FROM access_user WHERE active").fetchall():
            role = role_of(shop.bus.reader, id)
            found[store] = f"{name_of(shop.bus.reader, id)}, {role.id if role else ''}"
    return found


async def is_added(page: Page, chain: Chain) -> None:
    await go(page, "employees")
    await expect(page.locator("#employees")).to_contain_text(SAID["none"], timeout=DEADLINE_MS)
    await page.click("#new-employee")
    await page.fill("#edit [name=employee_name]", "Dana")
    await page.select_option('#edit [name="role_all"]', "cashier")
    await page.select_option('#edit [name="role cedar"]', "")
    assert await violations(page, "adding an employee") == []
    await picture(page, "add")
    await save(page)
    row = page.locator("#employees tbody tr")
    await expect(row).to_contain_text(SAID["staff_waiting"].format(count=2), timeout=DEADLINE_MS)
    await chain.go(1)
    await again(page)
    await expect(row).to_contain_text(SAID["staff_applied"], timeout=DEADLINE_MS)
    await expect(row).to_contain_text("cashier: Alder Street, Birch Square")
    assert known(chain) == {"alder": "Dana, cashier", "birch": "Dana, cashier"}


async def is_changed_and_undone(page: Page, chain: Chain) -> None:
    await press(page, "change")
    await page.select_option('#edit [name="role birch"]', "manager")
    await save(page)
    await chain.go(1)
    assert known(chain) == {"alder": "Dana, cashier", "birch": "Dana, manager"}
    await again(page)
    await press(page, "undo_change")
    await save(page)
    await chain.go(1)
    assert known(chain) == {"alder": "Dana, cashier", "birch": "Dana, cashier"}


async def is_ended(page: Page, chain: Chain) -> None:
    await again(page)
    await press(page, "end_work")
    await expect(page.locator("#edit p.whole")).to_contain_text("Alder Street, Birch Square")
    await save(page)
    await chain.go(1)
    await again(page)
    await press(page, "answers")
    lines = page.locator("#edit tbody tr")
    await expect(lines).to_have_count(2, timeout=DEADLINE_MS)
    await expect(lines.first).to_contain_text(SAID["role_ended"])
    await picture(page, "answers")
    await page.keyboard.press("Escape")
    assert known(chain) == {}
    await press(page, "delete_person")
    await save(page)
    await expect(page.locator("#employees")).to_contain_text(SAID["none"], timeout=DEADLINE_MS)


async def fits(page: Page, chain: Chain) -> None:
    await page.click("#new-employee")
    await page.fill("#edit [name=employee_name]", "Noa Ben-David")
    await page.select_option('#edit [name="role_all"]', "manager")
    await save(page)
    for language in ("en", "fr", "he"):
        await page.select_option("#language", language)
        await expect(page.locator("#h-employees")).to_have_text(words()[language]["area_employees"])
        for width in (390, 1366):
            await page.set_viewport_size({"width": width, "height": 844})
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (language, width)
            said = words()[language]["staff_waiting"].format(count=3)
            await expect(page.locator("#employees tbody tr")).to_contain_text(said, timeout=DEADLINE_MS)
            await picture(page, f"{language}_{width}")
            await page.click("#new-employee")
            await picture(page, f"form_{language}_{width}")
            await page.keyboard.press("Escape")
    assert await violations(page, "employees") == []


@pytest.mark.needs("chromium")
def test_an_employee_is_added_changed_undone_and_ended_by_hand(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain, browser() as launched:
            await hire(database, monkeypatch, **{TENANT: "owner"})
            owner = await with_factor(chain.house)
            for store, name in NAMES.items():
                record = {"name": name, "currency": "EUR", "state": "open"}
                assert (await send(owner, chain.house, "PUT", f"/v1/stores/{store}", record))[0] == 201
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, chain.house, owner)
            await is_added(page, chain)
            await is_changed_and_undone(page, chain)
            await is_ended(page, chain)
            await fits(page, chain)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
