"""In a dispute it is said how the goods of an order got to their customer, and nothing of the customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from edge.accounting.settlements.commands import OpenDispute
from edge.accounting.settlements.evidence import Evidence, read_evidence
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import HandOverOrder, MoveOrder, PlaceOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.order_payments import AskForPayment
from tests.card_shop import CardShop, card_shop
from tests.flow.ordering.test_kiosk_payments import selling
from tests.ordering import STAFF, do, kept, milk_cart, milk_order
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run

DANA = {"name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}


async def paid_ahead(counter: CardShop, folder: Path, order: KeptOrder) -> None:
    await do(counter.shop, AskForPayment(order.secret, way="terminal"), CASHIER)
    await counter.ends("captured")
    await selling(folder, counter).look()


async def disputed(counter: CardShop) -> Evidence:
    payment = counter.payments[0]
    id = await do(counter.shop, OpenDispute(payment.id, "other", payment.taken_minor), SYSTEM)
    found = read_evidence(counter.shop.reader, id)
    assert found is not None
    return found


def in_a_shop(folder: Path, scenario: Callable[[CardShop], Any]) -> None:
    async def main() -> None:
        async with card_shop(folder) as counter:
            await scenario(counter)

    run(main())


def test_a_delivery_that_was_paid_ahead_says_who_brought_it_and_when(tmp_path: Path) -> None:
    async def scenario(counter: CardShop) -> None:
        shop = counter.shop
        await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
        cart = await milk_cart(shop)
        to: Any = {"fulfilment": "delivery", "postal_code": "75011", **DANA}
        order = await do(shop, PlaceOrder(cart.id, 540, **to))
        await paid_ahead(counter, tmp_path, order)
        for state in ("accepted", "preparing", "ready"):
            await do(shop, MoveOrder(order.id, state), STAFF)
        before = (await disputed(counter)).delivery
        assert before is not None and before.handed_us == 0, "it says so where nothing was handed over"
        for state in ("failed", "ready"):
            if state == "failed":
                await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            await do(shop, MoveOrder(order.id, state, reason="nobody at home"), STAFF)
        await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
        counter.clock.advance(60)
        await do(shop, HandOverOrder(order.id, ()), STAFF)
        now = kept(shop, order)
        evidence = await disputed(counter)
        proof = evidence.delivery
        assert proof is not None
        assert (proof.said, proof.fulfilment, proof.zone, proof.driver) == (order.said, "delivery", "town", "u1")
        assert (proof.attempts, proof.receipt, proof.register) == (1, now.receipt, now.register)
        assert proof.handed_us == now.changed_us > proof.placed_us and proof.handed_by == STAFF.name
        assert [one.state for one in proof.steps][-2:] == ["out_for_delivery", "delivered"]
        said = msgspec.json.encode(evidence).decode()
        assert not any(word in said for word in DANA.values()), "nothing of the customer"

    in_a_shop(tmp_path, scenario)


def test_what_was_fetched_says_the_receipt_and_the_hour(tmp_path: Path) -> None:
    async def scenario(counter: CardShop) -> None:
        order = await milk_order(counter.shop)
        await paid_ahead(counter, tmp_path, order)
        await do(counter.shop, HandOverOrder(order.id, ()), STAFF)
        proof = (await disputed(counter)).delivery
        assert proof is not None and proof.fulfilment == "pickup" and proof.driver == ""
        assert proof.handed_us and proof.receipt == kept(counter.shop, order).receipt

    in_a_shop(tmp_path, scenario)


def test_of_a_sale_without_an_order_there_is_none(tmp_path: Path) -> None:
    async def scenario(counter: CardShop) -> None:
        await counter.begin(MILK)
        await counter.ends("captured")
        assert (await disputed(counter)).delivery is None

    in_a_shop(tmp_path, scenario)
