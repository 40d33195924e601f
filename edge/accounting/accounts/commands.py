"""What can be asked of accounts and of orders on account."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.accounting.accounts.account import (
    LINES_MOST,
    Account,
    CustomerId,
    PaymentTender,
    Quantity,
    Sku,
)
from edge.core.messages import REMARK, Command, Number
from edge.goods.stock.location import MAIN, LocationId
from edge.money.payments.events import MethodId, PaymentId

Reason = Annotated[str, msgspec.Meta(max_length=200, extra=REMARK)]
DeliveryNote = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 ./_-]{0,40}$(?!\n)")]
Reference = Annotated[str, msgspec.Meta(max_length=60, extra=REMARK)]
Sum = Annotated[int, msgspec.Meta(gt=0, le=10**11)]
Items = Annotated[tuple[Number, ...], msgspec.Meta(max_length=200)]


class SetAccount(Command, frozen=True):
    """Let a customer pay later, or by other terms from now on."""

    account: Account


class EndAccount(Command, frozen=True):
    """Let a customer pay later no more; refused while something is owed or ordered."""

    customer: CustomerId


class OrderedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a product. `price_minor` a unit as it was agreed; None: that of the customer's list now."""

    sku: Sku
    quantity: Quantity
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


Lines = Annotated[tuple[OrderedLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]


class OpenSalesOrder(Command, frozen=True):
    """Open an order of a customer on account; the result is its number, and what could not be promised.

    All of it is promised of the stock, or it is refused naming what lacks; `partial_ok`: what there is. `override`: why
    it goes on although the limit or what is overdue forbids it (right `override`). `number`: that order instead of a
    new one, whose lines it then has. `due_on`: a business day; "": none is said.
    """

    customer: CustomerId
    lines: Lines
    location: LocationId = MAIN
    partial_ok: bool = False
    due_on: Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")] = ""
    override: Reason = ""
    number: Number = 0


ValidUntil = Annotated[str, msgspec.Meta(pattern=r"^[12]\d{3}-\d{2}-\d{2}$(?!\n)")]


class MakeQuote(Command, frozen=True):
    """Offer a customer goods at these prices until the end of a business day; the result is the quote. Nothing is
    promised of the stock. `number`: that open quote instead of a new one."""

    customer: CustomerId
    lines: Lines
    valid_until: ValidUntil
    number: Number = 0


class AcceptQuote(Command, frozen=True):
    """A customer takes what was offered: an order on account at the prices of the quote (`OpenSalesOrder` says what the
    fields mean). `although_over`: also behind its last day."""

    number: Number
    location: LocationId = MAIN
    partial_ok: bool = False
    due_on: Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")] = ""
    override: Reason = ""
    although_over: bool = False


class DeclineQuote(Command, frozen=True):
    """A customer does not want what was offered, or it is taken back."""

    number: Number


class DeliveredLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a product goes out; of one `lot`, where it is said."""

    sku: Sku
    quantity: Quantity
    lot: Annotated[str, msgspec.Meta(max_length=80)] = ""


class DeliverSalesOrder(Command, frozen=True):
    """Deliver a part of an order, or all that is open without `lines`: a sale on account with the register's next
    receipt number, and its invoice; the result names both. `close`: nothing more of it comes. `age_checked`: as at a
    till. `delivered_before`: thousandths delivered in all as whoever asks saw it; another figure is refused."""

    number: Number
    lines: Annotated[tuple[DeliveredLine, ...], msgspec.Meta(max_length=LINES_MOST)] = ()
    delivery_note: DeliveryNote = ""
    close: bool = False
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=150)] = 0
    override: Reason = ""
    delivered_before: Number | None = None
    print: bool = False


class CloseSalesOrder(Command, frozen=True):
    """Deliver no more of an order: it is complete with what was delivered, or cancelled before any was."""

    number: Number


class ReplaceDelivered(Command, frozen=True):
    """Delivered goods came back and are to be replaced: so much of the order is open again. The goods and the money
    come back by the refund of their receipt."""

    number: Number
    lines: Annotated[tuple[DeliveredLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]


class ReceivePayment(Command, frozen=True):
    """A customer pays what they owe: no revenue. The `items` named (rows of the journal as `account_items` says them)
    get it first, else what is due longest; what is beyond stays to their credit. Cash comes into this register's
    drawer. `reference`: what the bank or the terminal says."""

    remarks: ClassVar[tuple[str, ...]] = ("reference",)

    customer: CustomerId
    amount_minor: Sum
    tender: PaymentTender = "transfer"
    items: Items = ()
    reference: Reference = ""


class ChargeAccountCard(Command, frozen=True):
    """Charge so much of what a customer owes, or all of it, to a card that they let the shop keep: the result is the
    payment's id. What comes pays what is due longest first."""

    customer: CustomerId
    method: MethodId
    amount_minor: Sum | None = None


class BookAccountCard(Command, frozen=True):
    """Book what a stored card paid onto its customer's account, or let it go back to the card."""

    payment: PaymentId


class UndoPayment(Command, frozen=True):
    """A payment was none: bounced, or typed to a wrong customer. What it had paid is owed again; what a stored card
    paid goes back to it."""

    remarks: ClassVar[tuple[str, ...]] = ("reason",)

    number: Number
    reason: Reason = ""


class ChargeAccount(Command, frozen=True):
    """Book a reminder's fee, or interest on what is overdue, onto an account."""

    customer: CustomerId
    amount_minor: Sum
    why: Annotated[str, msgspec.Meta(pattern=r"^(fee|interest)$(?!\n)")] = "fee"


OpeningMinor = Annotated[int, msgspec.Meta(ge=-(10**11), le=10**11)]


class ImportAccountBalance(Command, frozen=True):
    """Open an account with what its customer owed at the shop's previous system, or had to their credit there (below
    0). Nothing is booked: the old books say it. The result is the row of the journal."""

    customer: CustomerId
    amount_minor: OpeningMinor


class UndoImportedBalance(Command, frozen=True):
    """Take back an opening balance by its row of the journal; refused once something of it was paid or used."""

    opening: Number


class InvoiceAccount(Command, frozen=True):
    """Make out the invoices of all that a customer had on account and that has none yet, 20 at a time; the result is
    their numbers."""

    customer: CustomerId


class RemindCustomers(Command, frozen=True):
    """Remind everybody whose time has come, 20 at a time, on working days; the result is of how many customers."""
