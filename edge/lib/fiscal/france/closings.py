"""Closings of days, months and years, and the two totals that are never reset. Pure.

A month is the sum of its days, a year the sum of its months. The perpetual total is the algebraic sum of all tickets
since the regime began, and the absolute total the sum of their absolute values (BOI-TVA-DECLA-30-10-30, cumuls
perpétuels).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.chains import TicketEntry, TotalEntry, Vat, rate_sums
from edge.lib.fiscal.france.tables import Described

PeriodKind = Literal["day", "month", "year"]
PERIOD_CHARS: Mapping[PeriodKind, int] = MappingProxyType({"day": 10, "month": 7, "year": 4})
"""2026-11-03, 2026-11, 2026."""
_PERIOD = r"^\d{4}(-\d\d(-\d\d)?)?$(?!\n)"


class PerpetualTotals(msgspec.Struct, frozen=True):
    """Totals since the regime began, in cents."""

    perpetual_minor: int = 0
    absolute_minor: int = 0

    def plus(self, ticket: TicketEntry) -> PerpetualTotals:
        total_minor = ticket.total_minor
        return PerpetualTotals(self.perpetual_minor + total_minor, self.absolute_minor + abs(total_minor))


class PeriodTotals(msgspec.Struct, frozen=True, kw_only=True):
    """A register's totals in a closed period. The numbers are 0 if it had no ticket."""

    register: Annotated[str, Described("Caisse")]
    kind: Annotated[PeriodKind, Described("Nature de la clôture : day (jour), month (mois), year (exercice)")]
    period: Annotated[str, msgspec.Meta(pattern=_PERIOD), Described("Période close")]
    first: Annotated[int, Described("Premier numéro de ticket, 0 sans ticket")] = 0
    last: Annotated[int, Described("Dernier numéro de ticket, 0 sans ticket")] = 0
    tickets: Annotated[int, Described("Nombre de tickets")] = 0
    copies: Annotated[int, Described("Nombre de duplicatas")] = 0
    vat: Annotated[Vat, Described("Montants TTC en centimes par taux en centièmes de pour cent, TAUX:MONTANT|...")] = ()
    total_minor: Annotated[int, Described("Total TTC de la période", 2)] = 0
    perpetual_minor: Annotated[int, Described("Total perpétuel, somme algébrique", 2)] = 0
    absolute_minor: Annotated[int, Described("Total perpétuel, somme des valeurs absolues", 2)] = 0

    def entry(self, at: datetime) -> TotalEntry:
        """The entry to sign."""
        return TotalEntry(
            vat=self.vat,
            total_minor=self.total_minor,
            perpetual_minor=self.perpetual_minor,
            absolute_minor=self.absolute_minor,
            at=at,
            period=self.period,
        )


def close_day(
    register: str, day: str, tickets: Iterable[tuple[int, TicketEntry]], before: PerpetualTotals, copies: int = 0
) -> PeriodTotals:
    """Close a day from its tickets by number, continuing the previous totals."""
    totals, numbers, rows = before, [], []
    for number, ticket in tickets:
        totals = totals.plus(ticket)
        numbers.append(number)
        rows += [(row.rate, row.gross_minor) for row in ticket.vat]
    return PeriodTotals(
        register=register,
        kind="day",
        period=day,
        first=numbers[0] if numbers else 0,
        last=numbers[-1] if numbers else 0,
        tickets=len(numbers),
        copies=copies,
        vat=rate_sums(rows),
        total_minor=totals.perpetual_minor - before.perpetual_minor,
        perpetual_minor=totals.perpetual_minor,
        absolute_minor=totals.absolute_minor,
    )


def close_longer(
    register: str,
    kind: PeriodKind,
    period: str,
    parts: Sequence[PeriodTotals],
    before: PerpetualTotals,
    last_month: int = 12,
) -> PeriodTotals:
    """Close a month from its days, or a year from its months, in order. The period may be empty."""
    for part in parts:
        if part.register != register or not fits(part.kind, part.period, kind, period, last_month):
            raise FiscalFault("period", f"{kind} {period}", f"{part.kind} {part.period} isn't part of it.")
    numbers = [number for part in parts for number in (part.first, part.last) if number]
    return PeriodTotals(
        register=register,
        kind=kind,
        period=period,
        first=numbers[0] if numbers else 0,
        last=numbers[-1] if numbers else 0,
        tickets=sum(part.tickets for part in parts),
        copies=sum(part.copies for part in parts),
        vat=rate_sums((row.rate, row.gross_minor) for part in parts for row in part.vat),
        total_minor=sum(part.total_minor for part in parts),
        perpetual_minor=parts[-1].perpetual_minor if parts else before.perpetual_minor,
        absolute_minor=parts[-1].absolute_minor if parts else before.absolute_minor,
    )


def fits(part_kind: PeriodKind, part: str, kind: PeriodKind, period: str, last_month: int = 12) -> bool:
    """Whether a period is part of a longer one. `last_month`: last month of the tax year, which is named by its end.

    >>> fits("day", "2026-11-03", "month", "2026-11"), fits("day", "2026-11-03", "year", "2026")
    (True, False)
    >>> fits("month", "2025-07", "year", "2026", 6), fits("month", "2026-07", "year", "2026", 6)
    (True, False)
    """
    if (part_kind, kind) == ("day", "month"):
        return part[:7] == period
    if (part_kind, kind) == ("month", "year"):
        year, month = int(part[:4]), int(part[5:])
        return f"{year + (month > last_month):04}" == period
    return False
