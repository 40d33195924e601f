"""Evidence for a dispute, collected automatically. It has no customer data beyond the sale's content."""

from __future__ import annotations

import msgspec

from edge.accounting.settlements.delivery_proof import DeliveryProof, read_delivery
from edge.accounting.settlements.queries import Dispute, find_dispute
from edge.core.journal.rows import read_rows
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_receipt
from edge.money.payments.card import CardApproval
from edge.money.payments.payment import CardRefund
from edge.money.payments.queries import find_payment, refunds_of

SALE_ROWS = 40
"""Maximum journal rows between a payment and its sale."""


class _Tender(msgspec.Struct, frozen=True):
    payment: str = ""


class _Sold(msgspec.Struct, frozen=True):
    """The fields of a `SaleCompleted` used as evidence."""

    number: int
    tenders: tuple[_Tender, ...]
    age_checked: int = 0


_sold = msgspec.json.Decoder(_Sold).decode


class Evidence(msgspec.Struct, frozen=True):
    """Evidence for a dispute.

    `refunded_minor`: the amount already refunded, the strongest argument; `in_cash_minor`: the part refunded in cash,
    as the card refund failed. The payment was taken on `business_date` at `register`. Its sale has a `receipt` (0:
    none), a seller, and the age checked at the sale or hand-over. `approval`: the terminal's data with the slip;
    `delivery`: the order's proof of delivery.
    """

    dispute: Dispute
    refunded_minor: int
    taken_minor: int
    register: str
    terminal: str
    business_date: str
    taken_us: int
    approval: CardApproval | None
    refunds: tuple[CardRefund, ...]
    in_cash_minor: int = 0
    receipt: int = 0
    sold_by: str = ""
    age_checked: int = 0
    delivery: DeliveryProof | None = None


def read_evidence(db: Connection, id: str) -> Evidence | None:
    """A dispute's evidence by id, or None."""
    dispute = find_dispute(db, id)
    payment = find_payment(db, dispute.payment) if dispute else None
    if dispute is None or payment is None:
        return None
    refunds = refunds_of(db, payment.id)
    receipt, sold_by, age_checked = _sale(db, payment.id, payment.taken_seq)
    delivery = read_delivery(db, payment.order, payment.counter, receipt)
    return Evidence(
        dispute=dispute,
        refunded_minor=sum(one.amount_minor for one in refunds if one.state in ("done", "cash")),
        taken_minor=payment.taken_minor,
        register=payment.register,
        terminal=payment.terminal,
        business_date=payment.business_date,
        taken_us=payment.sent_us or payment.began_us,
        approval=payment.approval,
        refunds=refunds,
        in_cash_minor=sum(one.amount_minor for one in refunds if one.state == "cash"),
        receipt=receipt,
        sold_by=sold_by,
        age_checked=max(age_checked, _age_at_hand_over(db, delivery)),
        delivery=delivery,
    )


def _age_at_hand_over(db: Connection, delivery: DeliveryProof | None) -> int:
    """The age checked at hand-over; 0: none."""
    sale = read_receipt(db, delivery.register, delivery.receipt) if delivery and delivery.receipt else None
    rows = [one for one in read_rows(db, sale.seq, 1) if one.type == "SaleCompleted"] if sale else []
    return _sold(rows[0].body).age_checked if rows else 0


def _sale(db: Connection, payment: str, taken_seq: int) -> tuple[int, str, int]:
    """Number, seller and checked age of the sale that a payment paid; empty values if another tender completed it."""
    for row in read_rows(db, taken_seq, SALE_ROWS):
        if row.type == "SaleCompleted":
            sold = _sold(row.body)
            if any(one.payment == payment for one in sold.tenders):
                return sold.number, row.actor, sold.age_checked
    return 0, "", 0
