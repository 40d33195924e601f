"""What a screen reader says on the pages that managers use most, at the till and at the kiosk: every button says what
it is of, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.lib.i18n import LANGUAGES
from edge.money.tenders.commands import SetTender
from edge.money.tenders.tender import ShopTender
from tests.browser.aloud import unclear
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.ordering.test_kiosk import touch
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.scheduling import one_by_day
from tests.shop_fixture import MILK, SYSTEM, TOMATO, done, run

pytestmark = pytest.mark.needs("chromium")
PAGES = (
    *("", "/sales", "/products", "/product?sku=milk", "/stock", "/stock/item?sku=milk", "/purchasing", "/orders"),
    *(
        "/insight",
        "/report",
        "/forecast",
        "/settings",
        "/users",
        "/tenders",
        "/hours",
        "/customers",
        "/supplier?id=mill",
        "/backups",
    ),
)


async def filled(served: Served) -> None:
    for id, name in (("voucher", "Voucher"), ("meal", "Meal card")):
        await done(served.shop, SetTender(ShopTender(id, {"en": name})), SYSTEM)
    await done(served.shop, SetSupplier("mill", {"en": "Old Mill"}), SYSTEM)
    await done(served.shop, SetSupplierPrice("mill", "milk", 80), SYSTEM)
    await known(served.shop, name="Noa Levi")
    for _ in range(2):
        await done(served.shop, AddLine(MILK))
        await done(served.shop, Pay("cash"))


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_whatever_is_read_alone_says_what_it_is_for(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        found: list[str] = []
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as opened:
            await caller.set_pin()
            await filled(served)
            for path, _, query in (one.partition("?") for one in PAGES):
                await opened.open(served, f"lang={language}&{query}", f"/manager{path}")
                found += await unclear(opened.page, f"{path} {language}")
            found += opened.complaints
        return found

    found = run(scenario(), 200)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_the_till_and_its_dialogs_say_what_each_button_is_for(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        found: list[str] = []
        async with serve(tmp_path) as served, till((1024, 768)) as opened:
            await filled(served)
            for ends in (True, False):
                await done(served.shop, AddLine(MILK))
                await done(served.shop, AddLine(TOMATO, quantity=1240))
                if ends:
                    await done(served.shop, Pay("cash"))
            page = opened.page
            await opened.open(served, f"register=1&lang={language}")
            await opened.see("#lines .line >> nth=1")
            found += await unclear(page, f"till {language}")
            for act in ("quantity", "price", "discount", "find", "cash", "other", "more", "keys"):
                await page.locator(f'[data-act="{act}"]').first.click()
                await opened.see("dialog[open] h2")
                found += await unclear(page, f"{act} {language}", "dialog[open]")
                await opened.keys("Escape")
                await opened.gone("dialog[open]")
            await page.locator('.wide-only[data-desk="sales"]').click()
            await opened.see("#sales [data-refund]")
            found += await unclear(page, f"last sales {language}")
            await page.locator("#sales [data-refund]").first.click()
            await opened.see("#refund-sale li >> nth=1")
            found += await unclear(page, f"refund {language}", "#refund-dialog")
            found += opened.complaints
        return found

    found = run(scenario(), 200)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_a_kiosk_says_what_each_button_is_for(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        found: list[str] = []
        async with serve(tmp_path) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            found += await unclear(page, f"welcome {language}", "#welcome")
            await page.tap(f'[data-start="{language}"]')
            await page.wait_for_selector(f'html[lang="{language}"] body[data-ready]')
            for sku in ("milk", "tomato"):
                await page.tap(f'[data-sku="{sku}"]')
                await page.wait_for_selector("#sheet[open] #put")
                found += await unclear(page, f"{sku} {language}", "#sheet")
                await page.tap("#put")
                await page.wait_for_selector("#sheet:not([open])", state="attached")
            await page.wait_for_selector('#cart [data-line="2"]')
            found += await unclear(page, f"kiosk {language}")
            await page.tap("#checkout")
            await page.wait_for_selector("#place")
            found += await unclear(page, f"checkout {language}", "#sheet")
        return found

    found = run(scenario(), 200)
    assert found == [], "\n".join(found)


def test_what_comes_later_is_named_and_what_changes_its_words_keeps_a_name_that_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 768)) as opened:
            await caller.set_pin()
            await filled(served)
            await opened.open(served, "lang=en", "/manager/tenders")
            button = opened.page.get_by_role("button", name="Save, Voucher", exact=True)
            await button.wait_for()
            await button.evaluate("(one) => (one.textContent = 'Keep')")
            await opened.page.get_by_role("button", name="Keep, Voucher", exact=True).wait_for()
            await opened.page.evaluate("""() => {
                const row = document.querySelector("[data-id=meal]").cloneNode(true);
                row.querySelector("[data-field=names]").value = "Transfer";
                document.querySelector("[data-id=meal]").after(row);
            }""")
            await opened.page.get_by_role("button", name="Save, Transfer", exact=True).wait_for()
            assert opened.complaints == []

    run(scenario())
