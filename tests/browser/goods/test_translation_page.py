"""Names in other languages on the manager's page: what lacks one, a file of a translator, and a confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.conversation.assistant.service.translating import TranslatingPart
from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.translation.commands import ProposedText, ProposeTranslations
from edge.goods.translation.queries import translation_texts
from edge.runtime.models_state import RUNNING
from models.kinds import Completed
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 664)
NAMES = (("t1", "Olive oil 750 ml"), ("t2", "Dark bread 500 g"), ("t3", "Soap"))


def translated(file: Path) -> None:
    """As a translator brings it back, with a size that slipped."""
    text = file.read_text("utf-8-sig").replace(",Olive oil 750 ml,", ",Olive oil 750 ml,Huile d'olive 750 ml")
    file.write_text(text.replace(",Dark bread 500 g,", ",Dark bread 500 g,Pain noir 500 kg"))


def test_a_translators_file_waits_for_approval_and_a_word_of_ones_own_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as manager:
            await caller.set_pin()
            goods = tuple(Product(sku, {"en": name}, price_minor=100) for sku, name in NAMES)
            await done(served.shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            await manager.open(served, "register=1&lang=en&from=en&into=fr&state=missing", "/manager/translation")
            page = manager.page
            await manager.see('[data-key="product/t1"]', "Olive oil")
            async with page.expect_download() as download:
                await page.locator('[data-format="csv"]').click()
            brought = tmp_path / "back.csv"
            await (await download.value).save_as(brought)
            translated(brought)
            await page.locator("#bring [name=file]").set_input_files(brought)
            await page.locator("#bring [type=submit]").click()
            await manager.see("#told", "product/t2")
            await manager.open(served, "register=1&lang=en&from=en&into=fr", "/manager/translation")
            await page.locator('[data-key="product/t1"] [type="submit"]').click()
            await manager.gone('[data-key="product/t1"]')
            oil = find_by_sku(served.shop.reader, "t1")
            assert oil is not None and oil.names["fr"] == "Huile d'olive 750 ml"
            await page.locator("#toast-bar button").click()
            await manager.see("#toast-bar", "Undone")
            await manager.see('[data-key="product/t1"] [data-refuse]')
            oil = find_by_sku(served.shop.reader, "t1")
            assert oil is not None and "fr" not in oil.names
            await manager.open(served, "register=1&lang=en&from=en&into=fr&state=missing", "/manager/translation")
            await page.locator('[data-key="product/t3"] [name="text"]').fill("Savon 5")
            await page.locator('[data-key="product/t3"] [type="submit"]').click()
            await manager.see("#translation-error", "a number")
            await page.locator('[data-key="product/t3"] [name="text"]').fill("Savon")
            await page.locator('[data-key="product/t3"] [type="submit"]').click()
            await manager.gone('[data-key="product/t3"]')
            assert all("422" in complaint for complaint in manager.complaints), manager.complaints

    run(scenario())


class WrittenModel:
    """A model that says what is written here for a source, in the form that it is bound by; nothing for others."""

    SAID: Mapping[str, str] = {"Olive oil 750 ml": "Huile d'olive 750 ml", "Dark bread 500 g": "Pain noir 500 kg"}

    def __init__(self) -> None:
        self.told: list[str] = []

    def has(self, kind: str, language: str = "") -> bool:
        return kind == "llm"

    async def ask(self, request: Any, within_s: float) -> Any:
        system, user = request.messages
        assert request.temperature == 0 and request.schema
        self.told.append(system.content)
        name = self.SAID.get(user.content)
        text = msgspec.json.encode({"name": name}).decode() if name else "no name"
        return Completed(text, 1, 1, "end")


def test_a_model_proposes_what_waits_for_a_yes_and_changes_no_size(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as manager:
            await caller.set_pin()
            goods = tuple(Product(sku, {"en": name}, price_minor=100) for sku, name in NAMES)
            await done(served.shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            place = "register=1&lang=en&from=en&into=fr&state=missing", "/manager/translation"
            await manager.open(served, *place)
            assert await manager.page.locator("#by-model").count() == 0, "no model runs"
            model = WrittenModel()
            served.site.services.put(RUNNING, model)
            served.supervisor.start(Part("translating", TranslatingPart(served.shop, model).run))
            await manager.open(served, *place)
            lacking = len(translation_texts(served.shop.reader, "en", "fr", "missing"))
            await manager.page.locator('#by-model [value="he"]').uncheck()
            await manager.page.locator("#by-model [type=submit]").click()
            await manager.see("#jobs .pill", "done")
            for said in ("1 waiting for approval", f"{lacking - 2} without an answer", "1 skipped"):
                await manager.see("#jobs .counts", said)
            assert len(model.told) == lacking, "all that lack one"
            assert "Français" in model.told[0] and "Keep every number" in model.told[0]
            await manager.open(served, "register=1&lang=en&from=en&into=fr", "/manager/translation")
            await manager.see('[data-key="product/t1"]', "Olive oil")
            oil = find_by_sku(served.shop.reader, "t1")
            assert oil is not None and "fr" not in oil.names, "nothing is applied without a yes"
            await manager.page.locator('[data-key="product/t1"] [type="submit"]').click()
            await manager.gone('[data-key="product/t1"]')
            assert manager.complaints == []

    run(scenario())


def test_a_term_is_added_on_the_page_and_said_beside_what_calls_it_otherwise(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as manager:
            await caller.set_pin()
            await done(
                served.shop, SetProducts((Product("t1", {"en": "Dark bread"}, price_minor=1),), Source(MANAGER)), SYSTEM
            )
            said = (ProposedText("product/t1", "Dark bread", "Miche brune"),)
            await done(served.shop, ProposeTranslations("en", "fr", said), SYSTEM)
            await manager.open(served, "register=1&lang=en&from=en&into=fr", "/manager/translation")
            assert await manager.page.locator("[data-flagged]").count() == 0
            await manager.page.locator("#glossary summary").click()
            new = manager.page.locator("#glossary form:not([data-id])")
            await new.locator('[name="names.en"]').fill("bread")
            await new.locator('[name="names.fr"]').fill("pain")
            await new.locator("[type=submit]").click()
            await manager.see('[data-key="product/t1"] .pill', "bread: pain")
            assert manager.complaints == []

    run(scenario())
