"""Commands of shifts. They apply to the actor's register."""

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
"""Maximum denominations in one count. No currency has this many."""


class OpenShift(AskingCommand, frozen=True):
    """Open a shift with `float_minor` in the drawer. The drawer opens."""

    float_minor: Minor = 0


class MoveCash(Command, frozen=True):
    """Add cash to the drawer or take it out, without a sale.

    `top_up`: more change. `payout`: an expense paid from the drawer. `drop`: to the bank or safe. `paper`: open the
    drawer and print a slip to sign; False for money that was never in the drawer. `tender`: foreign cash of deliveries,
    in its own minor units.
    """

    kind: MoveKind
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    reason: Reason = ""
    paper: bool = True
    tender: TenderKind = "cash"


class GiveRefundInCash(Command, frozen=True):
    """Pay a refund in cash that couldn't be returned to the card: refund `number` of a payment, once.

    It's paid from this register's drawer, which opens. If a shift is open, a slip to sign is printed.
    """

    payment: PaymentId
    number: RefundNumber
    reason: RefundReason


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale, to count it or give change. The journal records who opened it and why."""

    reason: Reason = ""


class Counted(Pieces, frozen=True, forbid_unknown_fields=True):
    """The number of coins or notes of a value."""

    value_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    count: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class OtherCounted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The counted total of a tender other than cash: card slips, vouchers; foreign cash in its own minor units."""

    kind: TenderKind
    counted_minor: Minor


class CloseShift(Command, frozen=True):
    """Close the shift with the drawer's count: a total, denominations, or both if they agree.

    `others`: counts of other tenders, each with its own difference. Omitted tenders weren't counted.
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
