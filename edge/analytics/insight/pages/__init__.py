"""Manager pages of key figures: a period's figures, and printable reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from edge.analytics.insight.anomalies import HOURLY, OF_PRODUCTS, Anomaly, read_anomalies
from edge.analytics.insight.explain import GROUPS, OTHER, PARTED, is_explained
from edge.analytics.insight.kpis import ROW_SIDES, ROWS, SIDES, Kpi, read_kpi_rows, read_kpis
from edge.analytics.insight.pages import figure, today
from edge.analytics.insight.queries import By, FigureGroup, read_groups, read_year_before, year_before
from edge.analytics.insight.routes import DEFAULT_PERIOD, asked_place, asked_span, report_of
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.usage import read_predictions
from edge.analytics.insight.waste import read_waste, read_waste_report
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.alerts.alert_texts import title
from edge.goods.catalog.queries import read_products
from edge.goods.stock.lists.listings import read_locations
from edge.lib.units.dates import after
from edge.lib.units.ticks import ticks
from edge.web.context import SITE, today_of
from edge.web.live.localizer import Localizer
from edge.web.pages.shell import page
from edge.web.responses import texts_of

SHOWN = 12
SHOWN_BY: tuple[By, ...] = ("day", "hour", "category", "register", "place", "person", "tender", "promotion")
PERSON = "person"


async def overview(request: web.Request) -> web.Response:
    """`GET /manager/insight`: the key figures of `?period=` or `?from=&to=`, their breakdown, and anomalies."""
    site, span = request.app[SITE], asked_span(request)
    asked_kpi, place = request.query.get("kpi", ""), await asked_place(request)
    read = partial(_read, span=span, today=today_of(request), zone=site.settings.zone, kpi=asked_kpi, place=place)
    found = await site.asker.read(read)
    days = found["by_day"]
    return page(
        request,
        "insight",
        span=span,
        span_year_before=year_before(span),
        asked=request.query.get("period", DEFAULT_PERIOD if "from" not in request.query else ""),
        month=today_of(request)[:7],
        last_month=after(today_of(request)[:8] + "01", -1)[:7],
        ticks=ticks(max((group.sums.minor for group in days), default=0)),
        shown=shown_value(texts_of(request)),
        with_rows=ROWS,
        explained={name for name in ROWS if is_explained(name)},
        groups_opened=GROUPS,
        margins_opened=PARTED,
        no_key=OTHER,
        sides=SIDES,
        row_sides=ROW_SIDES,
        asked_kpi=asked_kpi,
        asked_place=place,
        **found,
    )


async def report(request: web.Request) -> web.Response:
    """`GET /manager/report?kind=`: a daily, weekly or monthly report for `?date=`."""
    found = await report_of(request, request.query.get("kind", "daily"))
    names = await request.app[SITE].asker.read(partial(_names_of, anomalies=found.anomalies))
    texts, currency = texts_of(request), request.app[SITE].settings.currency
    return page(
        request,
        "report",
        found=found,
        shown=shown_value(texts),
        names=names,
        explained={name for name in ROWS if is_explained(name)},
        with_rows=ROWS,
        no_key=OTHER,
        asked_day=found.span.first,
        titled=lambda alert: title(texts.language, alert.kind, alert.values, currency),
    )


def _read(db: Connection, span: DaySpan, today: str, zone: str, kpi: str, place: str) -> dict[str, Any]:
    groups: dict[str, list[FigureGroup]] = {by: read_groups(db, by, span, zone, with_imported=True) for by in SHOWN_BY}
    anomalies, wasted = read_anomalies(db, span, SHOWN, zone), read_waste_report(db, span, today, zone)
    return {
        **{f"by_{by}": found for by, found in groups.items()},
        "by_product": read_groups(db, "product", span, with_imported=True)[:SHOWN],
        "imported_minor": sum(group.imported_minor for group in groups["day"]),
        "year_before": None if place else read_year_before(db, span),
        "kpis": read_kpis(db, span, place),
        "places": read_locations(db),
        "waste": read_waste(db, span, SHOWN, place),
        "wasted": wasted,
        "kpi_rows": read_kpi_rows(db, kpi, span, place),
        "anomalies": anomalies,
        "names": _names_of(db, anomalies),
        "predictions": read_predictions(db, today, limit=60)[:SHOWN],
        "hourly": HOURLY,
        "called": {group.key: name_of(db, group.key) for group in [*groups[PERSON], *wasted.persons]},
        "place_names": {one.id: one.names for one in read_locations(db)},
    }


def _names_of(db: Connection, anomalies: list[Anomaly]) -> dict[str, dict[str, str]]:
    """The names of anomalous products; people are shown by id."""
    known = read_products(db, [one.key for one in anomalies if one.kind in OF_PRODUCTS])
    return {sku: product.names or {} for sku, (_, product, _) in known.items()}


def shown_value(texts: Localizer) -> Callable[[Kpi, int | None], str]:
    """The formatter of key figures."""

    def value_text(kpi: Kpi, value: int | None) -> str:
        if value is None:
            return texts.say("insight.not_counted")
        match kpi.unit:
            case "minor":
                return texts.money(value)
            case "permille":
                return texts.quantity(value * 100) + "%"
            case "tenths":
                return texts.quantity(value * 100)
        return texts.count(value)

    return value_text


FRAGMENTS = today.FRAGMENTS
ENDPOINTS = today.ENDPOINTS
PAGES = (
    *today.PAGES,
    *figure.PAGES,
    Page(
        path="/manager/insight",
        name="insight",
        handler=overview,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        menu="insight.title",
        group="insight",
        place=40,
        past=True,
        changed_by=("figures",),
    ),
    Page(
        path="/manager/report",
        name="report",
        handler=report,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        under="insight",
        group="insight",
        place=41,
        past=True,
        changed_by=("figures",),
    ),
)
