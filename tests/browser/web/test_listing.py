"""Lists that a manager goes through: sorted by a head, kept in the address, changed on the spot, cards on a phone."""

from __future__ import annotations

from pathlib import Path

from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AddOpenAmount, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.queries import read_stock
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.browser.shelves import stock_shelves
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, done, run


def test_a_list_is_sorted_kept_in_its_address_and_changed_where_it_stands(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            shown = page.page
            await stock_shelves(served.shop)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/products")
            head = shown.locator('th[data-sort="price"]')
            for way in ("ascending", "descending"):
                async with shown.expect_response(lambda got: "/fragments/goods" in got.url):
                    await head.locator("button").click()
                assert await head.get_attribute("aria-sort") == way
            dearest = await shown.locator("#goods [data-spot]").first.get_attribute("data-key")
            assert dearest == "og" and "sort=-price" in shown.url
            await shown.locator('[data-spot="price"][data-key="cola"]').click()
            field = shown.locator(".spot-form input")
            await field.fill("a lot")
            await page.keys("Enter")
            assert await field.evaluate("field => field.validationMessage") == "Enter an amount, such as 12.50."
            await field.fill("1,85")
            await page.keys("Enter")
            await page.see("#listing-said", "Saved.")
            assert await shown.evaluate("document.activeElement.dataset.key") == "cola"
            cola = find_by_sku(served.shop.reader, "cola")
            assert cola is not None and cola.price_minor == 185
            await shown.locator('.filter [name="retired"]').select_option("any")
            assert "retired=any" in shown.url
            await shown.reload()
            await page.see('body[data-link="open"]')
            assert await head.get_attribute("aria-sort") == "descending"
            assert await shown.locator('.filter [name="retired"]').input_value() == "any"

            await page.open(served, "register=1&lang=en&sort=name", "/manager/stock")
            await shown.locator('[data-spot="count"][data-key="cola"]').click()
            await shown.locator(".spot-form input").fill("12")
            await page.keys("Enter")
            await page.see("#listing-said", "Saved.")
            assert read_stock(served.shop.reader, "cola") == 12_000

            await shown.set_viewport_size({"width": 390, "height": 664})
            await page.open(served, "register=1&lang=en", "/manager/products")
            assert await shown.evaluate("document.documentElement.scrollWidth") == 390
            card = shown.locator('#goods tr:has([value="cola"])')
            box = await card.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] > 88, "a card, not a row"
            seen = await card.locator("td.code").evaluate("cell => getComputedStyle(cell, '::before').content")
            assert seen == '"Product number: "', "what the column is called stands before its value"
            await card.locator("[data-menu]").click()
            assert await card.locator(":popover-open a").all_inner_texts() == ["Open", "Sales", "Stock"]
            await page.keys("Escape")
            for sku in ("cola", "og"):
                await shown.locator(f'.tick-row[value="{sku}"]').check()
            await page.see("#chosen [role=status]", "2 selected")
            await shown.locator("#chosen [type=submit]").click()
            await page.see(".picks", "Cola")
            assert await shown.locator('[name="way"][value="hand"]').is_checked()
            assert await shown.locator('[name="skus"]').input_value() in ("cola, og", "og, cola")
            assert page.complaints == []

    run(scenario())


def test_a_list_is_found_again_under_a_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            shown = page.page
            await stock_shelves(served.shop)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await page.open(served, "register=1&lang=en&sort=-price&retired=any", "/manager/products")
            saved = shown.locator(".views .view")
            await shown.get_by_role("button", name="Save view").click()
            await shown.get_by_label("View name").fill("Dearest, retired too")
            await page.keys("Enter")
            await page.see(".views [role=status]", "Saved. Everyone can see it above this list.")
            await page.open(served, "register=1&lang=en", "/manager/products")
            await saved.get_by_role("link", name="Dearest, retired too").click()
            await page.see('.view [aria-current="true"]', "Dearest, retired too")
            assert "sort=-price" in shown.url and "retired=any" in shown.url
            assert await shown.locator("#goods [data-spot]").first.get_attribute("data-key") == "og"
            await saved.get_by_role("button", name="Remove view Dearest, retired too").click()
            await shown.get_by_role("button", name="Save view").wait_for()
            assert await saved.count() == 0

    run(scenario())


def test_on_a_phone_a_table_without_room_is_cards_and_what_a_list_is_asked_by_is_folded(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((390, 664)) as page:
            shown = page.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await done(served.shop, OpenShift(20_000))
            await done(served.shop, AddOpenAmount("Vase", "standard", 250))
            await done(served.shop, Pay("card"))
            await page.open(served, "register=1&lang=en", "/manager/shifts")
            card = await page.see("table.as-cards tbody tr", "€200.00")
            assert await card.locator('[data-label="Register"]').count() == 1, "each says what of"
            await card.locator("[data-menu]").click()
            await page.see(":popover-open a", "Sales")
            await page.keys("Escape")
            assert await shown.evaluate("document.documentElement.scrollWidth") == 390
            await page.open(served, "register=1&lang=en", "/manager/sales")
            await page.see("table.as-cards tbody tr", "€2.50")
            assert not await shown.locator('.find-sales [name="receipt"]').is_visible(), "the list comes first"
            await shown.locator(".folds").click()
            await page.see('.find-sales [name="receipt"]')
            await shown.set_viewport_size({"width": 1366, "height": 768})
            await shown.wait_for_selector("table:not(.as-cards) [data-menu]")
            assert page.complaints == []

    run(scenario())
