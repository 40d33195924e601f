"""Formats of a report: a table for spreadsheets, a sheet for PDF, and a short text. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import msgspec

from edge.analytics.insight.kpis import Kpi
from edge.analytics.insight.queries import FigureGroup
from edge.analytics.insight.reports import PeriodReport
from edge.core.process.pdf_sheet import PdfSheet, SheetTable
from edge.foundation.alerts.alert_texts import title as alert_title
from edge.lib.i18n import ENGLISH, direction, translate, words
from edge.lib.tables.injection import guarded_figure

Say = Callable[[str], str]


class ReportWording(msgspec.Struct, frozen=True):
    """Formats of amounts, numbers (thousandths) and names in a language."""

    language: str
    money: Callable[[int], str]
    quantity: Callable[[int], str]
    name: Callable[[dict[str, str]], str]

    def say(self, key: str, **values: object) -> str:
        return translate(self.language, key, **values)

    def text_of_key(self, section: str, key: str) -> str:
        """The text for a key, or the key itself if the shop made it."""
        return words(self.language).get(f"{section}.{key}", key)

    def tender(self, kind: str) -> str:
        """The name of a tender. A tender that the shop has defined keeps its own name."""
        known = words(self.language)
        return known.get(f"tender.{kind}") or known.get(f"receipt.{kind}", kind)

    def kpi(self, kpi: Kpi, value: int | None) -> str:
        """A key figure's value as text."""
        if value is None:
            return self.say("insight.not_counted")
        match kpi.unit:
            case "minor":
                return self.money(value)
            case "permille":
                return self.quantity(value * 100) + "%"
            case "tenths":
                return self.quantity(value * 100)
        return self.quantity(value * 1000)


def as_sheet(report: PeriodReport, write: ReportWording, header: tuple[str, ...]) -> PdfSheet:
    """A report as a sheet for printing."""
    span = report.span
    days = span.first if span.first == span.last else f"{span.first} – {span.last}"
    return PdfSheet(
        f"{write.say('insight.report_' + report.kind)} {days}",
        direction(write.language) == "rtl",
        header,
        ((*_notes(report, write), *_basis(report, write)),),
        tuple(table for table in _tables(report, write) if table.rows),
    )


def _notes(report: PeriodReport, write: ReportWording) -> Iterator[str]:
    yield write.say("insight.z_hint")
    for one in report.corrections:
        values = {"day": one.day, "before": write.money(one.before_minor), "now": write.money(one.now_minor)}
        yield write.say("insight.corrected", **values)
    for one in report.late:
        values = {"day": one.day, "before": write.money(one.before_minor), "now": write.money(one.now_minor)}
        yield write.say("insight.late", **values)
    if report.before_imported_minor:
        yield write.say("insight.before_imported", sum=write.money(report.before_imported_minor))


def _basis(report: PeriodReport, write: ReportWording) -> Iterator[str]:
    if report.imported:
        yield write.say("insight.risks_imported")


def _tables(report: PeriodReport, write: ReportWording) -> Iterator[SheetTable]:
    say, money = write.say, write.money
    days = [
        (
            one.day,
            write.quantity(1000 * one.sums.sales.count),
            money(one.sums.refunds.minor),
            money(one.sums.total_minor),
        )
        for one in report.money
    ]
    total = (say("insight.total"), "", "", money(report.total_minor))
    before = (say("insight.before"), "", "", money(report.before_minor))
    head = (say("insight.day"), say("insight.receipts"), say("insight.refunds"), say("insight.turnover"))
    yield SheetTable(say("insight.turnover"), head, (*days, total, before))
    kpis = tuple((say("kpi." + kpi.name), write.kpi(kpi, kpi.value), write.kpi(kpi, kpi.before)) for kpi in report.kpis)
    yield SheetTable(say("insight.title"), (say("insight.figure"), say("insight.value"), say("insight.before")), kpis)
    for title, groups in (("insight.by_category", report.categories), ("insight.by_product", report.products)):
        head = (say(title), say("insight.turnover"), say("insight.net"), say("insight.cost"))
        yield SheetTable(say(title), head, tuple(_group(group, write) for group in groups))
    tenders = tuple((write.tender(group.key), money(group.sums.minor)) for group in report.tenders)
    yield SheetTable(say("insight.by_tender"), (say("insight.by_tender"), say("insight.turnover")), tenders)
    wasted = tuple(
        (
            write.name(one.names),
            write.text_of_key("moved_why", one.reason),
            "–" if one.cost_minor is None else money(one.cost_minor),
        )
        for one in report.waste
    )
    yield SheetTable(
        say("insight.wasted"), (say("insight.by_product"), say("insight.reason"), say("insight.cost")), wasted
    )
    moved = tuple(
        (write.text_of_key("moved_why", one.reason), write.quantity(one.quantity), money(one.cost_minor))
        for one in report.moves
    )
    yield SheetTable(say("insight.moves"), (say("insight.reason"), say("insight.quantity"), say("insight.cost")), moved)
    yield from _waiting(report, write)


def _waiting(report: PeriodReport, write: ReportWording) -> Iterator[SheetTable]:
    """Yield tables of open issues that need attention."""
    say = write.say
    short = tuple(
        (write.name(one.names), write.quantity(one.total), write.quantity(one.minimum)) for one in report.short
    )
    yield SheetTable(
        say("insight.short"), (say("insight.by_product"), say("insight.available"), say("insight.least")), short
    )
    gone = tuple((write.name(one.names), one.expiry, write.quantity(one.total)) for one in report.expiring)
    yield SheetTable(
        say("insight.expiring"), (say("insight.by_product"), say("insight.day"), say("insight.quantity")), gone
    )
    risks = tuple(
        (write.name(one.names), say("risk." + one.level), write.quantity(one.recommended)) for one in report.at_risk
    )
    yield SheetTable(
        say("forecast.at_risk"), (say("insight.by_product"), say("forecast.level"), say("insight.order")), risks
    )
    gone_by = tuple(
        (write.name(one.names) or one.sku, one.stock_out_on or "", write.quantity(one.order or 0))
        for one in report.predictions
    )
    yield SheetTable(
        say("insight.gone"), (say("insight.by_product"), say("insight.day"), say("insight.order")), gone_by
    )
    alerts = tuple(
        (alert_title(write.language, one.kind, one.values), say("alert." + one.severity)) for one in report.alerts
    )
    heading = say("insight.alerts_open", count=report.alerts_open)
    yield SheetTable(heading, (say("insight.alert"), say("insight.severity")), alerts)
    odd = tuple((one.day, say("odd." + one.kind), one.key) for one in report.anomalies)
    yield SheetTable(say("insight.odd"), (say("insight.day"), say("insight.figure"), ""), odd)


def _group(group: FigureGroup, write: ReportWording) -> tuple[str, ...]:
    shown = write.name(group.names) if group.names else group.key or write.say("insight.other")
    sums = group.sums
    return (shown, *(write.money(value) for value in (sums.minor, sums.net_minor, sums.cost_minor)))


def as_lines(report: PeriodReport, write: ReportWording) -> tuple[str, ...]:
    """A report as a message: revenue, available figures, and changes to earlier days."""
    say = write.say
    total = f"{say('insight.turnover')}: {write.money(report.total_minor)}"
    total += f" ({say('insight.before')}: {write.money(report.before_minor)})"
    known = [kpi for kpi in report.kpis[1:] if kpi.value is not None]
    figures = [f"{say('kpi.' + kpi.name)}: {write.kpi(kpi, kpi.value)}" for kpi in known]
    return (total, *figures, *list(_notes(report, write))[1:])


def as_csv(
    report: PeriodReport,
    say: Say,
    name: Callable[[dict[str, str]], str],
    amount: Callable[[int], str],
    language: str = ENGLISH,
) -> str:
    """A report as a table for spreadsheets, in a language. No cell can be read as a formula."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")

    def line(*cells: str | int) -> None:
        rows.writerow([guarded_figure(str(cell)) for cell in cells])

    line(say("insight.report_" + report.kind), report.span.first, report.span.last)
    line()
    line(say("insight.day"), say("insight.receipts"), say("insight.turnover"), say("insight.refunds"))
    for one in report.money:
        line(one.day, one.sums.sales.count, amount(one.sums.total_minor), amount(one.sums.refunds.minor))
    line(say("insight.total"), "", amount(report.total_minor))
    if report.before_imported_minor:
        line(say("insight.before_imported_total"), "", amount(report.before_imported_minor))
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
    if report.predictions:
        line()
        line(say("insight.gone"), say("insight.day"), say("insight.order"))
    for gone in report.predictions:
        line(name(gone.names) if gone.names else gone.sku, gone.stock_out_on or "", str((gone.order or 0) / 1000))
    if report.predictions and report.imported:
        line(say("insight.risks_imported"))
    line()
    line(say("insight.alert"), say("insight.severity"), say("insight.alert_since"))
    for alert in report.alerts:
        line(alert_title(language, alert.kind, alert.values), say("alert." + alert.severity), alert.since)
    return out.getvalue()
