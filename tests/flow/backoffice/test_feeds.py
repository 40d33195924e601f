"""Records from elsewhere: looked at, staged, taken once, and never twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from edge.analytics.pricing.queries import rivals_of
from edge.backoffice.feeds.applying.judging import judge
from edge.backoffice.feeds.commands import DropRecord, EndConnector, IngestFile, MendRecord, SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector, EntityType
from edge.backoffice.feeds.events import FeedTaken
from edge.backoffice.feeds.queries import read_feed_jobs, read_feed_log, read_staged
from edge.backoffice.feeds.reading.record_cells import Terms
from edge.core.command_bus import CommandBus
from edge.core.jobs.store import CancelJob
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.catalog.queries import find_by_code
from edge.goods.ingest.import_folders import bring, digest_of
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_supplier
from edge.goods.stock.queries import read_stock
from edge.goods.stock.rows import on_hand_at
from tests.feeding import finished, ingest, records
from tests.importing import csv_file, ean
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run

SUPPLIERS = "supplier_id,name,rating,lead_time_days\ndairy,The Dairy,4,2\nbrewer,The Brewer,5,7\n"
PRICES = f"supplier_id,sku,cost,from\ndairy,{MILK},0.80,2026-01-01\ndairy,beer,1.50,2026-01-01\n"
COUNTS = "sku,quantity,counted_at\nmilk,24,2027-01-14T09:00:00\nbeer,6,2027-01-14T09:00:00\n"


def costs(shop: CommandBus) -> list[tuple[str, int]]:
    return shop.reader.execute("SELECT sku, cost_minor FROM supplier_price ORDER BY seq").fetchall()


def test_suppliers_prices_and_counts_come_in_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            job = await ingest(shop, csv_file(tmp_path, SUPPLIERS), entity_type="Supplier")
            assert (job.status, job.record_count, job.applied, job.invalid) == ("completed", 2, 2, 0)
            dairy = read_supplier(shop.reader, "dairy")
            assert dairy is not None
            assert (dairy.names, dairy.rating, dairy.lead_time_days) == ({"en": "The Dairy"}, 4, 2)
            job = await ingest(shop, csv_file(tmp_path, PRICES), entity_type="SupplierPrice")
            assert job.applied == 2
            assert costs(shop) == [("milk", 80), ("beer", 150)], "a code of the product names it as well"
            job = await ingest(shop, csv_file(tmp_path, COUNTS), entity_type="Inventory")
            assert job.applied == 2
            assert (on_hand_at(shop.reader, "milk", "main"), on_hand_at(shop.reader, "beer", "main")) == (24_000, 6_000)
            for text, entity in ((SUPPLIERS, "Supplier"), (PRICES, "SupplierPrice"), (COUNTS, "Inventory")):
                again = await ingest(shop, csv_file(tmp_path, text), entity_type=entity)
                assert (again.same, again.applied) == (2, 0), entity
            assert len(costs(shop)) == 2
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_a_record_does_not_say_stays_as_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            named = SetSupplier(
                "dairy", {"en": "Dairy", "he": "מחלבה"}, 3, contact_name="Ruth", phone="03-1", fee_minor=500
            )
            await done(shop, named, SYSTEM)
            await ingest(shop, csv_file(tmp_path, "supplier_id,rating\ndairy,5\n"), entity_type="Supplier")
            found = read_supplier(shop.reader, "dairy")
            assert found is not None
            assert (found.rating, found.lead_time_days, found.fee_minor, found.names["he"]) == (5, 3, 500, "מחלבה")
            assert (found.contact_name, found.phone) == ("Ruth", "03-1"), "missing is not empty"

    run(scenario())


REASONS: tuple[tuple[str, EntityType, dict[str, str]], ...] = (
    ("out_of_range", "Supplier", {"supplier_id": "a", "name": "A", "rating": "6"}),
    ("out_of_range", "Supplier", {"supplier_id": "a", "name": "A", "lead_time_days": "366"}),
    ("missing_key", "Supplier", {"supplier_id": "nobody", "rating": "1"}),
    ("missing_key", "SupplierPrice", {"supplier_id": "dairy", "cost": "1"}),
    ("missing_key", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "-"}),
    ("not_a_number", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "1,250"}),
    ("negative", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "-1"}),
    ("unknown_sku", "SupplierPrice", {"supplier_id": "dairy", "sku": "soap", "cost": "1"}),
    ("unknown_supplier", "SupplierPrice", {"supplier_id": "nobody", "sku": "milk", "cost": "1"}),
    ("currency", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "1", "currency": "USD"}),
    ("date_wrong", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "1", "from": "2026-02-30"}),
    ("zero_price", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "0"}),
    ("price_jump", "SupplierPrice", {"supplier_id": "dairy", "sku": "milk", "cost": "9.00"}),
    ("not_a_number", "Inventory", {"sku": "milk", "quantity": "1,250", "counted_at": "2027-01-14"}),
    ("negative", "Inventory", {"sku": "milk", "quantity": "-2", "counted_at": "2027-01-14"}),
    ("not_whole", "Inventory", {"sku": "milk", "quantity": "1.5", "counted_at": "2027-01-14"}),
    ("missing_key", "Inventory", {"sku": "milk", "quantity": "1"}),
    ("date_ahead", "Inventory", {"sku": "milk", "quantity": "1", "counted_at": "2027-01-17T09:00:00Z"}),
    ("unknown_location", "Inventory", {"sku": "milk", "quantity": "1", "location": "moon", "counted_at": "2027-01-14"}),
)


def test_a_bad_record_says_why(tmp_path: Path) -> None:
    terms = Terms("EUR", "en", "Europe/Paris", FakeClock().at_us)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 80), SYSTEM)
            for code, entity, cells in REASONS:
                found = judge(shop.reader, entity, cells, terms, jump_percent=50)
                assert [reason.code for reason in found.reasons] == [code], cells
                assert found.state == ("held" if code in ("zero_price", "price_jump") else "invalid")

    run(scenario())


def test_of_several_records_of_one_key_the_last_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            text = "supplier_id,name\na,First\na,Second\na,Third\n"
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="Supplier")
            assert (job.applied, job.invalid) == (1, 2)
            lines = [(one.reasons[0].code, one.reasons[0].values) for one in records(shop, job)[:2]]
            assert lines == [("duplicate_key", {"line": 4})] * 2
            found = read_supplier(shop.reader, "a")
            assert found is not None and found.names == {"en": "Third"}

    run(scenario())


def test_all_or_none_takes_none_and_what_is_mended_can_be_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            text = PRICES + "dairy,soap,1.00,\n" + "dairy,tomato,0,\n"
            path = csv_file(tmp_path, text)
            job = await ingest(shop, path, entity_type="SupplierPrice", take="all")
            assert (job.applied, job.valid, job.invalid, job.held, job.message) == (0, 2, 1, 1, "feeds.not_all_valid")
            assert costs(shop) == []
            log = [(line.line, line.text) for line in read_feed_log(shop.reader, job.id)]
            assert log == [(0, "feeds.not_all_valid"), (4, "feed_reason.unknown_sku"), (5, "feed_reason.zero_price")]
            first, second, wrong, free = records(shop, job)
            refused = await shop.do(TakeRecord(job.run, wrong.record), SYSTEM)
            assert refused == Refused("feed_record_not_good", {"record": wrong.record})
            await done(shop, MendRecord(job.run, wrong.record, "sku", "mystery"), SYSTEM)
            for one in (first, wrong, free):
                await done(shop, TakeRecord(job.run, one.record), SYSTEM)
            await done(shop, DropRecord(job.run, second.record), SYSTEM)
            assert costs(shop) == [("milk", 80), ("mystery", 100), ("tomato", 0)]
            assert [one.state for one in records(shop, job)] == ["applied", "dropped", "applied", "applied"]
            again = await shop.do(TakeRecord(job.run, first.record), SYSTEM)
            assert again == Refused("feed_record_closed", {"record": first.record})
            assert [one.record for one in read_staged(shop.reader, job.run, "dropped").records] == [second.record]

    run(scenario())


def test_a_dry_run_only_looks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            head = shop.head
            job = await ingest(shop, csv_file(tmp_path, SUPPLIERS), entity_type="Supplier", dry_run=True)
            assert (job.status, job.valid, job.applied, shop.head) == ("completed", 2, 0, head)

    run(scenario())


def test_an_older_count_says_nothing_and_sales_since_a_count_stay_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await ingest(shop, csv_file(tmp_path, COUNTS), entity_type="Inventory")
            older = "sku,quantity,counted_at\nmilk,99,2027-01-13T09:00:00\n"
            job = await ingest(shop, csv_file(tmp_path, older), entity_type="Inventory")
            assert [one.reasons[0].code for one in records(shop, job)] == ["older_count"]
            assert on_hand_at(shop.reader, "milk", "main") == 24_000

    run(scenario())


def test_a_mapping_says_which_column_is_what(tmp_path: Path) -> None:
    mapping = 'decimal = "comma"\n[columns]\n"Prix" = "cost"\n"Article" = "sku"\n[values]\nsupplier_id = "dairy"\n'

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            text = 'Article;Prix\nmilk;"1.250,50"\n'
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="SupplierPrice", mapping=mapping)
            assert (job.applied, costs(shop)) == (1, [("milk", 125_050)])
            text = text.replace("Prix", "Tarif")
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="SupplierPrice", mapping=mapping)
            assert (job.status, job.message, job.told) == ("failed", "refused.layout_changed", {"columns": "Prix"})

    run(scenario())


def test_a_record_keeps_its_row_as_the_file_has_it(tmp_path: Path) -> None:
    mapping = '[columns]\n"Article" = "sku"\n"Prix" = "cost"\n[values]\nsupplier_id = "dairy"\n'

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            text = "Article;Prix;Note;Note;\n milk ;0.80;chaud;froid;x\nsoap;-;;;\n"
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="SupplierPrice", mapping=mapping)
            first, second = records(shop, job)
            assert first.cells == {"supplier_id": "dairy", "sku": "milk", "cost": "0.80"}
            assert first.raw_data == (
                {"Article": " milk ", "Prix": "0.80", "Note (3)": "chaud", "Note (4)": "froid", "(5)": "x"},
            )
            await done(shop, MendRecord(job.run, second.record, "sku", "beer"), SYSTEM)
            await done(shop, MendRecord(job.run, second.record, "cost", "2"), SYSTEM)
            _, mended = records(shop, job)
            assert (mended.cells["sku"], mended.raw_data) == ("beer", ({"Article": "soap", "Prix": "-"},))
            bill = "bom_id,product,component,quantity\nbread,bread,milk,1\nbread,bread,beer,2\n"
            (lines,) = records(shop, await ingest(shop, csv_file(tmp_path, bill), entity_type="BOM"))
            assert [row["component"] for row in lines.raw_data] == ["milk", "beer"], "a row for each of its lines"

    run(scenario())


FILES: dict[str, tuple[bytes, str]] = {
    "no key column": (b"name,rating\nA,1\n", "refused.no_key_column"),
    "empty": (b"", "sheet.empty"),
    "only a header": (b"supplier_id,name\n", "feeds.empty"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_fails_with_a_sentence(name: str, tmp_path: Path) -> None:
    content, message = FILES[name]

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / "suppliers.csv"
            path.write_bytes(content)
            job = await ingest(shop, path, entity_type="Supplier")
            assert (job.status, job.message) == ("failed", message)

    run(scenario())


def test_zeros_and_controls_in_a_file_reach_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / "suppliers.csv"
            path.write_bytes(b"supplier_id,name\na,A\x00B\nb,Good\n")
            job = await ingest(shop, path, entity_type="Supplier")
            assert job.status == "completed"
            known = read_supplier(shop.reader, "a")
            assert known is None or "\x00" not in known.names["en"]
            assert read_supplier(shop.reader, "b") is not None

    run(scenario())


def test_a_connector_runs_one_at_a_time_and_not_while_it_is_off(tmp_path: Path) -> None:
    connector = Connector("erp", entity_type="Supplier")

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetConnector(connector), SYSTEM)
            path = str(bring(tmp_path / "data", csv_file(tmp_path, SUPPLIERS)))
            job = (await done(shop, IngestFile(path, "erp"), SYSTEM)).result
            assert await shop.do(IngestFile(path, "erp"), SYSTEM) == Refused("connector_busy", {"job": job})
            assert await shop.do(EndConnector("erp"), SYSTEM) == Refused("connector_busy", {"job": job})
            assert (await finished(shop, job)).applied == 2
            await done(shop, SetConnector(msgspec.structs.replace(connector, is_active=False)), SYSTEM)
            assert await shop.do(IngestFile(path, "erp"), SYSTEM) == Refused("connector_off", {"connector": "erp"})
            assert [one.source_connector for one in read_feed_jobs(shop.reader, "completed", "erp")] == ["erp"]
            await done(shop, EndConnector("erp"), SYSTEM)
            assert await shop.do(IngestFile(path, "erp"), SYSTEM) == Refused("connector_unknown", {"connector": "erp"})

    run(scenario())


WRONG: dict[str, dict[str, Any]] = {
    "feed_two_schedules": {"every_min": 10, "at": "06:30"},
    "feed_too_often": {"every_min": 4},
    "feed_address_wrong": {"kind": "http", "address": "ftp://a.example"},
    "feed_folder_wrong": {"kind": "folder", "address": "here"},
    "feed_header_unnamed": {"sign_in": "header"},
    "feed_catalogue_by_rows": {"entity_type": "SKU", "take": "all"},
    "feed_retire_missing_alone": {"retire_missing": True},
    "feed_mapping_wrong": {"mapping": "columns"},
    "feed_field_unknown": {"mapping": '[columns]\n"A" = "phone"\n'},
}


def test_a_connector_whose_parts_do_not_fit_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for code, fields in WRONG.items():
                outcome = await shop.do(SetConnector(Connector("x", **fields)), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == code, outcome

    run(scenario())


def test_the_log_says_how_many_products_an_import_synchronized(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = csv_file(tmp_path, f"barcode,name,price\n{MILK},Milk,1.20\n{ean(7)},Thing,1.00\n")
            with structlog.testing.capture_logs() as said:
                await ingest(shop, path, entity_type="SKU", dry_run=True)
                assert not [one for one in said if "Synchronized" in one["event"]], "it only looked"
                await ingest(shop, path, entity_type="SKU")
            assert [one["event"] for one in said if "Synchronized" in one["event"]] == ["Synchronized 2 products"]

    run(scenario())


def test_products_go_the_way_of_the_catalogue_as_the_connectors_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetConnector(Connector("wholesaler", entity_type="SKU")), SYSTEM)
            job = await ingest(shop, csv_file(tmp_path, f"ean,name,price\n{MILK},Milk,1.20\n"), connector="wholesaler")
            assert (job.job_type, job.status, job.applied, job.entity_type) == ("import", "completed", 1, "SKU")
            sources = shop.reader.execute("SELECT DISTINCT source FROM product_word").fetchall()
            assert sources == [("wholesaler",)]

    run(scenario())


def test_a_catalogue_that_came_is_a_fact_with_what_became_of_it_once(tmp_path: Path) -> None:
    head, codes = "ean,name,price\n", [ean(number) for number in range(4)]
    first = head + "".join(f"{code},Thing {code},1.00\n" for code in codes[:3])
    later = first.replace(f"{codes[1]},Thing {codes[1]},1.00", f"{codes[1]},Thing {codes[1]},1.10")
    later += f"{codes[3]},Thing {codes[3]},free\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetConnector(Connector("wholesaler", entity_type="SKU")), SYSTEM)
            for text, dry in ((first, True), (first, False), (later, False)):
                path = csv_file(tmp_path, text)
                await ingest(shop, path, connector="wholesaler", dry_run=dry, digest=digest_of(path))
            told = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, FeedTaken)]
            sums = [(one.records, one.new, one.changed, one.same, one.invalid) for one in told]
            assert sums == [(3, 3, 0, 0, 0), (4, 0, 1, 2, 1)], "a look is none"
            assert [(one.connector, one.digest[:16]) for one in told] == [("wholesaler", one.checksum) for one in told]
            old = msgspec.json.decode(
                b'{"connector":"a","entity_type":"SKU","file":"f","checksum":"","records":1,'
                b'"applied":1,"same":0,"invalid":0,"held":0,"began_us":1}',
                type=FeedTaken,
            )
            assert (old.digest, old.new) == ("", 0), "journals of before are read as they were"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_a_catalogue_has_no_more_is_given_up_only_where_its_connector_says_so(tmp_path: Path) -> None:
    rows = [f"{ean(number)},Thing {number},1.00\n" for number in range(6)]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            for retires, sold in ((False, 6), (True, 5)):
                await done(shop, SetConnector(Connector("list", entity_type="SKU", retire_missing=retires)), SYSTEM)
                for some in (rows, rows[:-1]):
                    await ingest(shop, csv_file(tmp_path, "ean,name,price\n" + "".join(some)), connector="list")
                left = shop.reader.execute("SELECT count(*) FROM product WHERE retired_us IS NULL").fetchone()[0]
                assert left == sold
            told = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, FeedTaken)]
            assert [one.retired for one in told] == [0, 0, 0, 1]

    run(scenario())


@pytest.mark.parametrize("entity", ["SKU", "Supplier"])
def test_a_file_that_is_no_longer_as_it_came_is_not_taken(entity: EntityType, tmp_path: Path) -> None:
    texts = {"SKU": f"ean,name,price\n{MILK},Milk,1.20\n", "Supplier": SUPPLIERS}

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = csv_file(tmp_path, texts[entity])
            digest = digest_of(path)
            path.write_text(texts[entity].replace("1.20", "9.20").replace("Dairy", "Diary"))
            job = await ingest(shop, path, entity_type=entity, digest=digest)
            assert (job.status, job.message) == ("failed", "feeds.data_corrupt")
            assert (job.told["file"], job.applied) == (path.name, 0)
            assert [read_supplier(shop.reader, "dairy"), find_by_code(shop.reader, MILK)] == [None, None]

    run(scenario())


def test_what_became_of_a_catalogue_is_known_for_400_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            known = []
            for price, days in (("1.00", 0), ("1.10", 399), ("1.20", 2), ("1.30", 40)):
                clock.advance(days * 86_400)
                if days == 40:
                    await done(shop, SetSetting("feeds.runs_kept_days", 30), SYSTEM)
                path = csv_file(tmp_path, f"ean,name,price\n{MILK},Milk,{price}\n")
                assert (await ingest(shop, path, entity_type="SKU", digest=digest_of(path))).status == "completed"
                known.append(shop.reader.execute("SELECT count(*) FROM feed_taken").fetchone()[0])
            assert known == [1, 2, 2, 1], "the first one is older by then, and the shop keeps them for a month now"
            told = [fact for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, FeedTaken)]
            assert len(told) == 4, "facts stay until they are archived"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_run_that_was_stopped_can_be_begun_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            path = str(bring(tmp_path / "data", csv_file(tmp_path, SUPPLIERS)))
            job = (await done(shop, IngestFile(path, entity_type="Supplier"), SYSTEM)).result
            assert isinstance(await shop.do(CancelJob(job), SYSTEM), Done)
            assert [one.status for one in read_feed_jobs(shop.reader)] == ["cancelled"]
            assert (await ingest(shop, Path(path), entity_type="Supplier")).applied == 2

    run(scenario())


def test_a_cases_own_code_is_a_case_in_records_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            case = "14006381333136"
            packs = (Pack(code=case, units=12),)
            await done(shop, SetProducts((Product("crate", {"en": "Crate"}, (), 120, "reduced", packs=packs),)), SYSTEM)
            await ingest(shop, csv_file(tmp_path, SUPPLIERS), entity_type="Supplier")
            counts = f"sku,quantity,counted_at\n{case},2,2027-01-14\n"
            job = await ingest(shop, csv_file(tmp_path, counts), entity_type="Inventory")
            assert (job.applied, read_stock(shop.reader, "crate")) == (1, 24_000)
            prices = f"competitor,gtin,price,currency\nMart,{case},18.00,EUR\n"
            job = await ingest(shop, csv_file(tmp_path, prices), entity_type="RivalPrice")
            assert (job.applied, rivals_of(shop.reader)["crate"][0].price_minor) == (1, 150), "for one of twelve"

    run(scenario())
