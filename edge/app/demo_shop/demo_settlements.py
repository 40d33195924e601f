"""Card payments in the demo's history and their payouts. One day is settled exactly and banked; another has a wrong
amount and a missing payment. One of the first day's payments is disputed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import Batch, BatchLine
from edge.accounting.settlements.commands import OpenDispute, TakeBatch, TakeCredits
from edge.core.messages import Command
from edge.counter.till.commands import AddLine, AnswerQuestion
from edge.counter.till.paying.card_payments import BeginPayment, SettlePayment
from edge.goods.catalog.product import Product
from edge.money.payments.card import CardApproval
from edge.money.payments.commands import MovePayment
from edge.money.payments.payment import Payment

GOODS = ("Cheesecake", "Croissant", "Red wine 750 ml")
CURRENCY, PROVIDER, TERMINAL = "ILS", "sim", "card terminal"
ANSWER_DAYS = 21
"""Days from the chargeback to the deadline for the answer."""
Do = Callable[[Command], Any]
"""Runs a command as the appliance itself at the till and returns its result."""


class Paid(msgspec.Struct, frozen=True):
    """A card payment on a day."""

    id: str
    day: str
    minor: int
    reference: str


def paid_by_card(do: Do, products: Sequence[Product], day: date) -> list[Paid]:
    """Make three sales at the terminal."""
    codes = {(product.names or {}).get("en"): (product.codes or ("",))[0] for product in products}
    made = []
    for number, name in enumerate(GOODS):
        basket = do(AddLine(codes[name]))
        for question in basket.questions:
            basket = do(AnswerQuestion(question.id))
        id = do(BeginPayment()).payment
        sent: Payment = do(MovePayment(id, "sent", "till", key=f"{id}p1", attempt=1))
        reference = f"{day:%m%d}{number}"
        approval = CardApproval(
            amount_minor=sent.amount_minor,
            reference=reference,
            authorisation=f"A{reference}",
            brand="VISA",
            last4="1111",
            entry="chip",
            cvm="pin",
            terminal=TERMINAL,
        )
        do(SettlePayment(id, "captured", "terminal", approval=approval))
        made.append(Paid(id, day.isoformat(), sent.amount_minor, reference))
    return made


def settle_in_full(do: Do, paid: Sequence[Paid]) -> None:
    """Pay everything out the next day, to the bank."""
    batch = _batch(*(_line(one) for one in paid))
    do(TakeBatch(PROVIDER, batch))
    credit = BankCredit(day=batch.paid_on, currency=CURRENCY, amount_minor=batch.net_minor, reference=f"CR{batch.id}")
    do(TakeCredits((credit,)))


def settle_with_faults(do: Do, paid: Sequence[Paid], before: Paid) -> None:
    """Pay out one of three payments too low and omit another; charge back one payment of an earlier day."""
    first, second = _line(paid[0]), _line(paid[1])
    less = msgspec.structs.replace(second, amount_minor=second.amount_minor - 100)
    back = BatchLine(kind="chargeback", day=paid[0].day, amount_minor=-before.minor, reference=before.reference)
    do(TakeBatch(PROVIDER, _batch(first, less, back)))
    last = (date.fromisoformat(paid[0].day) + timedelta(ANSWER_DAYS)).isoformat()
    do(OpenDispute(before.id, "not_recognised", before.minor, last))


def _line(paid: Paid) -> BatchLine:
    fee_minor = paid.minor // 100
    return BatchLine(
        kind="payment", day=paid.day, amount_minor=paid.minor, fee_minor=fee_minor, reference=paid.reference
    )


def _batch(*lines: BatchLine) -> Batch:
    day = date.fromisoformat(lines[0].day)
    gross, fees = sum(one.amount_minor for one in lines), sum(one.fee_minor for one in lines)
    sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": gross - fees}
    paid_on = (day + timedelta(1)).isoformat()
    return Batch(id=f"S{day:%Y%m%d}", currency=CURRENCY, paid_on=paid_on, lines=lines, **sums)
