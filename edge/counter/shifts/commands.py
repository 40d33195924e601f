"""Commands of shifts, about the actor's register."""

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
"""Denominations in one count; no currency has as many."""


class OpenShift(AskingCommand, frozen=True):
    """Open a shift with `float_minor` in the drawer, which opens for it."""

    float_minor: Minor = 0


class MoveCash(Command, frozen=True):
    """Add cash to the drawer or take it out, without a sale.

    `top_up`: more change. `payout`: an expense paid from the drawer. `drop`: to the bank or safe. `paper`: open the
    drawer and print a slip to sign; not for money that was never in it. `tender`: foreign cash of deliveries, in its
    own minor units.
    """

    kind: MoveKind
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    reason: Reason = ""
    paper: bool = True
    tender: TenderKind = "cash"


class GiveRefundInCash(Command, frozen=True):
    """Pay out in cash a refund that couldn't be returned to the card: refund `number` of a payment, once, from this
    register's drawer. The drawer opens, and with an open shift a slip is printed to sign."""

    payment: PaymentId
    number: RefundNumber
    reason: RefundReason


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale: to count it or give change for a note. The journal records who and why."""

    reason: Reason = ""


class Counted(Pieces, frozen=True, forbid_unknown_fields=True):
    """The number of a coin or note, by its value."""

    value_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    count: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class OtherCounted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The counted total of a tender other than cash: card slips, vouchers; foreign cash in its own minor units."""

    kind: TenderKind
    counted_minor: Minor


class CloseShift(Command, frozen=True):
    """Close the shift with the drawer's count: a total, or denominations (or both, if they agree).

    `others`: counts of other tenders, each with its own difference; those omitted weren't counted.
    """

    counted_minor: Minor | None = None
    pieces: Annotated[tuple[Counted, ...], msgspec.Meta(max_length=PIECES_LIMIT)] = ()
    note: Reason = ""
    others: Annotated[tuple[OtherCounted, ...], msgspec.Meta(max_length=PIECES_LIMIT)] = ()


class PrintShift(Command, frozen=True):
    """Reprint a closed shift's report at the actor's register, marked COPY.

    `of_register`: the shift's register; by default the actor's own.
    """

    number: Number
    of_register: Annotated[str, msgspec.Meta(max_length=40)] = ""
