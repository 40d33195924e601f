"""Current state of card payments and refunds, and the effect of each event on it. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import RecordedEvent
from edge.lib.units.money import divide_half_up
from edge.money.payments import events
from edge.money.payments.card import CardApproval
from edge.money.payments.events import RefundWhy
from edge.money.payments.providers.provider import Driver, Mode
from edge.money.payments.states import RUNNING, TAKEN, RefundState, State

BESIDE = ("order", "account")
"""Purposes of payments outside a basket. Their money is booked at the register that requested it."""
AskedPurpose = Literal["sale", "trial", "tip", "order"]
"""Purposes of requests to terminals."""
PaymentPurpose = Literal[AskedPurpose, "account"]
"""Purpose of a payment. `tip`: a tip added to a payment that was already taken."""
_replace = msgspec.structs.replace


class PayPage(msgspec.Struct, frozen=True):
    """A provider's page on which a customer pays, valid until `until_us` (UTC microseconds)."""

    session: str
    address: str
    until_us: int


class Payment(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A payment. `person` started it; `taken_seq` is the journal row that recorded it as paid (0: it isn't).

    `code`: why it failed, or why its outcome is unknown. `same_key`: its last request didn't reach the provider, so the
    next one uses the same key. `used_minor`: the part booked to a basket. `resolved`: the result a person entered;
    `answered`: a look-up has confirmed it since. `contradicted`: a reported state that contradicts its own.
    `settled_on`: the day of the provider's payout ("": not yet).

    `cash_back_minor`: paid on top of `amount_minor` for cash back, and `handed_out_minor` the cash handed out;
    `asks_tip`: the terminal asks for a tip; `offline_most_minor`: the limit for accepting it while the host is
    unreachable; `surcharge_most_minor`: the part of the terminal's card surcharge that the shop may keep.

    For a tip added later, `of` is the payment and `reference` that payment's; `tip_before_minor` was added before it.
    For the payment itself, `added_tip` is the newest tip's id, `earlier_tips` are those before, and `added_minor` is
    their total; `tip_later`: a tip can be added.

    For a payment page whose provider names the payment later, `reference` is that name. For an `order`: the amount due
    when it started (`due_minor`), the register that sells it (`sold_at`), and the `page` where it's paid if not at a
    terminal (`register` is `ONLINE` then). For a basket paid with a stored card, `sold_at` is its register too.

    `after`: the payment it replaces. `fees`: whether the provider's fees are as in its contract or as reported;
    `platform_back_minor`: the part of the platform's fee returned with refunds; `provider_back_minor`: the part of the
    provider's fee returned because the payment was reversed before the payout. `signature`: the cashier's answer about
    the signature ("": not asked). `charged_back_minor`: the amount finally charged back. `method`: the stored card
    charged. `hold`: it is authorised only; `capture_minor`: the amount requested for capture so far (0: none).
    `news_seq`: the newest journal row in which its provider reported a change. `took_us`: the time from sending it to
    its first result (0: none yet).
    """

    id: str
    register: str
    person: str
    provider: str
    driver: Driver
    mode: Mode
    terminal: str
    amount_minor: int
    currency: str
    purpose: PaymentPurpose
    began_us: int
    changed_us: int
    business_date: str
    state: State = "created"
    key: str = ""
    attempt: int = 0
    mark: str = ""
    sent_us: int = 0
    code: str = ""
    same_key: bool = False
    cancel_wished: bool = False
    approval: CardApproval | None = None
    taken_seq: int = 0
    used: bool = False
    used_minor: int = 0
    resolved: Literal["", "taken", "not_taken"] = ""
    answered: bool = False
    contradicted: State | Literal[""] = ""
    settled_on: str = ""
    cash_back_minor: int = 0
    handed_out_minor: int = 0
    asks_tip: bool = False
    offline_most_minor: int = 0
    surcharge_most_minor: int = 0
    of: str = ""
    reference: str = ""
    added_tip: str = ""
    added_minor: int = 0
    earlier_tips: tuple[str, ...] = ()
    order: str = ""
    due_minor: int = 0
    sold_at: str = ""
    page: PayPage | None = None
    news_seq: int = 0
    after: str = ""
    provider_fee_minor: int = 0
    platform_fee_minor: int = 0
    platform_back_minor: int = 0
    provider_back_minor: int = 0
    fees: Literal["", "by_contract", "reported"] = ""
    signature: Literal["", "asked", "matches", "differs"] = ""
    charged_back_minor: int = 0
    method: str = ""
    hold: bool = False
    capture_minor: int = 0
    took_us: int = 0
    tip_later: bool = False
    tip_before_minor: int = 0

    @property
    def is_held(self) -> bool:
        """Whether the payment is authorised and neither captured nor cancelled yet."""
        return self.hold and self.state == "authorised" and not self.cancel_wished

    @property
    def is_on_hold(self) -> bool:
        """Whether the payment was only authorised, and its outcome (capture, release or expiry) is still open."""
        return self.hold and self.approval is not None and self.state in ("authorised", "unknown")

    @property
    def held_minor(self) -> int:
        """The sum authorised and held, in minor units; 0 if none."""
        return self.approval.amount_minor if self.is_held and self.approval else 0

    @property
    def shared_minor(self) -> int:
        """The sum on which fees are charged: the sum taken, without cash handed out."""
        return self.taken_minor - self.cash_out_minor

    @property
    def store_minor(self) -> int:
        """The store's share after all fees; may be negative."""
        platform_minor = self.platform_fee_minor - self.platform_back_minor
        return self.shared_minor - (self.provider_fee_minor - self.provider_back_minor) - platform_minor

    @property
    def asked_minor(self) -> int:
        """The total requested from the card."""
        return self.amount_minor + self.cash_back_minor

    @property
    def paid_minor(self) -> int:
        """The part that pays for the basket. A partial payment covers this part first, then the tip, then cash back."""
        return min(self.taken_minor, self.amount_minor)

    @property
    def tip_minor(self) -> int:
        """The part that is a tip. 0 if the terminal wasn't told to ask for one; such a tip is refunded."""
        told = self.approval.tip_minor if self.approval and self.asks_tip else 0
        return min(told, self.taken_minor - self.paid_minor)

    @property
    def surcharge_minor(self) -> int:
        """The part of the terminal's surcharge that the shop may keep; any excess is refunded."""
        told = self.approval.surcharge_minor if self.approval else 0
        return min(told, self.surcharge_most_minor, self.taken_minor - self.paid_minor - self.tip_minor)

    @property
    def cash_out_minor(self) -> int:
        """The cash to hand out. 0 if the terminal reports that the card isn't a debit card."""
        if self.approval and self.approval.is_no_debit:
            return 0
        return min(self.cash_back_minor, self.taken_minor - self.paid_minor - self.tip_minor - self.surcharge_minor)

    @property
    def returnable_minor(self) -> int:
        """The part that can be refunded: the sum taken, less cash handed out and chargebacks."""
        return max(0, self.taken_minor - self.handed_out_minor - self.charged_back_minor)

    @property
    def counter(self) -> str:
        """The register whose basket this payment is for."""
        return self.sold_at or self.register

    @property
    def waits(self) -> bool:
        """Whether the payment is waiting to be sent."""
        return self.state == "created" and not self.code

    @property
    def runs(self) -> bool:
        """Whether the payment is at the terminal or about to be sent."""
        return self.state in RUNNING or self.waits

    @property
    def is_open(self) -> bool:
        """Whether the payment's outcome is still open."""
        return self.runs or self.state == "unknown" or self.waits_for_signature

    @property
    def waits_for_signature(self) -> bool:
        """Whether the payment was taken and its sale waits for the cashier to compare signatures."""
        return self.signature == "asked"

    @property
    def wants_signature(self) -> bool:
        """Whether the card requires a signature that hasn't been requested yet."""
        verified = self.approval.cvm if self.approval else ""
        return verified in ("signature", "pin_signature") and not self.signature

    @property
    def to_look_up(self) -> bool:
        """Whether the outcome must still be looked up, even if a person has resolved the payment."""
        return self.state == "unknown" or bool(self.resolved and not self.answered)

    @property
    def taken_minor(self) -> int:
        """The sum the shop received; 0 if none."""
        if not self.taken_seq:
            return 0
        return self.approval.amount_minor if self.approval else self.asked_minor

    @property
    def next_key(self) -> tuple[str, int]:
        """The idempotency key and attempt number of its next request."""
        if self.same_key:
            return self.key, self.attempt
        return f"{self.id}p{self.attempt + 1}", self.attempt + 1


class CardRefund(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A refund at the terminal that took the money.

    `reference`: the reference of the payment that it voids in full; empty: the card must be presented again.
    `done_seq`: the journal row of its completion. `cash_seq`: the row of its payout in cash instead, of `cash_minor`
    from the drawer of `cash_at`. `surcharge_minor`: its part of the terminal's surcharge. `voids`: the payment is
    voided, or refunded if a void is too late. `lowers`: a tip is reduced; `tip_before_minor` was the total of the
    payment's tips when the refund was sent. `resolved`: how a person resolved its last request.
    """

    payment: str
    number: int
    register: str
    terminal: str
    brand: str
    amount_minor: int
    currency: str
    why: RefundWhy
    asked_us: int
    changed_us: int
    reference: str = ""
    state: RefundState = "requested"
    key: str = ""
    attempt: int = 0
    mark: str = ""
    sent_us: int = 0
    code: str = ""
    same_key: bool = False
    approval: CardApproval | None = None
    done_seq: int = 0
    cash_seq: int = 0
    cash_minor: int = 0
    cash_at: str = ""
    surcharge_minor: int = 0
    voids: bool = False
    lowers: bool = False
    tip_before_minor: int = 0
    resolved: Literal["", "given", "not_given"] = ""

    @property
    def waits(self) -> bool:
        """Whether the refund is waiting to be sent."""
        return self.state == "requested" and not self.code

    @property
    def counts(self) -> bool:
        """Whether the refund's sum counts as refunded."""
        return self.state != "failed"

    @property
    def next_key(self) -> tuple[str, int]:
        """The idempotency key and attempt number of its next request."""
        if self.same_key:
            return self.key, self.attempt
        return f"{self.payment}r{self.number}a{self.attempt + 1}", self.attempt + 1


def surcharge_part_minor(payment: Payment, amount_minor: int) -> int:
    """The refund's proportional part of the terminal's surcharge."""
    added = payment.approval.surcharge_minor if payment.approval else 0
    return divide_half_up(amount_minor * added, payment.taken_minor) if added and payment.taken_minor else 0


def payment_begun(fact: RecordedEvent, event: events.PaymentBegun) -> Payment:
    """Return a new payment."""
    purpose: PaymentPurpose = "tip" if event.of else "account" if event.account else event.purpose
    return Payment(
        id=event.id,
        register=events.ONLINE if event.on_page else fact.register,
        person=fact.actor,
        provider=event.provider,
        driver=event.driver,
        mode=event.mode,
        terminal=event.terminal,
        amount_minor=event.amount_minor,
        currency=event.currency,
        purpose=purpose,
        began_us=fact.at_us,
        changed_us=fact.at_us,
        business_date=fact.business_date,
        cash_back_minor=event.cash_back_minor,
        asks_tip=event.asks_tip,
        offline_most_minor=event.offline_most_minor,
        surcharge_most_minor=event.surcharge_most_minor,
        of=event.of,
        order=event.order,
        due_minor=event.due_minor,
        sold_at=event.sold_at or fact.register if purpose in BESIDE or event.on_page else "",
        method=event.method,
        hold=event.hold,
        after=event.after,
        tip_later=event.tip_later,
    )


def payment_moved(payment: Payment, fact: RecordedEvent, event: events.PaymentMoved) -> Payment:
    """Return the payment in its next state."""
    looked_up = event.by == "look_up"
    payment = _replace(
        payment,
        state=event.to,
        code=event.code,
        changed_us=fact.at_us,
        approval=event.approval or payment.approval,
        same_key=event.to == "created" and looked_up,
        answered=payment.answered or bool(payment.resolved and looked_up),
        charged_back_minor=payment.charged_back_minor + event.charged_back_minor,
        took_us=payment.took_us or _took_us(payment, fact, event),
    )
    if event.to == "sent":
        return _replace(payment, key=event.key, attempt=event.attempt, mark=event.mark, sent_us=event.sent_us)
    if event.to in TAKEN and not payment.taken_seq:
        return _replace(payment, taken_seq=fact.seq)
    return payment


def _took_us(payment: Payment, fact: RecordedEvent, event: events.PaymentMoved) -> int:
    ends = event.to in ("authorised", "captured", "stored", "declined") and payment.state in ("sent", "unknown")
    return max(0, fact.at_us - payment.sent_us) if ends else 0


def payment_resolved(payment: Payment, fact: RecordedEvent, event: events.PaymentResolved) -> Payment:
    """Return the payment as a person resolved it."""
    said: Literal["taken", "not_taken"] = "taken" if event.taken else "not_taken"
    state: State = "captured" if event.taken else "declined"
    code = "" if event.taken else "resolved"
    taken_seq = fact.seq if event.taken else 0
    return _replace(payment, state=state, code=code, resolved=said, changed_us=fact.at_us, taken_seq=taken_seq)


def fees_split(payment: Payment, event: events.CardFeesSplit) -> Payment:
    """Return the payment with the fees that the provider's contract sets."""
    fees = (event.provider_fee_minor, event.platform_fee_minor)
    return _replace(payment, provider_fee_minor=fees[0], platform_fee_minor=fees[1], fees="by_contract")


def with_tip(payment: Payment, tip: str, amount_minor: int) -> Payment:
    """Return the payment with a tip added, the first or a further one."""
    earlier = (*payment.earlier_tips, payment.added_tip) if payment.added_tip else ()
    return _replace(payment, added_tip=tip, added_minor=payment.added_minor + amount_minor, earlier_tips=earlier)


def payment_settled(
    payment: Payment, fact: RecordedEvent, event: events.PaymentsSettled, fee_minor: int | None
) -> Payment:
    """Return the payment as settled by its provider, less this fee (None: not reported).

    Settlement also confirms an offline payment. A payment with refunds keeps its state.
    """
    state: State = "settled" if payment.state in TAKEN else payment.state
    payment = _replace(payment, state=state, settled_on=event.on, changed_us=fact.at_us)
    reported = {"provider_fee_minor": fee_minor, "provider_back_minor": 0, "fees": "reported"}
    return payment if fee_minor is None else _replace(payment, **reported)


def refund_moved(refund: CardRefund, fact: RecordedEvent, event: events.CardRefundMoved) -> CardRefund:
    """Return the refund in its next state. A refund that was too late for a void is requested again as a new one."""
    too_late = event.to == "requested" and event.code == "too_late"
    refund = _replace(
        refund,
        state=event.to,
        code="" if too_late else event.code,
        amount_minor=event.amount_minor,
        changed_us=fact.at_us,
        approval=event.approval or refund.approval,
        same_key=event.to == "requested" and event.by == "look_up" and not too_late,
        voids=refund.voids and not too_late,
        lowers=refund.lowers and not too_late,
        done_seq=fact.seq if event.to == "done" else 0,
        reference="" if refund.code == "too_late" else refund.reference,
        resolved="" if event.to == "sent" else refund.resolved,
    )
    if event.to == "cash":
        return _replace(refund, cash_seq=fact.seq, cash_minor=event.cash_minor, cash_at=fact.register)
    if event.to == "sent":
        return _replace(refund, key=event.key, attempt=event.attempt, mark=event.mark, sent_us=event.sent_us)
    return refund
