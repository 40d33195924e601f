"""Head office's view of a store's translations: what became of them there, and which other things have names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import expect

from edge.app import hub
from edge.backoffice.directives.kinds import KINDS
from edge.core.journal.rows import read_rows
from edge.foundation.settings.commands import SetText
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.goods.translation.commands import AcceptTranslations, ProposedText, ProposeTranslations, RefuseTranslations
from edge.goods.translation.hub import TranslationTables
from sync.hub.model import Key
from tests.browser.browsing import browser
from tests.contract.hub.test_hub_api import Client, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import DANA, hire, sign_in, staff
from tests.head_office import head_office
from tests.shop_fixture import SYSTEM, done, open_shop, run

NAMES = {"a": "Bread", "b": "Soap", "c": "Salt"}


def test_the_hub_has_what_became_of_each_text(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            goods = tuple(Product(sku, {"en": name}, price_minor=100) for sku, name in NAMES.items())
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            texts = zip(NAMES.items(), ("Pain", "Savon", "Sel"), strict=True)
            brought = tuple(ProposedText(f"product/{sku}", name, text) for (sku, name), text in texts)
            await done(shop, ProposeTranslations("en", "fr", brought), SYSTEM)
            await done(shop, AcceptTranslations("fr", ("product/a",)), SYSTEM)
            await done(shop, RefuseTranslations("fr", ("product/b",)), SYSTEM)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["translation"])
            projector = TranslationTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            for project in dict.fromkeys(projector.handlers.values()):
                await project(connection, Key("demo", "corner", "box1"), rows)
            found = await connection.fetch("SELECT key, text, state FROM translation ORDER BY key")
            await connection.close()
            assert [tuple(row) for row in found] == [
                ("product/a", "Pain", "accepted"),
                ("product/b", "Savon", "refused"),
                ("product/c", "Sel", "proposed"),
            ]

    run(scenario())


@pytest.mark.needs("chromium")
def test_a_translator_finds_promotions_attributes_and_texts_and_proposes(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with (
            an_api(database) as house,
            head_office(database) as office,
            open_shop(tmp_path) as shop,
            browser() as launched,
        ):
            wine = Category("wine", {"en": "Wine"}, attributes={"grape": Attribute("text", names={"en": "Grape"})})
            await done(shop, SetCategories((wine,), Source(MANAGER)), SYSTEM)
            for id in ("spring", "gone"):
                await done(shop, SetPromotion(Promotion(id, {"en": f"Sale of {id}"}, PercentOff(10_000))), SYSTEM)
            await done(shop, EndPromotion("gone"), SYSTEM)
            await done(shop, SetText("feast", "receipt_below", {"en": "Closed on 24/12\nThank you"}), SYSTEM)
            await office.up(Key("demo", "corner", "box1"), shop)
            await hire(database, monkeypatch)
            assert await staff(database, "join", DANA, "demo", "--role", "translator") == 0
            page = await launched.new_page(viewport={"width": 390, "height": 664}, locale="en-GB")
            translator = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            complaints = await opened(page, house, translator)
            await go(page, "texts")
            said = words()["en"]
            for kind, shown in (("attribute", "Grape"), ("promotion", "Sale of spring"), ("text", "Closed on 24/12")):
                await page.select_option("#texts-kind", f"{kind}/")
                await expect(page.locator("#texts tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
                await expect(page.locator("#texts tbody")).to_contain_text(shown)
                await expect(page.locator("#texts tbody")).to_contain_text(said[f"text_kind_{kind}"])
            await page.get_by_role("button", name=said["propose"]).click()
            await page.fill("#edit [name=name_text]", "Fermé le 24/12\nMerci")
            await page.click("#edit button.strong")
            await expect(page.locator("#edit")).to_be_hidden(timeout=DEADLINE_MS)
            body = await house.owner.fetchval("SELECT body FROM directive WHERE kind = 'translations'")
            (new,) = KINDS["translations"].items(body)
            assert (new.key, new.language, new.text) == ("text/feast", "fr", "Fermé le 24/12\nMerci")
            brought = ProposeTranslations("en", "fr", (ProposedText(new.key, new.source, new.text),), "person")
            assert (await done(shop, brought, SYSTEM)).result[0].outcome == "proposed"
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
