"""Hub projection: card payments and refunds by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from edge.money.payments.card import CardApproval
from edge.money.payments.events import (
    CardFeesSplit,
    CardRefundMoved,
    CardRefundRequested,
    PaymentBegun,
    PaymentMoved,
    PaymentResolved,
    PaymentsSettled,
    PlatformFeeReturned,
    ProviderFeeReturned,
    TerminalClosed,
)
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Fact, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _purpose(fact: Fact) -> str:
    return "tip" if fact.event.of else "account" if fact.event.account else str(fact.event.purpose)


PAYMENT = Table(
    "payment",
    "Payments by card at terminals, as each is now. Of a card no more than its brand and last digits.",
    *place(),
    Column("id", "text", "The payment's id.", "event.id", key=True),
    Column("register", "text", "The register.", "row.register"),
    Column("provider", "text", "Who takes the money.", "event.provider"),
    Column("driver", "text", "How it is asked; empty: taken by an older version.", "event.driver", default="''"),
    Column("mode", "text", "test (no money moved) or live.", "event.mode"),
    Column("terminal", "text", "The terminal's name.", "event.terminal"),
    Column(
        "purpose",
        "text",
        "sale, trial of the terminal, order (paid ahead), account (what was owed), or a tip added to a payment.",
        _purpose,
    ),
    Column("amount_minor", "bigint", "What was asked, in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("state", "text", "Where it is: created, sent, unknown, captured, declined ...", default="'created'"),
    Column("taken_minor", "bigint", "What was taken, in minor units; null: nothing yet.", null=True),
    Column("brand", "text", "The card's brand.", default="''"),
    Column("last4", "text", "The card's last four digits.", default="''"),
    Column("reference", "text", "What its provider finds it by; empty: not known yet.", default="''"),
    Column(
        "provider_fee_minor", "bigint", "What its provider takes, less what went back of it; null: unknown.", null=True
    ),
    Column("platform_fee_minor", "bigint", "What the platform takes, less what went back; null: unknown.", null=True),
    Column("settled_on", "date", "When its provider pays it out; null: it does not yet.", null=True),
    BUSINESS_DATE,
    Column("began_at", "timestamptz", "When it began.", "row.at_us"),
    Column("changed_at", "timestamptz", "When its state changed last.", "row.at_us"),
    indexes=(
        Index("payment_by_day", "tenant, business_date, store"),
        Index("payment_by_reference", "tenant, reference", where="reference <> ''"),
    ),
)
REFUND = Table(
    "payment_refund",
    "What goes back to cards, as each refund is now.",
    *place(),
    Column("payment", "text", "The payment's id.", "event.payment", key=True),
    Column("number", "bigint", "Which refund of it.", "event.number", key=True),
    Column("amount_minor", "bigint", "How much, in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column(
        "why",
        "text",
        "refund, surplus, late, trial, signature (it did not match), or external (made at the provider).",
        "event.why",
    ),
    Column("state", "text", "requested, sent, unknown, done, failed, or cash (given so).", default="'requested'"),
    Column("asked_at", "timestamptz", "When it was asked for.", "row.at_us"),
    Column("changed_at", "timestamptz", "When its state changed last.", "row.at_us"),
)
CLOSE = Table(
    "terminal_close",
    "The days of terminals as they were closed: what they counted, and what the till had.",
    *place(),
    EPOCH,
    SEQ,
    Column("terminal", "text", "The terminal's name.", "event.terminal"),
    BUSINESS_DATE,
    AT,
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column(
        "counted_minor", "bigint", "What the terminal counted, in minor units.", lambda fact: _sum(fact, "amount_minor")
    ),
    Column("ours_minor", "bigint", "What the till had, in minor units.", lambda fact: _sum(fact, "our_minor")),
    Column("agrees", "boolean", "Whether both agree, brand by brand.", "event.agrees"),
)

NEWS = Table(
    "payment_news",
    "What providers of cards told head office of payments, as far as anybody has to know.",
    Column("tenant", "text", "Whose payments they are.", key=True, hidden=True),
    Column("provider", "text", "Who told it.", key=True),
    Column("event", "text", "What the provider calls it: the same again is no news.", key=True),
    Column("scheme", "text", "How it was signed; empty: told to an older version.", default="''"),
    Column("what", "text", "look, refund, dispute or verify (an address: `reference` is the code)."),
    Column("transaction", "text", "What the shop called the payment; empty: it is not said."),
    Column("reference", "text", "What the provider calls it; empty: it is not said."),
    Column("amount_minor", "bigint", "Of a refund or a dispute, in minor units."),
    Column("currency", "text", "ISO 4217, of the amount; empty: not said.", default="''"),
    Column("success", "boolean", "Whether a refund came to its card."),
    Column("reason", "text", "Of a dispute."),
    Column("due", "text", "The last day of an answer to a dispute; empty: not known."),
    Column("ended", "text", "How a dispute ended; empty: it goes on."),
    Column("state", "text", "waiting, told (to the store), unknown (of no payment for a week), other_mode or set_up."),
    Column("came_at", "timestamptz", "When it came.", default="now()"),
    indexes=(Index("payment_news_waiting", "came_at", where="state = 'waiting'"),),
)

_BEGUN, _REQUESTED, _CLOSED = PAYMENT.insert_once(), REFUND.insert_once(), CLOSE.insert_once()
_MOVED = """
    UPDATE payment SET state = $5, changed_at = $6, taken_minor = coalesce($7, taken_minor),
                       brand = coalesce($8, brand), last4 = coalesce($9, last4),
                       reference = coalesce($10, reference)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_RESOLVED = """
    UPDATE payment SET state = $5, changed_at = $6,
                       taken_minor = CASE WHEN $5 = 'captured' THEN amount_minor ELSE taken_minor END
    WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_SETTLED = """
    UPDATE payment SET settled_on = $5, changed_at = $6,
                       state = CASE WHEN state IN ('captured', 'stored') THEN 'settled' ELSE state END
    WHERE tenant = $1 AND store = $2 AND device = $3 AND id = ANY($4::text[])
"""
_FEES = """
    UPDATE payment SET provider_fee_minor = $5, platform_fee_minor = coalesce($6, platform_fee_minor)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_FEES_BACK = """
    UPDATE payment SET provider_fee_minor = provider_fee_minor - $5, platform_fee_minor = platform_fee_minor - $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_REFUND_MOVED = """
    UPDATE payment_refund SET state = $6, changed_at = $7, amount_minor = $8
    WHERE tenant = $1 AND store = $2 AND device = $3 AND payment = $4 AND number = $5
"""


class PaymentTables(TableProjector):
    """Projects payment events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "payments"
    version = 1
    keeps_orphans = True
    tables = (PAYMENT, REFUND, CLOSE)
    reads = (
        PAYMENT.read(
            "payments",
            Filter("store", "store"),
            Filter("state", "state"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
        REFUND.read("payments/refunds", Filter("store", "store"), Filter("state", "state")),
        CLOSE.read("payments/closes", Filter("store", "store"), Filter("from", "business_date", ">=")),
        msgspec.structs.replace(
            NEWS.read("payments/news", Filter("state", "state"), Filter("provider", "provider")), by_store=False
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        paid = (PaymentBegun, PaymentMoved, PaymentResolved, PaymentsSettled)
        fees = (CardFeesSplit, PlatformFeeReturned, ProviderFeeReturned)
        return together(self._project, *paid, *fees, CardRefundRequested, CardRefundMoved, TerminalClosed)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, as the last about a payment counts."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            at = moment(fact.row.at_us)
            match fact.event:
                case PaymentBegun():
                    await connection.execute(_BEGUN, *PAYMENT.record(fact))
                case PaymentMoved(id=id, to=to, approval=approval):
                    card = _card_of(approval)
                    await connection.execute(_MOVED, *of, id, to, at, *card)
                case PaymentResolved(id=id, taken=taken):
                    await connection.execute(_RESOLVED, *of, id, "captured" if taken else "declined", at)
                case PaymentsSettled(on=on, payments=payments, fees_minor=fees):
                    await connection.execute(_SETTLED, *of, list(payments), date.fromisoformat(on), at)
                    for id, fee_minor in zip(payments, fees, strict=False):
                        await connection.execute(_FEES, *of, id, fee_minor, None)
                case CardFeesSplit(id=id, provider_fee_minor=fee_minor, platform_fee_minor=platform_minor):
                    await connection.execute(_FEES, *of, id, fee_minor, platform_minor)
                case PlatformFeeReturned(id=id, platform_fee_minor=platform_minor):
                    await connection.execute(_FEES_BACK, *of, id, 0, platform_minor)
                case ProviderFeeReturned(id=id, provider_fee_minor=back_minor):
                    await connection.execute(_FEES_BACK, *of, id, back_minor, 0)
                case CardRefundRequested():
                    await connection.execute(_REQUESTED, *REFUND.record(fact))
                case CardRefundMoved(payment=payment, number=number, to=to, amount_minor=minor):
                    await connection.execute(_REFUND_MOVED, *of, payment, number, to, at, minor)
                case TerminalClosed():
                    await connection.execute(_CLOSED, *CLOSE.record(fact))


def _card_of(approval: CardApproval | None) -> tuple[object, ...]:
    if approval is None:
        return (None,) * 4
    return approval.amount_minor, approval.brand, approval.last4, approval.reference or None


def _sum(fact: Fact, name: str) -> int:
    return sum(getattr(one, name) for one in fact.event.brands)
