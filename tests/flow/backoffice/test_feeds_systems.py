"""Connectors that ask systems of others for records, over their wires as they are documented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.feeds.commands import SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector, Kind, secret_name
from edge.backoffice.feeds.queries import read_connector_states, read_feed_log
from edge.backoffice.feeds.service.vendor_wire import PAGE
from edge.core.messages import Refused
from edge.foundation.settings.commands import SetSetting
from edge.goods.purchasing.queries import read_suppliers
from edge.goods.stock.queries import read_stock
from edge.runtime.outgoing.breaker import Breaker
from sim.vendors.accounts import SimQuickBooks, SimXero
from sim.vendors.erpnext import SimErpNext
from sim.vendors.odoo import SimOdoo
from tests.feeding import records
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.shop_fixture import SYSTEM, done, run

DAY_MIN = 1440
OLD, NEW = "2026-11-01 10:00:00", "2026-11-20 10:00:00"


async def asked_by(one: Fetching, connector: Connector, secret: str) -> None:
    await done(one.shop, SetConnector(connector), SYSTEM)
    one.secrets.set(secret_name(connector), secret)


def names(one: Fetching) -> dict[str, str]:
    return {supplier.id: supplier.names["en"] for supplier in read_suppliers(one.shop.reader)}


def odoo_with_a_supplier() -> SimOdoo:
    odoo = SimOdoo()
    odoo.put("res.partner", 7, OLD, name="Metro", supplier_rank=1, vat=False)
    odoo.put("res.partner", 8, OLD, name="A guest", supplier_rank=0)
    odoo.put("product.product", 31, OLD, default_code="milk", product_tmpl_id=[3, "Milk"])
    price = {"price": 0.8, "currency_id": [1, "EUR"], "product_code": "M-1", "date_start": "2026-01-01"}
    odoo.put("product.supplierinfo", 1, OLD, partner_id=[7, "Metro"], product_tmpl_id=[3, "Milk"], **price)
    return odoo


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc"])
def test_suppliers_and_prices_of_odoo_by_both_its_ways(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_supplier()
        account = odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}"
        async with fetching(tmp_path) as one, odoo.serve() as url:
            said = {"kind": kind, "address": url, "account": account, "every_min": 5}
            await asked_by(one, Connector("suppliers", entity_type="Supplier", **said), odoo.key)  # type: ignore[arg-type]
            (job,) = await one.look()
            assert (job.applied, names(one)) == (1, {"odoo-7": "Metro"})
            await asked_by(one, Connector("prices", entity_type="SupplierPrice", **said), odoo.key)  # type: ignore[arg-type]
            (job,) = await one.look()
            assert (job.applied, job.invalid) == (1, 0)
            rows = one.shop.reader.execute("SELECT sku, supplier, cost_minor, from_date FROM supplier_price").fetchall()
            assert rows == [("milk", "odoo-7", 80, "2026-01-01")]
            odoo.put("res.partner", 9, NEW, name="Dairy", supplier_rank=2)
            jobs = await one.look(5)
            # what changed in the last two minutes of the overlap comes again, and is the same
            assert [(job.source_connector, job.applied, job.same) for job in jobs if job.applied] == [
                ("suppliers", 1, 1)
            ]
            assert names(one) == {"odoo-7": "Metro", "odoo-9": "Dairy"}

    run(scenario())


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc"])
def test_what_is_edited_between_two_pages_passes_no_one_over(tmp_path: Path, kind: Kind) -> None:
    class Edited(SimOdoo):
        def _read(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[dict[str, Any]]:
            if more["offset"]:
                self.put("res.partner", 5, NEW, name="Edited", supplier_rank=1)
            return super()._read(model, domain, more)

    async def scenario() -> None:
        odoo = Edited()
        for at in range(PAGE + 101):
            odoo.put("res.partner", at + 1, OLD, name=f"Supplier {at}", supplier_rank=1)
        account = odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}"
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(one, Connector("s", kind=kind, address=url, account=account, every_min=5), odoo.key)
            (job,) = await one.look()
            assert job.record_count == PAGE + 101
            assert "odoo-501" in names(one) and names(one)["odoo-5"] == "Edited"

    run(scenario())


def test_how_much_of_what_changed_is_asked_for_once_more_is_the_shops_to_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_supplier()
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(one, Connector("s", kind="odoo", address=url, account="shop", every_min=5), odoo.key)
            await one.look()
            before = (("2026-11-01 09:59:00", 0), ("2026-11-01 09:50:00", 1))  # of what the cursor is at: 10:00:00
            for at, (moment, minutes) in enumerate(before):
                odoo.put("res.partner", 20 + at, moment, name=f"Late {at}", supplier_rank=1)
                await done(one.shop, SetSetting("feeds.overlap_min", minutes), SYSTEM)
                await one.look(5)
                assert list(names(one)) == ["odoo-7"], "it was written behind what was asked"
            await done(one.shop, SetSetting("feeds.overlap_min", 15), SYSTEM)
            (job,) = await one.look(5)
            assert (job.applied, job.same, len(names(one))) == (2, 1, 3)

    run(scenario())


def test_who_tries_a_connector_is_let_in_and_sees_one_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = SimOdoo()
        for at in range(PAGE + 100):
            odoo.put("res.partner", at + 1, OLD, name=f"Supplier {at}", supplier_rank=1)
        async with fetching(tmp_path) as one, odoo.serve() as url:
            connector = Connector("s", kind="odoo", address=url, account="shop", every_min=5)
            await asked_by(one, connector, odoo.key)
            tried = await one.fetcher().fetch(connector, anew=True)
            assert tried is not None and len(json.loads(tried.path.read_bytes())) == PAGE
            assert len(odoo.faults.asked) == 1
            (job,) = await one.look()
            assert job.record_count == PAGE + 100, "and all of it comes at its turn"

    run(scenario())


def test_a_system_that_is_down_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_supplier()
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(
                one, Connector("suppliers", kind="odoo", address=url, account="shop", every_min=60), odoo.key
            )
            odoo.faults.down = True
            assert await one.look() == []
            assert (one.why(), one.alerts()) == ("undelivered.server_failed", ["suppliers"])

    run(scenario())


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc", "erpnext", "quickbooks", "xero"])
def test_who_is_out_of_use_there_is_proposed_and_retired_by_a_yes_alone(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor, account, secret, archived = with_two_suppliers(kind)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            connector = Connector("s", kind=kind, address=url, account=account, every_min=5)
            await asked_by(one, connector, secret)
            (job,) = await one.look()
            assert (job.applied, job.same) == (1, 1), "who was archived before is nobody here"
            ((id, _),) = names(one).items()
            archived()
            (job,) = await one.look(5)
            ((held, why),) = [(row, row.reasons) for row in records(one.shop, job) if row.state == "held"]
            assert ([reason.code for reason in why], list(names(one))) == (["retired_there"], [id]), "nobody by itself"
            await done(one.shop, TakeRecord(job.run, held.record), SYSTEM)
            assert names(one) == {}
            (job,) = await one.look(5)
            assert (job.applied, job.held, job.invalid) == (0, 0, 0), "and is no news any more"

    run(scenario())


def test_who_is_in_use_there_again_is_not_proposed_any_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        vendor, account, secret, archived = with_two_suppliers("odoo")
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await asked_by(one, Connector("s", kind="odoo", address=url, account=account, every_min=5), secret)
            await one.look()
            archived()
            (job,) = await one.look(5)
            (held,) = [row.record for row in records(one.shop, job) if row.state == "held"]
            vendor.put("res.partner", 2, "2026-11-20 11:00:00", name="Metro", supplier_rank=1, active=True)
            await one.look(5)
            assert [row.state for row in records(one.shop, job) if row.record == held] == ["dropped"]
            refused = await one.shop.do(TakeRecord(job.run, held), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "feed_record_closed", "an early yes comes too late"
            assert list(names(one)) == ["odoo-2"]

    run(scenario())


def with_two_suppliers(kind: Kind) -> tuple[Any, str, str, Callable[[], None]]:
    """A system with a supplier and one that is archived, how it is signed in to, and what archives the other one."""
    if kind == "erpnext":
        site = SimErpNext()
        site.put("Supplier", "Gone", OLD, supplier_name="Gone", disabled=1)
        site.put("Supplier", "Metro", OLD, supplier_name="Metro", disabled=0)
        return site, "", site.token, lambda: site.put("Supplier", "Metro", NEW, supplier_name="Metro", disabled=1)
    if kind == "quickbooks":
        books, at = SimQuickBooks(), "2026-11-01T10:00:00-08:00"
        books.put("Vendor", "1", at, DisplayName="Gone", Active=False)
        books.put("Vendor", "2", at, DisplayName="Metro", Active=True)
        later = "2026-11-20T10:00:00-08:00"
        return (
            *(books, books.realm, books.secret),
            lambda: books.put("Vendor", "2", later, DisplayName="Metro", Active=False),
        )
    if kind == "xero":
        xero = SimXero()
        xero.put("Contacts", "2026-11-01T10:00:00", ContactID="aaaaaaaa-1", **GONE)
        xero.put("Contacts", "2026-11-01T10:00:00", ContactID="bbbbbbbb-2", Name="Metro", IsSupplier=True)
        return (
            *(xero, xero.tenant, xero.secret),
            lambda: xero.put("Contacts", "2026-11-20T10:00:00", ContactID="bbbbbbbb-2", **GONE),
        )
    odoo = SimOdoo()
    odoo.put("res.partner", 1, OLD, name="Gone", supplier_rank=1, active=False)
    odoo.put("res.partner", 2, OLD, name="Metro", supplier_rank=1)
    account = odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}"
    return odoo, account, odoo.key, lambda: odoo.put("res.partner", 2, NEW, name="M", supplier_rank=1, active=False)


GONE: dict[str, Any] = {"Name": "Gone", "IsSupplier": True, "ContactStatus": "ARCHIVED"}


def test_a_nights_turn_that_fails_is_made_up_for_within_the_half_hour(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_supplier()
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(one, Connector("s", kind="odoo", address=url, account="shop", at="03:00"), odoo.key)
            odoo.faults.down = True
            assert await one.look(DAY_MIN) == [] and one.why() == "undelivered.server_failed"
            assert await one.look(1) == [] and one.alerts() == ["s"], "once more, and still nothing"
            odoo.faults.down = False
            one.breakers[url.removeprefix("http://")] = Breaker()  # its clock is the machine's
            (job,) = await one.look(6)
            assert (job.applied, one.why(), one.alerts()) == (1, "", [])

    run(scenario())


def test_a_page_that_fails_in_the_middle_is_asked_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = SimOdoo()
        for at in range(60):
            odoo.put("res.partner", at + 1, OLD, name=f"Supplier {at}", supplier_rank=1)
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await asked_by(one, Connector("s", kind="odoo", address=url, account="shop", every_min=5), odoo.key)
            odoo.faults.next = ["429", "cut", "500"]
            (job,) = await one.look()
            assert (job.applied, len(one.waits), one.waits[0]) == (60, 3, 1.0)
            (job,) = await one.look(5)
            assert (job.applied, job.same) == (0, 60), "asked for once more, and nothing twice"

    run(scenario())


def test_who_is_not_let_in_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_supplier()
        async with fetching(tmp_path) as one, odoo.serve() as url:
            for kind, account in (("odoo", "shop"), ("odoo_rpc", "shop/buyer")):
                connector = Connector("s", kind=kind, address=url, account=account, every_min=5)  # type: ignore[arg-type]
                await asked_by(one, connector, "wrong")
                await one.look(5)
                assert one.why() == "undelivered.wrong_password"
            outcome = await one.shop.do(
                SetConnector(Connector("p", kind="xero", entity_type="SKU", address=url)), SYSTEM
            )
            assert isinstance(outcome, Refused) and outcome.code == "feed_kind_has_none"

    run(scenario())


def test_suppliers_prices_and_counts_of_erpnext(tmp_path: Path) -> None:
    async def scenario() -> None:
        site = SimErpNext()
        site.put("Supplier", "Metro & Co", OLD, supplier_name="Metro", disabled=0)
        site.put("Supplier", "Gone", OLD, supplier_name="Gone", disabled=1)
        price = {"buying": 1, "price_list_rate": 0.75, "currency": "EUR", "valid_from": "2026-02-01"}
        site.put("Item Price", "P1", OLD, item_code="milk", supplier="Metro & Co", **price)
        site.put("Bin", "B1", OLD, item_code="milk", warehouse="Main", actual_qty=12.0)
        site.put("Bin", "B2", OLD, item_code="beer", warehouse="Main", actual_qty=5.0)
        async with fetching(tmp_path) as one, site.serve() as url:
            for id, entity in (("a", "Supplier"), ("b", "SupplierPrice"), ("c", "Inventory")):
                connector = Connector(id, kind="erpnext", entity_type=entity, address=url, every_min=5)  # type: ignore[arg-type]
                await asked_by(one, connector, site.token)
                (job,) = await one.look()
                assert job.invalid == 0 and job.applied >= 1, read_feed_log(one.shop.reader, job.id)
            assert names(one) == {"metro-co": "Metro"}
            assert [read_stock(one.shop.reader, sku) for sku in ("milk", "beer")] == [12_000, 5_000]
            site.put("Supplier", "Late", NEW, supplier_name="Late", disabled=0)
            await one.look(5)
            assert names(one) == {"metro-co": "Metro", "late": "Late"}
            assert all(not state.why for state in read_connector_states(one.shop.reader))

    run(scenario())


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc"])
def test_a_price_from_a_hundred_on_or_of_a_dozen_is_not_that_of_one(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        odoo, metro = odoo_with_a_supplier(), {"partner_id": [7, "Metro"], "currency_id": [1, "EUR"]}
        unit = "product_uom_id" if kind == "odoo" else "product_uom"
        for id, code in ((31, "milk"), (32, "beer")):
            about = {"default_code": code, "product_tmpl_id": [id - 28, code], "uom_id": [1, "Units"]}
            odoo.put("product.product", id, OLD, **about)
        milk = {**metro, "product_tmpl_id": [3, "Milk"], unit: [1, "Units"]}
        odoo.put("product.supplierinfo", 1, OLD, price=0.8, min_qty=0.0, discount=10.0, **milk)
        odoo.put("product.supplierinfo", 2, OLD, price=0.5, min_qty=100.0, discount=0.0, **milk)
        beer = {**metro, "product_tmpl_id": [4, "Beer"], "min_qty": 1.0, "discount": 0.0}
        odoo.put("product.supplierinfo", 3, OLD, price=18.0, **{**beer, unit: [12, "Dozens"]})
        account = odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}"
        async with fetching(tmp_path) as one, odoo.serve() as url:
            said = {"kind": kind, "address": url, "account": account, "every_min": 5}
            await asked_by(one, Connector("suppliers", entity_type="Supplier", **said), odoo.key)  # type: ignore[arg-type]
            await one.look()
            await asked_by(one, Connector("prices", entity_type="SupplierPrice", **said), odoo.key)  # type: ignore[arg-type]
            (job,) = await one.look()
            assert (job.applied, job.invalid) == (1, 1), "a person looks at the dozen"
            odoo.put("product.supplierinfo", 2, NEW, price=0.4, min_qty=100.0, discount=0.0, **milk)
            await one.look(5)
            rows = one.shop.reader.execute("SELECT sku, cost_minor FROM supplier_price").fetchall()
            assert rows == [("milk", 72)]

    run(scenario())


def test_suppliers_whose_names_share_only_a_figure_stay_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        site = SimErpNext()
        for name in ("מחלבה 1", "קמח 1"):
            site.put("Supplier", name, OLD, supplier_name=name, disabled=0)
        async with fetching(tmp_path) as one, site.serve() as url:
            await asked_by(one, Connector("a", kind="erpnext", address=url, every_min=5), site.token)
            (job,) = await one.look()
            assert (job.applied, sorted(names(one).values())) == (2, ["מחלבה 1", "קמח 1"])

    run(scenario())


def test_a_system_that_is_down_for_a_week_holds_up_no_other_and_then_says_the_same(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo, site = odoo_with_a_supplier(), SimErpNext()
        async with fetching(tmp_path) as one, odoo.serve() as url, site.serve() as other:
            await asked_by(one, Connector("a", kind="odoo", address=url, account="shop", every_min=1440), odoo.key)
            await asked_by(one, Connector("b", kind="erpnext", address=other, every_min=1440), site.token)
            odoo.faults.down = True
            for day in range(7):
                odoo.put("res.partner", 20 + day, NEW, name=f"Of day {day}", supplier_rank=1)
                site.put("Supplier", f"Day {day}", f"2026-11-{20 + day} 10:00:00", supplier_name=f"{day}", disabled=0)
                (job,) = await one.look(DAY_MIN)
                assert (job.source_connector, job.applied) == ("b", 1), "the other one goes on"
            whys = [state.why for state in read_connector_states(one.shop.reader)]
            assert whys == ["undelivered.breaker_open", ""], "paused"
            odoo.faults.down = False
            one.breakers[url.removeprefix("http://")] = Breaker()
            jobs = {job.source_connector: job for job in await one.look(DAY_MIN)}
            assert (jobs["a"].applied, jobs["a"].invalid) == (8, 0), "all of the week, once"
            assert len(names(one)) == 15

    run(scenario())
