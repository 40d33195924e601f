"""Publishing prices from head office's page: products are found, a file is read, and a misplaced decimal comma is
caught.

If two people edit one publication, neither loses anything.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import House, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_choosing import GOODS, prices
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

SAID = words()["en"]
OURS = GOODS.replace("'acme'", "'mine'")
WIDTHS = (390, 768, 1366, 1920)
DAY_US = 86_400_000_000
OUTSIDE = """[...document.querySelectorAll("#composer-items td > input")].map(one => {
  const own = one.getBoundingClientRect();
  const row = one.closest("tr").getBoundingClientRect();
  return own.left < row.left || own.right > row.right ? one.ariaLabel : "";
}).filter(Boolean)"""
"""Finds inputs that extend beyond their row."""


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"composer_{name}.png", full_page=True)


async def begin(page: Page, house: House) -> None:
    await house.owner.execute("DELETE FROM store_record WHERE tenant = 'mine'; DELETE FROM product; DELETE FROM stock")
    await house.owner.execute("DELETE FROM publication; DELETE FROM publication_store; DELETE FROM device")
    await house.owner.execute(OURS)
    await go(page, "publications")
    await page.click("#new-publication")
    await expect(page.locator("#composer-title")).to_be_focused(timeout=DEADLINE_MS)


async def choose(page: Page) -> None:
    """Choose products by a word of their names. Shows each store's old price, and the margin where it is known."""
    await page.fill("#composer [name=search]", "milk")
    await page.press("#composer [name=search]", "Enter")
    await expect(page.locator("#composer-found tbody tr")).to_have_count(2, timeout=DEADLINE_MS)
    await page.click("#composer-add-all")
    row = page.locator("#composer-items tbody tr", has_text="1002")
    await expect(row).to_contain_text("€1.30 – €1.50")
    await row.locator("summary").click()
    await expect(row.locator("li")).to_have_text(["€1.30: Shop 1", "€1.40: Shop 2", "€1.50: Shop 3"])
    await row.locator("input.sum").fill("1,60")
    await expect(row).to_contain_text("50%")  # bought for 0.80


async def bring_a_file(page: Page, folder: Path) -> None:
    """Load prices from a file. One price has a misplaced decimal comma, which is reported before anything is sent."""
    file = folder / "prices.csv"
    file.write_text("SKU;Price\n1001;2,70\n1002;145\n9999;1,00\n", encoding="utf-8")
    await page.set_input_files("#composer [name=prices_file]", file)
    await expect(page.locator("#composer-said")).to_contain_text("9999", timeout=DEADLINE_MS)
    await expect(page.locator("#composer-items tbody tr")).to_have_count(2)
    first = page.locator("#composer-items tbody tr").first
    await expect(first).to_contain_text(SAID["decimal_comma"])
    await expect(page.locator("#composer-jumps")).to_be_visible()
    await picture(page, "jump")
    await page.fill("#composer [name=title]", "Spring prices")
    await page.click("#composer button.strong")
    await expect(page.locator("#composer-error")).to_have_text(SAID["jump_refused"], timeout=DEADLINE_MS)
    await first.locator("input.sum").fill("1.45")
    await expect(page.locator("#composer-jumps")).to_be_hidden()


async def look(page: Page) -> None:
    await page.get_by_label("Shop 1", exact=True).check()
    await page.get_by_label("Shop 3", exact=True).check()
    await page.select_option("#composer-store", "store-3")
    await page.click("#composer-show")
    row = page.locator("#composer-preview tbody tr", has_text="Milk 1 l").last
    await expect(row).to_contain_text("€1.50", timeout=DEADLINE_MS)
    await expect(row).to_contain_text("€1.45")
    await picture(page, "preview")


async def edit_at_once(page: Page, house: House) -> None:
    """Another person edits the same publication meanwhile."""
    id = await house.owner.fetchval("SELECT id FROM publication WHERE title = 'Spring prices'")
    program = await house.client("mine", "read", "publish")
    assert (await send(program, house, "PUT", f"/v1/publications/{id}", prices(of_1001=265)))[0] == 200
    await page.click("#composer button.strong")
    await expect(page.locator("#composer-lost")).to_be_visible(timeout=DEADLINE_MS)
    await expect(page.locator("#composer-items tbody tr", has_text="1002").locator("input.sum")).to_have_value("1.45")
    await page.click("#composer-own")
    await expect(page.locator("#composer-lost")).to_be_hidden(timeout=DEADLINE_MS)
    await page.click("#composer button.strong")
    await expect(page.locator("#composer")).to_be_hidden(timeout=DEADLINE_MS)
    rows = await house.owner.fetch("SELECT state, directives::text AS said, reach::text AS reach FROM publication")
    found = {row["state"]: row for row in rows}
    (said,) = msgspec.json.decode(found["waiting"]["said"])
    assert said["body"]["prices"] == [{"sku": "1001", "price_minor": 270}, {"sku": "1002", "price_minor": 145}]
    assert msgspec.json.decode(found["waiting"]["reach"])["stores"] == ["store-1", "store-3"]
    assert "265" in found["draft"]["said"], "theirs is there, too"


async def like_last_time(page: Page) -> None:
    await page.click("#new-publication")
    await page.click("#composer-last")
    await expect(page.locator("#composer-items tbody tr")).to_have_count(2, timeout=DEADLINE_MS)
    await expect(page.get_by_label("Shop 3", exact=True)).to_be_checked()
    await page.fill("#composer [name=percent]", "10")
    await page.click("#composer-percent")
    row = page.locator("#composer-items tbody tr", has_text="1002")
    await expect(row.locator("input.sum")).to_have_value("1.65")
    await expect(row).to_contain_text("+10%")


@pytest.mark.needs("chromium")
def test_prices_are_published_by_name_with_what_they_were(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1366, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await begin(page, house)
            await choose(page)
            await bring_a_file(page, tmp_path)
            await look(page)
            await edit_at_once(page, house)
            await like_last_time(page)
            assert await violations(page, "composer") == []
            for language in ("fr", "he", "en"):
                typed = await page.locator("#composer-items input").evaluate_all("all => all.map(one => one.value)")
                await page.select_option("#language", language)
                said = words()[language]
                await expect(page.locator("#composer-title")).to_have_text(said["new_publication"])
                await expect(page.locator("#composer [name=kind] option:checked")).to_have_text(said["kind_prices"])
                await expect(page.locator("#composer-count")).to_have_text(said["products_chosen"].format(count=2))
                await expect(page.locator("#composer [name=first] option").first).to_have_text(said["any_store"])
                inputs = page.locator("#composer-items input")
                assert await inputs.evaluate_all("all => all.map(one => one.value)") == typed, "nothing typed is lost"
                assert await page.locator("#composer [name=to_store]:checked").count() == 2
                for width in WIDTHS:
                    await page.set_viewport_size({"width": width, "height": 800})
                    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, (language, width)
                    assert await page.evaluate(OUTSIDE) == [], (language, width)
                    if width in (390, 1366):
                        await picture(page, f"{language}_{width}")
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


@pytest.mark.needs("chromium")
def test_a_promotion_a_recall_and_a_text_are_published_by_page_and_edited_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await begin(page, house)

            async def save(title: str) -> dict[str, object]:
                await page.fill("#composer [name=title]", title)
                await page.click("#composer-save")
                await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
                row = await house.owner.fetchrow(
                    "SELECT directives::text AS said, back::text AS back FROM publication WHERE title = $1", title
                )
                found: dict[str, object] = {name: msgspec.json.decode(row[name]) for name in ("said", "back")}
                return found

            async def add(words: str) -> None:
                await page.fill("#composer [name=search]", words)
                await page.press("#composer [name=search]", "Enter")
                await page.locator("#composer-found tbody").get_by_role("button").first.click()

            await page.select_option("#composer [name=kind]", "promotions")
            await add("oat")
            await page.fill("#composer [name=promotion_name]", "Oat days")
            await page.fill("#composer [name=deal_value]", "15")
            (said,) = (await save("Oat days"))["said"]  # type: ignore[misc]
            (one,) = said["body"]["promotions"]
            assert one["set"]["deal"] == {"kind": "percent_off", "share": 15_000}
            assert (one["set"]["names"], one["set"]["goods"]) == ({"en": "Oat days"}, {"skus": ["1001"]})
            await page.click("#composer-close")
            row = page.locator("#publications tbody tr", has_text="Oat days")
            await row.get_by_role("button", name=SAID["change"], exact=True).click()
            await expect(page.locator("#composer [name=deal_value]")).to_have_value("15", timeout=DEADLINE_MS)
            await page.select_option("#composer [name=deal]", "amount_off")
            await page.fill("#composer [name=deal_value]", "0,50")
            (said,) = (await save("Oat days"))["said"]  # type: ignore[misc]
            (again,) = said["body"]["promotions"]
            assert again["set"]["deal"] == {"kind": "amount_off", "off_minor": 50}
            assert again["set"]["id"] == one["set"]["id"], "it is the same promotion"
            await page.click("#composer-close")

            await page.click("#new-publication")
            await page.click("#composer-save")
            await expect(page.locator("#composer-error")).not_to_be_empty(timeout=DEADLINE_MS)
            await page.select_option("#composer [name=kind]", "recalls")
            await expect(page.locator("#composer-error")).to_be_empty()
            await add("juice")
            await page.click("#composer-save")
            await expect(page.locator("#composer-error")).to_contain_text("juice", timeout=DEADLINE_MS)
            await page.get_by_label(f"{SAID['batch_number']} 100% juice").fill("A7")
            recall = await save("Juice A7")
            assert recall == {
                "said": [{"kind": "recalls", "body": {"recalls": [{"sku": "1003", "lot": "A7"}]}}],
                "back": [{"kind": "recalls", "body": {"recalls": [{"sku": "1003", "lot": "A7", "lifted": True}]}}],
            }
            await page.click("#composer-close")

            await page.click("#new-publication")
            await page.select_option("#composer [name=kind]", "texts")
            await page.fill("#composer [name=text_fr]", "Ouvert dimanche")
            (said,) = (await save("Sunday"))["said"]  # type: ignore[misc]
            (text,) = said["body"]["texts"]
            assert text["text"]["texts"] == {"fr": "Ouvert dimanche"} and text["text"]["place"] == "receipt_below"
            assert await violations(page, "texts") == []
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


@pytest.mark.needs("chromium")
def test_products_are_added_and_edited_by_page(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await begin(page, house)
            await page.select_option("#composer [name=kind]", "catalogue")
            await page.fill("#composer [name=search]", "oat")
            await page.press("#composer [name=search]", "Enter")
            await page.locator("#composer-found tbody").get_by_role("button").first.click()
            await page.fill("#composer [name=title]", "New range")
            await page.click("#composer-save")
            await expect(page.locator("#composer-error")).to_have_text(SAID["products_unchanged"], timeout=DEADLINE_MS)
            await page.get_by_label(f"{SAID['product_name']} Oat milk 1 l").fill("Oat drink 1 l")
            await page.fill("#composer [name=new_sku]", "1002")
            await page.click("#composer-new")
            await expect(page.locator("#composer-error")).to_contain_text("1002", timeout=DEADLINE_MS)
            await page.fill("#composer [name=new_sku]", "tea")
            await page.click("#composer-new")
            tea = page.locator("#composer-items tbody tr", has_text="tea")
            await expect(tea).to_have_count(1, timeout=DEADLINE_MS)
            await page.click("#composer-save")
            await expect(page.locator("#composer-error")).to_contain_text("tea", timeout=DEADLINE_MS)
            await page.get_by_label(f"{SAID['product_name']} tea").fill("Green tea")
            await page.get_by_label(f"{SAID['price_new']} tea").fill("4,50")
            await page.get_by_label(f"{SAID['barcode']} tea").fill("4006381333931")
            await page.click("#composer-save")
            await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
            row = await house.owner.fetchrow("SELECT directives::text AS said, leads_back FROM publication")
            (said,) = msgspec.json.decode(row["said"])
            new = {"names": {"en": "Green tea"}, "price_minor": 450, "codes": ["4006381333931"], "unit": "piece"}
            assert sorted((one["product"] for one in said["body"]["products"]), key=str) == [
                {"sku": "1001", "names": {"en": "Oat drink 1 l"}},
                {"sku": "tea", **new},
            ]
            assert row["leads_back"]
            await page.select_option("#composer-store", "store-3")
            await page.click("#composer-show")
            preview = page.locator("#composer-preview")
            await expect(preview).to_contain_text("Oat milk 1 l", timeout=DEADLINE_MS)
            await expect(preview).to_contain_text("€4.50")
            await picture(page, "products")
            assert await violations(page, "products") == []
            for language in ("he", "fr", "en"):
                await page.select_option("#language", language)
                for width in (390, 1366):
                    await page.set_viewport_size({"width": width, "height": 800})
                    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, (language, width)
                    await picture(page, f"products_{language}_{width}")
            await page.click("#composer-close")
            await (
                page.locator("#publications tbody tr", has_text="New range")
                .get_by_role("button", name=SAID["change"], exact=True)
                .click()
            )
            again = page.get_by_label(f"{SAID['product_name']} tea")
            await expect(again).to_have_value("Green tea", timeout=DEADLINE_MS)
            await page.click("#composer-save")
            await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
            kept = await house.owner.fetchval("SELECT directives::text FROM publication")
            assert msgspec.json.decode(kept)[0]["body"] == said["body"], "edited again, nothing is lost"
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


PRODUCTS_FILE = """SKU;Name;Price;Category;Brand;Barcode;Unit
1001;Oat drink 1 l;2,70;;Oatly;;
1002;;145;;;;
tea;Green tea;4,50;;;4006381333931;piece
rye;Rye bread;;;;;
tea;Black tea;3,00;;;;
brie;Brie;6,00;cheese;;;
milk;Milk;1,00;;;;barrel
jam;Jam;dear;;;;
"""


@pytest.mark.needs("chromium")
def test_whole_products_come_from_a_file_and_wrong_lines_are_named(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has new products and changes of known ones. A misplaced decimal comma stops it."""

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await begin(page, house)
            await page.select_option("#composer [name=kind]", "catalogue")
            await expect(page.locator("#composer-files span").first).to_have_text(SAID["products_file"])
            file = tmp_path / "products.csv"
            file.write_text(PRODUCTS_FILE, encoding="utf-8")
            await page.set_input_files("#composer [name=prices_file]", file)
            told = page.locator("#composer-said")
            await expect(told).to_contain_text(SAID["products_brought"].format(fresh=1, known=2), timeout=DEADLINE_MS)
            for line, why in (
                (5, SAID["product_incomplete"].format(sku="rye")),
                (6, SAID["line_twice"].format(sku="tea")),
                (7, SAID["category_unknown"].format(category="cheese")),
                (8, SAID["unit_unknown"].format(unit="barrel")),
                (9, SAID["price_wrong"].format(name="jam")),
            ):
                await expect(told).to_contain_text(f"line {line}: {why}")
            await picture(page, "products_file")
            await page.fill("#composer [name=title]", "Range from a file")
            await page.click("#composer button.strong")
            await expect(page.locator("#composer-error")).to_have_text(SAID["jump_refused"], timeout=DEADLINE_MS)
            await page.get_by_label(f"{SAID['price_new']} Milk 1 l").fill("1,45")
            await page.click("#composer-save")
            await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
            (said,) = msgspec.json.decode(await house.owner.fetchval("SELECT directives::text FROM publication"))
            new = {"names": {"en": "Green tea"}, "price_minor": 450, "codes": ["4006381333931"], "unit": "piece"}
            assert sorted((one["product"] for one in said["body"]["products"]), key=lambda one: one["sku"]) == [
                {"sku": "1001", "names": {"en": "Oat drink 1 l"}, "brand": "Oatly", "price_minor": 270},
                {"sku": "1002", "price_minor": 145},
                {"sku": "tea", **new},
            ]
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


@pytest.mark.needs("chromium")
def test_the_goods_of_an_offer_a_range_and_a_recall_come_from_a_file(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An offer shows the remaining price and margin; a recall may have several batches of a product."""

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await begin(page, house)
            told, items = page.locator("#composer-said"), page.locator("#composer-items tbody tr")

            async def bring(kind: str, text: str) -> None:
                await page.select_option("#composer [name=kind]", kind)
                file = tmp_path / f"{kind}.csv"
                file.write_text(text, encoding="utf-8")
                await page.set_input_files("#composer [name=prices_file]", file)

            async def kept(title: str) -> list[dict[str, object]]:
                await page.fill("#composer [name=title]", title)
                await page.click("#composer-save")
                await expect(page.locator("#composer-saved")).to_have_text(SAID["draft_saved"], timeout=DEADLINE_MS)
                query = "SELECT directives::text FROM publication WHERE title = $1"
                ((directive),) = msgspec.json.decode(await house.owner.fetchval(query, title))
                (found,) = directive["body"].values()
                return list(found)

            await bring("promotions", "SKU\n1002\n9999\n")
            await expect(told).to_have_text(
                f"{SAID['goods_brought'].format(count=1)} {SAID['file_left'].format(count=1, what='9999')}",
                timeout=DEADLINE_MS,
            )
            await page.fill("#composer [name=promotion_name]", "Milk days")
            await page.fill("#composer [name=deal_value]", "25")
            for name, day in (("begins", "2027-03-01"), ("ends", "2027-03-07")):
                await page.fill(f"#composer [name={name}]", day)
            await expect(items).to_contain_text("€0.97 – €1.12")  # of 1.30 to 1.50, rounded like tills do
            await expect(items).to_contain_text("17.5%")  # bought for 0.80
            await page.select_option("#composer [name=deal]", "fixed_price")
            await page.fill("#composer [name=deal_value]", "0.60")
            await expect(items.locator(".grave")).to_have_text("-33.3%")
            await picture(page, "offer")
            (offer,) = await kept("Milk days")
            said: Any = offer["set"]
            assert said["goods"] == {"skus": ["1002"]}
            assert said["until_us"] - said["from_us"] == 7 * DAY_US, "its last day is one of them"
            await page.click("#composer-close")
            row = page.locator("#publications tbody tr", has_text="Milk days")
            await row.get_by_role("button", name=SAID["change"], exact=True).click()
            await expect(page.locator("#composer [name=ends]")).to_have_value("2027-03-07", timeout=DEADLINE_MS)
            assert await kept("Milk days") == [offer]
            await page.click("#composer-close")

            await page.click("#new-publication")
            await bring("assortment", "SKU;Price\n1001;\n1002;145\n")
            await expect(page.locator("#composer-jumps")).to_be_visible(timeout=DEADLINE_MS)
            await page.get_by_label(f"{SAID['price_new']} Milk 1 l").fill("1,45")
            await expect(page.locator("#composer-jumps")).to_be_hidden()
            found = {one["sku"]: one.get("price_minor") for one in await kept("Range")}
            assert found == {"1001": None, "1002": 145}
            await page.click("#composer-close")

            await page.click("#new-publication")
            await bring("recalls", "Article number;Batch number\n1003;A7\n1003;A8\n")
            await expect(items).to_have_count(2, timeout=DEADLINE_MS)
            await page.fill("#composer [name=search]", "juice")
            await page.press("#composer [name=search]", "Enter")
            await page.locator("#composer-found tbody").get_by_role("button").first.click()
            await page.get_by_label(f"{SAID['batch_number']} 100% juice").last.fill("A9")
            batches = [(one["sku"], one["lot"]) for one in await kept("Juice")]
            assert batches == [("1003", lot) for lot in ("A7", "A8", "A9")]
            await page.click("#composer-close")
            row = page.locator("#publications tbody tr", has_text="Juice")
            await row.get_by_role("button", name=SAID["change"], exact=True).click()
            await expect(items).to_have_count(3, timeout=DEADLINE_MS)

            await page.click("#composer-close")
            await page.click("#new-publication")
            await bring("recalls", "Lot;Colour\nA7;red\n")
            told_wrong = page.locator("#composer-error")
            await expect(told_wrong).to_contain_text("column with the product number", timeout=DEADLINE_MS)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
