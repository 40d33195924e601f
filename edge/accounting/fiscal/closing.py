"""Closes days, months and years automatically. Everything runs in the caller's transaction except `periods_due`, which
is pure.

A day is closed before the first receipt of the next one, or by the background part; months and years follow. A
register's totals are updated with each signed paper, so a closing reads one row per part.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import ec

from edge.accounting.fiscal.events import PeriodClosed, VatSum
from edge.accounting.fiscal.queries import KeptClosing, KeptRegime, OpenDay, chain_end, decode_closings, open_day
from edge.accounting.fiscal.regimes import Regime
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.fiscal.france.chains import RateSum, sign_entry
from edge.lib.fiscal.france.closings import PeriodKind, PeriodTotals, PerpetualTotals, close_longer, fits
from edge.lib.units.dates import after

AT_ONCE = 12
"""Periods closed per command, which occupies the writer for a few milliseconds."""
_OPEN = "SELECT day FROM fiscal_day WHERE regime = ? AND register = ? AND closed = 0 AND day < ? ORDER BY day"
_IS_OPEN = "SELECT 1 FROM fiscal_day WHERE regime = ? AND register = ? AND day = ? AND closed = 0"
_FIRST = "SELECT min(day) FROM fiscal_day WHERE regime = ? AND register = ?"
_LAST = "SELECT max(period) FROM fiscal_closing WHERE regime = ? AND register = ? AND kind = ?"
_PARTS = "SELECT body FROM fiscal_closing WHERE regime = ? AND register = ? AND kind = ? ORDER BY seq DESC LIMIT 31"
_NEWEST = "SELECT body FROM fiscal_closing WHERE regime = ? AND register = ? ORDER BY seq DESC LIMIT 1"
_COPIES = "SELECT count(*) FROM fiscal_copy WHERE register = ? AND day = ?"
_PART_OF: dict[PeriodKind, PeriodKind] = {"month": "day", "year": "month"}


def periods_due(
    open_days: list[str], month: str, today: str, last_month: int, through: str = "9999-12"
) -> Iterator[tuple[PeriodKind, str]]:
    """Periods to close before `today`, in order. `month`: the first month still open.

    >>> list(periods_due(["2026-12-30"], "2026-12", "2027-01-02", 12))
    [('day', '2026-12-30'), ('month', '2026-12'), ('year', '2026')]
    >>> list(periods_due(["2027-01-02"], "2027-01", "2027-01-03", 12))
    [('day', '2027-01-02')]
    """
    days = sorted(open_days)
    while month < today[:7] and month <= through:
        yield from (("day", day) for day in days if day[:7] == month)
        yield ("month", month)
        if int(month[5:]) == last_month:
            yield ("year", month[:4])
        month = next_month(month)
    yield from (("day", day) for day in days if day[:7] >= month)


def next_month(month: str) -> str:
    """
    >>> next_month("2026-12")
    '2027-01'
    """
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def due(tx: Transaction, law: KeptRegime, register: str, today: str, last_month: int) -> list[tuple[PeriodKind, str]]:
    """A register's finished but open periods, in order."""
    where = (law.regime, register)
    (first,) = tx.db.execute(_FIRST, where).fetchone()
    if first is None:
        return []
    days = [day for (day,) in tx.db.execute(_OPEN, (*where, today)).fetchall()]
    (closed,) = tx.db.execute(_LAST, (*where, "month")).fetchone()
    month = next_month(closed) if closed else first[:7]
    through = law.until[:7] or "9999-12"
    return list(islice(periods_due(days, month, today, last_month, through), AT_ONCE))


def close_due(
    tx: Transaction,
    law: KeptRegime,
    register: str,
    today: str,
    key: ec.EllipticCurvePrivateKey,
    settings: FiscalSettings,
) -> int:
    """Close a register's finished periods. Returns how many were closed."""
    found = due(tx, law, register, today, settings.last_month)
    at = datetime.fromtimestamp(tx.at_us // 1_000_000, ZoneInfo(settings.zone)).replace(tzinfo=None)
    for kind, period in found:
        totals = _totals(tx, law, register, kind, period, settings.last_month)
        _, previous = chain_end(tx.db, law.regime, "total", register)
        signature = sign_entry(key, totals.entry(at), previous)
        tx.append(_closing_event(law, totals, at, signature))
    return len(found)


def _totals(
    tx: Transaction, law: KeptRegime, register: str, kind: PeriodKind, period: str, last_month: int
) -> PeriodTotals:
    if kind == "day":
        day = open_day(tx.db, law.regime, register, period)
        assert day is not None, f"{register} has no papers on {period}"
        (copies,) = tx.db.execute(_COPIES, (register, period)).fetchone()
        return _of_day(register, period, day, copies)
    where = (law.regime, register)
    parts = decode_closings(tx.db.execute(_PARTS, (*where, _PART_OF[kind])).fetchall())[::-1]
    of_it = [totals_of(one) for one in parts if fits(_PART_OF[kind], one.period, kind, period, last_month)]
    newest = decode_closings(tx.db.execute(_NEWEST, where).fetchall())
    before = PerpetualTotals(newest[0].perpetual_minor, newest[0].absolute_minor) if newest else PerpetualTotals()
    return close_longer(register, kind, period, of_it, before, last_month)


def open_day_for(db: Connection, regime: Regime, register: str, day: str, last_month: int) -> str:
    """The day in which a paper is counted. A closed day accepts no papers; if the clock was set back across a closing,
    the paper counts in the first day after it."""
    if db.execute(_IS_OPEN, (regime, register, day)).fetchone():  # the usual case
        return day
    (closed,) = db.execute(_LAST, (regime, register, "day")).fetchone()
    (month,) = db.execute(_LAST, (regime, register, "month")).fetchone()
    newest = max(closed or "", last_day(month, last_month) if month else "")
    return day if day > newest else after(newest, 1)


def last_day(period: str, last_month: int) -> str:
    """The last day of a day, month or tax year.

    >>> last_day("2026-02", 12), last_day("2026", 6), last_day("2026-11-03", 12)
    ('2026-02-28', '2026-06-30', '2026-11-03')
    """
    if len(period) == len("2026"):
        period = f"{period}-{last_month:02}"
    if len(period) == len("2026-11"):
        period = f"{period}-{calendar.monthrange(int(period[:4]), int(period[5:]))[1]:02}"
    return period


def first_day(year: str, last_month: int) -> str:
    """The first day of a tax year, named by its end.

    >>> first_day("2026", 12), first_day("2026", 6)
    ('2026-01-01', '2025-07-01')
    """
    return f"{next_month(f'{int(year) - 1}-{last_month:02}')}-01"


def totals_of(closing: KeptClosing) -> PeriodTotals:
    """A stored closing in the archive's format."""
    return PeriodTotals(
        register=closing.of_register,
        kind=closing.kind,  # type: ignore[arg-type]  # as `PeriodClosed` has it
        period=closing.period,
        first=closing.first,
        last=closing.last,
        tickets=closing.papers,
        copies=closing.copies,
        vat=tuple(RateSum(row.rate, row.gross_minor) for row in closing.vat),
        total_minor=closing.total_minor,
        perpetual_minor=closing.perpetual_minor,
        absolute_minor=closing.absolute_minor,
    )


def _of_day(register: str, period: str, day: OpenDay, copies: int) -> PeriodTotals:
    return PeriodTotals(
        register=register,
        kind="day",
        period=period,
        first=day.first,
        last=day.last,
        tickets=day.papers,
        copies=copies,
        vat=tuple(RateSum(row.rate, row.gross_minor) for row in day.vat),
        total_minor=day.total_minor,
        perpetual_minor=day.perpetual_minor,
        absolute_minor=day.absolute_minor,
    )


def _closing_event(law: KeptRegime, totals: PeriodTotals, at: datetime, signature: str) -> PeriodClosed:
    return PeriodClosed(
        regime=law.regime,
        of_register=totals.register,
        kind=totals.kind,
        period=totals.period,
        first=totals.first,
        last=totals.last,
        papers=totals.tickets,
        copies=totals.copies,
        vat=tuple(VatSum(row.rate, row.gross_minor) for row in totals.vat),
        total_minor=totals.total_minor,
        perpetual_minor=totals.perpetual_minor,
        absolute_minor=totals.absolute_minor,
        at=at.isoformat(),
        signature=signature,
    )
