"""What can be asked of payments. Those about a basket are the till's (`edge/counter/till/card_payments.py`)."""

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
from edge.money.payments.provider import Provider as Provider
from edge.money.payments.provider import ProviderId
from edge.money.payments.routing import PaymentRoute as PaymentRoute
from edge.money.payments.routing import RouteId
from edge.money.payments.states import RefundState, Source, State
from edge.money.payments.stored_method import CardBrand, Consent, ExpiryMonth, LastDigits, Token
from edge.people.customers.commands import CustomerId

Sum = Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
Attempt = Annotated[int, msgspec.Meta(ge=0, le=99)]
Mark = Annotated[str, msgspec.Meta(max_length=40)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]
RefundNumber = Annotated[int, msgspec.Meta(ge=1, le=99)]


class SetProvider(Command, frozen=True):
    """Let a provider be as this says, a new one or one that there is."""

    provider: Provider


class EndProvider(Command, frozen=True):
    """Let a provider take nothing more. Payments that are open stay as they are."""

    id: ProviderId


class SetPaymentRoute(Command, frozen=True):
    """Let a rule of who takes which payment be as this says, a new one or one that there is."""

    route: PaymentRoute


class EndPaymentRoute(Command, frozen=True):
    """Let a rule of who takes which payment hold no more."""

    id: RouteId


class NoteCall(Command, frozen=True):
    """Keep whether who takes cards at a place answered: who does not is left alone for a while."""

    provider: ProviderId
    place: Annotated[str, msgspec.Meta(max_length=64)]
    answered: bool


class FailOver(Command, frozen=True):
    """Let another provider make the page of a payment of which surely nothing began: the result is the id of that
    payment, or "" where there is none."""

    id: PaymentId


class OpenPayment(Command, frozen=True):
    """Begin a payment at the register's terminal: the result is its id. One that is there, of which nothing began and
    which is for the same sum, is taken up; others of the kind are voided. `cash_back_minor` is paid besides, and handed
    out in cash; `takes_tip`: a tip that is typed at the terminal can
    be taken. `of`: the payment that a tip is added to; `order`: the order that is paid ahead, of which
    `due_minor` is due. `loads`: a gift card is loaded by it, which is money at once: never offline."""

    amount_minor: Sum
    purpose: AskedPurpose = "sale"
    cash_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    takes_tip: bool = False
    of: OfPayment = ""
    order: OfOrder = ""
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    loads: bool = False


class OpenPayPage(Command, frozen=True):
    """Begin a payment on a page of a provider's, for an order of which `due_minor` is due: the result is its id. One
    that is there for the same sums is taken up; another of the order shall end."""

    amount_minor: Sum
    order: OfOrder
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]


class NotePayPage(Command, frozen=True):
    """Keep the page that a provider made for a payment."""

    id: PaymentId
    session: SessionId
    address: PageAddress
    until_us: Number


class AgreeOffline(Command, frozen=True):
    """Agree that the shop bears what is taken while a terminal's host is gone, up to the limits of config.toml."""


class AskCapture(Command, frozen=True):
    """Let so much of what a card's bank holds be taken; the rest of it is free again. Once."""

    id: PaymentId
    amount_minor: Sum


class MovePayment(Command, frozen=True):
    """Say what was heard of a payment (`PaymentMoved`): the result is the payment behind it. News that says less than
    is known changes nothing; what cannot be is noted as a contradiction, and changes nothing either."""

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
    """Say that a payment, or a refund (its `number`), did not go out, and why."""

    id: PaymentId
    code: FaultCode
    number: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


class WishCancel(Command, frozen=True):
    """Wish that a payment ends; one that did not go out yet is voided."""

    id: PaymentId


class TellOutcome(Command, frozen=True):
    """Say as a person what became of an unknown payment, in the place of a terminal that cannot."""

    id: PaymentId
    taken: bool
    reason: Reason


class AskSignature(Command, frozen=True):
    """Let the sale of a payment that was taken wait until the cashier compared the signature with that of the card."""

    id: PaymentId


class NoteSignature(Command, frozen=True):
    """Say whether the signature is that of the card."""

    id: PaymentId
    matches: bool


class UsePayment(Command, frozen=True):
    """Say that so much of what was taken is in a basket, `cash_back_minor` of it for cash that is handed out. What it
    was more than was asked goes back by itself."""

    id: PaymentId
    amount_minor: Sum
    cash_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0


class NoteSettled(Command, frozen=True):
    """Keep that a provider pays these payments out on a day, and what it took of each (`fees_minor`, in their order;
    none: it does not say so line by line)."""

    on: IsoDate
    payments: Annotated[tuple[PaymentId, ...], msgspec.Meta(min_length=1, max_length=1000)]
    fees_minor: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)], ...], msgspec.Meta(max_length=1000)
    ] = ()


class RequestCardRefund(Command, frozen=True):
    """Let so much of a payment go back to its card."""

    payment: PaymentId
    amount_minor: Sum
    why: RefundWhy = "refund"


class MoveCardRefund(Command, frozen=True):
    """Say what was heard of a refund (`CardRefundMoved`); news that cannot be changes nothing."""

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
    """Try a refund again that failed or was not sent. Where it was too late to take the payment back, the card is
    presented again."""

    payment: PaymentId
    number: RefundNumber


class ResolveCardRefund(Command, frozen=True):
    """Say whether a refund reached its card: one of which look-ups could not tell, or one that no terminal can be asked
    for any more. One that did not reach it can be tried again or given in cash."""

    payment: PaymentId
    number: RefundNumber
    given: bool
    reason: Reason


class NoteRefundInCash(Command, frozen=True):
    """Keep that a refund that failed is given in cash, out of this register's drawer: `cash_minor` of it, in coins that
    there are. The result is the refund."""

    payment: PaymentId
    number: RefundNumber
    cash_minor: Sum


class HearNews(Command, frozen=True):
    """Hear what a provider says of a payment by itself: that somebody should look, or what became of a refund of so
    much; by which `reference` it calls the payment."""

    payment: PaymentId
    what: Literal["look", "refund"] = "look"
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    success: bool = True
    reference: ProviderReference = ""


class NoteExternalRefund(Command, frozen=True):
    """Take in a refund that somebody made at the provider, who calls it `reference`. The same once more has no
    effect."""

    payment: PaymentId
    amount_minor: Sum
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class NoteLookUp(Command, frozen=True):
    """Keep that a request was looked up in vain."""

    key: RequestKey


class DoubtPayments(Command, frozen=True):
    """Let what ran at a register's terminal be unknown: the appliance began anew."""

    of_register: Annotated[str, msgspec.Meta(max_length=64)]


class NoteTerminalClose(Command, frozen=True):
    """Keep what a register's terminal counted when its day was closed, beside what we did."""

    of_register: Annotated[str, msgspec.Meta(max_length=64)]
    brands: Annotated[tuple[BrandTotal, ...], msgspec.Meta(max_length=100)]


class StoreMethod(Command, frozen=True):
    """Keep a card that a provider holds for a customer, by its token, with their consent: the result is its id. Of the
    card nothing else is ever here; its number is typed on the provider's page alone."""

    personal: ClassVar[tuple[str, ...]] = ("token", "brand", "last4", "expiry")

    customer: CustomerId
    provider: ProviderId
    token: Token
    brand: CardBrand
    last4: LastDigits
    expiry: ExpiryMonth
    consent: Consent


class OpenCardPage(Command, frozen=True):
    """Have a provider make a page on which a customer gives a card that the shop may keep; they agreed to it. The
    result is its id."""

    customer: CustomerId


class NoteCardPage(Command, frozen=True):
    """Keep where a provider made that page."""

    id: MethodId
    session: SessionId
    address: PageAddress
    until_us: Number


class KeepPagedCard(Command, frozen=True):
    """Keep the card that was given on that page: the result is its id."""

    personal: ClassVar[tuple[str, ...]] = ("token", "brand", "last4", "expiry")

    id: MethodId
    token: Token
    brand: CardBrand
    last4: LastDigits
    expiry: ExpiryMonth


class EndCardPage(Command, frozen=True):
    """Say that nobody gives a card on that page any more, and why not."""

    id: MethodId
    code: FaultCode = ""


class RevokeMethod(Command, frozen=True):
    """Let a stored card be charged no more, here at once and at its provider as soon as that is told."""

    id: MethodId


class OpenStoredCharge(Command, frozen=True):
    """Charge an order of which `due_minor` is due, the basket of this register (`of_basket`), or (without either) what
    its customer owes, to a card that they let the shop keep: the result is the payment's id. A person asks for it."""

    method: MethodId
    customer: CustomerId
    amount_minor: Sum
    order: OfOrder
    due_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    of_basket: bool = False


class NoteDetached(Command, frozen=True):
    """Keep that a provider let a revoked card go."""

    id: MethodId


class TryTerminal(Command, frozen=True):
    """Try the register's terminal: the smallest sum is taken, and goes back at once."""
