"""The page of taxes: classes of the shop's own, and those of a place by the law of its days."""

from __future__ import annotations

import os
from pathlib import Path

from edge.foundation.access.commands import SetPin
from edge.foundation.access.pin import hash_pin
from edge.runtime import config
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, done, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
TEXT = "# ours\n" + CONFIG


def test_a_shop_says_its_taxes_and_loses_no_class_that_products_have(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(TEXT)
        async with serve(tmp_path, TEXT) as served, till((1024, 768)) as opened:
            page = opened.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await opened.open(served, "lang=en", path="/manager/taxes")
            await opened.see("#classes .class")
            classes = page.locator("#classes .class")
            first = await classes.count()
            await page.locator("#add-class").click()
            await classes.nth(first).locator("[name=id]").fill("books")
            await classes.nth(first).locator("[name=name]").first.fill("VAT")
            await classes.nth(first).locator("[name=percent]").first.fill("2,1")
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-said", "Saved")
            made = config.load(file).tax.table().find("books")
            assert made is not None and [(rate.name, rate.rate) for rate in made.rates] == [("VAT", 2100)]
            assert file.read_text().startswith("# ours\n")
            await page.locator("#classes .class", has_text="default").locator("[data-drop]").click()
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-error", "Assign another class first")
            assert config.load(file).tax.table().find("standard") is not None
            await page.locator("[name=place]").select_option("province QC")
            await page.locator("[name=inclusive]").select_option("false")
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-error", "tax class")
            assert "province" not in file.read_text(), "products of the shop have classes that are none in Quebec"

    run(scenario(), 120)


def test_the_law_of_a_place_is_shown_by_its_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = TEXT[: TEXT.index("[[tax.class]]")].replace("inclusive = true", 'province = "NS"')
        file = tmp_path / "config.toml"
        file.write_text(text)
        async with serve(tmp_path, TEXT) as served, till((1024, 768)) as opened:
            page = opened.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            for language, width in (("he", 1024), ("fr", 390), ("en", 1024)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/taxes")
                await opened.see("#taxes tbody tr", "HST 14 %")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/taxes-{language}.png", full_page=True)

    run(scenario(), 120)
