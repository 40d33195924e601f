"""Commands of payments.

Commands about a basket's payments belong to the till (`edge/counter/till/paying/card_payments.py`).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from drivers.terminal_outcomes import BrandTotal
from edge.core.messages import REMARK, Command, IsoDate, Number
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.card import CardApproval
from edge.money.payments.events import (
    FaultCode,
    MethodId,
    OfOrder,
    OfPayment,
    PageAddress,
    PaymentId,
    ProviderReference,
    RefundWhy,
    RequestKey,
    SessionId,
)
from edge.money.payments.payment import AskedPurpose
from edge.money.payments.providers.provider import Provider as Provider
from edge.money.payments.providers.provider import ProviderId
from edge.money.payments.providers.routing import PaymentRoute as PaymentRoute
from edge.money.payments.providers.routing import RouteId
from edge.money.payments.states import RefundState, Source, State
from edge.money.payments.stored.stored_method import CardBrand, Consent, ExpiryMonth, LastDigits, Token
from edge.people.customers.commands import CustomerId

Sum = Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
Attempt = Annotated[int, msgspec.Meta(ge=0, le=99)]
Mark = Annotated[str, msgspec.Meta(max_length=40)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]
RefundNumber = Annotated[int, msgspec.Meta(ge=1, le=99)]


class SetProvider(Command, frozen=True):
    """Create or change a provider."""

    provider: Provider


class EndProvider(Command, frozen=True):
    """End a provider. Its open payments don't change."""

    id: ProviderId


class SetPaymentRoute(Command, frozen=True):
    """Create or change a payment routing rule."""

    route: PaymentRoute


class EndPaymentRoute(Command, frozen=True):
    """End a payment routing rule."""

    id: RouteId


class NoteCall(Command, frozen=True):
    """Record whether a provider answered at a place. A provider that doesn't answer is paused."""

    provider: ProviderId
    place: Annotated[str, msgspec.Meta(max_length=64)]
    answered: bool


class FailOver(Command, frozen=True):
    """Fail over to another provider for a payment page whose payment certainly hasn't begun.

    Returns the new payment's id, or "" if there is no other provider.
    """

    id: PaymentId


class OpenPayment(Command, frozen=True):
    """Begin a payment at the register's terminal and return its id.

    A payment for the same sum that hasn't begun is reused; other payments of this kind are voided. `cash_back_minor` is
    paid in addition and handed out in cash. `takes_tip`: accept a tip entered at the terminal. `of`: the payment that a
    tip is added to. `order`: the order being prepaid, of which `due_minor` is due. `loads`: the payment loads a gift
    card, so it can't be taken offline.
    """

    amount_minor: Sum
    purpose: AskedPurpose = "sale"
    cash_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    takes_tip: bool = False
    of: OfPayment = ""
    order: OfOrder = ""
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    loads: bool = False


class OpenPayPage(Command, frozen=True):
    """Begin a payment on a provider's page for an order of which `due_minor` is due, and return its id.

    An existing payment for the same sums is reused; the order's other payments are cancelled.
    """

    amount_minor: Sum
    order: OfOrder
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]


class NotePayPage(Command, frozen=True):
    """Record the page that a provider created for a payment."""

    id: PaymentId
    session: SessionId
    address: PageAddress
    until_us: Number


class AgreeOffline(Command, frozen=True):
    """Accept the shop's liability for offline payments, up to the limits of config.toml."""


class AskCapture(Command, frozen=True):
    """Capture part or all of an authorised payment. This is possible once; the rest is released."""

    id: PaymentId
    amount_minor: Sum


class MovePayment(Command, frozen=True):
    """Apply news about a payment (`PaymentMoved`) and return the updated payment.

    News that adds nothing is ignored. News that contradicts the payment's state is recorded as a contradiction and
    changes nothing else.
    """

    id: PaymentId
    to: State
    by: Source
    key: RequestKey = ""
    attempt: Attempt = 0
    mark: Mark = ""
    sent_us: Number = 0
    code: FaultCode = ""
    approval: CardApproval | None = None
    charged_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0


class HoldPayment(Command, frozen=True):
    """Record that a payment, or its refund with this `number`, wasn't sent, and why."""

    id: PaymentId
    code: FaultCode
    number: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


class WishCancel(Command, frozen=True):
    """Request cancellation of a payment; one not sent yet is voided."""

    id: PaymentId


class TellOutcome(Command, frozen=True):
    """Resolve an unknown payment by hand when no terminal can report its outcome."""

    id: PaymentId
    taken: bool
    reason: Reason


class AskSignature(Command, frozen=True):
    """Hold the sale of a captured payment until the cashier has compared the signature with the card's."""

    id: PaymentId


class NoteSignature(Command, frozen=True):
    """Record whether the signature matches the card's."""

    id: PaymentId
    matches: bool


class UsePayment(Command, frozen=True):
    """Book an amount of a payment to a basket, of which `cash_back_minor` is handed out in cash.

    Any excess over the requested sum is refunded automatically.
    """

    id: PaymentId
    amount_minor: Sum
    cash_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0


class NoteSettled(Command, frozen=True):
    """Record that a provider settles these payments on a date, and its fees (`fees_minor`, in their order;
    empty: not stated by line)."""

    on: IsoDate
    payments: Annotated[tuple[PaymentId, ...], msgspec.Meta(min_length=1, max_length=1000)]
    fees_minor: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)], ...], msgspec.Meta(max_length=1000)
    ] = ()


class RequestCardRefund(Command, frozen=True):
    """Request a refund of part or all of a payment to its card."""

    payment: PaymentId
    amount_minor: Sum
    why: RefundWhy = "refund"


class MoveCardRefund(Command, frozen=True):
    """Apply news about a refund (`CardRefundMoved`); impossible news changes nothing."""

    payment: PaymentId
    number: RefundNumber
    to: RefundState
    by: Source
    key: RequestKey = ""
    attempt: Attempt = 0
    mark: Mark = ""
    sent_us: Number = 0
    code: FaultCode = ""
    approval: CardApproval | None = None


class RetryCardRefund(Command, frozen=True):
    """Retry a refund that failed or wasn't sent. If it was too late to void the payment, the card must be
    presented again."""

    payment: PaymentId
    number: RefundNumber


class ResolveCardRefund(Command, frozen=True):
    """Record whether a refund reached its card, if look-ups found no answer or its terminal can no longer be asked.

    A refund that didn't can be retried or paid in cash.
    """

    payment: PaymentId
    number: RefundNumber
    given: bool
    reason: Reason


class NoteRefundInCash(Command, frozen=True):
    """Record that a failed refund is paid in cash from this register's drawer: `cash_minor`, rounded to available
    coins. Returns the refund."""

    payment: PaymentId
    number: RefundNumber
    cash_minor: Sum


class HearNews(Command, frozen=True):
    """Apply a provider's notification about a payment: a reason to look it up, or the result of a refund of this sum.

    `reference`: the provider's reference of the payment. `refund`: its reference of the refund.
    """

    payment: PaymentId
    what: Literal["look", "refund"] = "look"
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    success: bool = True
    reference: ProviderReference = ""
    refund: ProviderReference = ""


class NoteExternalRefund(Command, frozen=True):
    """Record a refund made at the provider under its `reference`. Repeating it has no
    effect."""

    payment: PaymentId
    amount_minor: Sum
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class NoteLookUp(Command, frozen=True):
    """Record a failed look-up of a request."""

    key: RequestKey


class DoubtPayments(Command, frozen=True):
    """Mark a register's payments in progress at its terminal as unknown, after the appliance restarted."""

    of_register: Annotated[str, msgspec.Meta(max_length=64)]


class NoteTerminalClose(Command, frozen=True):
    """Record a terminal's totals for its closed day, next to our own."""

    of_register: Annotated[str, msgspec.Meta(max_length=64)]
    brands: Annotated[tuple[BrandTotal, ...], msgspec.Meta(max_length=100)]


class StoreMethod(Command, frozen=True):
    """Store a customer's card by its provider's token, with consent, and return its id.

    No other card data is stored. The customer enters the number only on the provider's page.
    """

    personal: ClassVar[tuple[str, ...]] = ("token", "brand", "last4", "expiry")

    customer: CustomerId
    provider: ProviderId
    token: Token
    brand: CardBrand
    last4: LastDigits
    expiry: ExpiryMonth
    consent: Consent


class OpenCardPage(Command, frozen=True):
    """Request a provider's page on which a customer enters a card to store, with consent. Returns the page's id."""

    customer: CustomerId


class NoteCardPage(Command, frozen=True):
    """Record the address of a page requested by `OpenCardPage`."""

    id: MethodId
    session: SessionId
    address: PageAddress
    until_us: Number


class KeepPagedCard(Command, frozen=True):
    """Store the card entered on a page requested by `OpenCardPage`, and return the card's id."""

    personal: ClassVar[tuple[str, ...]] = ("token", "brand", "last4", "expiry")

    id: MethodId
    token: Token
    brand: CardBrand
    last4: LastDigits
    expiry: ExpiryMonth


class EndCardPage(Command, frozen=True):
    """Close a page requested by `OpenCardPage` without a card, and record the reason."""

    id: MethodId
    code: FaultCode = ""


class RevokeMethod(Command, frozen=True):
    """Revoke a stored card: immediately here, and at its provider once the provider is notified."""

    id: MethodId


class OpenStoredCharge(Command, frozen=True):
    """Charge a stored card and return the payment's id.

    It pays for an order of which `due_minor` is due, for this register's basket (`of_basket`), or (without either) for
    the customer's account. A person must request it.
    """

    method: MethodId
    customer: CustomerId
    amount_minor: Sum
    order: OfOrder
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    of_basket: bool = False


class NoteDetached(Command, frozen=True):
    """Record that a provider deleted a revoked card."""

    id: MethodId


class TryTerminal(Command, frozen=True):
    """Test the register's terminal: the smallest sum is charged and refunded at once."""
