"""HTTP API of key figures, breakdowns, waste, anomalies, usage and reports."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, cast, get_args

from aiohttp import web

from edge.analytics.insight.anomalies import Anomaly, read_anomalies
from edge.analytics.insight.commands import KeepReport
from edge.analytics.insight.kpis import ROWS, Kpi, KpiRow, read_kpi_rows, read_kpis
from edge.analytics.insight.queries import By, FigureGroup, read_groups
from edge.analytics.insight.report_paper import ReportWording, as_csv, as_sheet
from edge.analytics.insight.reports import Kind, PeriodReport, is_whole, read_made, read_report
from edge.analytics.insight.reports import span_of as report_span
from edge.analytics.insight.reports_part import keep_report
from edge.analytics.insight.rules import LONGEST_DAYS, DaySpan, span_of
from edge.analytics.insight.usage import ProductUsage, UsePrediction, read_predictions, read_usage
from edge.analytics.insight.waste import Wasted, WasteReport, read_waste, read_waste_report
from edge.core.endpoints import Answer, Endpoint, Schema
from edge.core.messages import Done
from edge.core.process.pdf_sheet import make_pdf
from edge.core.storage.database import Connection
from edge.counter.reports.queries import BEHIND
from edge.foundation.access.rights import MANAGE, REPORTS, system
from edge.goods.stock.lists.listings import read_locations
from edge.lib.errors import EdgeError
from edge.lib.regions.countries import first_weekday_at
from edge.lib.units.money import show_minor
from edge.web.context import SITE, today_of
from edge.web.problem import Problem
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY

DEFAULT_PERIOD = "30d"


async def kpi(request: web.Request) -> web.Response:
    """`GET insight/kpi`: the key figures of a period (`?from=&to=`, or `?period=`) with their sources, for one location
    with `?location=`.
    """
    read = partial(read_kpis, span=asked_span(request), place=await asked_place(request))
    return answer_json({"kpis": await request.app[SITE].asker.read(read)})


async def figures(request: web.Request) -> web.Response:
    """`GET insight/figures/{by}`: a period's sums by day, hour, category, product, register, place, person..."""
    by = request.match_info["by"]
    if by not in get_args(By):
        raise Problem(404, "not_found", path=request.path[:200])
    zone, span = request.app[SITE].settings.zone, await whole_store(request)
    read = partial(read_groups, by=cast(By, by), span=span, zone=zone, with_imported=True)
    return answer_json({"groups": await request.app[SITE].asker.read(read)})


async def waste(request: web.Request) -> web.Response:
    """`GET analytics/waste`: a period's waste by product and reason, most expensive first."""
    read = partial(read_waste, span=asked_span(request), place=await asked_place(request))
    return answer_json({"waste": await request.app[SITE].asker.read(read)})


async def waste_report(request: web.Request) -> web.Response:
    """`GET analytics/waste/report`: a period's waste by cause, location, person and hour, and upcoming expiry dates."""
    zone, today = request.app[SITE].settings.zone, today_of(request)
    read = partial(read_waste_report, span=await whole_store(request), today=today, zone=zone)
    return answer_json(await request.app[SITE].asker.read(read))


async def kpi_rows(request: web.Request) -> web.Response:
    """`GET insight/kpi/{name}/rows`: the rows behind a key figure, with their part of both sides."""
    name = request.match_info["name"]
    if name not in ROWS:
        raise Problem(404, "not_found", path=request.path[:200])
    read = partial(read_kpi_rows, name=name, span=asked_span(request), place=await asked_place(request))
    return answer_json({"rows": await request.app[SITE].asker.read(read)})


async def anomalies(request: web.Request) -> web.Response:
    """`GET insight/anomalies`: anomalous days in a period."""
    read = partial(read_anomalies, span=await whole_store(request), zone=request.app[SITE].settings.zone)
    return answer_json({"anomalies": await request.app[SITE].asker.read(read)})


async def usage(request: web.Request) -> web.Response:
    """`GET analytics/usage?product_id=`: a product's sales, returns, waste and receipts by day."""
    sku = request.query.get("product_id", "")
    if not sku:
        raise Problem(400, "argument_missing", name="product_id")
    found = await request.app[SITE].asker.read(partial(read_usage, sku=sku, span=await whole_store(request)))
    if found is None:
        raise Problem(404, "insight_product", sku=sku[:80])
    return answer_json(found)


async def predictions(request: web.Request) -> web.Response:
    """`GET analytics/predictions`: when best sellers will run out; `?product_id=`: only that product."""
    sku = request.query.get("product_id", "")
    read = partial(read_predictions, today=today_of(request), sku=sku)
    found = await request.app[SITE].asker.read(read)
    if sku and not found:
        raise Problem(404, "insight_product", sku=sku[:80])
    return answer_json({"predictions": found})


async def report(request: web.Request) -> web.Response:
    """`GET analytics/report/{kind}`: the daily, weekly or monthly report for `?date=` (default: yesterday)."""
    return answer_json(await report_of(request, request.match_info["kind"]))


async def report_csv(request: web.Request) -> web.Response:
    """`GET analytics/report/{kind}.csv`: the report as a table for spreadsheets."""
    site, texts = request.app[SITE], texts_of(request)
    found = await report_of(request, request.match_info["kind"])
    text = as_csv(found, texts.say, texts.name, partial(show_minor, currency=site.settings.currency), texts.language)
    name = f"{found.kind}-{found.span.first}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=text.encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers)


async def report_pdf(request: web.Request) -> web.Response:
    """`GET analytics/report/{kind}.pdf`: the report as PDF, in the requested language."""
    site, texts = request.app[SITE], texts_of(request)
    found = await report_of(request, request.match_info["kind"])
    sheet = as_sheet(
        found, ReportWording(texts.language, texts.money, texts.quantity, texts.name), site.settings.header
    )
    try:
        pdf = await site.services.of(HEAVY).do(make_pdf, sheet)
    except EdgeError as error:
        raise Problem(500, "pdf_not_made") from error
    headers = {
        "Content-Disposition": f'attachment; filename="{found.kind}-{found.span.first}.pdf"',
        "Cache-Control": "no-store",
    }
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


async def report_of(request: web.Request, asked: str) -> PeriodReport:
    """The requested report. Raises `Problem` 404 or 400 for an unknown kind or date."""
    kind = cast(Kind, asked)
    if kind not in get_args(Kind):
        raise Problem(404, "not_found", path=request.path[:200])
    text = request.query.get("date", "") or today_of(request)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Problem(400, "insight_period", period=text[:40]) from None
    site, today = request.app[SITE], today_of(request)
    span = report_span(kind, day, first_weekday_at(site.settings.zone))
    made, command, current = await site.asker.read(partial(_report, kind=kind, span=span, today=today), BEHIND)
    if command is not None and isinstance(await site.shop.do(command, system()), Done):
        made = await site.asker.read(partial(read_made, kind=kind, first=span.first))
    if found := made or current:
        return found
    return await site.asker.read(partial(read_report, kind=kind, span=span), BEHIND)


def _report(
    db: Connection, kind: Kind, span: DaySpan, today: str
) -> tuple[PeriodReport | None, KeepReport | None, PeriodReport | None]:
    """A stored report; otherwise the command that stores it if its period is over, or the current figures."""
    if made := read_made(db, kind, span.first):
        return made, None, None
    if span.last < today and is_whole(db, span):
        return None, keep_report(db, kind, span), None
    return None, None, read_report(db, kind, span)


def asked_span(request: web.Request) -> DaySpan:
    """The requested period: `from` and `to`, or `period`. Raises `Problem` 400 if it's invalid."""
    query = request.query
    text = query.get("period", "") or DEFAULT_PERIOD
    if "from" in query or "to" in query:
        text = f"{query.get('from', query.get('to', ''))}..{query.get('to', '') or today_of(request)}"
    span = span_of(text, today_of(request))
    if span is None:
        raise Problem(400, "insight_period", period=text[:40])
    return span


async def asked_place(request: web.Request) -> str:
    """The requested location; "" for the whole shop. Raises `Problem` 404 if it's unknown."""
    place = request.query.get("location", "") or request.query.get("location_id", "")
    if place in ("", request.app[SITE].config.store.id):
        return ""
    if place not in {one.id for one in await request.app[SITE].asker.read(read_locations)}:
        raise Problem(404, "forecast_location", location=place[:80])
    return place


async def whole_store(request: web.Request) -> DaySpan:
    """The requested period, for figures of the whole shop only. Raises `Problem` 404 if a location is requested."""
    if place := await asked_place(request):
        raise Problem(404, "insight_place", location=place[:80])
    return asked_span(request)


_PERIOD: dict[str, Schema] = {
    "period": {"type": "string", "description": f"7d, 2026-11 or 2026-11-01..2026-11-20; {LONGEST_DAYS} days at most."},
    "from": {"type": "string", "format": "date"},
    "to": {"type": "string", "format": "date"},
    "location": {
        "type": "string",
        "description": "This store's id or one of its locations; for other stores, ask head office.",
    },
    "location_id": {"type": "string", "description": "Alias of the previous parameter."},
}
_PRODUCT: dict[str, Schema] = {"product_id": {"type": "string"}}
_DATE: dict[str, Schema] = {"date": {"type": "string", "format": "date"}}


def _get(
    path: str, handler: Any, answer: Answer, query: dict[str, Schema], statuses: tuple[int, ...] = (404,)
) -> Endpoint:
    return Endpoint(
        method="GET",
        path=path,
        handler=handler,
        right=MANAGE,
        also=REPORTS,
        tag="insight",
        query=query,
        answer=answer,
        statuses=statuses,
    )


ENDPOINTS = (
    _get("/api/v1/insight/kpi", kpi, Answer(list[Kpi], under="kpis"), _PERIOD),
    _get("/api/v1/insight/kpi/{name}/rows", kpi_rows, Answer(list[KpiRow], under="rows"), _PERIOD, (404,)),
    _get("/api/v1/insight/figures/{by}", figures, Answer(list[FigureGroup], under="groups"), _PERIOD, (404,)),
    _get("/api/v1/insight/anomalies", anomalies, Answer(list[Anomaly], under="anomalies"), _PERIOD),
    _get("/api/v1/analytics/waste", waste, Answer(list[Wasted], under="waste"), _PERIOD),
    _get("/api/v1/analytics/waste/report", waste_report, Answer(WasteReport), _PERIOD),
    _get("/api/v1/analytics/usage", usage, Answer(ProductUsage), {**_PERIOD, **_PRODUCT}, (404,)),
    _get(
        "/api/v1/analytics/predictions", predictions, Answer(list[UsePrediction], under="predictions"), _PRODUCT, (404,)
    ),
    _get("/api/v1/analytics/report/{kind}.csv", report_csv, Answer(media="text/csv"), _DATE, (404,)),
    _get("/api/v1/analytics/report/{kind}.pdf", report_pdf, Answer(media="application/pdf"), _DATE, (404,)),
    _get("/api/v1/analytics/report/{kind}", report, Answer(PeriodReport), _DATE, (404,)),
)
