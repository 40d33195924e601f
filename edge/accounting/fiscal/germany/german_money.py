"""Money received or paid without a till paper, and non-business events, as receipts of DSFinV-K. Pure.

Money moved by deliveries, accounts and bottles is read from their own events rather than from cash movements, as they
also exist outside a shift. Within a shift all cash sums to zero, as the drawer is emptied at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType

import msgspec

from edge.accounting.accounts.events import AccountPaid, AccountPaymentUndone, PaymentFact
from edge.accounting.fiscal.germany.german_receipts import UNTAXED, payment_of
from edge.core.messages import Event, RecordedEvent
from edge.counter.bottle_deposits.events import BottleLine, BottlesTaken, BottlesUndone
from edge.counter.shifts.events import CashMoved, ShiftClosed, ShiftOpened
from edge.counter.till.events import BasketAbandoned, TrainingEnded
from edge.lib.fiscal.germany.receipt import GermanLine, GermanReceipt
from edge.ordering.delivery.events import DriverHandedIn, DriverPaid

TRAINING, BROKEN_OFF = "AVTraining", "AVBelegabbruch"
BESIDE: tuple[type[Event], ...] = (
    *(ShiftOpened, CashMoved, ShiftClosed, DriverPaid, DriverHandedIn),
    *(AccountPaid, AccountPaymentUndone, BottlesTaken, BottlesUndone, BasketAbandoned, TrainingEnded),
)
"""Events that can be receipts although they aren't papers."""
AT_THE_BANK = "transfer"
_MOVED = MappingProxyType(
    {
        "top_up": ("Einzahlung", 1),
        "payout": ("Auszahlung", -1),
        "drop": ("Geldtransit", -1),
        "tips": ("Auszahlung", -1),
        "card_refund": ("Auszahlung", -1),
    }
)
"""Manual cash movements, each with its sign."""


def besides(fact: RecordedEvent, at: GermanReceipt) -> GermanReceipt | None:
    """The receipt of an event that isn't a paper: `at` with money received or paid, a cleared basket, or practice; None
    for other events."""
    match fact.event:
        case BasketAbandoned() as basket if basket.lines:
            return msgspec.structs.replace(at, kind=BROKEN_OFF)
        case TrainingEnded() as training if training.papers:
            return msgspec.structs.replace(at, kind=TRAINING)
        case BottlesTaken() | BottlesUndone() as bottles:
            return _of_bottles(at, bottles)
        case AccountPaid() | AccountPaymentUndone() as payment if payment.tender != AT_THE_BANK:
            return _of_account(at, payment)
    return _of_drawer(at, fact.event)


def _of_drawer(at: GermanReceipt, event: Event) -> GermanReceipt | None:
    """The receipt of a drawer event. After a shift the drawer is empty: the counted cash is in transit, and the next
    float is new. Cash collected by drivers is also in transit until they hand it in."""
    match event:
        case ShiftOpened() as opened:
            return _with_money(at, "cash", opened.currency, (("Anfangsbestand", opened.float_minor),))
        case CashMoved() as moved if moved.tender == "cash" and moved.kind in _MOVED:
            case, sign = _MOVED[moved.kind]
            return _with_money(at, "cash", moved.currency, ((case, sign * moved.amount_minor),))
        case DriverPaid() as paid:
            out = (("Geldtransit", -paid.amount_minor), ("Auszahlung", -paid.tip_minor))
            return _with_money(at, "cash", paid.currency, out)
        case DriverHandedIn() as handed:
            return _with_money(at, "cash", handed.currency, (("Geldtransit", handed.counted_minor),))
        case ShiftClosed() as closed:
            counted = (("DifferenzSollIst", closed.difference_minor), ("Geldtransit", -closed.counted_minor))
            return _with_money(at, "cash", closed.currency, counted)
    return None


def _of_account(at: GermanReceipt, payment: PaymentFact) -> GermanReceipt | None:
    """The receipt of a payment on account, which reduces the debt. Its tax was in the sale."""
    undone = isinstance(payment, AccountPaymentUndone)
    minor = -payment.amount_minor if undone else payment.amount_minor
    made = _with_money(at, payment.tender, payment.currency, (("Forderungsaufloesung", minor),))
    return msgspec.structs.replace(made, void=undone) if made else None


def _of_bottles(at: GermanReceipt, bottles: BottlesTaken | BottlesUndone) -> GermanReceipt:
    """The receipt of refunded bottle deposits: paid from the drawer, or as store credit, like a refund. The till
    charged no tax on them, so none is refunded."""
    undone = isinstance(bottles, BottlesUndone)
    sign = 1 if undone else -1
    worth = bottles.paid_minor - bottles.rounding_minor
    whole = [_line("PfandRueckzahlung", sign * worth)]
    lines = list(_bottle_lines(bottles.lines)) if isinstance(bottles, BottlesTaken) else whole
    if rounding := sign * bottles.rounding_minor:
        rounded = _line("Aufschlag" if rounding > 0 else "Rabatt", rounding)
        lines.append(msgspec.structs.replace(rounded, case_name="Rundung"))
    kind = "credit" if bottles.out == "paper" else "cash"
    paid = (payment_of(kind, sign * bottles.paid_minor, bottles.currency),) if bottles.paid_minor else ()
    return msgspec.structs.replace(at, lines=tuple(lines), payments=paid, void=undone)


def _bottle_lines(lines: Iterable[BottleLine]) -> Iterator[GermanLine]:
    for one in lines:
        yield msgspec.structs.replace(
            _line("PfandRueckzahlung", -one.minor),
            label=one.sku,
            article=one.sku,
            quantity_thousandths=-1000 * one.pieces,
            unit_price_minor=one.deposit_minor,
        )


def _line(case: str, minor: int) -> GermanLine:
    return GermanLine(label=case, vat_key=UNTAXED, net_minor=minor, tax_minor=0, case=case)


def _with_money(
    at: GermanReceipt, tender: str, currency: str, moves: Iterable[tuple[str, int]]
) -> GermanReceipt | None:
    """The receipt `at` with these cash movements, all of one tender; None if all are zero."""
    lines = tuple(_line(case, minor) for case, minor in moves if minor)
    if not lines:
        return None
    payment = payment_of(tender, sum(line.net_minor for line in lines), currency)
    return msgspec.structs.replace(at, lines=lines, payments=(payment,))
