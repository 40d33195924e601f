"""A day's, a week's or a month's report: what came in, what it cost, what was wasted and what was odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.shop.forecast.risks import SkuRisk, at_risk
from edge.shop.insight.anomalies import Anomaly, read_anomalies
from edge.shop.insight.queries import FigureGroup, Kpi, Wasted, read_days, read_groups, read_kpis, read_waste
from edge.shop.insight.rules import DaySpan, after
from edge.shop.reports.queries import read_day_sums
from edge.shop.till.rules.day_totals import DaySums

Kind = Literal["daily", "weekly", "monthly"]
TOP = 10
Say = Callable[[str], str]


class DayMoney(msgspec.Struct, frozen=True):
    """A day of business as its Z reports say it together."""

    day: str
    sums: DaySums


class PeriodReport(msgspec.Struct, frozen=True):
    """A whole report: `total_minor` is the sum of its days, each to the cent that of the Z papers."""

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


def span_of(kind: Kind, day: date) -> DaySpan:
    """The day, the week from Monday on, or the month that a day is in."""
    if kind == "daily":
        return DaySpan(day.isoformat(), day.isoformat())
    if kind == "weekly":
        first = day - timedelta(days=day.weekday())
        return DaySpan(first.isoformat(), after(first.isoformat(), 6))
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return DaySpan(first.isoformat(), last.isoformat())


def read_report(db: Connection, kind: Kind, span: DaySpan) -> PeriodReport:
    """The report of a period."""
    days = read_days(db, span)
    money = [DayMoney(day, read_day_sums(db, day)) for day in sorted(days)]
    return PeriodReport(
        kind,
        span,
        sum(one.sums.total_minor for one in money),
        money,
        read_kpis(db, span),
        read_groups(db, "product", span)[:TOP],
        read_groups(db, "category", span),
        read_groups(db, "tender", span),
        read_waste(db, span, TOP),
        read_anomalies(db, span, TOP),
        at_risk(db, after(span.last, 1), TOP),
    )


def as_csv(report: PeriodReport, say: Say, name: Callable[[dict[str, str]], str], amount: Callable[[int], str]) -> str:
    """A report as a table for spreadsheets, in a language. A cell never begins as a formula does."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")

    def line(*cells: str | int) -> None:
        rows.writerow([_plain(str(cell)) for cell in cells])

    line(say("insight.report_" + report.kind), report.span.first, report.span.last)
    line()
    line(say("insight.day"), say("insight.receipts"), say("insight.turnover"), say("insight.refunds"))
    for one in report.money:
        line(one.day, one.sums.sales.count, amount(one.sums.total_minor), amount(one.sums.refunds.minor))
    line(say("insight.total"), "", amount(report.total_minor))
    line()
    line(say("insight.figure"), say("insight.value"), say("insight.numerator"), say("insight.denominator"))
    for kpi in report.kpis:
        line(say("kpi." + kpi.name), "" if kpi.value is None else kpi.value, kpi.numerator, kpi.denominator)
    line()
    for title, groups in (("insight.by_category", report.categories), ("insight.by_product", report.products)):
        line(say(title), say("insight.turnover"), say("insight.net"), say("insight.cost"))
        for group in groups:
            shown = name(group.names) if group.names else group.key
            line(shown, *(amount(value) for value in (group.sums.minor, group.sums.net_minor, group.sums.cost_minor)))
        line()
    line(say("insight.wasted"), say("insight.reason"), say("insight.cost"))
    for waste in report.waste:
        line(name(waste.names), waste.reason, "" if waste.cost_minor is None else amount(waste.cost_minor))
    return out.getvalue()


def _plain(text: str) -> str:
    """OWASP, CSV injection: what a spreadsheet would take for a formula gets a quote in front; numbers are left."""
    risky = text[:1] in ("=", "+", "-", "@", "\t", "\r")
    return "'" + text if risky and not text.lstrip("-").replace(".", "").isdigit() else text
