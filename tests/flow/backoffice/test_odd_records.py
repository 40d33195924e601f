"""One odd record among good ones of a feed: the good ones are taken, the odd one waits with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.reading.page_offers import PageRead, offers_of
from edge.backoffice.other_tills.commands import DropHook, RetryHook
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.queries import read_dead_hooks, read_progress
from edge.backoffice.other_tills.service import part
from edge.goods.stock.queries import read_stock
from sim.vendors.accounts import SimXero
from sim.vendors.erpnext import SimErpNext
from sim.vendors.generic_till import SimGenericTill
from tests.flow.backoffice.test_feeds_erp_orders import ask, codes
from tests.flow.backoffice.test_feeds_erp_orders import odoo as odoo_bakery
from tests.flow.backoffice.test_feeds_fetched import fetching
from tests.flow.backoffice.test_feeds_systems import OLD, asked_by, names
from tests.flow.backoffice.test_other_tills_wired import wired
from tests.flow.counter.test_bakery_day import stocked
from tests.outgoing import http_server
from tests.shop_fixture import SYSTEM, done, run

METRO = json.dumps({"id": 7, "name": "Metro", "write_date": OLD})
ODD = {
    "an emoji that was cut in half": ('{"id": 8, "name": "Fish \\ud83d", "write_date": "2026-11-01 10:00:00"}', 0),
    "a number that is none": ('{"id": 8, "name": "Fish", "credit": NaN, "write_date": "2026-11-01 10:00:00"}', 0),
    "a number beyond all numbers": ('{"id": 8, "name": "Fish", "credit": 1e999, "write_date": ""}', 0),
    "no record at all": ("null", 1),
    "an id that is a list": ('{"id": [8, [1]], "name": "Fish", "write_date": false}', 0),
}


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_supplier_holds_up_no_other(odd: str, tmp_path: Path) -> None:
    text, invalid = ODD[odd]

    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await asked_by(one, Connector("s", kind="odoo", address=server.url, every_min=5), "key")
            server.usual = (200, {}, f"[{METRO}, {text}]")
            (job,) = await one.look()
            assert (one.why(), names(one)["odoo-7"], job.invalid) == ("", "Metro", invalid)
            assert invalid or len(names(one)) == 2

    run(scenario())


@pytest.mark.parametrize("odd", ["12,5", "twelve", "NaN", {"value": 12}])
def test_a_count_that_is_no_number_is_no_count_of_its_product(odd: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        system = SimErpNext()
        system.put("Bin", "1", OLD, item_code="beer", warehouse="main", actual_qty=7.0)
        system.put("Bin", "2", OLD, item_code="milk", warehouse="main", actual_qty=odd)
        system.put("Bin", "3", OLD, item_code="milk", warehouse="main", actual_qty=5.0)  # another lot of it
        async with fetching(tmp_path) as one, system.serve() as url:
            said = Connector("c", kind="erpnext", entity_type="Inventory", address=url, every_min=5)
            await asked_by(one, said, system.token)
            (job,) = await one.look()
            assert (one.why(), read_stock(one.shop.reader, "beer")) == ("", 7_000)
            if not isinstance(odd, dict):
                assert (job.invalid, read_stock(one.shop.reader, "milk")) == (1, 0)

    run(scenario())


def test_an_odd_quantity_of_a_sold_line_costs_its_day_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_bakery()
        odoo.put("account.move", 9, OLD, move_type="out_invoice", state="posted", invoice_date="2026-10-03")
        line = {"product_id": [34, "Bread"], "display_type": "product", "balance": -4.0}
        odoo.put("account.move.line", 9, OLD, move_id=[9, "INV"], quantity="one loaf", **line)
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await stocked(one.shop)
            job = await ask(one, odoo, "odoo", url, "SalesHistory")
            assert (job.applied, job.invalid) == (1, 1), codes(one.shop, job)
            sold = one.shop.reader.execute("SELECT day, sku, sold FROM feed_sold").fetchall()
            assert sold == [("2026-10-02", "bread", 7_000)]

    run(scenario())


def test_a_moment_that_is_none_holds_up_no_supplier(tmp_path: Path) -> None:
    async def scenario() -> None:
        books = SimXero()
        books.put("Contacts", "2026-11-01T10:00:00", ContactID="a" * 8, Name="Metro", IsSupplier=True)
        books.put("Contacts", "2026-11-01T10:00:00", ContactID="b" * 8, Name="Fish", IsSupplier=True)
        books.kinds["Contacts"][-1]["UpdatedDateUTC"] = "/Date(9999999999999999)/"
        async with fetching(tmp_path) as one, books.serve() as url:
            said = Connector("a", kind="xero", entity_type="Supplier", address=url, account=books.tenant, every_min=5)
            await asked_by(one, said, books.secret)
            await one.look()
            assert (one.why(), sorted(names(one).values())) == ("", ["Fish", "Metro"])

    run(scenario())


@pytest.mark.parametrize(
    ("field", "odd", "dead"), [("name", "Stout \ud83c", 0), ("total", float("nan"), 1), ("quantity", float("nan"), 1)]
)
def test_one_odd_text_or_number_of_a_till_holds_up_no_sale(field: str, odd: Any, dead: int, tmp_path: Path) -> None:
    async def scenario() -> None:
        till = SimGenericTill()
        async with wired(tmp_path) as one, till.serve() as url:
            said = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(said, till.signs_with, till.token)
            await one.look()
            till.say("g0", one.now_us, {"beer-v": "1"})["lines"][0][field] = odd
            for n in range(1, 6):
                till.say(f"g{n}", one.now_us, {"beer-v": "1"})
            await one.look(16 * 60)
            taken = 5 if dead else 6
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (100 - taken, "")
            assert len(read_dead_hooks(one.shop.reader)) == dead
            heads, body = till.hook(till.say("g9", one.now_us, {"beer-v": "1"}, cashier="Zo\udc00"))
            assert one.post(heads, body) == 200
            await one.look()
            assert one.beers == 100 - taken - 1

    run(scenario())


def test_a_rivals_page_with_half_an_emoji_says_its_price() -> None:
    told = '{"@type": "Product", "gtin13": "4006381333931", "name": "Milk \\ud83e", "offers": {"price": 1.1}}'
    page = f'<script type="application/ld+json">{told}</script>'
    (offer,) = offers_of(PageRead("https://rival.example/milk", "2026-11-01T10:00:00", page))
    assert (offer["sku"], offer["price"], offer["name"]) == ("4006381333931", "1.1", "Milk \ufffd")


def test_odd_orders_have_a_limit_and_one_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor that changes its format must neither fill the page nor have its orders passed over."""
    monkeypatch.setattr(part, "ODD_ORDERS_MOST", 3)

    async def scenario() -> None:
        till = SimGenericTill()
        async with wired(tmp_path) as one, till.serve() as url:
            said = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(said, till.signs_with, till.token)
            await one.look()
            for n in range(5):
                till.say(f"odd{n}", one.now_us, {"beer-v": "1"})["lines"][0]["quantity"] = "-1"
                till.say(f"good{n}", one.now_us, {"beer-v": "1"})
            for _ in range(2):
                await one.look(16 * 60)
                dead, why = read_dead_hooks(one.shop.reader), read_progress(one.shop.reader, "bar").why
                assert (one.beers, len(dead), why) == (95, 3, "other_tills.too_many_odd")
            await done(one.shop, DropHook(dead[0].id, all=True), SYSTEM)
            assert not read_dead_hooks(one.shop.reader)
            await one.look(16 * 60)
            dead, why = read_dead_hooks(one.shop.reader), read_progress(one.shop.reader, "bar").why
            assert (len(dead), why) == (2, ""), "the others, which nobody passed over"
            await done(one.shop, RetryHook(dead[0].id, all=True), SYSTEM)
            assert not read_dead_hooks(one.shop.reader)
            await one.look(16 * 60)
            assert (one.beers, len(read_dead_hooks(one.shop.reader))) == (95, 2), "odd still"

    run(scenario())
