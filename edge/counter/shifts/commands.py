"""What can be asked about shifts. All of it is about the register that the actor stands at."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.counter.shifts.events import MoveKind, Pieces
from edge.counter.till.commands import Minor, Reason
from edge.counter.till.rules.day_totals import TenderKind
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.commands import Reason as RefundReason
from edge.money.payments.commands import RefundNumber
from edge.money.payments.events import PaymentId

PIECES_LIMIT = 40
"""Kinds of coins and notes that one count may have; no currency has as many."""


class OpenShift(AskingCommand, frozen=True):
    """Begin a shift: `float_minor` is the money that lies in the drawer. It opens, so that it can be put there."""

    float_minor: Minor = 0


class MoveCash(Command, frozen=True):
    """Put money into the drawer or take it out, without a sale.

    `top_up`: more change comes in. `payout`: something is paid for out of the drawer. `drop`: it goes to the bank or
    into the safe. `paper`: it is printed, to be signed, and the drawer opens; not for money that never was in it.
    `tender`: foreign notes of deliveries, in their own minor units.
    """

    kind: MoveKind
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    reason: Reason = ""
    paper: bool = True
    tender: TenderKind = "cash"


class GiveRefundInCash(Command, frozen=True):
    """Give in cash what did not get back to its card: refund `number` of a payment, once, out of this register's
    drawer. It opens, and a paper is to be signed where a shift is open."""

    payment: PaymentId
    number: RefundNumber
    reason: RefundReason


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale: to count it, or to give change for a note. The journal says who and why."""

    reason: Reason = ""


class Counted(Pieces, frozen=True, forbid_unknown_fields=True):
    """How many there are of a coin or note, by its value."""

    value_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    count: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class OtherCounted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was counted of a tender beside cash: slips of a terminal, vouchers; foreign cash in its own minor units."""

    kind: TenderKind
    counted_minor: Minor


class CloseShift(Command, frozen=True):
    """End the shift with what was counted in its drawer: as a sum, or by coins and notes (or both, if they agree).

    `others`: what was counted of tenders beside cash, each with its own difference; those left out were not.
    """

    counted_minor: Minor | None = None
    pieces: Annotated[tuple[Counted, ...], msgspec.Meta(max_length=PIECES_LIMIT)] = ()
    note: Reason = ""
    others: Annotated[tuple[OtherCounted, ...], msgspec.Meta(max_length=PIECES_LIMIT)] = ()


class PrintShift(Command, frozen=True):
    """Print the report of a shift that has ended once more, at the register that the actor stands at; it says COPY.

    `of_register`: whose shift it was; that of the actor's own register where it is left out.
    """

    number: Number
    of_register: Annotated[str, msgspec.Meta(max_length=40)] = ""
