"""Setup pages (devices, shop configuration, the design of papers) and pages about the appliance's state and journal."""

from __future__ import annotations

import asyncio
from zoneinfo import available_timezones

from aiohttp import web

from edge.backoffice.office.pages import (
    backups,
    boxes,
    boxes_aside,
    certificate,
    configuration_api,
    design,
    health,
    journal,
    machine_fragments,
    messages,
    network,
    papers,
    replay,
    shop_status,
    taxes,
    technical,
    terminal_api,
)
from edge.backoffice.office.routes import devices_of
from edge.core.endpoints import Page, fragment
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE
from edge.people.customers.pages.beside import FACTS_IN_WORDS
from edge.runtime import configuration
from edge.runtime.backup_state.destinations import labels_of_disks
from edge.runtime.config import CONFIG
from edge.runtime.config.till_choices import RECEIPT_PARTS
from edge.runtime.editable_keys import EDITABLE
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.pairing import OpenTo
from edge.web.responses import texts_of

_GROUPS = {
    "shop": ("registers", "store.", "fiscal."),
    "access": ("panel.", "orders."),
    "printing": ("labels.", "till."),
    "backup": ("backup.",),
    "privacy": ("privacy.",),
}
"""Groups of keys on the page, by key prefix. Any other key is in the first group."""


def _group_of(key: str) -> str:
    return next((group for group, beginnings in _GROUPS.items() if key.startswith(beginnings)), "shop")


async def setup_page(request: web.Request) -> web.Response:
    """`GET /manager/setup`: the page; its content needs a PIN."""
    return page(request, "setup")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/setup`: devices with their state, and keys of config.toml."""
    site = request.app[SITE]
    known = devices_of(request)
    filed = configuration.config_in_file(site.services.of(CONFIG))
    keys = [(one, configuration.value_of(filed, one.key)) for one in EDITABLE if one.on == "setup"]
    groups = {group: [pair for pair in keys if _group_of(pair[0].key) == group] for group in _GROUPS}
    disks = await asyncio.to_thread(labels_of_disks)
    offered = {
        "zone": sorted(available_timezones()),
        "label": disks,
        "printer": [one.name for one in known.devices if one.role == "receipt_printer"],
    }
    values = {
        "known": known,
        "groups": groups,
        "file": str(site.services.of(CONFIG).file),
        "registers": site.config.registers,
    }
    values |= {"offered": offered, "terminals": terminal_api.FORMS}
    return html(site.renderer.render("setup_rows.html", texts_of(request).language, **values))


async def papers_shown(request: web.Request) -> web.Response:
    """`GET /manager/papers`: the page; its content needs a PIN."""
    return page(request, "papers")


async def paper_rows(request: web.Request) -> web.Response:
    """`GET /fragments/papers`: the header and footer of receipts, and omitted parts."""
    site = request.app[SITE]
    values = {
        "said": site.services.of(NOW)(),
        "parts": RECEIPT_PARTS,
        "logo_changed": logo.stat().st_mtime_ns if (logo := site.services.of(CONFIG).logo).is_file() else 0,
    }
    return html(site.renderer.render("papers_rows.html", texts_of(request).language, **values))


ENDPOINTS = (
    fragment("/fragments/setup", rows, MANAGE),
    fragment("/fragments/papers", paper_rows, MANAGE),
    *backups.ENDPOINTS,
    *boxes.ENDPOINTS,
    *boxes_aside.ENDPOINTS,
    *certificate.ENDPOINTS,
    *configuration_api.ENDPOINTS,
    *health.ENDPOINTS,
    *messages.ENDPOINTS,
    *network.ENDPOINTS,
    *papers.ENDPOINTS,
    *shop_status.ENDPOINTS,
    *taxes.ENDPOINTS,
    *terminal_api.ENDPOINTS,
)
PAGES = (
    Page(
        path="/manager/setup",
        alias="/manager/devices",
        name="setup",
        group="system",
        place=15,
        handler=setup_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="office.title",
    ),
    Page(
        path="/manager/papers",
        name="papers",
        group="system",
        place=16,
        handler=papers_shown,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="office.papers",
    ),
    *backups.PAGES,
    *boxes.PAGES,
    *certificate.PAGES,
    *design.PAGES,
    *messages.PAGES,
    *network.PAGES,
    *shop_status.PAGES,
    *taxes.PAGES,
    *technical.PAGES,
    *journal.PAGES,
    *replay.PAGES,
)
FRAGMENTS = machine_fragments.FRAGMENTS
OPEN_TO = (OpenTo(frozenset({"/healthz", "/status"}), ("/api/v1/twin/knocks/",)),)
PROVIDES = ((FACTS_IN_WORDS, journal.facts_in_words),)
