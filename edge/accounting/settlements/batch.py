"""A card provider's payout batch: totals, lines, and validation. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec

from edge.core.messages import IsoDate
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import Currency

LINES_MOST = 2_000
"""Maximum lines per batch. A shop's day has fewer; a longer payout, such as a week's, is imported in parts."""
PAYOUT_LINES_MOST = 20_000
"""Maximum lines per payout."""
_PART = "--"
"""Separator between a payout's id and the number of a part."""
LineKind = Literal["payment", "refund", "chargeback", "fee"]
Verdict = Literal["matched", "missing_here", "amount_differs"]
"""The result of matching a line. `missing_here`: no recorded payment matches. `amount_differs`: the payment has another
amount, or was already paid out."""
Signed = Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
BatchId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$(?!\n)")]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}$(?!\n)")]
"""A provider's or bank's reference."""
Brand = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 _-]{0,16}$(?!\n)")]


class BatchLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a batch.

    Refunds and chargebacks are negative; a `fee` line has its amount in `fee_minor`. `day`: of the payment or refund.
    `reference`: the provider's id. Brand and authorisation are the card's.
    """

    kind: LineKind
    day: IsoDate
    amount_minor: Signed = 0
    fee_minor: Signed = 0
    reference: Reference = ""
    authorisation: Reference = ""
    brand: Brand = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payout on a day for the lines of these days, in minor units of one currency. `gross_minor` is the sum of all
    amounts; `net_minor` is gross less fees."""

    id: BatchId
    currency: Currency
    paid_on: IsoDate
    gross_minor: Signed
    fees_minor: Signed
    net_minor: Signed
    lines: Annotated[tuple[BatchLine, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]

    @property
    def first_day(self) -> str:
        return min(line.day for line in self.lines)

    @property
    def last_day(self) -> str:
        return max(line.day for line in self.lines)


class JudgedLine(BatchLine, frozen=True, omit_defaults=True, kw_only=True):
    """A line matched to one of our payments, or to its refund by number. `our_minor`: our amount not yet paid out."""

    number: int
    verdict: Verdict = "matched"
    payment: str = ""
    refund: int = 0
    our_minor: int = 0

    @property
    def difference_minor(self) -> int:
        """The provider's amount less ours. Chargebacks are booked separately."""
        return 0 if self.kind in ("fee", "chargeback") else self.amount_minor - self.our_minor


def parts_of(payout: Batch) -> tuple[Batch, ...]:
    """Split a payout by day into batches of at most LINES_MOST lines, named after it. A short payout is returned as it
    is. Its sums must agree."""
    if len(payout.lines) <= LINES_MOST:
        return (payout,)
    lines = sorted(payout.lines, key=lambda line: line.day)
    parts = [tuple(lines[at : at + LINES_MOST]) for at in range(0, len(lines), LINES_MOST)]
    return tuple(_part(payout, number, part) for number, part in enumerate(parts, 1))


def _part(payout: Batch, number: int, lines: tuple[BatchLine, ...]) -> Batch:
    gross, fees = sum(line.amount_minor for line in lines), sum(line.fee_minor for line in lines)
    sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": gross - fees}
    return msgspec.structs.replace(payout, id=f"{payout.id}{_PART}{number}", lines=lines, **sums)


def payout_of_part(batch: str) -> str:
    """The id of the payout that a batch is part of; "" if the batch is a whole payout."""
    payout, _, number = batch.rpartition(_PART)
    return payout if number.isdecimal() else ""


def fault_of(batch: Batch) -> str:
    """The code of a batch's fault, or ""."""
    sums = (sum(line.amount_minor for line in batch.lines), sum(line.fee_minor for line in batch.lines))
    if sums != (batch.gross_minor, batch.fees_minor) or batch.net_minor != batch.gross_minor - batch.fees_minor:
        return "batch_sums"
    if not all(is_day(day) for day in {batch.paid_on, *(line.day for line in batch.lines)}):
        return "batch_day"
    return "batch_signs" if any(_wrong_side(line) for line in batch.lines) else ""


def is_day(day: str) -> bool:
    """Whether the text is a valid ISO 8601 date."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _wrong_side(line: BatchLine) -> bool:
    """Whether a line has the wrong sign: a negative payment, a positive refund, or a fee with an amount. A won
    chargeback is positive."""
    signs = {"payment": line.amount_minor < 0, "refund": line.amount_minor > 0, "fee": line.amount_minor != 0}
    return signs.get(line.kind, False)


def sum_of(lines: Iterable[BatchLine], *kinds: LineKind) -> int:
    """The total of lines of these kinds."""
    return sum(line.amount_minor for line in lines if line.kind in kinds)
