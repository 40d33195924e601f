"""Daily, weekly and monthly reports: revenue, costs, waste and anomalies.

A completed period's report is made once (`ReportMade`) and is final. Later changes to its days are shown with it, and
in the next report.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from edge.analytics.forecast.history.imported_days import has_imported_days, imported_by_day
from edge.analytics.forecast.risks import SkuRisk, at_risk
from edge.analytics.insight.anomalies import Anomaly, read_anomalies
from edge.analytics.insight.kpis import Kpi, read_kpis
from edge.analytics.insight.queries import FigureGroup, read_days, read_groups
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.usage import WEEKS, UsePrediction, read_predictions
from edge.analytics.insight.waste import Wasted, read_waste
from edge.core.registry import Severity
from edge.core.storage.database import Connection
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.rules.day_totals import DaySums
from edge.foundation.alerts.queries import Alert, open_alerts
from edge.goods.stock.queries import ExpiringGoods, Shortage, expiring, low_stock
from edge.lib.late_decoder import late_decoder
from edge.lib.units.dates import after, week_of

Kind = Literal["daily", "weekly", "monthly"]
TOP, GROUPS = 10, 60
LOOKED_BACK = 31
"""Number of earlier reports whose days are checked again."""
_MOVES = """
    SELECT reason, sum(moves), sum(quantity), sum(cost_minor) FROM figure_move
    WHERE business_date BETWEEN ? AND ? GROUP BY reason ORDER BY reason
"""
_MADE = "SELECT body, made_us FROM report_made WHERE kind = ? AND first_date = ?"
_BEFORE = f"""
    SELECT body FROM report_made WHERE kind = ? AND first_date < ? ORDER BY first_date DESC LIMIT {LOOKED_BACK}
"""
_BEHIND = """
    SELECT EXISTS (SELECT 1 FROM journal WHERE business_date BETWEEN ? AND ?
        AND seq > coalesce((SELECT min(seq) FROM projection WHERE name IN ('figures', 'register_days')), 0))
"""
"""Whether the figures or daily sums still lack a fact of these days."""
_TRADED = "SELECT EXISTS (SELECT 1 FROM figure_day WHERE kind = 'all' AND business_date BETWEEN ? AND ?)"
_SINCE = "SELECT kind, first_date FROM report_made WHERE made_us >= ? ORDER BY made_us, kind"


class DayMoney(msgspec.Struct, frozen=True):
    """A business day as the total of its Z reports."""

    day: str
    sums: DaySums


class LateDay(msgspec.Struct, frozen=True):
    """A day whose total has changed since it was last reported."""

    day: str
    before_minor: int
    now_minor: int


class MoveSum(msgspec.Struct, frozen=True):
    """Stock movements for one reason: number of product days, thousandths, and cost."""

    reason: str
    moves: int
    quantity: int
    cost_minor: int


class ReportAlert(msgspec.Struct, frozen=True):
    """An alert that was open when the report was made: the text of its kind, with `values`."""

    kind: str
    severity: Severity
    values: dict[str, str | int]
    since: str
    acknowledged: bool


class PeriodReport(msgspec.Struct, frozen=True):
    """A complete report: `total_minor` is the sum of its days, each equal to the Z reports to the cent.

    `made_us`: when it was made; 0: not yet made, with current figures. `late`: days of earlier reports that have
    changed since; `corrections`: its own days that have changed since it was made. `alerts`: the most severe of the
    `alerts_open` at that time; `predictions`: best sellers that will run out first, omitted in daily reports.
    `before_imported_minor`: revenue of the previous period imported from another system, which `before_minor` and the
    figures leave out. `imported`: whether the products running out are based on such sales.
    """

    kind: Kind
    span: DaySpan
    total_minor: int
    money: list[DayMoney]
    kpis: list[Kpi]
    products: list[FigureGroup]
    categories: list[FigureGroup]
    tenders: list[FigureGroup]
    waste: list[Wasted]
    anomalies: list[Anomaly]
    at_risk: list[SkuRisk]
    before_minor: int = 0
    moves: list[MoveSum] = []
    short: list[Shortage] = []
    expiring: list[ExpiringGoods] = []
    late: list[LateDay] = []
    made_us: int = 0
    corrections: list[LateDay] = []
    alerts: list[ReportAlert] = []
    alerts_open: int = 0
    predictions: list[UsePrediction] = []
    before_imported_minor: int = 0
    imported: bool = False


def read_moves(db: Connection, span: DaySpan) -> list[MoveSum]:
    """The stock movements of a period by reason."""
    rows = db.execute(_MOVES, (span.first, span.last))
    return [MoveSum(reason, *(int(value) for value in sums)) for reason, *sums in rows]


def span_of(kind: Kind, day: date, first_weekday: int) -> DaySpan:
    """The day, week or month that contains a day; `first_weekday`: first day of a week, 1 is Monday."""
    if kind == "daily":
        return DaySpan(day.isoformat(), day.isoformat())
    if kind == "weekly":
        return DaySpan(*(one.isoformat() for one in week_of(day, first_weekday)))
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return DaySpan(first.isoformat(), last.isoformat())


def read_report(db: Connection, kind: Kind, span: DaySpan) -> PeriodReport:
    """The report of a period with current figures."""
    days = read_days(db, span)
    money = [DayMoney(day, read_day_sums(db, day)) for day in sorted(days)]
    next_day = after(span.last, 1)
    opened = open_alerts(db)
    predicted = [] if kind == "daily" else read_predictions(db, next_day)
    running_out = [one for one in predicted if one.days_left is not None][:TOP]
    risks = at_risk(db, next_day, TOP)
    imported = any(one.imported for one in risks)
    if running_out and not imported:
        imported = has_imported_days(db, after(next_day, -WEEKS * 7), span.last)
    imported_before = imported_by_day(db, span.before.first, span.before.last).values()
    return PeriodReport(
        kind,
        span,
        sum(one.sums.total_minor for one in money),
        money,
        read_kpis(db, span),
        read_groups(db, "product", span)[:TOP],
        read_groups(db, "category", span)[:GROUPS],
        read_groups(db, "tender", span),
        read_waste(db, span, TOP),
        read_anomalies(db, span, TOP),
        risks,
        sum(sums.minor for sums in read_days(db, span.before).values()),
        read_moves(db, span),
        low_stock(db)[:TOP],
        expiring(db, next_day)[:TOP],
        _late(db, kind, span),
        alerts=[_alert(one) for one in opened[:TOP]],
        alerts_open=len(opened),
        predictions=running_out,
        before_imported_minor=sum(one.minor for one in imported_before),
        imported=imported,
    )


def _alert(alert: Alert) -> ReportAlert:
    since = datetime.fromtimestamp(alert.first_us / 1e6, tz=UTC).strftime("%Y-%m-%dT%H:%MZ")
    values = {name: value for name, value in alert.values.items() if name != "message"}  # the alert's title says enough
    return ReportAlert(alert.kind, alert.severity, values, since, alert.state == "acknowledged")


def read_made(db: Connection, kind: Kind, first: str) -> PeriodReport | None:
    """The stored report of the period that begins on a day, with later changes; None if there is none."""
    row = db.execute(_MADE, (kind, first)).fetchone()
    if row is None:
        return None
    made = msgspec.structs.replace(_decode(row[0]), made_us=row[1])
    return msgspec.structs.replace(
        made, corrections=_late_days(db, {one.day: one.sums.total_minor for one in made.money})
    )


def is_whole(db: Connection, span: DaySpan) -> bool:
    """Whether a period has figures and they are complete."""
    days = (span.first, span.last)
    return bool(db.execute(_TRADED, days).fetchone()[0] and not db.execute(_BEHIND, days).fetchone()[0])


def is_made(db: Connection, kind: Kind, span: DaySpan) -> bool:
    """Whether the report of a period was made."""
    return db.execute(_MADE, (kind, span.first)).fetchone() is not None


def newest_made(db: Connection, since_us: int) -> list[tuple[Kind, str]]:
    """Reports made since a time: kind and first day."""
    return [(kind, first) for kind, first in db.execute(_SINCE, (since_us,))]


def _late(db: Connection, kind: Kind, span: DaySpan) -> list[LateDay]:
    """Days in earlier reports of this kind whose totals have changed since."""
    told: dict[str, int] = {}
    for (body,) in db.execute(_BEFORE, (kind, span.first)).fetchall()[::-1]:
        made = _decode(body)
        told |= {one.day: one.sums.total_minor for one in made.money}
        told |= {one.day: one.now_minor for one in made.late}
    return _late_days(db, told)


def _late_days(db: Connection, told: dict[str, int]) -> list[LateDay]:
    return [
        LateDay(day, minor, now)
        for day, minor in sorted(told.items())
        if (now := read_day_sums(db, day).total_minor) != minor
    ]


_decode = late_decoder(PeriodReport)
