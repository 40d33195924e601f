"""Selling at the till. See README.md."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from edge.core.messages import Command, Refusal, Right
from edge.core.registry import (
    Capability,
    CommandSpec,
    Handler,
    MethodHandler,
    PartSpec,
    QuerySpec,
    Requirement,
    Transaction,
)
from edge.core.surfaces import INSIDE, MACHINE, NAMED_TILL, STAFF, TILL
from edge.counter.till import commands, events
from edge.counter.till.after_sale.corrections import Corrections
from edge.counter.till.after_sale.exchanges import Exchanges
from edge.counter.till.after_sale.receipt_numbers import projector as skipped
from edge.counter.till.after_sale.receipt_numbers import skip_numbers
from edge.counter.till.after_sale.reversals import SaleReversals
from edge.counter.till.basket_sales import BasketSales
from edge.counter.till.closing.periods import PERIODS
from edge.counter.till.closing.x_z_reports import ReportExtras as ReportExtras
from edge.counter.till.closing.x_z_reports import Reporting
from edge.counter.till.closing.z_signature import ZSigner, read_z_signature
from edge.counter.till.customer_figures import FIGURES
from edge.counter.till.customer_sales import forget_in_baskets as forget_in_baskets
from edge.counter.till.customer_sales import part_paid_by as part_paid_by
from edge.counter.till.customer_sales import projector as customer_sales
from edge.counter.till.customer_sales import read_customer_history
from edge.counter.till.delivered_sales import projector as delivered_sales
from edge.counter.till.handlers import Till
from edge.counter.till.lines.bill_splits import BillSplits, JoinBasket, PrintBill, SplitBasket
from edge.counter.till.lines.counter_lines import CounterLines
from edge.counter.till.lines.courses import Courses, FireCourse, ServeLines
from edge.counter.till.lines.line_modifiers import LineModifiers, SetModifiers
from edge.counter.till.lines.parked_baskets import BasketParking, parked_stock_check, read_parked
from edge.counter.till.live_settings import live as live
from edge.counter.till.paying.advance_payments import SellAdvance, sell_advance
from edge.counter.till.paying.advances import PayBackAdvance
from edge.counter.till.paying.basket_charges import BasketCharges, BookBasketCharge, ChargeBasket, part_of
from edge.counter.till.paying.card_payments import (
    AnswerSignature,
    BeginPayment,
    CancelPayment,
    CardPayments,
    ResolvePayment,
    SettlePayment,
)
from edge.counter.till.paying.card_refund_slips import CardRefundSlips
from edge.counter.till.paying.card_tips import AddCardTip, CardTips
from edge.counter.till.paying.coupon_money import AddCoupon
from edge.counter.till.practice.training import end_training, read_trainings, start_training
from edge.counter.till.practice.training import projector as training
from edge.counter.till.project import projector, z_reports
from edge.counter.till.queries import (
    knows_members,
    read_basket,
    read_delivered_sales,
    read_receipt,
    read_receipts,
    read_refunded,
    read_z_reports,
)
from edge.counter.till.settings import TillSettings
from edge.foundation.access.queries import must_sign_in
from edge.foundation.access.requirements import COUNTER_FREE, PAYMENT_IDLE, SHIFT_OPEN, SIGNED_IN
from edge.foundation.access.rights import (
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
from edge.foundation.settings.queries import LiveSettings
from edge.money.payments.commands import MoveCardRefund

T = TypeVar("T")

SIGNED = (SIGNED_IN,)
SELLS = (SHIFT_OPEN, SIGNED_IN)
"""Requirements for commands that take or refund money."""
BASKET = (PAYMENT_IDLE, SIGNED_IN)
"""Requirements for commands on a basket that work even if it's locked."""
ADDS = (PAYMENT_IDLE, SHIFT_OPEN, SIGNED_IN)
"""Requirements for commands that start a basket."""
EDITS = (COUNTER_FREE, PAYMENT_IDLE, SIGNED_IN)
"""Requirements for commands that change a basket."""
SELLS_NEW = (COUNTER_FREE, PAYMENT_IDLE, SHIFT_OPEN, SIGNED_IN)
"""Requirements for commands that change or start a basket."""


Made = Callable[[Callable[[TillSettings], Any], Callable[..., Any]], Handler]
"""Makes a handler from one method of a class that is built with the current settings."""


def capability(settings: TillSettings, besides: ReportExtras, signer: ZSigner) -> Capability:
    """The till capability with these settings, or their current values.

    `besides`: other capabilities' additions to its reports. `signer`: signs each Z report.
    """
    reporting = partial(Reporting, besides=besides, signer=signer)
    at = partial(MethodHandler, live(settings).today)
    return Capability(
        name="till",
        commands=(
            *_baskets(partial(at, Till)),
            *_sales(at),
            *_by_hand(at),
            *_papers(at, reporting),
            *_card_payments(at),
        ),
        events=events.EVENTS,
        projectors=(projector, PERIODS.projector, z_reports, skipped, customer_sales, delivered_sales, training),
        queries=_QUERIES,
        parts=(PartSpec("basket_charges", part_of),),
        figures=FIGURES,
        after={MoveCardRefund: at(CardRefundSlips, CardRefundSlips.after_move)},
        requirements=(Requirement(SIGNED_IN, partial(_signed_in, LiveSettings(settings, "till.sign_in"))),),
    )


def _baskets(till: Callable[[Callable[..., Any]], Handler]) -> tuple[CommandSpec, ...]:
    """Commands that change the open basket."""
    basket = partial(CommandSpec, right=SELL, local=True, surfaces=TILL)
    return (
        basket(commands.AddLine, till(Till.add_line), requires=ADDS),
        basket(commands.AnswerQuestion, till(Till.answer_question), requires=BASKET),
        basket(commands.WeighGoods, till(Till.weigh_goods), surfaces=INSIDE, requires=BASKET),
        basket(commands.SetQuantity, till(Till.set_quantity), requires=EDITS),
        basket(commands.VoidLine, till(Till.void_line), requires=EDITS),
        basket(AddCoupon, till(Till.add_coupon), surfaces=MACHINE, requires=EDITS),
        basket(commands.DropCoupon, till(Till.drop_coupon), requires=EDITS),
        _pin_command(commands.OverridePrice, till(Till.override_price), DISCOUNT, EDITS, local=True),
        basket(commands.UseCustomer, till(Till.use_customer), requires=EDITS),
        basket(commands.TakeWishes, till(Till.take_wishes), requires=EDITS),
        basket(commands.UsePriceList, till(Till.use_price_list), requires=EDITS),
        basket(commands.LayBasket, till(Till.lay_basket), surfaces=MACHINE, requires=BASKET),
    )


def _sales(at: Made) -> tuple[CommandSpec, ...]:
    """Commands that complete a basket or reverse a sale."""
    sale = partial(CommandSpec, right=SELL, requires=SELLS, surfaces=TILL)
    return (
        sale(commands.SendToKitchen, at(Till, Till.send_to_kitchen)),
        sale(FireCourse, at(Courses, Courses.fire)),
        sale(commands.Pay, at(Till, Till.pay), ask_first=True),
        sale(commands.SellPriced, at(BasketSales, BasketSales.sell_priced), surfaces=MACHINE),
        sale(SellAdvance, at(lambda settings: settings, sell_advance), surfaces=MACHINE),
        sale(PayBackAdvance, at(SaleReversals, SaleReversals.pay_back_advance), surfaces=MACHINE),
        sale(commands.SellBasket, at(BasketSales, BasketSales.sell_basket), ask_first=True),
        CommandSpec(
            *(commands.AbandonBasket, at(Till, Till.abandon_basket), SELL),
            local=True,
            ask_first=True,
            requires=BASKET,
            surfaces=TILL,
        ),
        _pin_command(commands.VoidLastSale, at(SaleReversals, SaleReversals.void_last_sale), VOID, SELLS),
        _pin_command(commands.RefundSale, at(SaleReversals, SaleReversals.refund_sale), REFUND, SELLS),
        sale(commands.PreviewRefund, at(SaleReversals, SaleReversals.preview_refund), surfaces=INSIDE),
        _pin_command(
            *(
                commands.RefundWithoutReceipt,
                at(SaleReversals, SaleReversals.refund_without_receipt),
                REFUND_CASH,
                SELLS_NEW,
            )
        ),
    )


def _by_hand(at: Made) -> tuple[CommandSpec, ...]:
    """Commands for manual entries: discounts, open amounts, tips, gift cards, parked baskets, exchanges."""
    basket = partial(CommandSpec, right=SELL, local=True, surfaces=TILL)
    return (
        _pin_command(commands.DiscountLine, at(CounterLines, CounterLines.discount_line), DISCOUNT, EDITS, local=True),
        _pin_command(
            commands.DiscountBasket, at(CounterLines, CounterLines.discount_basket), DISCOUNT, EDITS, local=True
        ),
        CommandSpec(
            *(commands.AddOpenAmount, at(CounterLines, CounterLines.add_open_amount), OPEN_AMOUNT),
            local=True,
            requires=SELLS_NEW,
            surfaces=TILL,
        ),
        basket(ServeLines, at(Courses, Courses.serve), requires=EDITS),
        basket(SetModifiers, at(LineModifiers, LineModifiers.set_modifiers), requires=EDITS),
        basket(commands.AddTip, at(CounterLines, CounterLines.add_tip), requires=BASKET),
        basket(commands.AddLoad, at(CounterLines, CounterLines.add_load), requires=SELLS_NEW),
        CommandSpec(
            *(commands.PrintCardCode, at(CounterLines, CounterLines.print_card_code), SELL),
            requires=SIGNED,
            surfaces=TILL,
        ),
        CommandSpec(
            commands.SetBasketAside, at(BasketParking, BasketParking.park), right=SELL, requires=EDITS, surfaces=TILL
        ),
        CommandSpec(
            commands.TakeBasketUp, at(BasketParking, BasketParking.take_up), right=SELL, requires=BASKET, surfaces=TILL
        ),
        CommandSpec(SplitBasket, at(BillSplits, BillSplits.split_basket), right=SELL, requires=EDITS, surfaces=TILL),
        CommandSpec(JoinBasket, at(BillSplits, BillSplits.join), right=SELL, requires=EDITS, surfaces=TILL),
        CommandSpec(PrintBill, at(BillSplits, BillSplits.print_bill), right=SELL, requires=BASKET, surfaces=TILL),
        _pin_command(commands.CorrectTender, at(Corrections, Corrections.correct_tender), VOID, SIGNED),
        _pin_command(commands.AddReturn, at(Exchanges, Exchanges.add_return), REFUND, SELLS_NEW, local=True),
        basket(commands.DropReturn, at(Exchanges, Exchanges.drop_return), requires=EDITS),
    )


def _papers(at: Made, reporting: Callable[[TillSettings], Reporting]) -> tuple[CommandSpec, ...]:
    """Commands for reprints, reports and their numbers."""
    report = partial(CommandSpec, right=OVERRIDE, also=REPORTS, requires=SIGNED)
    return (
        CommandSpec(
            commands.ReprintReceipt, at(Till, Till.reprint_receipt), right=SELL, requires=SIGNED, surfaces=NAMED_TILL
        ),
        CommandSpec(
            commands.PrintGiftReceipt,
            at(Till, Till.print_gift_receipt),
            right=SELL,
            requires=SIGNED,
            surfaces=NAMED_TILL,
        ),
        CommandSpec(commands.StartTraining, start_training, right=SELL, ask_first=True, requires=SIGNED, surfaces=TILL),
        CommandSpec(commands.EndTraining, end_training, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.SkipNumbers, skip_numbers, right=MANAGE, surfaces=MACHINE),
        report(commands.PrintReport, at(reporting, Reporting.print_report), surfaces=TILL),
        report(commands.ReprintReport, at(reporting, Reporting.reprint_report), surfaces=NAMED_TILL),
    )


def _card_payments(at: Made) -> tuple[CommandSpec, ...]:
    """Commands of payment terminals."""
    card = partial(CommandSpec, right=SELL, surfaces=NAMED_TILL, requires=SIGNED)
    return (
        CommandSpec(
            *(BeginPayment, at(CardPayments, CardPayments.begin), SELL),
            ask_first=True,
            surfaces=TILL,
            requires=(PAYMENT_IDLE, *SELLS),
        ),
        CommandSpec(
            *(ChargeBasket, at(BasketCharges, BasketCharges.charge), SELL),
            ask_first=True,
            surfaces=TILL,
            requires=(PAYMENT_IDLE, *SELLS),
        ),
        card(BookBasketCharge, at(BasketCharges, BasketCharges.book), surfaces=MACHINE, requires=()),
        card(AddCardTip, at(CardTips, CardTips.add), ask_first=True),
        card(AnswerSignature, at(CardPayments, CardPayments.answer_signature), ask_first=True),
        card(CancelPayment, at(CardPayments, CardPayments.cancel)),
        card(SettlePayment, at(CardPayments, CardPayments.settle), surfaces=MACHINE, requires=()),
        card(ResolvePayment, at(CardPayments, CardPayments.resolve), right=OVERRIDE, ask_first=True),
    )


def _pin_command(
    command: type[Command], handler: Handler, right: Right, requires: tuple[str, ...], local: bool = False
) -> CommandSpec:
    """A command that needs a PIN at the till, from a user with `override` or this right."""
    return CommandSpec(
        *(command, handler, OVERRIDE), local=local, ask_first=True, also=right, requires=requires, surfaces=TILL
    )


def _signed_in(settings: LiveSettings[TillSettings], tx: Transaction, command: Command) -> None:
    nobody = settings.of(tx).sign_in and must_sign_in(tx.db, tx.actor)
    if nobody:
        raise Refusal("sign_in_first")


_QUERIES = (
    QuerySpec("basket", read_basket, right=SELL, surfaces=TILL),
    QuerySpec("receipts", read_receipts, right=SELL, surfaces=NAMED_TILL),
    QuerySpec("receipt", read_receipt, right=SELL, surfaces=NAMED_TILL),
    QuerySpec("customer_history", read_customer_history, right=CUSTOMERS_READ, surfaces=STAFF),
    QuerySpec("knows_members", knows_members, right=SELL, surfaces=STAFF),
    QuerySpec("refunded", read_refunded, right=SELL, surfaces=NAMED_TILL),
    QuerySpec("parked", read_parked, right=SELL, surfaces=STAFF),
    QuerySpec("parked_stock_check", parked_stock_check, right=MANAGE, surfaces=STAFF),
    QuerySpec("delivered_sales", read_delivered_sales, right=REPORTS, surfaces=STAFF),
    QuerySpec("trainings", read_trainings, right=SELL, surfaces=STAFF),
    QuerySpec("z_reports", read_z_reports, right=OVERRIDE, also=REPORTS, surfaces=NAMED_TILL),
    QuerySpec("z_signature", read_z_signature, right=OVERRIDE, also=REPORTS, surfaces=NAMED_TILL),
)
