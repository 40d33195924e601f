"""A head office person's own page: their mail preferences, and the second factor, which creating a store requires.

Also each area of the page, in each language, on a phone.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect
from pyotp import TOTP

from edge.lib.i18n import ENGLISH, LANGUAGES
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_areas import ROWS, SHOWN, go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, signed_in, words
from tests.contract.hub.test_hub_staff import PASSWORD, hire, sign_in
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.scheduling import one_by_day

PHONE = {"width": 390, "height": 664}
SAID = words()["en"]


async def save(page: Page, **fields: str) -> None:
    """Submit the dialog."""
    for name, value in fields.items():
        field = page.locator(f"#edit [name={name}]")
        await (
            field.select_option(value)
            if await field.evaluate("one => one.localName") == "select"
            else field.fill(value)
        )
    await page.click("#edit button.strong")


async def set_up_a_factor(page: Page) -> str:
    """Set up a second factor by hand; returns its secret."""
    await page.click("#begin-factor")
    await save(page, password="wrong, and long enough")
    await expect(page.locator("#edit .error")).not_to_be_empty()
    await save(page, password=PASSWORD)
    await expect(page.locator("#edit h2")).to_have_text(SAID["factor_scan"], timeout=DEADLINE_MS)
    secret = (await page.locator("#edit-shown").inner_text()).partition("otpauth")[0].replace(" ", "").strip()
    assert await violations(page, "factor") == []
    await save(page, new_code=TOTP(secret).now())
    await expect(page.locator("#edit h2")).to_have_text(SAID["recovery_codes"], timeout=DEADLINE_MS)
    codes = (await page.locator("#edit-shown").inner_text()).split()
    assert len(codes) == 10
    await page.click("#edit button.strong")
    await expect(page.locator("#factor-state")).to_have_text(SAID["factor_is"], timeout=DEADLINE_MS)
    return codes[0]


@pytest.mark.needs("chromium")
def test_somebody_says_how_they_are_told_and_sets_up_what_makes_them_set_stores(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, acme="owner")
            page = await launched.new_page(viewport=PHONE, locale="en-GB")
            complaints = await opened(
                page, house, Client(house.session, house.base, (await sign_in(house))[1]["token"])
            )
            await go(page, "stores")
            await expect(page.locator("#new-store")).to_be_hidden()
            await expect(page.locator("#stores-factor")).to_be_visible(timeout=DEADLINE_MS)
            await go(page, "myself")
            await expect(page.locator("#mail tbody")).to_contain_text("08:00", timeout=DEADLINE_MS)
            await expect(page.locator("#mail tbody")).to_contain_text(SAID["as_shops"])
            await page.click("#edit-mail")
            wish = {"mail_on": "yes", "mail_licence": "no", "digest_at": "", "quiet_from": "22:00", "language": "he"}
            await save(page, **wish, zone="Mars")
            await expect(page.locator("#edit .error")).to_contain_text("Mars", timeout=DEADLINE_MS)
            await save(page, zone="Asia/Jerusalem")
            await expect(page.locator("#mail tbody")).to_contain_text("Asia/Jerusalem", timeout=DEADLINE_MS)
            row = page.locator("#mail tbody tr", has_text=SAID["field_mail_licence"])
            await expect(row).to_contain_text(SAID["no"])
            kept = json.loads(await house.owner.fetchval("SELECT mail::text FROM membership"))
            assert (kept["on"], kept["without"], kept["quiet_from"], kept["digest_at"]) == (
                True,
                ["licence"],
                "22:00",
                "",
            )
            code = await set_up_a_factor(page)
            await page.click("#sign-out")
            await signed_in(page, house)
            await expect(page.locator("#fault")).to_have_text(SAID["code_wanted"], timeout=DEADLINE_MS)
            await page.fill("[name=code]", code)
            await page.press("[name=code]", "Enter")
            await page.wait_for_selector("#shops:not([hidden])")
            await go(page, "stores")
            await page.click("#new-store")
            await expect(page.locator("#stores-factor")).to_be_hidden()
            await save(page, store="fourth", name="Fourth Street")
            await expect(page.locator("#stores tbody")).to_contain_text("Fourth Street", timeout=DEADLINE_MS)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


async def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"hub_phone_{name}.png")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_every_area_is_read_on_a_phone_in_each_language(
    database: str, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    async def each(page: Page, house: House) -> None:
        said = words()[language]
        for area in ("today", *SHOWN, "texts", "myself"):
            await go(page, area)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], f"{area} is {wide} wide"
            heading = page.locator(f'#shops section[data-of~="{area}"]:visible :is(h2, h3)').first
            assert (await heading.inner_text()).strip() in said.values(), area
            assert await violations(page, area) == []
            await keep(page, f"{area}_{language}")

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(ROWS)
            await hire(database, monkeypatch, mine="owner")
            scheme: Literal["dark", "light"] = "dark" if language == ENGLISH else "light"
            page = await launched.new_page(viewport=PHONE, locale="en-GB", color_scheme=scheme)
            await page.add_init_script(f"localStorage.setItem('edge-hub-lang', '{language}')")
            complaints = await opened(page, house, await with_factor(house))
            await page.wait_for_selector("body[data-shown]")
            assert await page.evaluate("document.documentElement.lang") == language
            await each(page, house)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
