"""The page of other tills: what waits is said, and then moves; in three languages and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

from edge.backoffice.other_tills.commands import NoteHook, NotePosDay, SetPosItem, SettlePosSales
from edge.backoffice.other_tills.entities import ITEMS
from edge.backoffice.other_tills.other_till import PosItem
from edge.backoffice.other_tills.sale import PosDifference, PosLine
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.stock.queries import read_stock
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.other_tills import set_up, sold, take
from tests.shop_fixture import SYSTEM, done, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
SIZES = (("en", (1024, 768)), ("he", (1024, 768)), ("fr", (390, 664)), ("en", (1440, 900)))


def test_what_waits_is_said_and_moves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await set_up(served.shop, mapped=False)
            await done(served.shop, SetPosItem(PosItem("bar", "glass")), SYSTEM)
            at_us = served.shop.now_us()
            lines = (PosLine("their-beer", 2000, "Beer, draught"), PosLine("glass", 1000, "Glass"))
            await take(served.shop, sold("T-1", at_us=at_us, lines=lines))
            differs = (
                PosDifference("quantity_differs", "their-beer", 2000, 0),
                PosDifference("amount_differs", "", 500, 0),
            )
            await done(served.shop, NotePosDay("bar", "L1", "2026-11-23", 1, 0, differs), SYSTEM)
            await done(served.shop, NoteHook("bar", "e1", "d", "dead", "not_understood", "f"), SYSTEM)
            for digest in ("d1", "d2"):
                await done(served.shop, NoteHook("bar", "e2", digest, "done", "", digest), SYSTEM)
            await page.open(served, path="/manager/other-tills")
            await page.see("p.hint", "1 message repeated a known number with different content")
            await page.see(".held", "Beer, draught")
            await page.see(".dead", "doesn't match the vendor's documentation")
            for language, size in SIZES if SHOTS else ():
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.page.goto(f"http://127.0.0.1:{served.port}/manager/other-tills?register=1&lang={language}")
                await page.page.screenshot(path=f"{SHOTS}/other-tills-{language}-{size[0]}.png", full_page=True)
            await page.page.locator("article > .held [name=sku]").fill("beer")
            await page.page.locator("article > .held [name=restock]").select_option("yes")
            await page.page.locator("article > .held button.strong").click()
            await page.see(".dead", "doesn't match the vendor's documentation")
            while ITEMS.find(served.shop.reader, "bar", "their-beer") is None:
                await page.page.wait_for_timeout(50)
            item = ITEMS.find(served.shop.reader, "bar", "their-beer")
            assert (item.sku, item.restock) == ("beer", "yes")
            known = page.page.locator('.items [data-item="their-beer"]')
            await known.wait_for(state="attached")
            await page.page.locator(".items > summary").click()
            assert await known.locator("[name=restock]").input_value() == "yes"
            await known.locator("[name=restock]").select_option("no")
            await known.locator("button.strong").click()
            while ITEMS.find(served.shop.reader, "bar", "their-beer").restock != "no":
                await page.page.wait_for_timeout(50)
            await done(served.shop, SettlePosSales("bar"), SYSTEM)
            assert read_stock(served.shop.reader, "beer") == -2000
            assert page.complaints == []

    run(scenario())
