"""A batch as a provider of cards pays it out: its sums, its lines, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec

from edge.core.messages import IsoDate
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import Currency

LINES_MOST = 2_000
"""Of one batch; a provider's day of a shop has fewer."""
LineKind = Literal["payment", "refund", "chargeback", "fee"]
Verdict = Literal["matched", "missing_here", "amount_differs"]
"""`missing_here`: nothing of ours is it; `amount_differs`: of ours it is another sum, or was paid out before."""
Signed = Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
BatchId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$(?!\n)")]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}$(?!\n)")]
"""What a provider or a bank finds something by."""
Brand = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 _-]{0,16}$(?!\n)")]


class BatchLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A line: refunds and chargebacks are below zero; a `fee` alone is in `fee_minor`. `day`: when the card paid or got
    back. `reference` is the provider's id of it; brand and authorisation are of the card."""

    kind: LineKind
    day: IsoDate
    amount_minor: Signed = 0
    fee_minor: Signed = 0
    reference: Reference = ""
    authorisation: Reference = ""
    brand: Brand = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is paid out on a day for the lines of these days: `net_minor` is `gross_minor` less the fees, and gross is
    the sum of all amounts. Minor units of one currency."""

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
    """A line beside what it is of ours: a payment, or a refund of it by its number. `our_minor`: what of that was yet
    to be paid out."""

    number: int
    verdict: Verdict = "matched"
    payment: str = ""
    refund: int = 0
    our_minor: int = 0

    @property
    def difference_minor(self) -> int:
        """What the provider reckons more than we do; a chargeback has its own books."""
        return 0 if self.kind in ("fee", "chargeback") else self.amount_minor - self.our_minor


def fault_of(batch: Batch) -> str:
    """The code of what speaks against a batch; "": nothing."""
    sums = (sum(line.amount_minor for line in batch.lines), sum(line.fee_minor for line in batch.lines))
    if sums != (batch.gross_minor, batch.fees_minor) or batch.net_minor != batch.gross_minor - batch.fees_minor:
        return "batch_sums"
    if not all(is_day(day) for day in {batch.paid_on, *(line.day for line in batch.lines)}):
        return "batch_day"
    return "batch_signs" if any(_wrong_side(line) for line in batch.lines) else ""


def is_day(day: str) -> bool:
    """Whether the calendar has a day, as ISO 8601 writes it."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _wrong_side(line: BatchLine) -> bool:
    """A payment below zero, a refund above, or a fee with an amount. A chargeback that was won comes back above."""
    signs = {"payment": line.amount_minor < 0, "refund": line.amount_minor > 0, "fee": line.amount_minor != 0}
    return signs.get(line.kind, False)


def sum_of(lines: Iterable[BatchLine], *kinds: LineKind) -> int:
    """What lines of these kinds come to."""
    return sum(line.amount_minor for line in lines if line.kind in kinds)
