"""What can have happened to payments by card, and to the refunds of them. Of cards no number is in any of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import Ciphertext, Event, Remark, Sealed
from edge.money.payments.card import CardApproval
from edge.money.payments.provider import Driver, Mode, Provider, ProviderId
from edge.money.payments.routing import PaymentRoute, RouteId
from edge.money.payments.states import RefundState, Source, State

PaymentId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
"""Made of the command that began it, so that no ledger that was set back gives it again."""
RequestKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-z]{0,32}$(?!\n)")]
"""What the terminal knows a request by; empty: none went out."""
FaultCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}$(?!\n)")]
"""Why not: one of `drivers.terminal_outcomes.TerminalFault`, or a word of the till's."""
Purpose = Literal["sale", "trial", "order"]
"""`order`: money ahead for an order, which lies on no counter."""
OfPayment = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{24})?$(?!\n)")]
"""A payment's id; "": of none."""
OfOrder = Annotated[str, msgspec.Meta(pattern=r"^(o[0-9a-z]{8,40})?$(?!\n)")]
"""An order's id; "": of none."""
PageAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s<>\"']{1,1990}$(?!\n)")]
"""Of a provider's page on which somebody pays."""
SessionId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,120}$(?!\n)")]
"""What a provider knows such a page by."""
OfMethod = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{24})?$(?!\n)")]
"""A stored card's id; "": of none."""
MethodId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
ProviderReference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{0,64}$(?!\n)")]
"""What a provider calls a payment; "": it did not say."""
NOTHING = Ciphertext("")
ONLINE = "online"
"""In the place of a register: what customers pay on pages of providers."""
REFUNDS_BY_WORD = frozenset({"nexo"})
"""Drivers whose refunds nobody can look up: what became of them their provider says, signed."""
RefundWhy = Literal["refund", "surplus", "late", "trial", "signature", "external"]
"""`external`: somebody made it at the provider; `signature`: it was not that of the card; `surplus`: more came than was
asked; `late`: it came when nothing was to be paid any more."""


class ProviderSet(Event, frozen=True):
    """A provider is new or changed: all of it, as it is from now on."""

    version: ClassVar[int] = 2

    provider: Provider


class ProviderEnded(Event, frozen=True):
    """A provider takes nothing more."""

    id: ProviderId


class PaymentRouteSet(Event, frozen=True):
    """A rule of who takes which payment is new or changed: all of it, as it is from now on."""

    route: PaymentRoute


class PaymentRouteEnded(Event, frozen=True):
    """A rule of who takes which payment holds no more."""

    id: RouteId


class PaymentBegun(Event, frozen=True):
    """A payment shall be taken at the register's `terminal`; nothing went out yet. `cash_back_minor` is paid besides
    `amount_minor`; `asks_tip`: the terminal asks for one; up to `offline_most_minor` (0: never) it may take the payment
    while its host is gone. Of a tip, `of` is the payment that it is added to. Of an order, `due_minor` was due when it
    began; `on_page`: it is paid on a page of its provider's, at no terminal; `after`: in the place of a payment that
    another provider could not begin, and sold on that one's register (`sold_at`); `method`: the stored card that is
    charged; `hold`: it is authorised alone, and captured as its order is handed over; `account`: it is of no order, but
    pays what a customer owes who pays later; `surcharge_most_minor`: so much of what the terminal adds for the card the
    shop may keep; `tip_later`: its customer may write a tip onto the slip."""

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
    """So much of what a card's bank holds for an order shall be taken."""

    id: PaymentId
    amount_minor: int


class PayPageMade(Event, frozen=True):
    """A provider made a page for a payment, which is good until `until_us` (UTC microseconds)."""

    id: PaymentId
    session: SessionId
    address: PageAddress
    until_us: int


class OfflineAgreed(Event, frozen=True):
    """Somebody agreed that the shop bears what is taken while a terminal's host is gone, up to these limits: of a
    payment, of all of it, of one card, in minor units; how many of them; for how many hours."""

    most_minor: int
    total_most_minor: int
    card_most_minor: int
    count_most: int
    hours_most: int


class PaymentNewsHeard(Event, frozen=True):
    """Its provider said that there is something new of a payment: it is looked up. `reference`: what it calls the
    payment, where it said so."""

    id: PaymentId
    reference: ProviderReference = ""


class PaymentRetried(Event, frozen=True):
    """A payment of which surely nothing began is asked for once more."""

    id: PaymentId


class PaymentNotSent(Event, frozen=True):
    """The terminal could not be asked, and nothing went out."""

    id: PaymentId
    code: FaultCode


class PaymentMoved(Event, frozen=True):
    """A payment is in another state (`states.MOVES`), on the word of `by`.

    Of `sent`: the `key` it goes out under, the number of the `attempt`, what the terminal said of itself before
    (`mark`), and when (`sent_us`, UTC microseconds). `code`: why it was declined, or is not known.
    `approval`: what was taken. `charged_back_minor`: what of it the customer's bank took back for good just now.
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
    """A provider paid these payments out, or will on a day. `fees_minor`: what it took of each, in their order, in the
    place of what its contract says; none: it does not say so."""

    on: str
    payments: tuple[PaymentId, ...]
    fees_minor: tuple[int, ...] = ()


class CardFeesSplit(Event, frozen=True):
    """What of a payment that was taken is the provider's, by its contract, and the platform's; the rest is the
    store's, and may be below zero."""

    id: PaymentId
    currency: str
    amount_minor: int
    provider_fee_minor: int
    platform_fee_minor: int
    store_minor: int


class PlatformFeeReturned(Event, frozen=True):
    """With the refund `number` of a payment (0: it was undone without one) so much of the platform's fee goes back;
    below 0: it is owed once more, as that refund did not stay at its card."""

    id: PaymentId
    number: int
    currency: str
    platform_fee_minor: int


class ProviderFeeReturned(Event, frozen=True):
    """A payment was undone before it was paid out, by its refund `number` (0: by nothing but its terminal), so that its
    provider takes no fee of it; below 0: it does again, as that did not hold."""

    id: PaymentId
    number: int
    currency: str
    provider_fee_minor: int


class PaymentUsed(Event, frozen=True):
    """What was taken is in a basket, as `amount_minor` of its money; `cash_back_minor` of that is handed out."""

    id: PaymentId
    amount_minor: int
    cash_back_minor: int = 0


class PaymentCancelWished(Event, frozen=True):
    """The cashier wishes that it ends; how it does the terminal says."""

    id: PaymentId


class PaymentResolved(Event, frozen=True):
    """Somebody who may says what became of a payment that nobody else could tell of."""

    id: PaymentId
    taken: bool
    reason: Remark

    remarks: ClassVar[tuple[str, ...]] = ("reason",)


class SignatureAsked(Event, frozen=True):
    """The card is verified by a signature: its sale waits for the cashier to compare it with that of the card."""

    id: PaymentId


class SignatureAnswered(Event, frozen=True):
    """Whether the signature is that of the card; where it is not, the money goes back."""

    id: PaymentId
    matches: bool


class PaymentContradicted(Event, frozen=True):
    """What was heard of a payment does not fit what is known of it; it stays as it was."""

    id: PaymentId
    said: State
    by: Source
    said_minor: int = 0


class CardRefundRequested(Event, frozen=True):
    """`amount_minor` of a payment shall go back to its card, as its refund `number`. `rest_of`: the number of the
    refund of which so much did not go back; 0: of none."""

    version: ClassVar[int] = 3

    payment: PaymentId
    number: int
    amount_minor: int
    currency: str
    why: RefundWhy
    rest_of: int = 0


class CardRefundNotSent(Event, frozen=True):
    """The terminal could not be asked for a refund, and nothing went out; it waits for somebody to try again."""

    payment: PaymentId
    number: int
    code: FaultCode


class CardRefundMoved(Event, frozen=True):
    """A refund is in another state (`states.REFUND_MOVES`) than it `was`. Fields as in `PaymentMoved`; amount and
    reason are its own once more, for the books; of one that is done the amount is what went back, which may be less
    than was asked. `cash_minor`: of one that was given in `cash`, what that came to in coins that there are."""

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
    """Somebody who may says whether a refund reached its card, of which nobody else could tell."""

    payment: PaymentId
    number: int
    given: bool
    reason: Remark

    remarks: ClassVar[tuple[str, ...]] = ("reason",)


class MethodStored(Event, frozen=True):
    """A customer lets the shop keep a card at a provider, who knows it by its token; `consent`: how they agreed."""

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
    """A stored card is charged no more."""

    id: MethodId


class BrandClose(msgspec.Struct, frozen=True):
    """A brand as a terminal counted it since its last close, and as we did: payments less refunds, in minor units."""

    brand: str
    count: int
    amount_minor: int
    our_count: int
    our_minor: int

    @property
    def agrees(self) -> bool:
        return (self.count, self.amount_minor) == (self.our_count, self.our_minor)


class TerminalClosed(Event, frozen=True):
    """A terminal's day was closed; `brands` are listed, and nothing is corrected by it."""

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
