"""What is wrong with records from elsewhere: it is refused with a sentence, and nothing of it is lost or done twice."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.jobs import run_job
from edge.backoffice.feeds.reading.reader_client import ReadRecords
from edge.backoffice.feeds.reading.record_reader import read
from edge.backoffice.feeds.service.vendor_records import VendorCursor
from edge.backoffice.feeds.staging import AsideBytes, last_cursor
from edge.core.messages import Refusal
from edge.foundation.settings.commands import SetSetting
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.purchasing.queries import read_suppliers
from sim.vendors.odoo import SimOdoo
from tests.feeding import ingest, records
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_systems import NEW, OLD, asked_by, names
from tests.outgoing import http_server
from tests.shop_fixture import SYSTEM, done, open_shop, run

ROW = {"id": 7, "name": "Metro", "write_date": OLD}
REPEATED = json.dumps([ROW] * 500)
PAGES = {
    "a list of words": ('["Metro"]', "feeds.page_not_understood"),
    "layout has changed": ('{"data": []}', "feeds.page_not_understood"),
    "cut": ('[{"id": 7, "name": "Me', "feeds.page_not_understood"),
    "nested without end": ("[" * 20_000, "feeds.page_not_understood"),
    "a moment that is none": (json.dumps([{**ROW, "write_date": "soon"}]), ""),
    "the same again and again": (REPEATED, "feeds.page_repeats"),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_none_ends_the_run_and_the_next_turn_has_all(page: str, tmp_path: Path) -> None:
    body, why = PAGES[page]

    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            connector = Connector("s", kind="odoo", address=server.url, every_min=5)
            await asked_by(one, connector, "key")
            server.usual = (200, {}, body)
            await one.look()
            if why:
                assert (one.why(), one.alerts(), names(one)) == (why, ["s"], {})
            server.usual = (200, {}, json.dumps([ROW]))
            await one.look(5)
            assert (one.why(), names(one)) == ("", {"odoo-7": "Metro"})

    run(scenario())


def cursor_of(one: Fetching) -> str:
    return msgspec.json.decode(one.shop.read(lambda db: last_cursor(db, "s")), type=VendorCursor).changed


def test_a_clock_that_is_ahead_hides_nothing_and_no_cursor_goes_backwards(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = SimOdoo()
        odoo.put("res.partner", 7, "2099-01-01 00:00:00", name="Ahead", supplier_rank=1)
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(one, Connector("s", kind="odoo", address=url, account="shop", every_min=5), odoo.key)
            await one.look()
            first = cursor_of(one)
            assert first.startswith("2027-01-15"), "no later than now"
            odoo.put("res.partner", 7, NEW, name="Ahead", supplier_rank=1)
            odoo.put("res.partner", 8, "2027-01-15 08:02:00", name="Metro", supplier_rank=1)
            await one.look(5)
            assert (names(one), cursor_of(one) >= first) == ({"odoo-7": "Ahead", "odoo-8": "Metro"}, True)

    run(scenario())


FILES = {
    "bomb.xml": (
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b"<rows><row><supplier_id>&b;</supplier_id></row></rows>",
        "sheet.xml_bomb",
    ),
    "outside.xml": (
        b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        b"<rows><row><supplier_id>&a;</supplier_id></row></rows>",
        "sheet.xml_bomb",
    ),
    "nothing.xlsx": (b"PK\x03\x04 nothing", "sheet.damaged"),
    "cut.json": (b'[{"supplier_id": "a"', "sheet.json_damaged"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_would_do_harm_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    content, message = FILES[name]

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / name
            path.write_bytes(content)
            job = await ingest(shop, path, entity_type="Supplier")
            assert (job.status, job.message, list(read_suppliers(shop.reader))) == ("failed", message, [])

    run(scenario())


def test_json_that_is_nested_without_end_costs_its_line_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / "suppliers.jsonl"
            deep = '{"supplier_id": "x", "name": ' + "[" * 5_000 + "]" * 5_000 + "}"
            path.write_text(f'{{"supplier_id": "a", "name": "A"}}\n{deep}\n{{"supplier_id": "b", "name": "B"}}\n')
            job = await ingest(shop, path, entity_type="Supplier")
            assert (job.applied, job.invalid) == (2, 1)

    run(scenario())


def test_more_records_than_one_run_takes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "suppliers.csv"
    path.write_text("supplier_id\n" + "a\n" * 200_001)
    with pytest.raises(Refusal) as refused:
        read(ReadRecords(str(path), "Supplier", "", "en"))
    assert (refused.value.refused.code, refused.value.refused.values) == ("feed_too_large", {"limit": 200_000})


def test_how_many_records_a_run_takes_is_the_shops_to_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / "suppliers.csv"
            path.write_text("supplier_id,name\na,A\nb,B\n")
            await done(shop, SetSetting("feeds.records_most", 1), SYSTEM)
            job = await ingest(shop, path, entity_type="Supplier")
            assert (job.status, job.message, job.told) == ("failed", "refused.feed_too_large", {"limit": 1})
            await done(shop, SetSetting("feeds.records_most", 2), SYSTEM)
            assert (await ingest(shop, path, entity_type="Supplier")).applied == 2

    run(scenario())


def test_what_a_feed_puts_aside_has_a_limit_and_only_what_was_done_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = tmp_path / "suppliers.csv"

            async def kept() -> dict[str, int]:
                rows = shop.reader.execute("SELECT state, count(*) FROM feed_record GROUP BY state")
                return {state: int(count) for state, count in rows}

            for number in range(3):
                path.write_text("supplier_id,name\n" + "".join(f"s{number}{at},{'N' * 60}\n" for at in range(60)))
                assert (await ingest(shop, path, entity_type="Supplier")).applied == 60
            assert await kept() == {"applied": 180}
            monkeypatch.setattr(run_job, "ASIDE_BYTES", 40_000)
            assert (await ingest(shop, path, entity_type="Supplier")).same == 60
            assert (await kept())["applied"] < 180, "the oldest run's are forgotten"
            monkeypatch.setattr(staging, "aside_bytes", lambda db, connector: AsideBytes(7, 39_000, ()))
            job = await ingest(shop, path, entity_type="Supplier")
            assert (job.status, job.message, job.told["held"]) == ("failed", "feeds.aside_full", 7), job

    run(scenario())


PRICES_ELSEWHERE = {
    "a heading that names a currency": ("supplier_id,sku,Cost (USD)\ndairy,beer,1.50\n", "", "currency", "USD"),
    "a sign of several currencies": ("supplier_id,sku,cost $\ndairy,beer,1.50\n", "", "currency", "$"),
    "a heading of the mapping": (
        "who,what,Preis USD\ndairy,beer,1.50\n",
        '[columns]\nwho = "supplier_id"\nwhat = "sku"\n"Preis USD" = "cost"\n',
        "currency",
        "USD",
    ),
    "a cell": ("supplier_id,sku,cost\ndairy,beer,1.50 USD\n", "", "currency_other", "USD"),
}


@pytest.mark.parametrize("case", PRICES_ELSEWHERE)
def test_a_price_in_another_currency_is_no_price_of_the_shop(case: str, tmp_path: Path) -> None:
    text, mapping, code, found = PRICES_ELSEWHERE[case]

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            path = tmp_path / "prices.csv"
            path.write_text(text)
            job = await ingest(shop, path, entity_type="SupplierPrice", mapping=mapping)
            (record,) = records(shop, job)
            assert [(one.code, one.values["value"]) for one in record.reasons] == [(code, found)]

    run(scenario())


def test_the_price_in_the_shops_or_suppliers_currency_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            await done(shop, SetSupplier("abroad", {"en": "Abroad"}, currency="USD"), SYSTEM)
            path = tmp_path / "prices.csv"
            for text, said in (
                ("supplier_id,sku,Cost (USD),Cost (EUR)\ndairy,beer,1.70,1.50\n", ("dairy", 150)),
                ("supplier_id,sku,cost (€)\ndairy,beer,1.60\n", ("dairy", 160)),
                ("supplier_id,sku,cost_usd\nabroad,beer,1.50\n", ("abroad", 150)),
            ):
                path.write_text(text)
                assert (await ingest(shop, path, entity_type="SupplierPrice")).applied == 1
                rows = shop.reader.execute("SELECT supplier, cost_minor FROM supplier_price").fetchall()
                assert said in [tuple(row) for row in rows]
            path.write_text("day,sku,sold,Revenue (USD)\n2026-11-01,beer,2,3.00\n")
            assert (await ingest(shop, path, entity_type="SalesHistory")).message == "ingest.currency"

    run(scenario())
