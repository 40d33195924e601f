"""Page of product taxes: by the law of a place, with each rate's start date, or by custom classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.counter.till.live_settings import NOW
from edge.counter.till.queries import DeliveredSales, read_abroad_by_year, read_delivered_sales
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import count_tax_classes
from edge.lib.i18n import ENGLISH
from edge.lib.regions.eu_vat import member_states, unconfirmed_classes
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import DatedTable, countries
from edge.ordering.delivery.queries import read_zones
from edge.runtime import configuration
from edge.runtime.config import CONFIG
from edge.web.context import SITE, PanelContext
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


class SalesAbroad(msgspec.Struct, frozen=True):
    """Sales to other member states.

    This year's total and the threshold (`by_return`: the store is in the One Stop Shop); the last two quarters by
    country and rate; and the tax classes at the standard rate of a country that the store delivers to, where a reduced
    rate may apply. `names`: the countries' names.
    """

    names: dict[str, str]
    taxed_there: bool
    sold_minor: int
    most_minor: int
    by_return: bool
    quarters: list[tuple[str, str, list[DeliveredSales]]]
    to_confirm: dict[str, tuple[str, ...]]


async def taxes_page(request: web.Request) -> web.Response:
    """`GET /manager/taxes`: the page; its content needs a PIN."""
    return page(request, "taxes")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/taxes`: the tax settings of config.toml, and the rates by date."""
    site, language = request.app[SITE], texts_of(request).language
    filed, at_us = configuration.config_in_file(site.services.of(CONFIG)), site.shop.now_us()
    tax, used = filed.tax, await site.asker.read(count_tax_classes)
    places = [
        *((f"province {id}", one.names.get(language) or one.names[ENGLISH]) for id, one in provinces().items()),
        *((f"country {id}", id) for id in countries()),
    ]
    values: dict[str, Any] = {
        "tax": tax,
        "said": f"{'province' if filed.store.place.is_canadian else 'country'} {tax.law}" if tax.law else "",
        "places": places,
        "usual": site.services.of(CONFIG).catalog.tax_class,
        "on_day": site.config.business_date(at_us),
        "held": rates_by_class(tax.ids, tax.dated_tables),
        "used": used,
        "abroad": await _abroad(site, site.config.business_date(at_us), language, used),
    }
    return html(site.renderer.render("taxes_rows.html", language, **values))


async def _abroad(site: PanelContext, today: str, language: str, used: Mapping[str, int]) -> SalesAbroad | None:
    """Sales to other member states of a store in the European Union; None if the store is elsewhere."""
    settings = site.services.of(NOW)()
    if settings.place.country not in member_states():
        return None
    names = {country: one.names.get(language) or one.names[ENGLISH] for country, one in member_states().items()}
    spans = [quarter_of(today), quarter_of(quarter_of(today)[0], -1)]

    def read(db: Connection) -> SalesAbroad:
        countries = sorted({zone.province for zone in read_zones(db)} & names.keys() - {settings.place.country})
        classes = {settings.tax_class if not of and used[of] else of for of in used}
        open_classes = {
            country: tuple(
                one for one in unconfirmed_classes(settings.tax, settings.rates_in(country)) if one in classes
            )
            for country in countries
        }
        return SalesAbroad(
            names=names,
            taxed_there=settings.is_taxed_abroad(),
            sold_minor=read_abroad_by_year(db).get(int(today[:4]), 0),
            most_minor=settings.abroad_most_minor,
            by_return=settings.oss,
            quarters=[(*span, read_delivered_sales(db, *span)) for span in spans],
            to_confirm={country: of for country, of in open_classes.items() if of},
        )

    found: SalesAbroad = await site.asker.read(read)
    return found


def quarter_of(day: str, further: int = 0) -> tuple[str, str]:
    """First and last day of a day's calendar quarter, or of the quarter `further` quarters later.

    >>> quarter_of("2027-01-15"), quarter_of("2027-01-15", -1)
    (('2027-01-01', '2027-03-31'), ('2026-10-01', '2026-12-31'))
    """
    months = int(day[:4]) * 12 + (int(day[5:7]) - 1) // 3 * 3 + 3 * further
    begins, ends = (date(at // 12, at % 12 + 1, 1) for at in (months, months + 3))
    return begins.isoformat(), (ends - timedelta(days=1)).isoformat()


def rates_by_class(classes: Iterable[str], dated: Iterable[DatedTable]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rates of each class with their start dates, newest first. Dates without a change are left out."""
    tables = list(dated)
    found = []
    for id in classes:
        days: list[tuple[str, str]] = []
        for one in tables:
            known = one.table.find(id)
            said = " + ".join(f"{rate.name} {rate.rate / 1000:g} %" for rate in known.rates) if known else ""
            if not days or days[-1][1] != said:
                days.append((one.since, said))
        found.append((id, days[::-1]))
    return found


ENDPOINTS = (fragment("/fragments/taxes", rows, MANAGE),)
PAGES = (
    Page(
        path="/manager/taxes",
        name="taxes",
        group="system",
        place=17,
        handler=taxes_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="office.taxes",
    ),
)
