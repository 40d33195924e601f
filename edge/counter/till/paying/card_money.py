"""Terminal card payments in sales, voids and refunds."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket import totals
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import GivenBack, Tender
from edge.counter.basket.tips import takes_tip
from edge.counter.till.commands import Pay
from edge.counter.till.settings import TillSettings
from edge.money.payments.commands import RequestCardRefund, WishCancel
from edge.money.payments.payment import Payment
from edge.money.payments.queries import UNFINISHED, find_payment, open_payment
from edge.money.payments.slip import slip_lines
from edge.money.payments.states import TAKEN


def require_no_open_payment(tx: Transaction, basket: Basket, command: Pay, settings: TillSettings) -> Pay:
    """Return the payment command if it's possible while a card payment is open.

    Raises `Refusal` while a card is paying, or if its outcome is unknown and this command would pay the same part of
    the basket. The rest of the basket can be paid.
    """
    register = tx.actor.register
    waiting = open_payment(tx.db, register) if register in UNFINISHED.of(tx) else None
    if waiting is None:
        return command
    if waiting.state != "unknown":
        raise Refusal("payment_open")
    sums = totals.totals(basket, settings)
    left_minor = min(sums.due_minor, sums.due_cash_minor) - waiting.amount_minor
    asked_minor = left_minor if command.amount_minor is None else command.amount_minor
    if left_minor <= 0 or asked_minor > left_minor:
        raise Refusal("payment_unknown")
    return msgspec.structs.replace(command, amount_minor=asked_minor)


def terminal_tender(tx: Transaction, basket: Basket, settings: TillSettings) -> Tender | None:
    """The terminal payment for this basket that isn't in it yet, as a tender; None if there is none."""
    taken = find_payment(tx.db, basket.payment) if basket.payment and tx.is_child else None
    if taken is None or taken.state not in TAKEN or taken.used:
        return None
    return tender_of(taken, basket, settings.language)


def tender_of(taken: Payment, basket: Basket, language: str, cash_back: bool = True) -> Tender:
    """A terminal payment as a tender.

    The amount requested, with tip and surcharge if the basket takes them, and with `cash_back` the cash paid out.
    """
    called = taken.approval.display_name if taken.approval else ""
    cash_out = taken.cash_out_minor if cash_back else 0
    added = taken.tip_minor + taken.surcharge_minor if takes_tip(basket) else 0
    minor = taken.paid_minor + added + cash_out
    return Tender("card", minor, called, payment=taken.id, slip=slip_lines(taken, language), cash_back_minor=cash_out)


def let_go(tx: Transaction, basket: Basket) -> None:
    """Cancel a payment that never began, because its basket is completed or cleared."""
    begun = find_payment(tx.db, basket.payment) if basket.payment else None
    if begun is not None and begun.state == "created":
        tx.do(WishCancel(begun.id))


def back_to_cards(tx: Transaction, given: Iterable[GivenBack]) -> None:
    """Request card refunds from the terminals. Raises `Refusal` if a payment's state doesn't allow it."""
    for one in given:
        if one.payment and one.kind == "card" and one.amount_minor > 0:
            tx.do(RequestCardRefund(one.payment, one.amount_minor))


def cash_back_stays(tenders: Iterable[Tender]) -> None:
    """Raise `Refusal` for a void of cash back, because the void would also return the cash to the card."""
    if any(one.cash_back_minor for one in tenders):
        raise Refusal("cash_back_stays")


def refuse_undo_refund(given: Iterable[GivenBack]) -> None:
    """Raise `Refusal` if a card refund that was already requested from a terminal would be undone."""
    if any(one.payment and one.kind == "card" for one in given):
        raise Refusal("card_refund_stays")
