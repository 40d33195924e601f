"""An order is sent to its supplier's own system with a key. It counts as sent once that system has accepted it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.notify.service.part import NotificationsPart
from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.order_dispatch import read_purchase_mails
from edge.goods.purchasing.pages import papers
from edge.goods.purchasing.queries import read_purchase
from edge.goods.purchasing.supply.supplier_api import key_name
from edge.goods.purchasing.supply.supplier_keys import SupplierKeys
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_keys import journal
from tests.http_client import when
from tests.outgoing import HERE, http_server
from tests.shop_fixture import CONFIG, SYSTEM, done, run

COLA = Product("cola", {"en": "Cola"}, ("5449000000996",), 300, box=24)
ORDERS = "/api/v1/purchase-orders"


async def former_ones_lose_their_key(served: Served) -> None:
    """Check that the keys of former suppliers are removed, and no others."""
    name = key_name("dairy", "https://other.example/orders")
    for one in (name, "supplier-of-mail"):
        served.secrets.set(one, "kept-for-them")
    keys = SupplierKeys(served.shop, served.secrets)
    await keys.look()
    assert served.secrets.has(name), "they are a supplier yet"
    await done(served.shop, buying.CancelPurchaseOrder(1), SYSTEM)
    await done(served.shop, buying.RetireSupplier("dairy"), SYSTEM)
    for _ in range(2):
        await keys.look()
    assert not served.secrets.has(name) and served.secrets.has("supplier-of-mail")
    ((who, body),) = journal(served, "SecretRemoved")
    assert who == "system" and name.encode() in body


def test_an_order_goes_into_its_suppliers_own_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "OUTCOME_S", 28.0)  # less than a caller waits for an answer

    async def scenario() -> None:
        async with http_server() as theirs:
            text = f'{CONFIG}\n[notify]\nallow = ["{HERE}"]\n'
            async with serve(tmp_path, text) as served, calling(served) as caller:
                grant = {"Grant": served.site.door.token}
                url = f"{theirs.url}/orders"
                for command in (
                    SetProducts((COLA,)),
                    buying.SetSupplier("dairy", {"en": "Dairy"}, fee_minor=500),
                    buying.SetSupplierPrice("dairy", "cola", 100, "C-7", 24),
                    buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 48_000),), note="Before noon"),
                ):
                    await done(served.shop, command, SYSTEM)
                there = f"{ORDERS}/1/transmit"
                assert (await caller.call("POST", there, {}, **grant)).code == "order_not_mailable"
                await done(served.shop, buying.ApprovePurchaseOrder(1), SYSTEM)
                assert (await caller.call("POST", there, {}, **grant)).code == "supplier_no_api"
                await done(served.shop, buying.SetSupplier("dairy", {"en": "Dairy"}, order_url=url), SYSTEM)
                card = (await caller.call("GET", "/api/v1/suppliers/dairy", **grant)).json
                assert (card["api_key"], card["api_key_name"]) == ("", key_name("dairy", url))
                served.secrets.set(card["api_key_name"], "opener-of-doors")
                answer = await caller.call("GET", "/api/v1/suppliers/dairy", **grant)
                assert answer.json["api_key"] == "set" and "opener" not in str(answer.json)
                served.supervisor.start(Part("notifications", NotificationsPart(served.config, served.shop).run))
                theirs.next = [(401, {}, "who are you?")]
                assert (await caller.call("POST", there, {}, **grant)).status == 502
                order = read_purchase(served.shop.reader, 1)
                assert order is not None and order.state == "approved", "nobody has it yet"
                theirs.next = [(503, {"Retry-After": "1"}, "busy"), None]
                assert (await caller.call("POST", there, {}, **grant)).status in (200, 202), "it goes when it can"

                async def became() -> list[str]:
                    return [one.state for one in read_purchase_mails(served.shop.reader, 1)]

                await when(became, lambda one: one == ["sent", "failed"], "it went by itself", 90)
                order = read_purchase(served.shop.reader, 1)
                assert order is not None and (order.state, order.how) == ("sent", "api")
                repeats = {one.headers["Idempotency-Key"] for one in theirs.asked}
                assert len(theirs.asked) == 4 and len(repeats) == 1, "an answer that was lost is asked for again"
                assert {one.headers["Authorization"] for one in theirs.asked} == {"Bearer opener-of-doors"}
                sent = msgspec.json.decode(theirs.asked[-1].body)
                assert (sent["number"], sent["version"], sent["note"]) == (1, 1, "Before noon")
                assert (sent["currency"], sent["total"]) == ("EUR", "48.00")
                (line,) = sent["lines"]
                assert (line["code"], line["codes"], line["packs"]) == ("C-7", ["05449000000996"], "2")
                assert (line["quantity"], line["unit_cost"]) == ("48", "1.00")
                elsewhere = buying.SetSupplier("dairy", {"en": "Dairy"}, order_url="https://other.example/orders")
                await done(served.shop, elsewhere, SYSTEM)
                card = (await caller.call("GET", "/api/v1/suppliers/dairy", **grant)).json
                assert card["api_key"] == "", "a key goes nowhere but where it was entered for"
                await former_ones_lose_their_key(served)

    run(scenario(), 270)
