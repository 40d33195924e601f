"""Selling. See README.md."""

from collections.abc import Callable
from typing import Any, TypeVar

from edge.core.messages import Command, Refused, Right
from edge.core.registry import MACHINE, Capability, CommandSpec, Handler, QuerySpec, Transaction
from edge.shop.access.queries import must_sign_in
from edge.shop.access.rights import (
    BASKET,
    CUSTOMERS_READ,
    DISCOUNT,
    MANAGE,
    OPEN_AMOUNT,
    OVERRIDE,
    REFUND,
    REFUND_CASH,
    REPORTS,
    SELL,
    VOID,
)
from edge.shop.till import commands, events
from edge.shop.till.basket_sales import BasketSales
from edge.shop.till.corrections import Corrections
from edge.shop.till.counter_lines import CounterLines
from edge.shop.till.customer_sales import forget_in_baskets as forget_in_baskets
from edge.shop.till.customer_sales import part_paid_by as part_paid_by
from edge.shop.till.customer_sales import projector as customer_sales
from edge.shop.till.customer_sales import read_customer_history
from edge.shop.till.exchanges import Exchanges
from edge.shop.till.handlers import Till
from edge.shop.till.live_settings import live
from edge.shop.till.parking import Parking, read_parked
from edge.shop.till.project import periods, projector
from edge.shop.till.queries import (
    knows_members,
    read_basket,
    read_receipt,
    read_receipts,
    read_refunded,
    read_z_reports,
)
from edge.shop.till.receipt_numbers import projector as skipped
from edge.shop.till.receipt_numbers import skip_numbers
from edge.shop.till.reporting import Besides, Reporting
from edge.shop.till.reversals import Reversals
from edge.shop.till.settings import TillSettings
from edge.shop.till.training import end_training, read_trainings, start_training
from edge.shop.till.training import projector as training

T = TypeVar("T")


def capability(settings: TillSettings, besides: Besides = lambda db, register, since_seq: ()) -> Capability:
    """The tills of a store with these settings, or with what was said of them since.

    `besides`: what other rooms add to its reports.
    """
    settings_now = live(settings)

    def at(make: Callable[[TillSettings], T], handle: Callable[[T, Transaction, Any], Any]) -> Handler:
        def handler(tx: Transaction, command: Command) -> Any:
            now = settings_now.at(tx.db)
            if now.sign_in and must_sign_in(tx.db, tx.actor):
                return Refused("sign_in_first")
            return handle(make(now), tx, command)

        return handler

    def till(handle: Callable[[Till, Transaction, Any], Any]) -> Handler:
        return at(Till, handle)

    def reporting(handle: Callable[[Reporting, Transaction, Any], Any]) -> Handler:
        return at(lambda now: Reporting(now, besides), handle)

    return Capability(
        name="till",
        commands=(
            CommandSpec(commands.AddLine, till(Till.add_line), right=SELL, local=True, also=BASKET),
            CommandSpec(commands.AnswerQuestion, till(Till.answer_question), right=SELL, local=True, also=BASKET),
            CommandSpec(commands.SetQuantity, till(Till.set_quantity), right=SELL, local=True, also=BASKET),
            CommandSpec(commands.VoidLine, till(Till.void_line), right=SELL, local=True, also=BASKET),
            CommandSpec(commands.DropCoupon, till(Till.drop_coupon), right=SELL, local=True),
            _guarded(commands.OverridePrice, till(Till.override_price), DISCOUNT, local=True),
            CommandSpec(commands.UseCustomer, till(Till.use_customer), right=SELL, local=True),
            CommandSpec(commands.TakeWishes, till(Till.take_wishes), right=SELL, local=True),
            CommandSpec(commands.UsePriceList, till(Till.use_price_list), right=SELL, local=True),
            CommandSpec(commands.LayBasket, till(Till.lay_basket), right=SELL, local=True, surfaces=MACHINE),
            CommandSpec(commands.SendToKitchen, till(Till.send_to_kitchen), right=SELL),
            CommandSpec(commands.Pay, till(Till.pay), right=SELL, ask_first=True),
            CommandSpec(commands.SellPriced, at(BasketSales, BasketSales.sell_priced), right=SELL, surfaces=MACHINE),
            CommandSpec(commands.SellBasket, at(BasketSales, BasketSales.sell_basket), right=SELL, ask_first=True),
            CommandSpec(
                commands.AbandonBasket, till(Till.abandon_basket), right=SELL, local=True, ask_first=True, also=BASKET
            ),
            _guarded(commands.VoidLastSale, at(Reversals, Reversals.void_last_sale), VOID),
            _guarded(commands.RefundSale, at(Reversals, Reversals.refund_sale), REFUND),
            _guarded(commands.RefundWithoutReceipt, at(Reversals, Reversals.refund_without_receipt), REFUND_CASH),
            *_by_hand(at),
            CommandSpec(commands.ReprintReceipt, till(Till.reprint_receipt), right=SELL),
            CommandSpec(commands.PrintGiftReceipt, till(Till.print_gift_receipt), right=SELL),
            CommandSpec(commands.StartTraining, start_training, right=SELL, ask_first=True),
            CommandSpec(commands.EndTraining, end_training, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.SkipNumbers, skip_numbers, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.PrintReport, reporting(Reporting.print_report), right=OVERRIDE, also=REPORTS),
            CommandSpec(commands.ReprintReport, reporting(Reporting.reprint_report), right=OVERRIDE, also=REPORTS),
        ),
        events=events.EVENTS,
        upcasters=events.UPCASTERS,
        projectors=(projector, periods, skipped, customer_sales, training),
        queries=_QUERIES,
    )


def _by_hand(at: Callable[[Callable[[TillSettings], Any], Callable[..., Any]], Handler]) -> tuple[CommandSpec, ...]:
    """What cashiers do beside scanning: discounts, open amounts, tips, gift cards, baskets set aside, exchanges."""
    return (
        _guarded(commands.DiscountLine, at(CounterLines, CounterLines.discount_line), DISCOUNT, local=True),
        _guarded(commands.DiscountBasket, at(CounterLines, CounterLines.discount_basket), DISCOUNT, local=True),
        CommandSpec(
            commands.AddOpenAmount, at(CounterLines, CounterLines.add_open_amount), right=OPEN_AMOUNT, local=True
        ),
        CommandSpec(commands.AddTip, at(CounterLines, CounterLines.add_tip), right=SELL, local=True),
        CommandSpec(commands.AddLoad, at(CounterLines, CounterLines.add_load), right=SELL, local=True),
        CommandSpec(commands.SetBasketAside, at(Parking, Parking.park), right=SELL),
        CommandSpec(commands.TakeBasketUp, at(Parking, Parking.take_up), right=SELL),
        _guarded(commands.CorrectTender, at(Corrections, Corrections.correct_tender), VOID),
        _guarded(commands.AddReturn, at(Exchanges, Exchanges.add_return), REFUND, local=True),
        CommandSpec(commands.DropReturn, at(Exchanges, Exchanges.drop_return), right=SELL, local=True),
    )


def _guarded(command: type[Command], handler: Handler, right: Right, local: bool = False) -> CommandSpec:
    """What a PIN is asked for at a till: of whoever may override, or has this right."""
    return CommandSpec(command, handler, right=OVERRIDE, local=local, ask_first=True, also=right)


_QUERIES = (
    QuerySpec("basket", read_basket, right=SELL, also=BASKET),
    QuerySpec("receipts", read_receipts, right=SELL),
    QuerySpec("receipt", read_receipt, right=SELL),
    QuerySpec("customer_history", read_customer_history, right=CUSTOMERS_READ),
    QuerySpec("knows_members", knows_members, right=SELL),
    QuerySpec("refunded", read_refunded, right=SELL),
    QuerySpec("parked", read_parked, right=SELL),
    QuerySpec("trainings", read_trainings, right=SELL),
    QuerySpec("z_reports", read_z_reports, right=OVERRIDE, also=REPORTS),
)
