"""Connectors that give our counts to systems of others, over their wires."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.feeds.commands import IngestFile, SetConnector
from edge.backoffice.feeds.connector import Connector, Kind
from edge.backoffice.feeds.queries import GivenCounts, read_connector_states
from edge.core.messages import Refused
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.runtime.outgoing.breaker import Breaker
from sim.vendors.erpnext import SimErpNext
from sim.vendors.odoo import SimOdoo
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_systems import OLD, asked_by
from tests.shop_fixture import SYSTEM, done, run


async def counted(one: Fetching, **quantities: int) -> None:
    await done(one.shop, SyncLines(tuple(CountedStock(sku, units=n * 1000) for sku, n in quantities.items())), SYSTEM)


def given(one: Fetching) -> GivenCounts | None:
    (state,) = read_connector_states(one.shop.reader)
    assert not state.why, (state.why, state.detail)
    return state.given


def odoo_with_stock() -> SimOdoo:
    odoo = SimOdoo()
    odoo.put("stock.location", 8, OLD, usage="internal", complete_name="WH/Stock")
    odoo.put("stock.location", 9, OLD, usage="customer", complete_name="Partners/Customers")
    odoo.put("product.product", 31, OLD, default_code="milk", tracking="none")
    odoo.put("product.product", 32, OLD, default_code="beer", tracking="none")
    at = {"location_id": [8, "WH/Stock"], "location_id.usage": "internal", "lot_id": False}
    odoo.put("stock.quant", 1, OLD, product_id=[31, "Milk"], quantity=20.0, **at)
    return odoo


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc"])
def test_odoo_is_told_what_differs_and_that_alone(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        odoo = odoo_with_stock()
        account = odoo.database if kind == "odoo" else f"{odoo.database}/{odoo.user}"
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await counted(one, milk=12, beer=5, mystery=3)
            connector = Connector(
                *("counts", "ERP", kind, "Inventory", url, account),
                mapping='[values]\nlocation = "main"\n',
                every_min=5,
                push_counts=True,
            )
            await asked_by(one, connector, odoo.key)
            assert await one.look() == [], "nothing is fetched"
            quants = {row["product_id"]: row["quantity"] for row in odoo.models["stock.quant"][1:]}
            assert (odoo.models["stock.quant"][0]["quantity"], quants, odoo.counted) == (12.0, {32: 5.0}, 2)
            assert (found := given(one)) and (found.changed, found.left_out) == (2, 1), "they know no mystery"
            await one.look(5)
            assert odoo.counted == 2, "what is the same is not written again"
            await counted(one, milk=0)
            await one.look(5)
            assert (odoo.models["stock.quant"][0]["quantity"], odoo.counted) == (0.0, 3)

    run(scenario())


@pytest.mark.parametrize(("unit", "written"), [("g", 0), ("kg", 0), ("Units", 1), ("Stück", 1)])
def test_what_odoo_counts_in_another_measure_is_left_to_people(unit: str, written: int, tmp_path: Path) -> None:
    """Milk is counted in pieces here: twelve of them aren't twelve grams."""

    async def scenario() -> None:
        odoo = odoo_with_stock()
        odoo.put("product.product", 31, OLD, default_code="milk", tracking="none", uom_id=[7, unit])
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await counted(one, milk=12)
            said = {"address": url, "account": "shop", "mapping": '[values]\nlocation = "main"', "every_min": 5}
            await asked_by(one, Connector("c", "ERP", "odoo", "Inventory", push_counts=True, **said), odoo.key)  # type: ignore[arg-type]
            await one.look()
            assert (found := given(one)) and (found.changed, found.left_out) == (written, 1 - written)

    run(scenario())


def test_what_odoo_keeps_by_lots_is_left_to_people(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_stock()
        odoo.put("product.product", 31, OLD, default_code="milk", tracking="lot")
        async with fetching(tmp_path) as one, odoo.serve() as url:
            await counted(one, milk=12)
            said = {"address": url, "account": "shop", "mapping": '[values]\nlocation = "main"', "every_min": 5}
            await asked_by(one, Connector("c", "ERP", "odoo", "Inventory", push_counts=True, **said), odoo.key)  # type: ignore[arg-type]
            await one.look()
            assert odoo.counted == 0
            assert (found := given(one)) and (found.changed, found.left_out) == (0, 1)

    run(scenario())


def test_erpnext_is_told_by_one_document_also_after_it_was_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        site = SimErpNext()
        site.put("Item", "milk", OLD, item_code="milk", disabled=0, has_batch_no=0, has_serial_no=0)
        site.put("Item", "beer", OLD, item_code="beer", disabled=0, has_batch_no=0, has_serial_no=0)
        site.put("Warehouse", "Main", OLD, is_group=0, company="Corner")
        site.put("Warehouse", "All", OLD, is_group=1, company="Corner")
        site.put("Bin", "B1", OLD, item_code="milk", warehouse="Main", actual_qty=20.0)
        async with fetching(tmp_path) as one, site.serve() as url:
            await counted(one, milk=12, beer=5)
            said = {"address": url, "every_min": 5, "push_counts": True}
            await asked_by(one, Connector("c", "ERP", "erpnext", "Inventory", **said), site.token)  # type: ignore[arg-type]
            site.faults.down = True
            await one.look()
            assert one.why() == "undelivered.server_failed"
            site.faults.down = False
            one.breakers[url.removeprefix("http://")] = Breaker()
            await one.look(5)
            (document,) = site.reconciled
            assert document["company"] == "Corner"
            assert {(row["item_code"], row["qty"]) for row in document["items"]} == {("milk", 12.0), ("beer", 5.0)}
            assert (found := given(one)) and (found.changed, found.left_out) == (2, 0)
            await one.look(5)
            assert len(site.reconciled) == 1

    run(scenario())


def test_who_gives_counts_takes_none_and_needs_turns(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            said = {"address": "https://erp.example", "push_counts": True}
            asked = {
                "feed_push_counts_alone": Connector("a", kind="xero", entity_type="Inventory", every_min=5, **said),  # type: ignore[arg-type]
                "feed_push_without_turns": Connector("b", kind="odoo", entity_type="Inventory", **said),  # type: ignore[arg-type]
            }
            for code, connector in asked.items():
                outcome = await one.shop.do(SetConnector(connector), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == code
            await done(one.shop, SetConnector(Connector("c", "ERP", "odoo", "Inventory", every_min=5, **said)), SYSTEM)  # type: ignore[arg-type]
            outcome = await one.shop.do(IngestFile("/nowhere.csv", "c"), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "feed_gives_counts"

    run(scenario())
