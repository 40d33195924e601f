"""Orders that are paid at a kiosk's terminal, over HTTP and on a real wire."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.order_payments import AskForPayment, StopOrderPayment, payment_of
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from tests.card_shop import CardShop, card_shop, device_of
from tests.ordering import do, kept, milk_order, whole
from tests.shop_fixture import CASHIER, CONFIG, config, run


async def paid_for(counter: CardShop, folder: Path) -> tuple[KeptOrder, OrderPaymentsPart]:
    """An order for which the card is asked."""
    order = await milk_order(counter.shop)
    await do(counter.shop, AskForPayment(order.secret, way="terminal"), CASHIER)
    return order, selling(folder, counter)


def selling(folder: Path, counter: CardShop) -> OrderPaymentsPart:
    """What sells what was taken for orders."""
    return selling_as(folder, counter.shop, CONFIG + device_of("sim"))


def selling_as(folder: Path, shop: CommandBus, text: str) -> OrderPaymentsPart:
    """The same, in a shop of this config.toml."""
    settings = live(till_settings(config(folder, text))).at
    return OrderPaymentsPart(shop, lambda db: settings(db).on("2026-11-01"))


def test_an_order_is_paid_where_it_was_placed(tmp_path: Path) -> None:
    async def main() -> None:
        async with card_shop(tmp_path) as counter:
            order, part = await paid_for(counter, tmp_path)
            await counter.ends("captured")
            assert counter.basket.empty, "no basket has anything to do with it"
            await part.look()
            assert kept(counter.shop, order).advance_minor == 240
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("card", 240)]
            found = payment_of(counter.shop.reader, order.id)
            assert found is not None and found.state == "paid"
            await part.look()
            assert (len(counter.sales()), counter.device.moved_minor) == (1, 240)
            await whole(counter.shop)

    run(main())


def test_a_kiosk_takes_no_part_of_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with card_shop(tmp_path, fault="less") as counter:
            order, part = await paid_for(counter, tmp_path)
            await counter.ends("captured")
            counter.device.fault = ""
            await part.look()
            await counter.ends("refunded")
            assert (counter.sales(), counter.device.moved_minor) == ([], 0)
            assert kept(counter.shop, order).advance_minor == 0
            await whole(counter.shop)

    run(main())


def test_who_goes_away_stops_it_and_the_terminal_has_the_last_word(tmp_path: Path) -> None:
    async def main() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            order, part = await paid_for(counter, tmp_path)
            await counter.until(lambda one: counter.device.running is not None, "the terminal has it")
            await do(counter.shop, StopOrderPayment(order.secret), CASHIER)
            await counter.ends("declined")
            await part.look()
            assert (counter.sales(), counter.device.moved_minor) == ([], 0)

    run(main())


def test_a_part_that_is_killed_before_it_sells_sells_afterwards(tmp_path: Path) -> None:
    async def main() -> None:
        async with card_shop(tmp_path) as counter:
            order, part = await paid_for(counter, tmp_path)
            await counter.ends("captured")
            await counter.kill()
            await counter.start()
            await part.look()
            assert kept(counter.shop, order).advance_minor == 240
            await whole(counter.shop)

    run(main())
