"""Products of Odoo and ERPNext: a catalogue's rows, and what is out of use there proposed to be given up here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.feeds.connector import Connector, Kind
from edge.core.jobs.store import read_job_notes
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_code, find_by_sku, with_costs
from edge.goods.quality.commands import DropHeld, ReleaseHeld
from edge.goods.quality.queries import held_products
from sim.vendors.erpnext import SimErpNext
from sim.vendors.odoo import SimOdoo
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_systems import NEW, OLD, asked_by
from tests.importing import ean
from tests.shop_fixture import SYSTEM, done, run

PRICED = """
[columns]
sku = "sku"
code = "code"
name = "name"
list_price = "price"
retired = "retired"
"""

GROUPS = {"41": ("Cold drinks", "All / Drinks / Cold drinks")}
"""What a product's category is called by ERPNext, and its path by Odoo; other products are at the top of all."""


def with_two_products(kind: Kind) -> tuple[Any, str, str, Callable[[str, bool], None]]:
    """A system with two products, how it is signed in to, and what says whether one is in use there."""
    if kind == "erpnext":
        site = SimErpNext()

        def put_item(number: str, used: bool, changed: str = NEW) -> None:
            of = {"item_code": number, "item_name": f"Thing {number}", "brand": "Acme", "valuation_rate": 0.5}
            codes = [{"barcode": ean(int(number)), "uom": "Nos"}, {"barcode": "1", "uom": "Box"}]
            more = {
                "item_group": GROUPS.get(number, ("All Item Groups", ""))[0],
                "has_variants": 0,
                "is_stock_item": 1,
                "standard_rate": 2.5,
                "stock_uom": "Nos",
                "barcodes": codes,
            }
            site.put("Item", number, changed, disabled=int(not used), **of, **more)

        put_item("41", True, OLD)
        put_item("42", True, OLD)
        site.put("Item", "43", OLD, item_name="A shirt in sizes", has_variants=1, is_stock_item=1, disabled=0)
        return site, "", site.token, put_item
    odoo = SimOdoo()

    def put_product(number: str, used: bool, changed: str = NEW) -> None:
        of = {"default_code": number, "name": f"Thing {number}", "barcode": ean(int(number)), "type": "consu"}
        of["categ_id"] = [int(number), GROUPS.get(number, ("", "All"))[1]]
        odoo.put("product.product", int(number), changed, active=used, standard_price=0.5, lst_price=2.5, **of)

    put_product("41", True, OLD)
    put_product("42", True, OLD)
    odoo.put("product.product", 43, OLD, default_code="hour", name="An hour", type="service")
    return odoo, odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}", odoo.key, put_product


async def approved(one: Fetching) -> None:
    """Someone has had a catalogue of the connector taken before."""
    await done(one.shop, SetProducts((Product("before", {"en": "Before"}, price_minor=100),), Source("erp")), SYSTEM)


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc", "erpnext"])
def test_products_come_in_and_what_is_out_of_use_there_is_proposed(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor, account, secret, put = with_two_products(kind)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await asked_by(one, Connector("erp", "ERP", kind, "SKU", url, account, every_min=5), secret)
            (job,) = await one.look()
            assert (job.dry_run, job.valid, find_by_sku(one.shop.reader, "41")) == (True, 2, None), "first it is a look"
            await approved(one)
            (job,) = await one.look(5)
            assert (job.job_type, job.status, job.applied) == ("import", "completed", 2), "no services, no templates"
            found = find_by_code(one.shop.reader, ean(41))
            assert found is not None
            assert (found.sku, found.names, found.price_minor) == ("41", {"en": "Thing 41"}, None), (
                "no price is guessed"
            )
            path = "cold-drinks" if kind == "erpnext" else "drinks.cold-drinks"
            other = find_by_sku(one.shop.reader, "42")
            assert (found.category, other and other.category) == (path, "")
            put("41", False)
            await one.look(5)
            assert [row.product.sku for row in held_products(one.shop.reader)] == ["41"]
            put("41", True)
            await one.look(5)
            assert held_products(one.shop.reader) == [], "what is in use there again is not asked about any more"
            refused = await one.shop.do(ReleaseHeld(("41",), "erp"), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "not_held"
            assert not _is_retired(one, "41")
            put("41", False)
            put("42", False)
            (job,) = await one.look(5)
            waiting = held_products(one.shop.reader)
            gates = [(row.product.sku, row.gate and row.gate.code) for row in waiting]
            assert (job.held, gates) == (2, [("41", "retired_there"), ("42", "retired_there")])
            assert not any(_is_retired(one, sku) for sku in ("41", "42")), "nothing is given up by itself"
            await done(one.shop, ReleaseHeld(("41",), "erp"), SYSTEM)
            await done(one.shop, DropHeld(("42",), "erp"), SYSTEM)
            await one.look(5)
            assert [_is_retired(one, sku) for sku in ("41", "42")] == [True, False]
            assert held_products(one.shop.reader) == [], "neither is asked again"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize("kind", ["odoo", "erpnext"])
def test_what_they_sell_it_at_is_taken_where_the_mapping_says_so(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor, account, secret, _ = with_two_products(kind)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await approved(one)
            connector = Connector("erp", "ERP", kind, "SKU", url, account, mapping=PRICED, every_min=5)
            await asked_by(one, connector, secret)
            (job,) = await one.look()
            found = find_by_sku(one.shop.reader, "41")
            assert (job.applied, found and found.price_minor) == (2, 250)

    run(scenario())


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc", "erpnext"])
def test_amounts_of_a_company_with_another_currency_are_left_out(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor, account, secret, _ = with_two_products(kind)
        if isinstance(vendor, SimErpNext):
            for name, code in (("Here", "EUR"), ("There", "USD")):
                vendor.put("Company", name, OLD, default_currency=code)
            for number, company in (("41", "Here"), ("42", "There")):
                vendor.kinds["Item"][number]["item_defaults"] = [{"company": company}]
        else:
            for row in vendor.models["product.product"]:
                code = "EUR" if row["id"] == 41 else "USD"
                row |= {"currency_id": [1, code], "cost_currency_id": [1, code]}
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await approved(one)
            mapping = PRICED + 'cost = "cost"\n'
            await asked_by(
                one, Connector("erp", "ERP", kind, "SKU", url, account, mapping=mapping, every_min=5), secret
            )
            (job,) = await one.look()
            goods = [found for sku in ("41", "42") if (found := find_by_sku(one.shop.reader, sku))]
            taken = [(found.price_minor, found.cost_minor) for found in with_costs(one.shop.reader, goods)]
            assert (job.applied, taken) == (2, [(250, 50), (None, None)])
            said = {(note.field, note.values["value"]) for note in read_job_notes(one.shop.reader, job.id)}
            assert said == {("list_price", "USD"), ("cost", "USD")}

    run(scenario())


@pytest.mark.parametrize(
    ("default", "costs"),
    [("EUR", [50, 50]), ("USD", [None, None]), ("", [None, None])],
    ids=["ours", "other", "unread"],
)
def test_items_without_a_company_are_valued_in_the_default_currency(
    tmp_path: Path, default: str, costs: list[int | None]
) -> None:
    async def scenario() -> None:
        vendor, account, secret, _ = with_two_products("erpnext")
        for name, code in (("Here", "EUR"), ("There", "USD")):
            vendor.put("Company", name, OLD, default_currency=code)
        if default:
            vendor.put("Global Defaults", "Global Defaults", OLD, default_currency=default)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await approved(one)
            mapping = PRICED + 'cost = "cost"\n'
            connector = Connector("erp", "ERP", "erpnext", "SKU", url, account, mapping=mapping, every_min=5)
            await asked_by(one, connector, secret)
            (job,) = await one.look()
            goods = [found for sku in ("41", "42") if (found := find_by_sku(one.shop.reader, sku))]
            assert [found.cost_minor for found in with_costs(one.shop.reader, goods)] == costs
            left_out = {note.field for note in read_job_notes(one.shop.reader, job.id)}
            assert left_out == (set() if default == "EUR" else {"list_price", "cost"})

    run(scenario())


def _is_retired(one: Fetching, sku: str) -> bool:
    row = one.shop.reader.execute("SELECT retired_us FROM product WHERE sku = ?", (sku,)).fetchone()
    return row[0] is not None
