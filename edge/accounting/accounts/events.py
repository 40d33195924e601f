"""What can have happened to accounts and to orders on account."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.accounting.accounts.account import Account, CustomerId, PaymentTender, QuoteState, SalesLine, SalesState
from edge.core.messages import Event, Remark
from edge.money.payments.events import OfPayment

Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]


class AccountSet(Event, frozen=True):
    """A customer may pay later, by these terms."""

    account: Account


class AccountEnded(Event, frozen=True):
    """A customer pays later no more."""

    customer: CustomerId


class SalesOrderOpened(Event, frozen=True):
    """An order on account is new, or has these lines from now on. `total_minor`: what all of it comes to with its
    taxes. `override`: why it was taken although the limit, or what is overdue, forbade it."""

    remarks = ("override",)
    remarks_on = "customer"

    number: int
    customer: CustomerId
    location: str
    currency: Currency
    lines: tuple[SalesLine, ...]
    total_minor: int
    due_on: str
    override: Remark


class QuoteMade(Event, frozen=True):
    """A customer was offered goods, or is offered these from now on, until the end of a business day. `total_minor`:
    what all of it comes to with its taxes."""

    number: int
    customer: CustomerId
    currency: Currency
    lines: tuple[SalesLine, ...]
    total_minor: int
    valid_until: str


class QuoteEnded(Event, frozen=True):
    """An offer was taken, as an order on account, or declined (order 0)."""

    number: int
    state: QuoteState
    sales_order: int


class WentOut(msgspec.Struct, frozen=True, array_like=True):
    """So much of a product, in thousandths of its unit; of one lot, where somebody said which."""

    sku: str
    quantity: int
    lot: str = ""


class SalesOrderDelivered(Event, frozen=True):
    """Goods of an order went out, by a receipt of the register; `left_minor` of the order is still open. What came back
    to be replaced has quantities below zero and receipt 0."""

    remarks = ("override",)
    remarks_on = "customer"

    number: int
    customer: CustomerId
    lines: tuple[WentOut, ...]
    receipt: int
    left_minor: int
    delivery_note: str
    override: Remark


class SalesOrderEnded(Event, frozen=True):
    """An order stands so from now on: `complete`, `cancelled`, or open again (`partial`)."""

    number: int
    state: SalesState


class PaymentFact(Event, frozen=True):
    """What is said of a payment, and of its counter-entry."""

    remarks_on = "customer"

    number: int
    customer: CustomerId
    currency: Currency
    amount_minor: int
    tender: PaymentTender


class AccountPaid(PaymentFact, frozen=True):
    """A customer paid what they owed. `payment`: that by which a card was charged that the shop keeps for them."""

    remarks = ("reference",)

    reference: Remark
    payment: OfPayment = ""


class AccountPaymentUndone(PaymentFact, frozen=True):
    """A payment was none: its counter-entry."""

    remarks = ("reason",)

    reason: Remark


class AccountCreditUsed(Event, frozen=True):
    """What a customer has to their credit (`credit`: the row of the journal it is of) pays so much of an `item`."""

    customer: CustomerId
    credit: int
    item: int
    amount_minor: int


class AccountCharged(Event, frozen=True):
    """A reminder's fee, or interest, was booked onto an account."""

    customer: CustomerId
    currency: Currency
    amount_minor: int
    why: str


class AccountBalanceImported(Event, frozen=True):
    """An account opened with what its customer owed at the shop's previous system; below 0, had to their credit there.
    The shop's books say nothing of it."""

    customer: CustomerId
    currency: Currency
    amount_minor: int


class ImportedBalanceUndone(Event, frozen=True):
    """An opening balance was taken back: `opening` is the row of the journal that it came with."""

    opening: int
    customer: CustomerId
    currency: Currency
    amount_minor: int


class AccountReminded(Event, frozen=True):
    """A customer was reminded of `items`, each of them at its stage for the first time; `stage` is the highest."""

    customer: CustomerId
    stage: int
    items: tuple[int, ...]
    stages: tuple[int, ...]


EVENTS: tuple[type[Event], ...] = (
    AccountSet,
    AccountEnded,
    QuoteMade,
    QuoteEnded,
    SalesOrderOpened,
    SalesOrderDelivered,
    SalesOrderEnded,
    AccountPaid,
    AccountPaymentUndone,
    AccountCreditUsed,
    AccountCharged,
    AccountBalanceImported,
    ImportedBalanceUndone,
    AccountReminded,
)
