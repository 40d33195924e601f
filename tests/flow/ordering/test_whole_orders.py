"""Each step of an order on real wires: its own fact, a row at head office, and a delivery to who asked to be told."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec

from edge.counter.till.commands import Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.operations.ledger import Ledger
from edge.ordering.orders.commands import MoveOrder, PlaceOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from edge.runtime.config import Config
from sim.postgres import Postgres
from tests.http_client import PIN, Api, when
from tests.ordering import STAFF, do, milk_cart
from tests.outgoing import Answers, http_server
from tests.shop_fixture import SYSTEM, FakeClock, run
from tests.stack import CONFIG, PRODUCTS, cloud, store

TEXT = (
    CONFIG
    + """\
[orders]
no_show_fee_minor = 100
[notify]
allow = ["127.0.0.1"]
"""
)
FEE = Product("fee", {"en": "Delivery"}, (), 0)
CARD = [{"kind": "card"}]
MADE = ("accepted", "preparing", "ready")
STEPS = "SELECT was, now, no_show FROM order_status_history WHERE order_id = $1 ORDER BY epoch, seq"


async def missed_yesterday(config: Config) -> str:
    """An order that was paid ahead and ready yesterday, before this appliance was started."""
    ledger = Ledger(config, FakeClock(time.time_ns() // 1000 - 24 * 3600 * 1_000_000))
    shop = ledger.shop()
    shop.start()
    try:
        await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
        await do(shop, SetProducts((*PRODUCTS, FEE)), SYSTEM)
        order = await do(shop, PlaceOrder((await milk_cart(shop, 2)).id, 240, no_show_fee_minor=100))
        await do(shop, TakeAdvance(order.id), STAFF)
        await do(shop, Pay("card"), STAFF)
        for to in MADE:
            await do(shop, MoveOrder(order.id, to), STAFF)  # type: ignore[arg-type]
    finally:
        shop.close()
        ledger.close()
    return str(order.id)


class Desk:
    """Whoever keeps the orders of a shop that runs."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def do(self, command: str, **fields: object) -> Any:
        return await self._api.do(command, self._api.token, **fields)

    async def ordered(self, pieces: int, total_minor: int, **said: object) -> str:
        cart = await self.do("OpenCart", channel="api")
        await self.do("AddToCart", cart=cart["id"], sku="milk", quantity=pieces * 1000)
        order = await self.do("PlaceOrder", cart=cart["id"], accepted_total_minor=total_minor, **said)
        return str(order["id"])

    async def moved(self, order: str, *steps: str, **said: object) -> None:
        for to in steps:
            await self.do("MoveOrder", order=order, to=to, **said)

    async def paid_ahead(self, order: str, minor: int) -> None:
        await self.do("TakeAdvance", order=order, amount_minor=minor)
        await self.do("Pay", kind="card")


async def fetched(desk: Desk) -> str:
    """One that is made, changed, paid ahead, handed over in parts, given back of and refunded."""
    order = await desk.ordered(4, 480)
    await desk.moved(order, "accepted", "preparing")
    await desk.paid_ahead(order, 400)
    await desk.do("ChangeOrder", order=order, lines=[{"line": 1, "quantity": 3000}], reason="short")
    await desk.moved(order, "ready")
    await desk.do("HandOverOrder", order=order, tenders=[], lines=[{"line": 1, "quantity": 1000}])
    sold = await desk.do("HandOverOrder", order=order, tenders=[])
    await desk.do("GiveBackAdvance", order=order)
    await desk.do("RefundSale", number=sold["receipt"], lines=[{"line": 1}], reason="sour")
    return order


async def brought(desk: Desk) -> str:
    """One that is brought at the second attempt."""
    home = {"name": "Dana", "phone": "+33612345678", "address": "1 rue A", "postal_code": "75001"}
    await desk.do(
        "SetZone", zone={"id": "near", "title": "Near", "prefixes": ["75001"], "fee": "fee", "fee_minor": 300}
    )
    order = await desk.ordered(2, 540, fulfilment="delivery", **home)
    await desk.moved(order, *MADE)
    for failed in (True, False):
        await desk.moved(order, "out_for_delivery", driver="u1")
        if failed:
            await desk.moved(order, "failed", "ready", reason="nobody at home")
    await desk.do("HandOverOrder", order=order, tenders=CARD)
    return order


async def given_up(desk: Desk) -> str:
    """One that was paid ahead and is cancelled; the money goes back."""
    order = await desk.ordered(1, 120)
    await desk.moved(order, "accepted")
    await desk.paid_ahead(order, 120)
    await desk.do("CancelOrder", order=order, reason="sold out")
    await desk.do("GiveBackAdvance", order=order)
    return order


def told(server: Answers) -> list[tuple[str, dict[str, Any]]]:
    """Type and body of each fact that was delivered, in the order in which they came."""
    sent = [msgspec.json.decode(one.body) for one in server.asked]
    return [(one["type"], one["body"]) for one in sent]


def of_order(server: Answers, order: str) -> list[str]:
    """What was told of an order: its own facts by what they say, money by the paper on which it is."""
    found = []
    for type, body in told(server):
        papers = [line.get("kind") for line in body.get("lines", ()) if line.get("code") == order]
        used = [one for one in body.get("tenders", ()) if one.get("order") == order]
        if body.get("order") == order:
            found.append(f"{type} {body.get('now', '')}".strip())
        elif papers or used:
            found.append(f"{type} {'ahead' if papers else 'used'}")
    return found


def test_each_step_of_an_order_reaches_head_office_and_who_asked_to_be_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with (
                cloud(postgres, "orders", tmp_path) as office,
                store(tmp_path, office, TEXT) as shop,
                http_server() as server,
            ):
                missed = await missed_yesterday(shop.config)
                await shop.start()
                desk = Desk(shop.api)
                hook = {"url": f"{server.url}/hook", "types": []}
                status, made = await shop.api.post("/api/v1/webhooks", hook, Grant=shop.api.token, Surface="panel")
                assert status == 200, made
                one, two, three = await fetched(desk), await brought(desk), await given_up(desk)
                rejected = await desk.ordered(1, 120)
                await desk.do("CancelOrder", order=rejected)
                await shop.api.do("CancelOrder", await shop.api.grant(), order=missed, keep_fee=True)
                assert await office.holds(shop) == shop.rows()

                history = {id: await office.fetch(STEPS, id) for id in (one, two, three, rejected, missed)}
                assert [now for _, now, _ in history[one]] == ["placed", *MADE, "ready", "handed_over"]
                assert [now for _, now, _ in history[two]] == [
                    *("placed", *MADE, "out_for_delivery", "failed", "ready", "out_for_delivery", "delivered"),
                ]
                assert history[three][-1] == ("accepted", "cancelled", False)
                assert history[rejected][-1] == ("placed", "rejected", False)
                assert history[missed][-1] == ("ready", "cancelled", True), "nobody came"

                async def news() -> list[str]:
                    return of_order(server, missed)

                seen = await when(news, lambda seen: "OrderMoved cancelled" in seen, "all of it was told")
                assert seen == ["SaleCompleted used", "OrderMoved cancelled"], "the fee that was kept"
                (end,) = (body for type, body in told(server) if type == "OrderMoved" and body["order"] == missed)
                assert end["no_show"] is True, "what is free again by it may have been told behind it"
                assert of_order(server, one) == [
                    *("OrderPlaced", "OrderMoved accepted", "OrderMoved preparing", "SaleCompleted ahead"),
                    *("OrderChanged", "OrderMoved ready", "SaleCompleted used", "OrderParted", "SaleCompleted used"),
                    *("OrderMoved handed_over", "SaleRefunded ahead", "SaleRefunded used"),
                ]
                assert of_order(server, two) == [
                    "OrderPlaced",
                    *(f"OrderMoved {now}" for _, now, _ in history[two][1:]),
                ]
                assert of_order(server, three) == [
                    *("OrderPlaced", "OrderMoved accepted", "SaleCompleted ahead", "OrderMoved cancelled"),
                    "SaleRefunded ahead",
                ]
                assert of_order(server, rejected) == ["OrderPlaced", "OrderMoved rejected"]
                assert not any(word in str(told(server)) for word in ("Dana", "1 rue A", "+33612345678")), (
                    "of people it is ciphertext"
                )

    run(scenario())
