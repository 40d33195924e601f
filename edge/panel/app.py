"""The panel as an aiohttp application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec
from aiohttp import web

from edge.config import Config
from edge.core.door import Shop
from edge.core.process.parts import Supervisor
from edge.panel import health, pairing, trust
from edge.panel.answers import explain
from edge.panel.api import (
    catalogue,
    catalogue_writing,
    imports,
    notices,
    pictures,
    pins,
    promotions,
    recovery,
    registry,
    search,
    users,
)
from edge.panel.api.openapi import describe
from edge.panel.connection import timed
from edge.panel.guard import guard
from edge.panel.headers import dress
from edge.panel.limits import BODY_BYTES
from edge.panel.live.models_state import MeaningState, ModelsState
from edge.panel.live.sync_state import SyncState
from edge.panel.pages import access, base, categories, goods, phone, quality, refunds, settings, shifts, voids
from edge.panel.pages import promotions as promotions_page
from edge.panel.pairing import paired
from edge.panel.site import SITE, Site, Tills
from edge.panel.throttle import throttle


def make_app(
    shop: Shop,
    supervisor: Supervisor,
    config: Config,
    sync: SyncState | None,
    phones: Sequence[phone.Paired] = (),
    models: ModelsState | None = None,
    meaning: MeaningState | None = None,
    tills: Tills | None = None,
) -> web.Application:
    """The pages and the API of one shop; `part.PanelPart` serves it. `sync` is None where nothing is sent anywhere."""
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[timed, guard, explain, paired, throttle])
    app[SITE] = Site(shop, supervisor, config, sync, models, meaning, tills)
    app.on_response_prepare.append(dress)
    app[phone.PHONES] = phones
    app.add_routes([*_pages(), *_api(), *trust.routes()])
    app.on_shutdown.append(_send_pages_away)
    app.on_shutdown.append(_keep_counts)
    app.cleanup_ctx.append(_close)
    return app


def _pages() -> list[web.AbstractRouteDef]:
    """What people look at, and what their pages fetch."""
    return [
        web.get("/", base.cashier),
        web.get("/manager", base.manager),
        web.get("/import", base.importing),
        web.get("/quality", base.quality),
        web.get("/fragments/quality", quality.fragment),
        web.get("/api", base.reference),
        web.post("/fragments/import", imports.fragment),
        web.get("/manager/products", goods.goods),
        web.get("/manager/product", goods.product),
        web.get("/manager/categories", categories.categories),
        web.get("/manager/promotions", promotions_page.overview),
        web.get("/manager/settings", settings.shown),
        web.get("/fragments/settings", settings.fragment),
        web.get("/fragments/recovery-code", recovery.shown),
        web.get("/manager/access", access.shown),
        web.get("/fragments/access", access.fragment),
        web.get("/pair", pairing.shown),
        web.get("/manager/shifts", shifts.listed),
        web.get("/fragments/shift", shifts.drawer),
        web.get("/fragments/shift/count", shifts.counted),
        web.get("/fragments/shift/sure", shifts.sure),
        web.get("/pictures/{name}", pictures.picture),
        web.get("/fragments/goods", goods.listed),
        web.get("/fragments/products", search.products),
        web.get("/fragments/receipts", refunds.receipts),
        web.get("/fragments/refund", refunds.sale),
        web.get("/fragments/void", voids.sale),
        web.get("/fragments/refund/sums", refunds.sums),
        web.get("/ws", base.socket),
        web.get("/healthz", health.healthz),
        web.get("/metrics", health.metrics),
        web.get("/scan/{pairing}", phone.page),
        web.post("/scan/{pairing}", phone.scan),
        web.post("/scan/{pairing}/picture", phone.read),
        web.static("/static", base.STATIC),
    ]


def _api() -> list[web.AbstractRouteDef]:
    """What programs ask."""
    return [
        web.get("/api/v1/quality", quality.report),
        web.get("/api/v1/openapi.json", _openapi),
        web.get("/api/v1/products", catalogue.products),
        web.get("/api/v1/products/{sku}", catalogue.product),
        web.put("/api/v1/products/{sku}", catalogue_writing.put_product),
        web.patch("/api/v1/products/{sku}", catalogue_writing.patch_product),
        web.get("/api/v1/products/{sku}/history", catalogue.history),
        web.post("/api/v1/products/{sku}/prices", catalogue_writing.post_price),
        web.get("/api/v1/categories", catalogue.categories),
        web.get("/api/v1/categories/{id}", catalogue.category),
        web.put("/api/v1/categories/{id}", catalogue_writing.put_category),
        web.get("/api/v1/promotions", promotions.promotions),
        web.get("/api/v1/promotions/{id}", promotions.promotion),
        web.put("/api/v1/promotions/{id}", promotions.put_promotion),
        web.get("/api/v1/commands/{id}", registry.look_up),
        web.post("/api/v1/commands/{name}", registry.do),
        web.get("/api/v1/queries/{name}", registry.ask),
        web.get("/api/v1/search", search.search),
        web.post("/api/v1/imports", imports.upload),
        web.post("/api/v1/imports/preview", imports.preview),
        web.post("/api/v1/pictures", pictures.upload),
        web.get(r"/api/v1/jobs/{id:\d{1,18}}/report.csv", imports.report),
        web.get("/api/v1/exports/catalogue.{format}", imports.export),
        web.post("/api/v1/grants", pins.grant),
        web.post("/api/v1/lock", pins.lock),
        web.post("/api/v1/pin", pins.set_pin),
        web.post("/api/v1/pairings", pairing.ask),
        web.post("/api/v1/sessions/end", access.end_session),
        web.post("/api/v1/sign-in", users.sign_in),
        web.post("/api/v1/sign-out", users.sign_out),
        web.post("/api/v1/users", users.set_user),
        web.post("/api/v1/texts", notices.set_text),
        web.post("/api/v1/recovery-code", recovery.kept),
    ]


async def _openapi(request: web.Request) -> web.Response:
    site = request.app[SITE]
    if "openapi" not in site.made:
        site.made["openapi"] = msgspec.json.encode(describe(site.shop.registry, site.asker.questions)).decode()
    return web.Response(
        text=site.made["openapi"], content_type="application/json", headers={"Cache-Control": "no-store"}
    )


async def _send_pages_away(app: web.Application) -> None:
    await app[SITE].live.stop()


async def _keep_counts(app: web.Application) -> None:
    await app[SITE].pins.tries.stop()


async def _close(app: web.Application) -> AsyncIterator[None]:
    yield
    app[SITE].close()
