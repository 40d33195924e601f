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
    "Current card payments at terminals; only the brand and last digits of a card are stored.",
    *place(),
    Column("id", "text", "Payment id.", "event.id", key=True),
    Column("register", "text", "The register.", "row.register"),
    Column("provider", "text", "Payment provider.", "event.provider"),
    Column(
        "driver", "text", "Driver of the terminal; empty: recorded by an older version.", "event.driver", default="''"
    ),
    Column("mode", "text", "test (no money moved) or live.", "event.mode"),
    Column("terminal", "text", "Terminal name.", "event.terminal"),
    Column(
        "purpose",
        "text",
        "sale, trial (terminal test), order (paid in advance), account (account balance), or a tip added to a payment.",
        _purpose,
    ),
    Column("amount_minor", "bigint", "Requested amount, in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("state", "text", "State: created, sent, unknown, captured, declined ...", default="'created'"),
    Column("taken_minor", "bigint", "Captured amount in minor units; null: nothing yet.", null=True),
    Column("brand", "text", "Card brand.", default="''"),
    Column("last4", "text", "Last four digits of the card.", default="''"),
    Column("reference", "text", "The provider's reference; empty: not known yet.", default="''"),
    Column("provider_fee_minor", "bigint", "Provider fee minus returned fees; null: unknown.", null=True),
    Column("platform_fee_minor", "bigint", "Platform fee minus returned fees; null: unknown.", null=True),
    Column("settled_on", "date", "Payout date; null: not known yet.", null=True),
    BUSINESS_DATE,
    Column("began_at", "timestamptz", "Start time.", "row.at_us"),
    Column("changed_at", "timestamptz", "Time of the last change of state.", "row.at_us"),
    indexes=(
        Index("payment_by_day", "tenant, business_date, store"),
        Index("payment_by_reference", "tenant, reference", where="reference <> ''"),
    ),
)
REFUND = Table(
    "payment_refund",
    "Current refunds to cards.",
    *place(),
    Column("payment", "text", "Payment id.", "event.payment", key=True),
    Column("number", "bigint", "Number of the refund within the payment.", "event.number", key=True),
    Column("amount_minor", "bigint", "Amount in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column(
        "why",
        "text",
        "refund, surplus, late, trial, signature (didn't match) or external (made at the provider).",
        "event.why",
    ),
    Column(
        "state", "text", "requested, sent, unknown, done, failed or cash (refunded in cash).", default="'requested'"
    ),
    Column("asked_at", "timestamptz", "Time of the request.", "row.at_us"),
    Column("changed_at", "timestamptz", "Time of the last change of state.", "row.at_us"),
)
CLOSE = Table(
    "terminal_close",
    "End-of-day totals of terminals, compared with the till.",
    *place(),
    EPOCH,
    SEQ,
    Column("terminal", "text", "Terminal name.", "event.terminal"),
    BUSINESS_DATE,
    AT,
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("counted_minor", "bigint", "The terminal's total, in minor units.", lambda fact: _sum(fact, "amount_minor")),
    Column("ours_minor", "bigint", "The till's total, in minor units.", lambda fact: _sum(fact, "our_minor")),
    Column("agrees", "boolean", "Whether both agree for every card brand.", "event.agrees"),
)

NEWS = Table(
    "payment_news",
    "Webhooks from payment providers, reduced to the necessary data.",
    Column("tenant", "text", "Tenant that owns the payments.", key=True, hidden=True),
    Column("provider", "text", "Payment provider.", key=True),
    Column("event", "text", "The provider's event id; repeats are ignored.", key=True),
    Column("scheme", "text", "Signature scheme; empty: received by an older version.", default="''"),
    Column("what", "text", "look, refund, dispute or verify (of a webhook address; `reference` is the code)."),
    Column("transaction", "text", "The shop's payment id; empty: not given."),
    Column("reference", "text", "The provider's reference; empty: not given."),
    Column("amount_minor", "bigint", "Amount of a refund or dispute, in minor units."),
    Column("currency", "text", "Currency of the amount (ISO 4217); empty: not given.", default="''"),
    Column("success", "boolean", "Whether a refund reached the card."),
    Column("reason", "text", "Reason of a dispute."),
    Column("due", "text", "Deadline for a response to a dispute; empty: unknown."),
    Column("ended", "text", "Outcome of a dispute; empty: still open."),
    Column(
        "state",
        "text",
        "waiting, told (the store was notified), unknown (no matching payment within a week), other_mode or set_up.",
    ),
    Column("came_at", "timestamptz", "Time of receipt.", default="now()"),
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
        """Apply events in order, because the last event about a payment counts."""
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
