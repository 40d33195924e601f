"""The manager's page of hours: the week, exceptions, time slots, and delivery zones."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE
from edge.foundation.opening_hours.holidays import undecided_holidays
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import day_of, is_open, spans_on
from edge.lib.regions.addresses import postal_beginnings
from edge.lib.regions.provinces import provinces
from edge.ordering.delivery.entities import ZONES
from edge.ordering.delivery.queries import read_zones
from edge.people.customers.settings import settings_of
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields, json_of
from edge.web.pages.shell import page
from edge.web.responses import texts_of

ZONE_FIELDS = form_fields(ZONES.struct)


async def hours(request: web.Request) -> web.Response:
    """`GET /manager/hours`: opening hours."""
    site = request.app[SITE]
    zone, now_us = ZoneInfo(site.settings.zone), site.shop.now_us()
    kept, zones = await site.asker.read(lambda db: (read_hours(db), read_zones(db)))
    today = day_of(zone, now_us)
    here, place = settings_of(site.config), site.settings.place
    proposed = undecided_holidays(
        kept, place.country or here.region, place.province, today, language=texts_of(request).language
    )
    canadian = place.is_canadian and place.province
    named = texts_of(request).name
    examples = {"prefixes": postal_beginnings(place.country or here.region)}
    zone_fields = [msgspec.structs.replace(one, example=examples.get(one.name, "")) for one in ZONE_FIELDS]
    others = [(id, named(one.names)) for id, one in provinces().items() if id != place.province] if canadian else []
    return page(
        request,
        "hours",
        kept=kept,
        zones=zones,
        today_is=today.isoformat(),
        proposed=proposed,
        usual=lambda text: spans_on(kept, date.fromisoformat(text)),
        in_full=date.fromisoformat,
        provinces=[("", ""), *others] if others else [],
        zone_fields=zone_fields,
        json_of=json_of,
        open_now=is_open(kept, zone, now_us),
        clock_of=_clock,
    )


def _clock(minute: int) -> str:
    """A minute of the day as a time for forms. After midnight, it's a time of the next morning."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}" if minute != 1440 else "24:00"


PAGES = (
    Page(
        path="/manager/hours",
        name="hours",
        handler=hours,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="hours.title",
        group="orders",
        place=60,
    ),
)
