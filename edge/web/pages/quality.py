"""The page about the catalogue's quality: what looks wrong is looked for when somebody asks."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.endpoints import fragment as piece
from edge.core.storage.database import open_reader
from edge.shop.access.rights import MANAGE
from edge.shop.quality.checks import Finding
from edge.shop.quality.queries import quality_report, source_freshness
from edge.web.context import SITE
from edge.web.responses import answer_json, texts_of


async def report(request: web.Request) -> web.Response:
    """`GET quality`: what looks wrong, by kind, with counts and examples."""
    return answer_json({"result": await _report(request)})


async def fragment(request: web.Request) -> web.Response:
    """`GET /fragments/quality`: the same, to look at."""
    found = await _report(request)
    sources = await request.app[SITE].asker.read(source_freshness)
    html = request.app[SITE].renderer.render(
        "quality_report.html", texts_of(request).language, findings=found, sources=sources
    )
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def _report(request: web.Request) -> list[Finding]:
    # With a connection of its own: it looks at every product, and no search shall wait for that.
    site = request.app[SITE]
    return await site.heavy.do(_read, site.config.ledger)


def _read(ledger: Path) -> list[Finding]:
    db = open_reader(ledger)
    try:
        return quality_report(db)
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
    piece("/fragments/quality", fragment, MANAGE),
)
