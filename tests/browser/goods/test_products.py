"""The manager's pages of the catalogue, by hand: found, changed, taken back, priced for later, given up."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog import codes
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.commands import ChangePrice, SetCategories, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Source, Supply, Value
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.web.limits import PICTURE_SIDE
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.browser.shelves import stock_shelves
from tests.http_client import PIN
from tests.importing import ean
from tests.shop_fixture import SYSTEM, run


async def save(page: Till) -> None:
    await page.page.locator("#product button[type=submit]").click()


def test_the_manager_finds_a_product_and_changes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/tools")
            await page.page.get_by_role("link", name="Browse").click()
            await (await page.see(".tree a", "Drinks")).click()
            await page.see(".tree a[aria-current]", "Drinks")
            assert await page.page.locator("#goods tr:not(.hint)").count() == 2
            await page.see("#goods .hint", "Products: 2")
            await (await page.see("#goods a", "Cola 330 ml")).click()
            await page.see(".who", "manager")
            await page.see(".other", "1.60")
            await page.see(".row", "Cola Zero 330 ml")
            await page.page.locator("[name='names.en']").fill("Cola can")
            await page.page.locator("[name=price_minor]").fill("1,85")
            await save(page)
            await page.see("h1", "Cola can")
            await page.see(".changes li", "Cola can")
            found = find_by_sku(served.shop.reader, "cola")
            assert found is not None
            assert (found.names["en"], found.names["fr"], found.price_minor) == ("Cola can", "Cola 33 cl", 185)
            await page.page.locator("[data-back=price_minor]").click()
            await page.see(".price", "1.60")
            assert page.complaints == []

    run(scenario())


def test_a_number_that_cannot_be_read_and_a_change_that_came_too_late_are_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=og", "/manager/product")
            price = page.page.locator("[name=price_minor]")
            await price.fill("a lot")
            await save(page)
            assert await price.evaluate("field => field.validationMessage") == "Enter an amount, such as 12.50."
            await price.fill("41")
            await page.page.locator("[name='attributes.strain']").select_option("sativa")
            await served.shop.do(ChangePrice("og", 4000, Source("wholesale.csv")), SYSTEM)
            await save(page)
            await page.see("#product-error", "Reload it")
            assert page.left == 0
            await page.open(served, "sku=og", "/manager/product")
            assert page.left == 1, "what was typed is not lost without a question"
            await page.page.locator("[name='attributes.THC']").fill("18%")
            await save(page)
            await page.see(".other", "15-21%")
            assert page.left == 1, "it is saved"
            found = find_by_sku(served.shop.reader, "og")
            assert found is not None
            assert (found.attributes or {})["THC"] == Value("18%", 18_000, 18_000, "%")

    run(scenario())


def test_a_new_product_needs_no_number(tmp_path: Path) -> None:
    """The shop gives one, behind its largest: a name and a price are enough."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM)
            await served.shop.do(SetProducts((Product("2007", {"en": "Tea"}, price_minor=100),)), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/product")
            await page.page.fill('[name="names.en"]', "Jam")
            await page.page.fill('[name="price_minor"]', "4.50")
            await save(page)
            await page.page.wait_for_url("**sku=2008**")
            found = find_by_sku(served.shop.reader, "2008")
            assert found and found.names == {"en": "Jam"} and found.price_minor == 450
            assert page.complaints == []

    run(scenario())


def test_a_product_says_what_a_sale_of_it_leaves_and_its_save_stays_in_sight(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            named = Product("tea", {"en": "Tea"}, price_minor=1200, cost_minor=500)
            assert isinstance(await served.shop.do(SetProducts((named,)), SYSTEM), Done)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=tea&lang=en", "/manager/product")
            await page.see(".facts", "€5.00 50%")  # of 10.00 without 20 % of tax
            await page.page.locator(".parts a", has_text="Stock and suppliers").click()
            await page.see("#part-stock h2", "Stock and suppliers")
            box = await page.page.locator(".save-bar .strong").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 768
            assert page.complaints == []

    run(scenario())


def test_prices_are_planned_and_products_discontinued(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=gift", "/manager/product")
            plan = page.page.locator("#plan")
            await plan.locator("[name=price]").fill("7.50")
            await plan.locator("[name=from]").fill("2099-01-02T08:00")
            await plan.get_by_role("button").click()
            await page.see("tr.ahead", "7.50")
            await page.page.locator("[data-drop]").click()
            await page.gone("tr.ahead")
            await page.page.locator("#retire").click()
            await page.see(".pill.warning", "Discontinued since")
            await page.open(served, "retired=yes", "/manager/products")
            await page.see("#goods tr.retired", "Gift set")
            await page.open(served, "", "/manager/product")
            await page.page.locator("[name=sku]").fill("new/1")
            await page.page.locator("[name='names.en']").fill("Something new")
            await save(page)
            await page.see("h1", "Something new")
            assert find_by_sku(served.shop.reader, "new/1") is not None

    run(scenario())


def test_cases_parts_and_suppliers_are_rows_of_a_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=cola", "/manager/product")

            async def add(group: str, *cells: str) -> None:
                fields = page.page.locator(f"[data-group={group}]")
                await fields.locator("[data-add]").click()
                for cell in cells:
                    await page.page.keyboard.type(cell)
                    await page.page.keyboard.press("Tab")

            await add("packs", ean(107), "many")
            await save(page)
            units = page.page.locator("[data-group=packs] [data-column=units]").last
            assert "invalid or out of range" in await units.evaluate("field => field.validationMessage")
            await units.fill("6")
            await page.page.locator("[data-group=supplies] [data-remove]").click()
            await add("supplies", "Farm", "F-1", "0,85")
            await add("attributes", "sugar", "10.6 g")
            await save(page)
            await page.see("[data-group=packs] .who", "manager")
            whole = read_products(served.shop.reader, ["cola"])["cola"][1]
            assert whole.packs == (Pack(codes.normal(ean(102)), 24, 3200, "case"), Pack(codes.normal(ean(107)), 6))
            assert whole.supplies == (Supply("Farm", "F-1", 85),)
            assert (whole.attributes or {})["sugar"] == Value("10.6 g", 10_600, 10_600, "g")
            await page.see("#changes li", "Farm F-1 0.85")
            await page.page.locator("[data-back=supplies]").click()
            await page.see("[data-group=supplies] .who", "wholesale.csv")
            await page.page.locator("#lock").click()
            await page.see("#pin-dialog[open]")
            await page.open(served, "sku=gift", "/manager/product")
            await page.page.locator("[data-group=parts] [data-column=quantity]").fill("3")
            await add("parts", "milk", "1")
            await save(page)
            await page.see("[data-group=parts] .who", "manager")
            assert read_products(served.shop.reader, ["gift"])["gift"][1].parts == (
                BundlePart("cola", 3000),
                BundlePart("milk", 1000),
            )
            assert page.complaints == []

    run(scenario())


def test_a_picture_is_brought_cropped_and_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path / "shop") as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=cola", "/manager/product")
            picture = page.page.locator("#picture")
            await picture.set_input_files({"name": "can.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
            await page.see("#product-error", "can't be read")
            shot = await page.page.screenshot()
            await picture.set_input_files({"name": "can.png", "mimeType": "image/png", "buffer": shot})
            await page.see("[data-group=pictures] .item img")
            name = await page.page.locator("[data-group=pictures] .rows [data-column]").input_value()
            await page.see(f"#pictures img[src='/pictures/{name}']")
            await save(page)
            await page.see("[data-group=pictures] .who", "manager")
            drawn = "image => image.decode().then(() => image.naturalWidth)"
            assert await page.page.locator("#pictures img").evaluate(drawn) == PICTURE_SIDE
            assert read_products(served.shop.reader, ["cola"])["cola"][1].pictures == (name,)
            await page.page.locator("[data-group=pictures] .item").get_by_text("Crop").click()
            await page.page.locator("#crop-dialog [name=zoom]").fill("200")
            await page.page.locator("#crop-dialog [type=submit]").click()
            await page.gone("#crop-dialog[open]")
            cropped = await page.page.locator("[data-group=pictures] .rows [data-column]").input_value()
            assert cropped != name, "a square of it"
            await save(page)
            await page.see(f"#pictures img[src='/pictures/{cropped}']")
            shape = "image => image.decode().then(() => image.naturalWidth - image.naturalHeight)"
            assert await page.page.locator("#pictures img").evaluate(shape) == 0
            name = cropped
            other = await page.page.screenshot(clip={"x": 0, "y": 0, "width": 300, "height": 200})
            await picture.set_input_files({"name": "wide.png", "mimeType": "image/png", "buffer": other})
            await page.page.locator("[data-group=pictures] .item:nth-child(2)").get_by_text("Show first").click()
            async with page.page.expect_navigation():
                await save(page)
            await page.see("#pictures img:nth-child(2)")
            pictures = read_products(served.shop.reader, ["cola"])["cola"][1].pictures
            assert pictures and len(pictures) == 2 and pictures[1] == name

    run(scenario())


def test_what_lies_in_a_range_is_chosen_by_two_fields(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            await page.open(served, "category=flower", "/manager/products")
            low, high = (page.page.get_by_label(f"THC: {end}") for end in ("Minimum", "Maximum"))
            assert await low.get_attribute("inputmode") == "decimal"
            await page.see("#goods", "Mountain flower")
            await low.fill("21,5")
            await page.see("#goods", "No results.")
            await low.fill("20")
            await page.see("#goods", "Mountain flower")
            await high.fill("a lot")
            assert not await high.evaluate("field => field.checkValidity()")
            await high.fill("20.5")
            await page.see("#goods", "Mountain flower")
            await page.open(served, "category=flower&attribute=THC:12.5-", "/manager/products")
            assert (await low.input_value(), await high.input_value()) == ("12.5", "")
            assert page.complaints == []

    run(scenario())


def test_the_tree_of_categories_is_the_managers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "category=drinks", "/manager/products")
            await page.page.get_by_role("link", name="Edit categories").click()
            await (await page.see(".choices a", "Add subcategory")).click()
            await page.page.locator("[name='names.en']").fill("Beer & Cider")
            await page.page.locator("[name='names.he']").fill("בירה")
            await page.page.locator("[data-add]").click()
            for column, text in (("name", "alcohol"), ("unit", "%"), ("low", "0"), ("high", "12,5")):
                await page.page.locator(f"[data-column={column}]").fill(text)
            await page.page.locator("[data-column=kind]").select_option("range")
            await page.page.locator("[data-column=required]").check()
            await page.page.locator("#category [type=submit]").click()
            await page.see("h1", "Beer & Cider")
            made = read_category(served.shop.reader, "drinks.beer-cider")
            alcohol = Attribute("range", "%", required=True, low=0, high=12_500)
            names = {"en": "Beer & Cider", "he": "בירה"}
            assert made == Category("drinks.beer-cider", names, "drinks", {"alcohol": alcohol})
            await page.page.locator("[name=parent]").select_option("")
            await served.shop.do(SetCategories((Category("drinks.beer-cider", {"en": "B"}, "drinks"),)), SYSTEM)
            await page.page.locator("#category [type=submit]").click()
            await page.see("#category-error", "Reload it")
            await page.open(served, "category=flower", "/manager/product")
            sku = page.page.locator("[name=sku]")
            await page.page.locator("[name=codes]").fill(ean(110))
            await page.page.locator("[name=size]").fill("1,5 kg")
            await page.page.locator("[name='names.en']").fill("Bud")
            await page.page.locator("[name='attributes.strain']").select_option("indica")
            await save(page)
            await page.see("h1", "Bud")
            assert await sku.input_value() == ean(110), "without a number, a product's code is its number"
            found = find_by_sku(served.shop.reader, ean(110))
            assert found is not None and found.category == "flower" and found.size == Size(1_500_000, "g")

    run(scenario())


def test_a_category_that_nothing_uses_is_given_up_by_hand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await served.shop.do(SetCategories((Category("drinks.tea", {"en": "Tea"}, "drinks"),)), SYSTEM)
            await page.open(served, "id=drinks", "/manager/categories")
            await page.page.locator("#give-up").click()
            await page.see("#sure-dialog .subject", "Remove Drinks?")
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#category-error", "can't be removed")
            assert read_category(served.shop.reader, "drinks") is not None, "one lies below it"
            await page.open(served, "id=drinks.tea", "/manager/categories")
            await page.page.locator("[name='names.en']").fill("Teas")
            await page.page.locator("#give-up").click()
            await page.page.locator("#sure-dialog [data-close]").click()
            assert read_category(served.shop.reader, "drinks.tea") is not None, "nobody said yes"
            assert await page.page.locator("[name='names.en']").input_value() == "Teas"
            await page.page.locator("#give-up").click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("h1", "New category")
            assert read_category(served.shop.reader, "drinks.tea") is None

    run(scenario())
