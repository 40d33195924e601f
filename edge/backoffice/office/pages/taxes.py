"""Taxes of products: by the law of a place, with each rate's start date, or by own classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import count_tax_classes
from edge.lib.i18n import ENGLISH
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import DatedTable, countries
from edge.runtime import configuration
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def taxes_page(request: web.Request) -> web.Response:
    """`GET /manager/taxes`: the page; its content needs a PIN."""
    return page(request, "taxes")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/taxes`: the tax settings of config.toml, and the rates by date."""
    site, language = request.app[SITE], texts_of(request).language
    filed, at_us = configuration.config_in_file(site.services.of(CONFIG)), site.shop.now_us()
    tax = filed.tax
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
        "held": rates_by_class(tax.ids, tax.dated),
        "used": await site.asker.read(count_tax_classes),
    }
    return html(site.renderer.render("taxes_rows.html", language, **values))


def rates_by_class(classes: Iterable[str], dated: Iterable[DatedTable]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rates of each class with their start dates, newest first; dates without a change are left out."""
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
