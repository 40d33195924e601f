"""Fields of products that head office keeps: every way to change one in the shop is refused, and the rest works."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Actor, Command, Refused
from edge.counter.bulk_edit.commands import ProductEdit
from edge.counter.bulk_edit.look import Looker
from edge.foundation.access.rights import ALL
from edge.foundation.settings.commands import ClearSetting, SetSetting
from edge.goods.catalog.commands import ChangePrice, SetPrice, SetProducts, WithdrawWord
from edge.goods.catalog.office_fields import SETTING
from edge.goods.catalog.product import HEAD_OFFICE, MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n import translate
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.importing import import_file
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, done, open_shop, run

BOSS = Actor("boss", "panel", "", ALL)
OFFICE, OWN = Source(HEAD_OFFICE), Source(MANAGER)
TEA = Product("tea", names={"en": "Tea"}, price_minor=400, brand="Hill")


def test_a_shop_changes_only_the_fields_that_head_office_leaves_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False, text=CONFIG) as shop:

            def tea() -> Product:
                found = find_by_sku(shop.reader, "tea")
                assert found is not None
                return found

            async def refused(command: Command, actor: Actor = BOSS) -> str:
                outcome = await shop.do(command, actor)
                assert isinstance(outcome, Refused), outcome
                return outcome.code

            await done(shop, SetProducts((TEA,), OFFICE), SYSTEM)
            await done(shop, SetProducts((Product("own", names={"en": "Own"}, price_minor=100),), OWN), BOSS)
            await done(shop, ChangePrice("tea", 390, OWN), BOSS)
            lock = SetSetting(SETTING, ("names", "price_minor", "category"), HEAD_OFFICE)
            assert await refused(lock) == "setting_of_office", "a name alone doesn't make head office"
            await done(shop, lock, SYSTEM)
            assert await refused(ClearSetting(SETTING, HEAD_OFFICE)) == "setting_of_office"
            for command in (
                ChangePrice("tea", 500, OWN),
                ChangePrice("tea", 500, OFFICE),
                SetPrice("tea", 500, "member", source=OWN),
                SetPrice("tea", 500, from_us=2**50, source=OWN),
                SetProducts((Product("tea", price_minor=500),), OWN),
                SetProducts((Product("tea", names={"en": "Best tea"}, brand="Vale"),), Source("supplier")),
                WithdrawWord("tea", HEAD_OFFICE),
            ):
                assert await refused(command) == "field_of_office", command
            await done(shop, SetProducts((Product("tea", brand="Vale"),), OWN), BOSS)
            assert (tea().brand, tea().price_minor) == ("Vale", 400), "head office's price holds again"
            await done(shop, SetProducts((Product("tea", price_minor=450),), OFFICE), SYSTEM)
            assert tea().price_minor == 450, "though the manager once said another one"
            await done(shop, WithdrawWord("tea", MANAGER, ("price_minor",)), BOSS)
            await done(shop, ChangePrice("own", 120, OWN), BOSS)

            edit = Looker(shop.reader, ProductEdit(category="drinks"), 2**60, (), "EUR", "en").look(["tea"], 0)
            assert edit[0].reason == "field_of_office"
            await done(shop, ClearSetting(SETTING, HEAD_OFFICE), SYSTEM)
            await done(shop, ChangePrice("tea", 500, OWN), BOSS)
            assert tea().price_minor == 500

    run(scenario())


def test_an_import_takes_the_rest_of_a_row_and_names_the_field(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False, text=CONFIG) as shop:
            await done(shop, SetProducts((TEA,), OFFICE), SYSTEM)
            await done(shop, SetSetting(SETTING, ("price_minor",), HEAD_OFFICE), SYSTEM)
            file = tmp_path / "supplier.csv"
            file.write_text("sku,name,price,brand\ntea,Tea,4.10,Vale\ncup,Cup,2.00,Vale\n", encoding="utf-8")
            job, notes = await import_file(shop, file)
            assert job.state == "done"
            assert [(note.line, note.field, note.reason) for note in notes] == [(2, "price", "field_of_office")]
            found = {sku: find_by_sku(shop.reader, sku) for sku in ("tea", "cup")}
            assert [one and one.price_minor for one in found.values()] == [400, 200]

    run(scenario())


def test_the_page_of_a_product_says_which_fields_head_office_keeps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await done(served.shop, SetProducts((TEA,), OFFICE), SYSTEM)
            await done(served.shop, SetSetting(SETTING, ("price_minor",), HEAD_OFFICE), SYSTEM)
            page = (await caller.get("/manager/product?sku=tea&lang=en")).text
            price = page.split('name="price_minor"', 1)[1].split("</label>", 1)[0]
            assert " disabled" in price.split(">", 1)[0] and translate("en", "goods.office_keeps") in price
            brand = page.split('name="brand"', 1)[1].split("</label>", 1)[0]
            assert " disabled" not in brand and translate("en", "goods.office_keeps") not in brand
            assert 'id="plan"' not in page and translate("en", "goods.office_keeps_prices") in page
            assert " disabled" not in (await caller.get("/manager/product?sku=beer")).text

    run(scenario())
