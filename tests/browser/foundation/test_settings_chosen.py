"""Settings are chosen, not typed: what a PIN is asked for is ticked, and categories are called by their names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.foundation.settings.queries import read_settings
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("EDGE_SHOTS", "")
PHONE, TILL = (390, 844), (1024, 768)


async def part(page: Till, name: str) -> None:
    """Each part of the settings has an address, and is shown alone."""
    await page.page.locator(f'nav.parts a[href="#about-{name}"]').click()
    await page.see(f'nav.parts a[href="#about-{name}"][aria-current]')


async def _types_a_sum(page: Till) -> None:
    """A sum is typed as one, and what is none is refused beside its field."""
    form = 'form[data-name="shifts.difference_most_minor"]'
    await part(page, "shifts")
    field = page.page.locator(f"{form} [name=value]")
    await field.fill("five")
    await page.page.locator("#save").click()
    await page.see(f"{form} .error:not(:empty)")
    await field.fill("7,5")
    await page.page.locator("#save").click()
    await page.see(f'{form} [data-command="ClearSetting"]')
    assert await field.input_value() == "7.50"


def test_what_a_pin_is_for_and_what_is_never_discounted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(TILL) as page:
            await caller.set_pin()
            await done(served.shop, SetCategories((Category("books", {"en": "Books", "he": "ספרים"}),)), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            await page.open(served, "lang=en", "/manager/settings")
            asked = page.page.locator('form[data-name="till.pin_for"]')
            await page.gone('form[data-name="till.pin_for"]:not([hidden])')
            await part(page, "till")
            await asked.get_by_label("Void a line").check()
            assert await page.page.locator("#found form[data-name] [type=submit]").count() == 0, "one Save a page"
            await page.see("#touched", "Changed: 1")
            await page.page.locator("#save").click()
            await page.see('form[data-name="till.pin_for"] [data-command="ClearSetting"]')
            assert await asked.get_by_label("Void a line").is_checked()
            never = page.page.locator('form[data-name="till.undiscounted"]')
            await never.locator("[role=combobox]").fill("boo")
            await page.page.locator("#picks li").first.click()
            await page.see('form[data-name="till.undiscounted"] .chip', "Books")
            await page.page.locator("#save").click()
            await page.see('form[data-name="till.undiscounted"] [data-command="ClearSetting"]')
            await page.see("#touched", "Saved.")
            await part(page, "hours")
            hours = page.page.locator('form[data-name="hours.cannabis"] [name=value]')
            assert await hours.input_value() == ""
            await hours.fill("10:00-21:00")
            await page.page.locator("#save").click()
            await page.see('form[data-name="hours.cannabis"] [data-command="ClearSetting"]')
            said = {one.name: one.value for one in read_settings(served.shop.reader)}
            await _types_a_sum(page)
            sums = {one.name: one.value for one in read_settings(served.shop.reader)}
            assert sums.pop("shifts.difference_most_minor") == 750 and sums == said
            chosen = {"till.pin_for": ["void_line"], "till.undiscounted": ["books"]}
            assert said == {**chosen, "hours.cannabis": "10:00-21:00"}
            for path in ("settings", "setup", "journal", "sale", "cards"):
                for language, size in (("he", PHONE), ("fr", TILL)):
                    await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                    await page.open(served, f"lang={language}&register=1&number=1", f"/manager/{path}")
                    if path == "journal":
                        await page.page.locator(".facts summary").first.click()
                    if SHOTS:
                        await page.page.wait_for_load_state("networkidle")
                        await page.page.screenshot(path=f"{SHOTS}/{path}-{language}.png", full_page=True)
                    wide = await page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, (path, language)

    run(scenario())
