"""Data quality page: held rows, and findings on request."""

from __future__ import annotations

from pathlib import Path

import msgspec
from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Answer, Endpoint, Page
from edge.core.endpoints import fragment as piece
from edge.core.jobs.store import JOBS
from edge.core.storage.database import open_reader
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import read_products
from edge.goods.ingest.field_changes import changes
from edge.goods.quality.checks import Finding
from edge.goods.quality.dried_equivalents import DriedProposal, dried_proposals
from edge.goods.quality.pages.beside import FEED_AGES
from edge.goods.quality.queries import count_held, held_products, quality_report, source_freshness
from edge.lib.regions.place import Jurisdiction
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.limits import HELD_SHOWN
from edge.web.live.fragments import FACTS, Fragment, FragmentSource, Values
from edge.web.pages.shell import page
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY


async def quality(request: web.Request) -> web.Response:
    """`GET /quality`: held rows, source freshness and findings."""
    return page(request, "quality")


async def report(request: web.Request) -> web.Response:
    """`GET quality`: findings by kind, with counts and examples."""
    return answer_json({"result": await _report(request)})


async def fragment(request: web.Request) -> web.Response:
    """`GET /fragments/quality`: findings and source freshness."""
    found = await _report(request)
    sources = await request.app[SITE].asker.read(source_freshness)
    now_us = request.app[SITE].shop.now_us()
    feed_ages = request.app[SITE].services.of(FEED_AGES)
    feeds = await request.app[SITE].asker.read(lambda db: feed_ages(db, now_us))
    html = request.app[SITE].renderer.render(
        "quality_report.html", texts_of(request).language, findings=found, sources=sources, feeds=feeds
    )
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def held_prices(views: FragmentSource, register: str) -> Values:
    """Held rows, and their differences from current data."""
    reader = views.shop.reader
    held = held_products(reader, HELD_SHOWN)
    # Compare a possible duplicate with the product that it may be.
    meant = {(row.product.sku, row.source.name): row.proposed_sku or row.product.sku for row in held}
    known = read_products(reader, [*meant.values()])
    currency = views.config.store.currency
    differ = {
        place: changes(
            reader,
            msgspec.structs.replace(row.product, sku=meant[place]),
            row.source.name,
            views.services.of(CONFIG).catalog.sources,
            currency,
        )
        for row in held
        if meant[place := (row.product.sku, row.source.name)] in known
    }
    names = {sku: product.names or {} for sku, (_, product, _) in known.items()}
    return {"held": held, "waiting": count_held(reader), "names": names, "differ": differ}


def proposed_equivalents(views: FragmentSource, register: str) -> Values:
    """Proposed dried cannabis equivalents."""
    return {"proposed": dried_proposals(views.shop.reader, views.services.of(CONFIG).store.place)}


async def equivalents(request: web.Request) -> web.Response:
    """`GET quality/dried-equivalents`: proposed equivalents, which have no effect until approved."""
    place = request.app[SITE].settings.place
    return answer_json({"result": await request.app[SITE].asker.read(lambda db: dried_proposals(db, place))})


async def _report(request: web.Request) -> list[Finding]:
    # On its own connection: it reads every product and mustn't delay searches.
    site = request.app[SITE]
    return await site.services.of(HEAVY).do(_read, site.config.ledger, site.settings.place, site.settings.language)


def _read(ledger: Path, place: Jurisdiction, language: str) -> list[Finding]:
    db = open_reader(ledger)
    try:
        return quality_report(db, place, language)
    finally:
        db.close()


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/quality",
        handler=report,
        name="qualityReport",
        right=MANAGE,
        tag="ingest",
        answer=Answer(list[Finding], under="result"),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/quality/dried-equivalents",
        handler=equivalents,
        name="driedEquivalents",
        right=MANAGE,
        tag="ingest",
        answer=Answer(list[DriedProposal], under="result"),
    ),
    piece("/fragments/quality", fragment, MANAGE),
)
PAGES = (
    Page(
        path="/quality",
        name="quality",
        group="goods",
        place=50,
        handler=quality,
        right=MANAGE,
        fragments=("alerts", "clock", "held_prices", "proposed_equivalents"),
        menu="manager.quality",
    ),
)
FRAGMENTS = (
    Fragment("held_prices", held_prices, follows=(COMMITTED, JOBS)),
    Fragment("proposed_equivalents", proposed_equivalents, follows=(FACTS,)),
)
