"""Receipts of another system: found under Sales, marked as imported, counted nowhere, and taken back."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import MovedFile
from edge.core.journal.verify import verify
from edge.counter.reports.events import PastLine
from edge.counter.reports.past_receipts import PastFilter, find_past_receipts, read_past_receipt
from edge.counter.reports.queries import read_day_sums
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.backoffice.test_switching import bring_all, brought, moved
from tests.shop_fixture import FakeClock, open_shop, run

LINES = """\
Date,SKU,Item,Qty,Net Sales,Transaction ID
2026-07-18,milk,Milk,2,2.40,A-17
2026-07-18,,Old biscuit,1,0.50,A-17
2026-07-18,beer,Beer,1,2.50,A-18
2026-07-19,milk,Milk,-1,-1.20,A-19
2026-07-19,milk,Milk,1,1.20,
"""


def test_receipts_come_with_their_lines_once_and_go_with_their_import(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            db = shop.reader
            files = bring_all(shop, tmp_path)
            dry, _ = await moved(shop, MoveIn(files, dry_run=True), clock)
            assert dry.counts["past_receipts"] == 5 and find_past_receipts(db, PastFilter()) == []
            first, _ = await moved(shop, MoveIn(files), clock)
            later, _ = await moved(shop, MoveIn(files), clock)
            found = find_past_receipts(db, PastFilter())
            assert {one.number: one.total_minor for one in found} == {
                "T1": 350,
                "T2": 800,
                "T3": -420,
                "T4": 1400,
                "T5": 200,
            }
            assert len(found) == 5, "the second import brings nothing twice"
            assert [one.business_date for one in found] == sorted((one.business_date for one in found), reverse=True)
            two = next(one for one in found if one.number == "T2")
            shown = read_past_receipt(db, shop.registry, two.business_date, two.seq, two.place)
            assert shown is not None and shown[0].lines == (PastLine("FW-L", "", 2000, 800),)
            assert [one.number for one in find_past_receipts(db, PastFilter(sku="FW-L"))] == ["T3", "T2"]
            assert find_past_receipts(db, PastFilter(), (found[3].business_date, found[3].seq, found[3].place)) == [
                found[4]
            ]
            sums = read_day_sums(db, "2026-07-18")
            assert (sums.sales.count, sums.total_minor) == (0, 0), "no figure of the shop counts them"
            await moved(shop, TakeBackMove(later.id), clock)
            assert len(find_past_receipts(db, PastFilter())) == 5, "they came with the first import"
            await moved(shop, TakeBackMove(first.id), clock)
            assert find_past_receipts(db, PastFilter()) == []
            assert verify(db, shop.registry).faults == ()

    run(scenario())


def test_the_sales_page_finds_them_and_says_that_they_were_imported(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=(clock := FakeClock())) as served, calling(served) as caller:
            path = brought(served.shop, tmp_path, "past.csv", LINES)
            await moved(served.shop, MoveIn((MovedFile(str(path), "sales_lines"),)), clock)

            async def numbers(query: str) -> list[str]:
                page = (await caller.get(f"/manager/sales?register=till-1&lang=en&{query}")).text
                return re.findall(r"past-receipt\?at=[^>]*><bdi>([^<]*)", page)

            assert await numbers("") == ["A-19", "A-18", "A-17"]
            assert await numbers("receipt=17") == ["A-17"] and await numbers("receipt=a-17") == ["A-17"]
            assert await numbers("day=2026-07-19") == ["A-19"] and await numbers("kind=refund") == ["A-19"]
            assert await numbers("amount=2.50") == ["A-18"] and await numbers("product=milk") == ["A-19", "A-17"]
            assert await numbers("kind=void") == await numbers("person=manager") == []
            page = (await caller.get("/manager/sales?register=till-1&lang=en&receipt=17")).text
            assert "From your previous system" in page and "No sales found." not in page
            (link,) = re.findall(r'href="(/manager/past-receipt[^"]*)"', page)
            shown = (await caller.get(f"{unescape(link)}&lang=en")).text
            assert "Old biscuit" in shown and "€2.90" in shown and "past.csv" in shown and "imported" in shown
            assert "ReprintReceipt" not in shown and 'id="refund"' not in shown
            assert (await caller.get("/manager/past-receipt?at=2026-07-18%201%200")).status == 404

    run(scenario())
