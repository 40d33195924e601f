"""Events of card payments and their refunds. No event contains a card number."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import Ciphertext, Event, Remark, Sealed
from edge.money.payments.card import CardApproval
from edge.money.payments.providers.provider import Driver, Mode, Provider, ProviderId
from edge.money.payments.providers.routing import PaymentRoute, RouteId
from edge.money.payments.states import RefundState, Source, State

PaymentId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
"""A payment's id, derived from the command that began it, so that a restored ledger never issues the same id twice."""
RequestKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-z]{0,32}$(?!\n)")]
"""The request's id at the terminal; empty if none was sent."""
FaultCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}$(?!\n)")]
"""Why a payment failed: a `drivers.terminal_outcomes.TerminalFault` or one of the till's own codes."""
Purpose = Literal["sale", "trial", "order"]
"""Purpose of a payment. `order`: a prepayment for an order, without a basket."""
OfPayment = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{24})?$(?!\n)")]
"""A payment's id; "" for none."""
OfOrder = Annotated[str, msgspec.Meta(pattern=r"^(o[0-9a-z]{8,40})?$(?!\n)")]
"""An order's id; "" for none."""
PageAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s<>\"']{1,1990}$(?!\n)")]
"""Address of a provider's payment page."""
SessionId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,120}$(?!\n)")]
"""The provider's id of a payment page."""
OfMethod = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{24})?$(?!\n)")]
"""A stored card's id; "" for none."""
MethodId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
ProviderReference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{0,64}$(?!\n)")]
"""The provider's id of a payment; "" if it gave none."""
NOTHING = Ciphertext("")
ONLINE = "online"
"""Register name recorded for payments on providers' pages."""
REFUNDS_BY_WORD = frozenset({"nexo"})
"""Drivers whose refunds can't be looked up: their provider reports each result in a signed message."""
RefundWhy = Literal["refund", "surplus", "late", "trial", "signature", "external"]
"""Why money is refunded.

`external`: by the provider itself; `signature`: it didn't match the card; `surplus`: more was paid than requested;
`late`: nothing was due by the time it arrived.
"""


class ProviderSet(Event, frozen=True):
    """A provider was created or changed. Contains its whole new state."""

    version: ClassVar[int] = 2

    provider: Provider


class ProviderEnded(Event, frozen=True):
    """A provider was ended."""

    id: ProviderId


class PaymentRouteSet(Event, frozen=True):
    """A payment routing rule was created or changed. Contains its whole new state."""

    route: PaymentRoute


class PaymentRouteEnded(Event, frozen=True):
    """A payment routing rule was ended."""

    id: RouteId


class PaymentBegun(Event, frozen=True):
    """A payment at the register's `terminal` began; nothing has been sent yet.

    `cash_back_minor` is paid in addition to `amount_minor`. `asks_tip`: the terminal asks for a tip.
    `offline_most_minor`: the most it may take offline (0: nothing). `surcharge_most_minor`: the most of the terminal's
    surcharge that the shop may keep. `tip_later`: the customer may write a tip on the slip. For a tip, `of` is the
    payment it's added to.

    For an order, `due_minor` was the amount due at that time. `on_page`: it's paid on a provider's page, not at a
    terminal. `after`: the payment it replaces because that payment's provider couldn't begin it; its sale is booked at
    the register `sold_at`. `method`: the stored card to charge. `hold`: only authorise it now, and capture it when the
    order is handed over. `account`: it pays a customer's account, not an order.
    """

    version: ClassVar[int] = 2

    id: PaymentId
    provider: ProviderId
    driver: Driver
    mode: Mode
    terminal: str
    amount_minor: int
    currency: str
    purpose: Purpose = "sale"
    cash_back_minor: int = 0
    asks_tip: bool = False
    offline_most_minor: int = 0
    of: OfPayment = ""
    order: OfOrder = ""
    due_minor: int = 0
    on_page: bool = False
    after: OfPayment = ""
    sold_at: str = ""
    method: OfMethod = ""
    hold: bool = False
    account: bool = False
    surcharge_most_minor: int = 0
    tip_later: bool = False


class CaptureAsked(Event, frozen=True):
    """Capture of part or all of an order's authorised payment was requested."""

    id: PaymentId
    amount_minor: int


class PayPageMade(Event, frozen=True):
    """A provider created a page for a payment, valid until `until_us` (UTC microseconds)."""

    id: PaymentId
    session: SessionId
    address: PageAddress
    until_us: int


class OfflineAgreed(Event, frozen=True):
    """A person accepted the shop's liability for offline payments up to limits.

    Limits: minor units per payment, in total and per card; number of payments; hours.
    """

    most_minor: int
    total_most_minor: int
    card_most_minor: int
    count_most: int
    hours_most: int


class PaymentNewsHeard(Event, frozen=True):
    """A provider sent a notification about a payment, which must now be looked up.

    `reference`: its reference of the payment, if given.
    """

    id: PaymentId
    reference: ProviderReference = ""


class PaymentRetried(Event, frozen=True):
    """A payment that certainly hasn't begun is sent again."""

    id: PaymentId


class PaymentNotSent(Event, frozen=True):
    """The terminal couldn't be reached, and nothing was sent."""

    id: PaymentId
    code: FaultCode


class PaymentMoved(Event, frozen=True):
    """A payment changed its state, as reported by `by`.

    With `sent`: the idempotency `key`, the number of the `attempt`, the terminal's state before (`mark`), and the time
    (`sent_us`, UTC microseconds). `code`: why it was declined or is unknown. `approval`: the card approval.
    `charged_back_minor`: the sum just charged back for good.
    """

    id: PaymentId
    to: State
    by: Source
    key: RequestKey = ""
    attempt: int = 0
    mark: str = ""
    sent_us: int = 0
    code: FaultCode = ""
    approval: CardApproval | None = None
    charged_back_minor: int = 0


class PaymentsSettled(Event, frozen=True):
    """A provider settled these payments, or will on a date.

    `fees_minor`: the fee it reported for each, in the same order, replacing the fee by contract; empty if not reported.
    """

    on: str
    payments: tuple[PaymentId, ...]
    fees_minor: tuple[int, ...] = ()


class CardFeesSplit(Event, frozen=True):
    """A captured payment's fees were split: the provider's by contract, and the platform's.

    The rest is the store's and may be negative.
    """

    id: PaymentId
    currency: str
    amount_minor: int
    provider_fee_minor: int
    platform_fee_minor: int
    store_minor: int


class PlatformFeeReturned(Event, frozen=True):
    """The platform returned part of its fee.

    `number`: the refund of the payment that caused it; 0: it was voided without a refund. Negative: the fee is due
    again, because the refund didn't reach the card.
    """

    id: PaymentId
    number: int
    currency: str
    platform_fee_minor: int


class ProviderFeeReturned(Event, frozen=True):
    """A payment was voided before settlement, so its provider charges no fee.

    `number`: the refund that voided it; 0: its terminal did. Negative: the fee is due again, because the void failed.
    """

    id: PaymentId
    number: int
    currency: str
    provider_fee_minor: int


class PaymentUsed(Event, frozen=True):
    """A payment was booked to a basket for `amount_minor`. `cash_back_minor` of it is handed out in cash."""

    id: PaymentId
    amount_minor: int
    cash_back_minor: int = 0


class PaymentCancelWished(Event, frozen=True):
    """The cashier requested cancellation; the terminal decides the outcome."""

    id: PaymentId


class PaymentResolved(Event, frozen=True):
    """A person with the right to do so resolved an unknown payment."""

    id: PaymentId
    taken: bool
    reason: Remark

    remarks: ClassVar[tuple[str, ...]] = ("reason",)


class SignatureAsked(Event, frozen=True):
    """The card is verified by signature. Its sale waits until the cashier has compared the signatures."""

    id: PaymentId


class SignatureAnswered(Event, frozen=True):
    """The cashier answered whether the signature matches the card's; if not, the money is refunded."""

    id: PaymentId
    matches: bool


class PaymentContradicted(Event, frozen=True):
    """News about a payment contradicted its state, which was left unchanged."""

    id: PaymentId
    said: State
    by: Source
    said_minor: int = 0


class CardRefundRequested(Event, frozen=True):
    """A refund of `amount_minor` of a payment to its card was requested, as its refund `number`.

    `rest_of`: the number of an earlier refund whose unpaid rest this one pays; 0: none.
    """

    version: ClassVar[int] = 3

    payment: PaymentId
    number: int
    amount_minor: int
    currency: str
    why: RefundWhy
    rest_of: int = 0


class CardRefundNotSent(Event, frozen=True):
    """The terminal couldn't be reached for a refund, and nothing was sent; it waits for a retry."""

    payment: PaymentId
    number: int
    code: FaultCode


class CardRefundMoved(Event, frozen=True):
    """A refund changed its state from `was`. Fields as in `PaymentMoved`.

    The sum and reason are repeated for accounting. For a completed refund the sum is the amount refunded, which may be
    less than requested. `cash_minor`: the sum paid in `cash`, rounded to available coins.
    """

    version: ClassVar[int] = 4

    payment: PaymentId
    number: int
    to: RefundState
    by: Source
    amount_minor: int
    currency: str
    why: RefundWhy
    key: RequestKey = ""
    attempt: int = 0
    mark: str = ""
    sent_us: int = 0
    code: FaultCode = ""
    approval: CardApproval | None = None
    was: RefundState = "requested"
    cash_minor: int = 0


class CardRefundResolved(Event, frozen=True):
    """A person with the right to do so recorded whether an unknown refund reached its card."""

    payment: PaymentId
    number: int
    given: bool
    reason: Remark

    remarks: ClassVar[tuple[str, ...]] = ("reason",)


class MethodStored(Event, frozen=True):
    """A customer's card was stored by its provider's token; `consent`: how the customer consented."""

    personal: ClassVar[tuple[str, ...]] = ("token", "brand", "last4", "expiry")
    person_in: ClassVar[str] = "customer"

    id: MethodId
    customer: str
    provider: ProviderId
    consent: Literal["said", "paper", "page"]
    token: Sealed = NOTHING
    brand: Sealed = NOTHING
    last4: Sealed = NOTHING
    expiry: Sealed = NOTHING


class MethodRevoked(Event, frozen=True):
    """A stored card was revoked."""

    id: MethodId


class BrandClose(msgspec.Struct, frozen=True):
    """A brand's totals since the terminal's last close: the terminal's and ours.

    Payments less refunds, in minor units.
    """

    brand: str
    count: int
    amount_minor: int
    our_count: int
    our_minor: int

    @property
    def agrees(self) -> bool:
        return (self.count, self.amount_minor) == (self.our_count, self.our_minor)


class TerminalClosed(Event, frozen=True):
    """A terminal's day was closed with totals by brand. The event corrects nothing."""

    terminal: str
    currency: str
    brands: tuple[BrandClose, ...]

    @property
    def agrees(self) -> bool:
        return all(one.agrees for one in self.brands)


EVENTS: tuple[type[Event], ...] = (
    ProviderSet,
    ProviderEnded,
    PaymentRouteSet,
    PaymentRouteEnded,
    PaymentBegun,
    CaptureAsked,
    OfflineAgreed,
    PayPageMade,
    PaymentNewsHeard,
    PaymentRetried,
    PaymentNotSent,
    PaymentMoved,
    PaymentUsed,
    PaymentCancelWished,
    PaymentResolved,
    SignatureAsked,
    SignatureAnswered,
    PaymentContradicted,
    PaymentsSettled,
    CardFeesSplit,
    PlatformFeeReturned,
    ProviderFeeReturned,
    CardRefundRequested,
    CardRefundNotSent,
    CardRefundMoved,
    CardRefundResolved,
    TerminalClosed,
    MethodStored,
    MethodRevoked,
)
