"""Money that is paid ahead for an order, on an invoice: what is given back of it has its credit note."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.shop.orders.advances import GiveBackAdvance, TakeAdvance
from edge.shop.orders.commands import CancelOrder
from tests.counter_shop import in_a_shop, paid
from tests.invoicing import BUYER, buyer, invoice, issued, numbers, printed
from tests.ordering import STAFF, do, milk_order
from tests.shop_fixture import MANAGER, FakeClock


def test_what_was_paid_ahead_on_an_invoice_and_is_given_back_has_its_credit_note(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop, 2)
        await do(shop, TakeAdvance(order.id, 100), STAFF)
        await paid(shop, "cash")
        one = await issued(shop, 1)
        await do(shop, CancelOrder(order.id, "no flour"), STAFF)
        await do(shop, GiveBackAdvance(order.id, 40), MANAGER)
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert [kind for kind, _ in numbers(shop)] == ["invoice", "credit", "credit"]
        credits = [invoice(shop, number) for _, number in numbers(shop)[1:]]
        assert [(credit.total_minor, credit.changes) for credit in credits] == [
            (-40, (one.number,)),
            (-60, (one.number,)),
        ]
        paper = printed(shop)
        assert {BUYER["name"], "CREDIT NOTE"} <= set(paper)
        assert paper[-1].endswith("Cash -0.60")
        assert buyer(shop, credits[0].number) == buyer(shop, one.number)

    in_a_shop(scenario, tmp_path)
