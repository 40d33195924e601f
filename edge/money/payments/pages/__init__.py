"""The manager's page of card payments: payments, terminals and providers."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, PAYMENTS
from edge.money.payments.day_sums import our_day
from edge.money.payments.entities import PROVIDERS, ROUTES
from edge.money.payments.providers.provider import abilities_of
from edge.money.payments.queries import (
    LOOK_UPS_LEAST,
    Which,
    count_troubled,
    last_close,
    offline_agreed,
    read_methods,
    read_payments,
    read_providers,
    read_routes,
    resting,
)
from edge.money.payments.settings import OfflineLimits, PaymentsSection, settings_of
from edge.people.customers.pages.beside import STORED_CARDS
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page

FIELDS = form_fields(PROVIDERS.struct)
ROUTE_FIELDS = form_fields(ROUTES.struct)
SHOWN = 50
FILTERS = get_args(Which)


async def payments_page(request: web.Request) -> web.Response:
    """`GET /manager/payments`: the newest payments, paged by `?before=`, filtered by `?which=`."""
    site = request.app[SITE]
    asked, before = request.query.get("which", "all"), request.query.get("before", "")
    which: Which = next((one for one in FILTERS if one == asked), "all")
    terminals = [one for one in site.services.of(CONFIG).devices if one.role == "payment_terminal"]
    names = [one.name for one in terminals]
    section = site.services.of(CONFIG).of(PaymentsSection)
    asks_close = section.close_terminal != "by_itself"
    closable = {one.name for one in terminals if asks_close and "totals" in abilities_of(one.driver)}
    limits = settings_of(site.services.of(CONFIG), {}).offline
    row = int(before) if before.isdecimal() and len(before) < 19 else None
    found = await site.asker.read(partial(_read, which=which, before=row, names=names, now_us=site.shop.now_us()))
    return page(
        request,
        "payments",
        **found,
        **{"terminals": terminals, "closable": closable, "closes_itself": not asks_close},
        offline_asked=_unaccepted_offline_limits(limits, found["offline_agreed"]),
        **{"fields": FIELDS, "route_fields": ROUTE_FIELDS, "which": which, "filters": FILTERS, "least": LOOK_UPS_LEAST},
    )


def _unaccepted_offline_limits(
    limits: OfflineLimits, agreed: tuple[int, int, int, int, int] | None
) -> OfflineLimits | None:
    """The offline limits in config.toml that haven't been accepted yet; None if there are none."""
    if not limits.most_minor or (agreed is not None and limits.within(OfflineLimits(*agreed))):
        return None
    return limits


def _read(db: Connection, which: Which, before: int | None, names: list[str], now_us: int) -> dict[str, Any]:
    payments = read_payments(db, which, before, SHOWN)
    return {
        "payments": payments,
        "troubled": count_troubled(db),
        "more": payments[-1].seq if len(payments) == SHOWN else 0,
        "providers": read_providers(db),
        "routes": read_routes(db),
        "resting": resting(db, now_us),
        "offline_agreed": offline_agreed(db),
        "closes": (closes := {name: last_close(db, name) for name in names}),
        "sums": {name: our_day(db, name, closed.seq if closed else 0) for name, closed in closes.items()},
    }


PAGES = (
    Page(
        path="/manager/payments",
        name="payments",
        handler=payments_page,
        right=MANAGE,
        also=PAYMENTS,
        fragments=("alerts", "clock"),
        menu="payments.title",
        group="counter",
        place=52,
    ),
)
PROVIDES = ((STORED_CARDS, read_methods),)
