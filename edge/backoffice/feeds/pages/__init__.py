"""Manager pages of feeds: connectors and imports, and the records of a run."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.connector import SYSTEMS, UNCONFIRMED, secret_name
from edge.backoffice.feeds.entities import CONNECTORS
from edge.backoffice.feeds.pages import invoice_api
from edge.backoffice.feeds.queries import (
    AnyState,
    read_connector_states,
    read_feed_ages,
    read_feed_job,
    read_feed_jobs,
    read_staged,
    read_taken_counts,
    word_of,
)
from edge.backoffice.feeds.reading.layout import FIELDS, LINE_FIELDS
from edge.backoffice.feeds.rival_goods import SHOWN as GOODS_SHOWN
from edge.backoffice.feeds.rival_goods import read_rival_goods, rival_names
from edge.backoffice.feeds.routes import raw_files
from edge.backoffice.feeds.schedule import age_h, is_stale
from edge.backoffice.feeds.settings import KEPT_DAYS
from edge.backoffice.feeds.staging import SavedRecord
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.quality.pages.beside import FEED_AGES
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page
from edge.web.problem import Problem

RUNS_SHOWN = 30
RECORDS_SHOWN = 50
STATES: tuple[AnyState, ...] = ("invalid", "held", "valid", "applied", "same", "dropped")
FORM = form_fields(CONNECTORS.struct, without=("id", "mapping"))


async def feeds_page(request: web.Request) -> web.Response:
    """`GET /manager/feeds`: connectors, file upload, and past runs."""
    site = request.app[SITE]
    found = await site.asker.read(_read)
    store = site.services.of(SECRETS)
    lets_in = {
        one.connector.id: {"name": secret_name(one.connector), "set": store.has(secret_name(one.connector))}
        for one in found["connectors"]
        if one.connector.sign_in != "none" or one.connector.kind in SYSTEMS
    }
    now_us = site.shop.now_us()
    ages = {
        one.connector.id: {
            "hours": age_h(one.good_us, now_us),
            "stale": is_stale(one.connector, one.good_us, now_us),
        }
        for one in found["connectors"]
        if one.connector.is_active and one.good_us and not one.connector.push_counts
    }
    about = {"ages": ages, "lets_in": lets_in, "unconfirmed": UNCONFIRMED}
    return page(request, "feeds", fields=FORM, entities=("SKU", *FIELDS), **about, **found)


def _read(db: Connection) -> dict[str, Any]:
    jobs = read_feed_jobs(db, limit=RUNS_SHOWN)
    ended = {one.id for one in jobs if read_taken_counts(db, one)}
    strains = db.execute("SELECT 1 FROM feed_strain LIMIT 1").fetchone() is not None
    return {"connectors": read_connector_states(db), "jobs": jobs, "ended": ended, "strains": strains}


async def records(request: web.Request) -> web.Response:
    """`GET /manager/feeds/records?job=&state=&first=`: a run's staged records, with decisions."""
    job, first = (_number(request.query.get(name, "0")) for name in ("job", "first"))
    state: AnyState = next((one for one in STATES if one == request.query.get("state", "")), "")

    def read(db: Connection) -> dict[str, Any] | None:
        found = read_feed_job(db, job)
        if found is None or not found.run:
            return None
        staged = read_staged(db, found.run, state, first, RECORDS_SHOWN)
        ended = bool(read_taken_counts(db, found))
        return {"job": found, "staged": staged, "counts": staging.counts(db, found.run), "ended": ended}

    found = await request.app[SITE].asker.read(read)
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    entity = found["job"].entity_type

    def fields_of(one: SavedRecord) -> list[str]:
        """The fields of a record that a user can correct, with their line numbers."""
        of_lines = LINE_FIELDS.get(entity, ())
        lines = sorted({int(number) for field in one.cells if (number := field.partition(".")[2]).isdecimal()})
        said = [field for field in FIELDS.get(entity, ()) if not lines or field not in of_lines]
        return said + [f"{field}.{n}" for n in lines for field in of_lines]

    kept = await asyncio.to_thread(raw_files(request).find, job)
    return page(
        request,
        "feed_records",
        kept=bool(kept),
        days=KEPT_DAYS,
        state=state,
        states=STATES,
        fields_of=fields_of,
        facts_of=_facts_of,
        word_of=word_of,
        **found,
    )


def _facts_of(one: SavedRecord) -> dict[str, str]:
    """The journal filter for events about a record's subject: its product, or its own number."""
    sku = one.becomes.get("sku")
    return {"sku": str(sku)} if sku else {"about": one.key.rpartition("\x1f")[2]}


async def rival_goods(request: web.Request) -> web.Response:
    """`GET /manager/rivals/goods?competitor=`: products that only competitors sell, most recently seen first."""
    competitor = request.query.get("competitor", "")[:100]

    def read(db: Connection) -> dict[str, Any]:
        return {"goods": read_rival_goods(db, competitor), "competitors": rival_names(db)}

    found = await request.app[SITE].asker.read(read)
    return page(request, "rival_goods", of=competitor, shown=GOODS_SHOWN, **found)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


PAGES = (
    Page(
        path="/manager/feeds",
        name="feeds",
        handler=feeds_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="feeds.title",
        group="goods",
        place=45,
    ),
    Page(
        path="/manager/feeds/records",
        name="feed_records",
        group="goods",
        handler=records,
        right=MANAGE,
        fragments=("alerts", "clock"),
    ),
    Page(
        path="/manager/rivals/goods",
        name="rival_goods",
        handler=rival_goods,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="feeds.rival_goods",
        group="goods",
        place=57,
    ),
)
ENDPOINTS = invoice_api.ENDPOINTS
PROVIDES = ((FEED_AGES, read_feed_ages),)
