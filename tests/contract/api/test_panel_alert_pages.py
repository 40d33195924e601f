"""Each alert links to the page where people can deal with it."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.twin.watches import _PAGE
from edge.core.messages import Done
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.alerts.service.machine_watch import MachineNow, MachineWatch
from tests.browser.calling import calling
from tests.browser.serving import Position, serve
from tests.shop_fixture import SYSTEM, run

NOWHERE = {"directive_given_up"}
"""Alerts that only head office can deal with."""


def test_every_kind_of_alert_leads_to_a_page_that_there_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            shop, site = served.shop, served.site
            machine = MachineWatch(shop, served.supervisor, tmp_path, Position(), True)
            machines = {one.kind: one.mended_at for one in machine.watches(MachineNow)}
            leading = {**shop.registry.mended_at, **machines, "twin": _PAGE}
            pages = {page.path: page for page in site.declared.pages.values()}
            for kind, address in leading.items():
                if kind in NOWHERE:
                    assert not address, kind
                    continue
                page = pages.get(address.partition("?")[0])
                assert page is not None, f"{kind} leads to {address!r}, where no page is"
                assert page.endpoint.method == "GET", kind

    run(scenario())


def test_an_alert_leads_to_its_product_and_only_who_may_open_the_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            raised = RaiseAlert("stock_negative", "milk&1", "high", {"sku": "milk&1", "name": "Milk", "total": "-1"})
            assert isinstance(await served.shop.do(raised, SYSTEM), Done)
            rows = (await caller.get("/fragments/alerts?lang=en", Grant=caller.token, Surface="panel")).text
            assert 'href="/manager/stock/item?sku=milk%261">Stock</a>' in rows

    run(scenario())
