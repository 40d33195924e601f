"""Commands for customer accounts and orders on account."""

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
    """Let a customer buy on account, or change their terms."""

    account: Account


class EndAccount(Command, frozen=True):
    """End a customer's account; refused while anything is owed or ordered."""

    customer: CustomerId


class OrderedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product. `price_minor`: the agreed unit price; None: the current one of the customer's list."""

    sku: Sku
    quantity: Quantity
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


Lines = Annotated[tuple[OrderedLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]


class OpenSalesOrder(Command, frozen=True):
    """Open a customer's order on account. Returns its number, and the goods that couldn't be reserved.

    The goods are reserved in stock. If some are missing, the order is refused with the missing products; with
    `partial_ok`, available goods are reserved instead. `override`: the reason for exceeding the limit or a hold (right
    `override`). `number`: replace the lines of that order instead. `due_on`: a business day; "": none.
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
    """Quote goods to a customer at these prices, valid through a business day; returns the quote. Nothing is reserved.
    `number`: replace that open quote instead."""

    customer: CustomerId
    lines: Lines
    valid_until: ValidUntil
    number: Number = 0


class AcceptQuote(Command, frozen=True):
    """Accept a quote: opens an order on account at its prices (fields as in `OpenSalesOrder`). `although_over`: accept
    it even if it has expired."""

    number: Number
    location: LocationId = MAIN
    partial_ok: bool = False
    due_on: Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")] = ""
    override: Reason = ""
    although_over: bool = False


class DeclineQuote(Command, frozen=True):
    """Decline or withdraw a quote."""

    number: Number


class DeliveredLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product to deliver, from `lot` if given."""

    sku: Sku
    quantity: Quantity
    lot: Annotated[str, msgspec.Meta(max_length=80)] = ""


class DeliverSalesOrder(Command, frozen=True):
    """Deliver part of an order, or all open lines if `lines` is empty. Creates a sale on account with the register's
    next receipt number, and its invoice; returns both.

    `close`: nothing more will be delivered. `age_checked`: as at a till. `delivered_before`: the total thousandths that
    the caller believes are delivered; refused if that has changed.
    """

    number: Number
    lines: Annotated[tuple[DeliveredLine, ...], msgspec.Meta(max_length=LINES_MOST)] = ()
    delivery_note: DeliveryNote = ""
    close: bool = False
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=150)] = 0
    override: Reason = ""
    delivered_before: Number | None = None
    print: bool = False


class CloseSalesOrder(Command, frozen=True):
    """End an order's deliveries: it becomes complete, or cancelled if nothing was delivered."""

    number: Number


class ReplaceDelivered(Command, frozen=True):
    """Reopen delivered quantities of an order for replacement. The goods and money are returned by refunding their
    receipt."""

    number: Number
    lines: Annotated[tuple[DeliveredLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]


class ReceivePayment(Command, frozen=True):
    """Record a customer's payment on account, which isn't revenue.

    It pays the named `items` first (journal rows, as in `account_items`), then the items due longest. Any excess
    becomes credit. Cash goes into this register's drawer. `reference`: the bank's or terminal's reference.
    """

    remarks: ClassVar[tuple[str, ...]] = ("reference",)

    customer: CustomerId
    amount_minor: Sum
    tender: PaymentTender = "transfer"
    items: Items = ()
    reference: Reference = ""


class ChargeAccountCard(Command, frozen=True):
    """Charge part or all of a customer's balance to their stored card, paying the items due longest first. Returns the
    payment's id."""

    customer: CustomerId
    method: MethodId
    amount_minor: Sum | None = None


class BookAccountCard(Command, frozen=True):
    """Book a stored card's payment onto its customer's account, or return it to the card."""

    payment: PaymentId


class UndoPayment(Command, frozen=True):
    """Reverse a payment that bounced or was booked to the wrong customer. The items it paid are owed again; a stored
    card's payment is refunded."""

    remarks: ClassVar[tuple[str, ...]] = ("reason",)

    number: Number
    reason: Reason = ""


class ChargeAccount(Command, frozen=True):
    """Charge a reminder fee or interest to an account."""

    customer: CustomerId
    amount_minor: Sum
    why: Annotated[str, msgspec.Meta(pattern=r"^(fee|interest)$(?!\n)")] = "fee"


OpeningMinor = Annotated[int, msgspec.Meta(ge=-(10**11), le=10**11)]


class ImportAccountBalance(Command, frozen=True):
    """Import a customer's balance from the previous system: positive if owed, negative if credit. It isn't booked, as
    the old books have it. Returns the journal row."""

    customer: CustomerId
    amount_minor: OpeningMinor


class UndoImportedBalance(Command, frozen=True):
    """Undo an imported balance by its journal row; refused once part of it was paid or used."""

    opening: Number


class InvoiceAccount(Command, frozen=True):
    """Issue the missing invoices for a customer's purchases on account, 20 at a time. Returns their numbers."""

    customer: CustomerId


class RemindCustomers(Command, frozen=True):
    """Send due reminders, 20 customers at a time, on working days; returns the number of customers."""
