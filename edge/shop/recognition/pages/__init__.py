"""One's own voice: signed for, enrolled, taken back; and the manager's page, with what law and trials still lack."""

from __future__ import annotations

from aiohttp import web

from edge.config import CONFIG
from edge.core.endpoints import Page
from edge.shop.access.rights import MANAGE, SELL
from edge.shop.recognition import settings_of
from edge.shop.recognition.biometric_law import DECLARED_DAYS, MOST_DAYS, UNUSED_DAYS, law_of
from edge.shop.recognition.pages import hearing, voices_api
from edge.shop.recognition.pages.hearing import hint_here
from edge.shop.recognition.queries import count_templates, is_user, read_release
from edge.shop.recognition.trials import OTHER_LEAST
from edge.shop.recognition.voice_desk import UTTERANCES
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page


async def managed(request: web.Request) -> web.Response:
    """`GET /manager/recognition`: what the law of the place asks for, what is lacking, trials, how many are kept."""
    site = request.app[SITE]
    settings = settings_of(site.services.of(CONFIG))
    law = law_of(settings.place)
    return page(
        request,
        "recognition",
        hint=await hint_here(request),
        law=law,
        asks=law.asks if law else ("place",),
        kept=await site.asker.read(count_templates),
        pairs=OTHER_LEAST,
        days=DECLARED_DAYS,
    )


async def own(request: web.Request) -> web.Response:
    """`GET /account/voice`: what one signs, and saying three sentences."""
    site, person = request.app[SITE], viewer_of(request).name
    header, settings = site.settings.header, settings_of(site.services.of(CONFIG))
    return page(
        request,
        "own_voice",
        hint=await hint_here(request),
        release=await site.asker.read(lambda db: read_release(db, person)),
        named=await site.asker.read(lambda db: is_user(db, person)),
        shop=header[0] if header else "",
        officer=settings.officer,
        contact=settings.contact,
        unused_days=UNUSED_DAYS,
        most_days=MOST_DAYS,
        needed=UTTERANCES,
        seconds=hearing.ENROL_S + 1,
    )


ENDPOINTS = voices_api.ENDPOINTS
PAGES = (
    Page(
        path="/manager/recognition",
        name="recognition",
        handler=managed,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="recognition.title",
        group="people",
        place=90,
    ),
    Page(
        path="/account/voice",
        name="own_voice",
        handler=own,
        right=SELL,
        surfaces=("cashier", "panel"),
        fragments=("alerts", "clock"),
        group="system",
        under="account",
    ),
)
