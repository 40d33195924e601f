"""Many counts at once: tried first, taken then, with what was sold meanwhile allowed for; twice is once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import read_job, read_job_notes
from edge.core.journal.verify import verify
from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.rights import ALL
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.counting.bulk_counts import FOLDER, CountedStock, SyncStock, keep, sync_chunks
from edge.goods.stock.queries import read_item, read_stock
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.http_client import when
from tests.shop_fixture import MILK, SYSTEM, FakeClock, agreed, done, run

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24)
PATH = "/api/v1/stock/sync"
COUNTED = "2027-01-15T09:00:30"
"""Between what came in and what was sold."""


def test_counts_of_many_products_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            shop, grant = served.shop, {"Grant": served.site.door.token}
            served.supervisor.start(Part("jobs", JobRunner(shop, shop.bus, ALL).run))
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(shop, RecordMovement("lager", "in", boxes=2), SYSTEM)
            clock.advance(60)
            await done(shop, AddLine(LAGER.codes[0] if LAGER.codes else "", quantity=3000))
            await done(shop, AddLine(MILK))
            await done(shop, Pay("card"))
            lines = [
                {"sku": "5449000000996", "boxes": 1, "units": 20_000, "counted_at": COUNTED},
                {"sku": "milk", "units": 7000},
                {"sku": "nothing", "units": 1000},
                {"sku": "milk", "units": 9000},
                {"sku": "beer", "boxes": 1},
                {"sku": "mystery", "units": 500},
            ]

            async def sync(query: str = "") -> tuple[Any, list[tuple[int, str]]]:
                answer = await caller.call("POST", PATH + query, lines, **grant)
                assert (answer.status, answer.json["lines"]) == (202, 6), answer.text
                job = answer.json["job"]

                async def look() -> Any:
                    return read_job(shop.reader, job)

                ended = await when(look, lambda found: found and found.state in ("done", "failed"), "the job ends")
                return ended, [(note.line, note.reason) for note in read_job_notes(shop.reader, job)]

            faults = [
                *((3, "stock_sku_unknown"), (4, "stock_line_twice")),
                *((5, "stock_no_boxes"), (6, "stock_quantity_wrong")),
            ]
            ended, notes = await sync("?dry_run=yes")
            assert (ended.state, read_stock(shop.reader, "milk")) == ("done", -1000)
            would = "stock_would_change"
            assert notes == [(1, would), (2, would), *faults]
            ended, notes = await sync("?take=all")
            assert (ended.state, read_stock(shop.reader, "milk")) == ("done", -1000), "one is bad, so none is taken"
            assert notes == [(0, "stock_none_taken"), *sorted(faults)]
            ended, notes = await sync()
            assert (ended.state, notes) == ("done", faults)
            item = read_item(shop.reader, "lager")
            assert item is not None
            assert (item.on_hand, item.boxes) == (41_000, 1), "44 were counted, and 3 sold since"
            assert read_stock(shop.reader, "milk") == 7000
            head = shop.head.seq
            assert (await sync())[1] == faults
            assert shop.head.seq == head, "twice the same changes nothing"
            assert verify(shop.reader, shop.registry).faults == ()

            for body, code in (([], "lines_too_many"), ([{"sku": "milk", "units": -1}], "body_wrong")):
                assert (await caller.call("POST", PATH, body, **grant)).code == code
            many = msgspec.json.encode([{"sku": "milk"}] * 10_001)
            assert (await caller.call("POST", PATH, many, **grant)).code == "lines_too_many"

    run(scenario())


def test_a_file_is_looked_at_and_then_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            shop, grant = served.shop, {"Grant": served.site.door.token}
            served.supervisor.start(Part("jobs", JobRunner(shop, shop.bus, ALL).run))
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(shop, RecordMovement("lager", "in", boxes=2), SYSTEM)
            text = "Code;Boxes;Quantité;DLC\n5449000000996;1;20;\nmilk;;7,5;\nmilk;;7;31/01/2028\nbeer;;;\nrum;;x;\n"
            path = "/api/v1/stock/sync/files?name=counts.csv"
            answer = await caller.call("POST", path, text.encode(), **grant)
            assert answer.status == 200, answer.text
            found = answer.json
            assert (found["lines"], found["faulty"], found["faults"][0]["line"]) == (3, 1, 6)
            first = found["first"][0]
            assert (first["names"], first["there"], first["counted"]) == ({"en": "Lager"}, 48_000, 44_000)
            assert found["columns"]["expiry"] == "DLC"
            assert read_stock(shop.reader, "lager") == 48_000, "only looked at"
            await done(shop, AddLine("5449000000996", quantity=2_000))
            await done(shop, Pay("card"))
            job = (await done(shop, SyncStock(found["file"]), SYSTEM)).result

            async def look() -> Any:
                return read_job(shop.reader, job)

            await when(look, lambda found: found and found.state == "done", "the job ends")
            assert read_stock(shop.reader, "lager") == 42_000, "what was sold since stays sold"
            assert [note.reason for note in read_job_notes(shop.reader, job, 10)] == ["stock_quantity_wrong"]
            answer = await caller.call("POST", path, b"name,price\na,1\n", **grant)
            assert (answer.status, answer.code) == (422, "stock.file_columns")
            answer = await caller.call("POST", path, b"\x00\x01\x02", **grant)
            assert answer.status == 422

    run(scenario())


def test_a_file_with_a_bad_line_is_taken_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            shop, grant = served.shop, {"Grant": served.site.door.token}
            served.supervisor.start(Part("jobs", JobRunner(shop, shop.bus, ALL).run))
            await done(shop, SetProducts((LAGER,)), SYSTEM)

            async def taken(text: str) -> tuple[int, int, list[str]]:
                answer = await caller.call("POST", "/api/v1/stock/sync/files?name=counts.csv", text.encode(), **grant)
                job = (await done(shop, SyncStock(answer.json["file"], all_or_none=True), SYSTEM)).result

                async def look() -> Any:
                    return read_job(shop.reader, job)

                await when(look, lambda found: found and found.state in ("done", "failed"), "the job ends")
                reasons = [note.reason for note in read_job_notes(shop.reader, job)]
                return read_stock(shop.reader, "lager"), read_stock(shop.reader, "milk"), reasons

            none = "stock_none_taken"
            for bad, told in (("rum;x", [none]), ("nothing;4", [none, "stock_sku_unknown"])):  # x: said when looked at
                left = await taken(f"Code;Quantity\nlager;20\nmilk;7\n{bad}\n")
                assert left == (0, 0, told), "one line is bad, so none is taken"
            assert await taken("Code;Quantity\nlager;20\nmilk;7\n") == (20_000, 7_000, [])

    run(scenario())


def test_a_case_that_is_scanned_comes_as_a_closed_box(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            case = msgspec.structs.replace(LAGER, packs=(Pack("5010000000011", 24),))
            await done(served.shop, SetProducts((case,)), SYSTEM)
            scanned = {"code": "5010000000011", "do": "receive"}
            answer = await caller.call("POST", "/api/v1/inventory/scan", scanned, Grant=served.site.door.token)
            moved = answer.json["moved"]
            assert (moved["boxes"], moved["units"], moved["total"]) == (1, 0, 24_000), answer.text

    run(scenario())


def test_a_line_without_a_lot_counts_what_has_none_where_the_list_counts_lots_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            shop = served.shop
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            for lot, expiry, units in (("A1", "2028-01-01", 9_000), ("A1", "", 2_000), ("", "", 5_000)):
                came = RecordMovement("lager", "in", units=units, lot=lot, expiry=expiry)
                await agreed(shop, msgspec.structs.replace(came, exact=True), SYSTEM)
            before = read_item(shop.reader, "lager")
            others = [CountedStock(f"other{number}") for number in range(30)]  # in parts of their own
            plain, no_day = CountedStock("lager", units=5_000), CountedStock("lager", units=2_000, lot="A1")
            dated = CountedStock("lager", units=9_000, lot="A1", expiry="2028-01-01")
            name = keep(served.site.config.folder, [plain, no_day, *others, dated])
            for chunk in sync_chunks(shop.reader, {"file": name}, 0):
                for command in chunk.commands:
                    await done(shop, command, SYSTEM)
            assert read_item(shop.reader, "lager") == before, "what was counted is what is there"

    run(scenario())


def test_counts_that_wait_while_the_appliance_is_updated_are_taken(tmp_path: Path) -> None:
    """Earlier versions kept their lines alone."""

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            folder = served.site.config.folder / FOLDER
            folder.mkdir()
            (folder / "before.json").write_bytes(msgspec.json.encode([CountedStock("lager", units=7_000)]))
            for chunk in sync_chunks(served.shop.reader, {"file": "before", "dry_run": False}, 0):
                for command in chunk.commands:
                    await done(served.shop, command, SYSTEM)
            assert read_stock(served.shop.reader, "lager") == 7_000

    run(scenario())
