"""Events of accounts and of orders on account."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.accounting.accounts.account import Account, CustomerId, PaymentTender, QuoteState, SalesLine, SalesState
from edge.core.messages import Event, Remark
from edge.money.payments.events import OfPayment

Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]


class AccountSet(Event, frozen=True):
    """A customer may buy on account, with these terms."""

    account: Account


class AccountEnded(Event, frozen=True):
    """A customer's account was ended."""

    customer: CustomerId


class SalesOrderOpened(Event, frozen=True):
    """An order on account was opened, or its lines replaced. `total_minor`: its total with taxes. `override`: the
    reason for exceeding the limit or a hold."""

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
    """Goods were quoted to a customer, or the quote replaced, valid through a business day. `total_minor`: its total
    with taxes."""

    number: int
    customer: CustomerId
    currency: Currency
    lines: tuple[SalesLine, ...]
    total_minor: int
    valid_until: str


class QuoteEnded(Event, frozen=True):
    """A quote was accepted as an order on account, or declined (order 0)."""

    number: int
    state: QuoteState
    sales_order: int


class WentOut(msgspec.Struct, frozen=True, array_like=True):
    """A delivered quantity of a product, in thousandths of its unit; from a certain lot if one was chosen."""

    sku: str
    quantity: int
    lot: str = ""


class SalesOrderDelivered(Event, frozen=True):
    """Goods of an order were delivered with a receipt of the register. `left_minor`: the undelivered amount. Goods
    returned for replacement have negative quantities and receipt 0."""

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
    """An order's state changed: `complete`, `cancelled`, or reopened (`partial`)."""

    number: int
    state: SalesState


class PaymentFact(Event, frozen=True):
    """Fields of a payment and of its reversal."""

    remarks_on = "customer"

    number: int
    customer: CustomerId
    currency: Currency
    amount_minor: int
    tender: PaymentTender


class AccountPaid(PaymentFact, frozen=True):
    """A customer paid on account. `payment`: the charge of their stored card, if any."""

    remarks = ("reference",)

    reference: Remark
    payment: OfPayment = ""


class AccountPaymentUndone(PaymentFact, frozen=True):
    """A payment was reversed."""

    remarks = ("reason",)

    reason: Remark


class AccountCreditUsed(Event, frozen=True):
    """A customer's credit (`credit`: its journal row) paid part or all of an `item`."""

    customer: CustomerId
    credit: int
    item: int
    amount_minor: int


class AccountCharged(Event, frozen=True):
    """A reminder fee or interest was charged to an account."""

    customer: CustomerId
    currency: Currency
    amount_minor: int
    why: str


class AccountBalanceImported(Event, frozen=True):
    """A balance from the previous system was imported: positive if owed, negative if credit. It isn't in the shop's
    books."""

    customer: CustomerId
    currency: Currency
    amount_minor: int


class ImportedBalanceUndone(Event, frozen=True):
    """An imported balance was undone. `opening`: the journal row of its import."""

    opening: int
    customer: CustomerId
    currency: Currency
    amount_minor: int


class AccountReminded(Event, frozen=True):
    """A customer was reminded of `items`, each at a new stage. `stage`: the highest one."""

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
