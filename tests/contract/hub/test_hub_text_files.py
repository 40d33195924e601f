"""Names in all shops as a file for translators: it is exported, imported with checks, and awaits confirmation in each
shop.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from edge.app.head_office.hub_texts import EXCHANGE
from sync.hub.text_files import ExchangedText
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor

SAID = words()["en"]
GOODS = """
    INSERT INTO product (tenant, store, device, sku, names, brand)
    VALUES ('acme', 'alder', 'box1', 'cola', '{"en": "Fizz Cola 2 x 330 ml"}', 'Fizz'),
           ('acme', 'birch', 'box1', 'cola', '{"en": "Fizz Cola 2 x 330 ml", "fr": "Coca"}', 'Fizz'),
           ('acme', 'birch', 'box1', 'bread', '{"en": "Bread"}', NULL),
           ('acme', 'cedar', 'box1', 'bread', '{"en": "White bread"}', NULL),
           ('other', 'alder', 'box1', 'secret', '{"en": "A neighbour''s"}', NULL);
    INSERT INTO shop_text (tenant, store, device, key, names)
    VALUES ('acme', 'alder', 'box1', 'category/d', '{"en": "Drinks"}');
    INSERT INTO store_record (tenant, store, language) VALUES ('acme', 'alder', 'fr'), ('acme', 'birch', 'en');
"""
PLACE = "/v1/texts/file?from=en&into=fr"


async def file_of(client: Client, house: House, query: str = "") -> bytes:
    async with house.session.get(house.base + PLACE + query, headers=client.headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


async def bring(client: Client, house: House, body: bytes, query: str = "") -> tuple[int, Any]:
    headers = client.headers | {"Content-Type": "application/octet-stream"}
    async with house.session.post(house.base + PLACE + query, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


def translated(body: bytes, **texts: str) -> bytes:
    """Return the file with new texts, given by their source texts."""
    lines = [
        ExchangedText(one.id, one.source, texts.get(one.source, one.text)) for one in EXCHANGE.read(body, "en", "fr")
    ]
    return EXCHANGE.write("po", "en", "fr", lines)


@pytest.mark.parametrize("format", ["xliff", "xliff2", "po", "csv"])
def test_a_file_holds_each_text_of_all_shops_once_and_nothing_of_a_neighbour(database: str, format: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(GOODS)
            reader = await house.client("acme", "read:texts")
            found = EXCHANGE.read(await file_of(reader, house, f"&format={format}"), "en", "fr")
            assert [(one.id, one.source, one.text) for one in found] == [
                ("category/d", "Drinks", ""),
                ("product/bread", "Bread", ""),
                ("product/bread@2", "White bread", ""),
                ("product/cola", "Fizz Cola 2 x 330 ml", "Coca"),
            ]
            of_birch = await file_of(reader, house, f"&format={format}&store=birch&show=missing")
            assert [one.source for one in EXCHANGE.read(of_birch, "en", "fr")] == ["Bread"]
            assert (await bring(reader, house, of_birch))[0] == 403, "reading is not writing"

    asyncio.run(scenario())


def test_what_comes_back_is_checked_and_waits_in_the_shops_that_say_its_source_once(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(GOODS)
            writer = await house.client("acme", "read:texts", "publish:translations")
            out = await file_of(writer, house)
            wrong = {"Fizz Cola 2 x 330 ml": "Fizz Cola 2 x 500 ml", "Bread": "Pain", "White bread": "Pain blanc"}
            status, said = await bring(writer, house, translated(out, **wrong))
            assert (status, said["counts"], said["stores"]) == (200, {"proposed": 2, "refused": 1}, 2)
            (left,) = said["left"]
            assert (left["id"], left["findings"]) == ("product/cola", ["numbers"])
            published = "SELECT store, convert_from(body, 'UTF8') FROM directive ORDER BY store"
            told = {store: json.loads(body)["translations"] for store, body in await house.owner.fetch(published)}
            assert {store: [(one["key"], one["text"]) for one in lines] for store, lines in told.items()} == {
                "birch": [("product/bread", "Pain")],
                "cedar": [("product/bread", "Pain blanc")],
            }
            assert (await bring(writer, house, translated(out, **wrong)))[1] == said
            assert await house.owner.fetchval("SELECT count(*) FROM directive") == 2, "the same file brings nothing new"
            no_brand = {"Fizz Cola 2 x 330 ml": "Cola 2 x 330 ml"}
            status, said = await bring(writer, house, translated(out, **no_brand))
            assert said["left"][0]["findings"] == ["keep"], "its brand stays"
            odd = [ExchangedText("product/gone", "Gone", "Parti"), ExchangedText("product/bread", "Rye", "Seigle")]
            status, said = await bring(writer, house, EXCHANGE.write("po", "en", "fr", odd))
            assert [one["outcome"] for one in said["left"]] == ["unknown", "outdated"]
            assert (await bring(writer, house, b"\xff\xfe nothing"))[0] == 422
            assert (await bring(writer, house, EXCHANGE.write("xliff", "fr", "en", odd)))[0] == 422, (
                "the other way round"
            )
            bound = await house.client("acme", "publish:translations", stores=["cedar"])
            status, said = await bring(bound, house, translated(out, **{"Bread": "Miche", "White bread": "Miche"}))
            assert (said["counts"], said["stores"]) == ({"outdated": 1, "proposed": 1, "unknown": 1}, 1)

    asyncio.run(scenario())


@pytest.mark.needs("chromium")
def test_a_translator_takes_a_file_out_and_brings_it_back_on_the_page(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, browser() as launched:
            await house.owner.execute(GOODS)
            await hire(database, monkeypatch, acme="translator")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await go(page, "texts")
            await expect(page.locator("#text-sums tbody tr")).to_have_count(3, timeout=DEADLINE_MS)
            await page.select_option("#texts-format", "po")
            async with page.expect_download() as coming:
                await page.click("#texts-out")
            saved = tmp_path / (await coming.value).suggested_filename
            await (await coming.value).save_as(saved)
            saved.write_bytes(translated(saved.read_bytes(), Bread="Pain", Drinks="2 boissons"))
            await page.set_input_files("#texts-in", saved)
            await expect(page.locator("#texts-left")).to_contain_text(SAID["found_numbers"], timeout=DEADLINE_MS)
            await expect(page.locator("#texts-brought")).to_contain_text("1 texts wait", timeout=DEADLINE_MS)
            assert await violations(page, "texts") == [] and complaints == []

    asyncio.run(scenario())
