"""Selling. See README.md."""

from edge.access.rights import MANAGE, OVERRIDE, SELL
from edge.core.shapes import Capability, CommandSpec, QuerySpec
from edge.till import commands, events
from edge.till.handlers import Besides, Till
from edge.till.project import days, projector
from edge.till.queries import knows_members, read_basket, read_receipt, read_receipts, read_refunded
from edge.till.settings import TillSettings
from edge.till.skipping import projector as skipped
from edge.till.skipping import skip_numbers
from edge.till.undoing import Undoing


def capability(settings: TillSettings, besides: Besides = lambda db, register, day: ()) -> Capability:
    """The tills of a store with these settings. `besides`: what other rooms add to the reports of a day."""
    till, undoing = Till(settings, besides), Undoing(settings)
    return Capability(
        name="till",
        commands=(
            CommandSpec(commands.AddLine, till.add_line, right=SELL, local=True),
            CommandSpec(commands.AnswerQuestion, till.answer_question, right=SELL, local=True),
            CommandSpec(commands.SetQuantity, till.set_quantity, right=SELL, local=True),
            CommandSpec(commands.VoidLine, till.void_line, right=SELL, local=True),
            CommandSpec(commands.OverridePrice, till.override_price, right=OVERRIDE, local=True, ask_first=True),
            CommandSpec(commands.UsePriceList, till.use_price_list, right=SELL, local=True),
            CommandSpec(commands.SendToKitchen, till.send_to_kitchen, right=SELL),
            CommandSpec(commands.Pay, till.pay, right=SELL, ask_first=True),
            CommandSpec(commands.AbandonBasket, till.abandon_basket, right=SELL, local=True, ask_first=True),
            CommandSpec(commands.VoidLastSale, undoing.void_last_sale, right=OVERRIDE, ask_first=True),
            CommandSpec(commands.RefundSale, undoing.refund_sale, right=OVERRIDE, ask_first=True),
            CommandSpec(commands.RefundWithoutReceipt, undoing.refund_without_receipt, right=OVERRIDE, ask_first=True),
            CommandSpec(commands.ReprintReceipt, till.reprint_receipt, right=SELL),
            CommandSpec(commands.PrintGiftReceipt, till.print_gift_receipt, right=SELL),
            CommandSpec(commands.SkipNumbers, skip_numbers, right=MANAGE),
            CommandSpec(commands.PrintReport, till.print_report, right=OVERRIDE),
        ),
        events=events.EVENTS,
        upcasters=events.UPCASTERS,
        projectors=(projector, days, skipped),
        queries=(
            QuerySpec("basket", read_basket, right=SELL),
            QuerySpec("receipts", read_receipts, right=SELL),
            QuerySpec("receipt", read_receipt, right=SELL),
            QuerySpec("knows_members", knows_members, right=SELL),
            QuerySpec("refunded", read_refunded, right=SELL),
        ),
    )
