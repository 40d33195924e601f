"""Page that explains a figure by events or products: a key figure of some days, a part of it, or a figure from another
page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from edge.analytics.insight.explain import GROUPS, OF_PRODUCT, OTHER, PARTED, ExplainFigure
from edge.analytics.insight.kpis import ROW_SIDES
from edge.analytics.insight.routes import asked_span
from edge.analytics.insight.rules import share
from edge.core.endpoints import Page
from edge.core.figure import SEPARATOR, Figure
from edge.core.journal.figure_trace import ExplainedFigure
from edge.core.storage.database import Connection
from edge.counter.reports.queries import person_at
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.queries import CostedReceipt, receipts_at_cost
from edge.goods.stock.lists.listings import read_locations
from edge.lib.units.money import divide_half_up
from edge.people.customers.queries import customer_name
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.pages.shell import page
from edge.web.past import PAST
from edge.web.problem import Problem

GROUP_SIDES = ("minor", "count")
NO_QUOTIENT = frozenset({"turns", "cover", "refunds", "voids"})
"""Figures that aren't the ratio of the totals of their days."""
_QUOTIENTS: Mapping[tuple[str, str], Callable[[int, int], int | None]] = MappingProxyType(
    {
        ("minor", "minor"): share,
        ("minor", "count"): divide_half_up,
        ("minor", "quantity"): lambda minor, thousandths: minor * 1000 // thousandths,
    }
)
"""The value of a ratio, by the units of its two sides; an average cost is rounded down, as on the stock page."""


async def figure(request: web.Request) -> web.Response:
    """`GET /manager/figure?name=margin&from=&to=`: explain a key figure; `&key=`: for one product, hour and so on.

    It also explains figures declared by a capability (`?name=stock.on_hand&key=milk`).
    """
    site, query = request.app[SITE], request.query
    name, key, span = query.get("name", ""), query.get("key", "")[:200], asked_span(request)
    through = site.past.seq if site.past else 0
    if declared := site.shop.registry.figures.get(name):
        return await _declared_figure(request, declared, key)
    asked = ExplainFigure(name, span.first, span.last, key, site.settings.zone, through)
    found = await site.services.of(PAST).ask(asked)
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    measure, part = PARTED.get(name, (name, ""))
    by = part if part in GROUPS else f"by_{part}" if part else name
    of_product = (bool(key) and by not in GROUPS) or by == "by_product"
    people = {one.actor for one in found.parts} | ({key} if by in ("by_person", "waste_person") else set())
    read = partial(_read, people=people, sku=key if of_product else "", last=span.last)
    sides = GROUP_SIDES if name in GROUPS else ROW_SIDES[measure]
    around = {"name": name, "by": by, "key": key, "sides": sides, "of_product": of_product, "of_group": name in GROUPS}
    around["measure"] = measure
    around |= _quotient(found, sides if name not in GROUPS and name not in NO_QUOTIENT else ("", ""))
    group_names = await site.asker.read(partial(_group_names, by=by))
    shown = {"found": found, "span": span, "figure": around, "group_names": group_names, "no_key": OTHER}
    shown |= {"declared": None, "page_of": "", "currency": ""}
    return page(request, "figure", **shown, **await site.asker.read(read))


async def _declared_figure(request: web.Request, figure: Figure, key: str) -> web.Response:
    """The page of a declared figure. Raises `Denied` if the viewer may not open the page that shows it."""
    site, parts = request.app[SITE], key.split(SEPARATOR)
    first = parts[0]
    shown_on = next((one for one in site.declared.pages.values() if one.path == urlsplit(figure.page).path), None)
    if shown_on is None or not shown_on.endpoint.allows(viewer_of(request)):
        raise Denied(shown_on.right if shown_on else MANAGE, f"GET {request.path}")
    await site.asker.read(lambda db: None, figure.rests_on)  # wait until its projections have caught up
    through = site.past.seq if site.past else 0
    found = await site.services.of(PAST).ask(ExplainFigure(figure.name, "", "", key, site.settings.zone, through))
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    sides = (figure.unit, figure.over)
    around = {"name": figure.name, "by": "", "key": first, "sides": sides, "of_product": False, "of_group": False}
    around |= {"parts": parts, **_quotient(found, sides)}
    people = {one.actor for one in found.parts} | ({first} if figure.of == "person" else set())
    if figure.of in ("sums", "shift", "x") and (person := person_at(parts[-1])):
        people.add(person)

    def read(db: Connection) -> dict[str, Any]:
        product = read_products(db, [first]).get(first) if figure.of == "product" else None
        return {
            "called": {one: name_of(db, one) for one in people},
            "names": product[1].names if product else None,
            "who": customer_name(db, first) if figure.of == "customer" else "",
            "currency": figure.read_currency(db, key),
        }

    values = {"figure": around, "declared": figure, "page_of": figure.page.format(*map(quote, parts)), "span": None}
    return page(request, "figure", found=found, **values, **await site.asker.read(read))


def _quotient(found: ExplainedFigure, sides: tuple[str, str]) -> dict[str, Any]:
    """The value of a ratio as shown on the page of the figure, and whether it's a share. The value is None if the
    figure isn't a ratio or is unknown.
    """
    numerator, denominator = found.shown
    if found.too_many or denominator <= 0 or sides not in _QUOTIENTS:
        return {"value": None, "as_share": False}
    return {"value": _QUOTIENTS[sides](numerator, denominator), "as_share": sides == ("minor", "minor")}


def _group_names(db: Connection, by: str) -> dict[str, dict[str, str]]:
    """The names of categories or locations, for figures grouped by them."""
    if by == "by_category":
        return {one.id: one.names for one in read_categories(db)}
    return {one.id: one.names for one in read_locations(db)} if by in ("by_place", "waste_place") else {}


def _read(db: Connection, people: set[str], sku: str, last: str) -> dict[str, Any]:
    """The names of people and a product, and the goods receipts behind its cost."""
    receipts: list[CostedReceipt] = receipts_at_cost(db, sku, last) if sku else []
    known = read_products(db, [sku]) if sku else {}
    return {
        "called": {one: name_of(db, one) for one in people},
        "names": (known[sku][1].names or {}) if sku in known else {},
        "receipts": receipts,
        "told_apart": OF_PRODUCT,
    }


PAGES = (
    Page(
        path="/manager/figure",
        name="figure",
        handler=figure,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        under="insight",
        group="insight",
        place=42,
        past=True,
    ),
)
