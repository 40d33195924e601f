"""Goods between stores at the page and over the API: what comes is taken in with a difference, what goes is scanned."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.goods.transfers.commands import AnnounceTransfer, SentGoods, SettleTransfer
from edge.goods.transfers.queries import read_transfers
from tests.browser.browsing import till
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, ("5449000000996",), 500, box=24)
PHONE = (390, 800)


async def over_http(caller: Caller, grant: dict[str, str]) -> None:
    """Sent at once, and by a draft that changes first."""
    path = "/api/v1/transfers"
    body = {"to_store": "south", "lines": [{"sku": "lager", "quantity": 1_000}]}
    assert (await caller.call("POST", path, body)).status == 403
    answer = await caller.call("POST", path, body, **grant)
    assert (answer.status, answer.json["state"]) == (200, "sent")
    id = answer.json["id"]
    assert (await caller.call("POST", f"{path}/{id}/receive", {}, **grant)).code == "no_transfer"
    found = (await caller.call("GET", f"{path}?direction=out&state=sent", **grant)).json["transfers"]
    assert [one["id"] for one in found] == [id]
    draft = (await caller.call("POST", f"{path}/drafts", body, **grant)).json
    assert (draft["state"], draft["lines"][0]["value_milli"]) == ("drafted", None)
    of = f"{path}/{draft['id']}"
    changed = {"to_store": "north", "lines": [{"sku": "lager", "quantity": 2_000}]}
    assert (await caller.call("POST", f"{of}/change", changed, **grant)).json["store"] == "north"
    assert (await caller.call("POST", f"{of}/send", {}, **grant)).json["state"] == "sent"
    assert (await caller.call("POST", f"{of}/drop", {}, **grant)).code == "transfer_not_draft"
    assert (await caller.call("GET", f"{path}/{id}", **grant)).json["lines"][0]["quantity"] == 1_000
    assert (await caller.call("GET", f"{path}/0123", **grant)).status == 404
    assert (await caller.call("GET", f"{path}?direction=up", **grant)).status == 400


def test_goods_come_and_go_between_stores(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            shop, grant = served.shop, {"Grant": served.site.door.token}
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(shop, RecordMovement("lager", "in", units=5_000, unit_cost_minor=90), SYSTEM)
            await done(shop, AnnounceTransfer("abcdef01", "north", (SentGoods("lager", 24_000, 1),)), SYSTEM)
            await page.open(served, path="/manager/transfers")
            await page.see("#coming", "From north")
            await page.page.locator("[data-line]").fill("26")
            await page.page.locator(".coming [type=submit]").click()
            await page.see("#sure-dialog .subject", "26 of Lager arrived, but only 24 was sent")
            await page.page.locator("#sure-dialog [data-close]").click()
            await page.page.locator("[data-line]").fill("22")
            await page.page.locator(".coming [type=submit]").click()
            await page.see("#all .pill", "Partly received")
            assert read_stock(shop.reader, "lager") == 27_000

            await page.page.locator("#send [name=store]").fill("south")
            for _ in range(2):
                await page.page.locator("#send [name=scan]").fill("5449000000996")
                await page.page.locator("#send [name=scan]").press("Enter")
                await page.see("#goods", "Lager")
            await expect(page.page.locator("#goods input").first).to_have_value("2")
            await page.page.locator("#keep").click()
            await page.see("#drafts", "To south")
            assert read_stock(shop.reader, "lager") == 27_000, "it is only prepared"
            await page.open(served, path="/manager/transfers")
            await page.page.locator("#drafts [data-change]").click()
            await expect(page.page.locator("#goods input")).to_have_value("2")
            await page.page.locator("#goods input").fill("3")
            await page.page.locator("#keep").click()
            await page.see("#drafts [data-quantity='3000']")
            await page.open(served, path="/manager/transfers")
            await page.page.locator("#drafts [data-send]").click()
            await page.see("#all", "To south")
            (sent,) = read_transfers(shop.reader, "out")
            assert (sent.store, sent.lines[0].quantity, read_stock(shop.reader, "lager")) == ("south", 3_000, 24_000)
            await done(shop, SettleTransfer(sent.id, refused=True), SYSTEM)
            await page.open(served, path="/manager/transfers")
            await page.page.locator("[data-back]").click()
            await page.see("#all .pill", "Returned to stock")
            assert read_stock(shop.reader, "lager") == 27_000

            await over_http(caller, grant)
            assert all("422" in complaint for complaint in page.complaints), page.complaints

    run(scenario())
