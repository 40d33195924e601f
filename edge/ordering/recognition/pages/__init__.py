"""A user's own voice and face: release, enrolment, withdrawal; and the manager's page, with missing legal steps and
trials."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.counter.till.pages.beside import SIGN_IN_HINTS
from edge.foundation.access.rights import MANAGE, SELL
from edge.ordering.recognition.biometric_law import DECLARED_DAYS, MOST_DAYS, UNUSED_DAYS, law_of
from edge.ordering.recognition.handlers import has_released
from edge.ordering.recognition.means import ALL, FACE, VOICE, Means
from edge.ordering.recognition.pages import faces_api, hearing, voices_api
from edge.ordering.recognition.pages.hearing import hint_here, recognition_settings
from edge.ordering.recognition.queries import (
    RecognitionHint,
    Release,
    count_templates,
    is_user,
    read_release,
    wording_now,
)
from edge.ordering.recognition.trials import OTHER_LEAST
from edge.ordering.recognition.voice_desk import UTTERANCES
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.responses import texts_of


async def recognition_page(request: web.Request) -> web.Response:
    """`GET /manager/recognition`: legal requirements of the place, missing steps, trials, and the number of
    templates."""
    site = request.app[SITE]
    settings = recognition_settings(request)
    law = law_of(settings.place)
    return page(
        request,
        "recognition",
        hints={one.name: await hint_here(request, one) for one in ALL},
        law=law,
        asks=law.asks if law else ("place",),
        kept={one.name: await site.asker.read(partial(count_templates, means=one)) for one in ALL},
        wordings={one.name: await site.asker.read(partial(wording_now, means=one)) for one in ALL},
        pairs=OTHER_LEAST,
        days=DECLARED_DAYS,
    )


async def own(request: web.Request) -> web.Response:
    """`GET /account/voice`: the release, and recording three sentences."""
    return await _own(request, VOICE, await hint_here(request), seconds=hearing.ENROL_S + 1)


async def own_face(request: web.Request) -> web.Response:
    """`GET /account/face`: the release, and taking three pictures."""
    return await _own(request, FACE, await hint_here(request, FACE))


async def _own(request: web.Request, means: Means, hint: RecognitionHint, **more: Any) -> web.Response:
    site, person = request.app[SITE], viewer_of(request).name
    header, settings = site.settings.header, recognition_settings(request)

    def read(db: Connection) -> tuple[Release | None, bool, bool, dict[str, str]]:
        release = read_release(db, person, means)
        return release, has_released(db, person, means), is_user(db, person), wording_now(db, means)[1]

    release, is_current, named, texts = await site.asker.read(read)
    return page(
        request,
        f"own_{means.name}",
        hint=hint,
        release=release,
        is_current=is_current,
        named=named,
        own_text=texts.get(texts_of(request).language, ""),
        shop=header[0] if header else "",
        officer=settings.officer,
        contact=settings.contact,
        unused_days=UNUSED_DAYS,
        most_days=MOST_DAYS,
        needed=UTTERANCES,
        **more,
    )


def _sign_in_hints(request: web.Request) -> dict[str, bool]:
    return {"by_voice": hearing.is_open_here(request), "by_face": hearing.are_faces_open(request)}


ENDPOINTS = (*voices_api.ENDPOINTS, *faces_api.ENDPOINTS)
PAGES = (
    Page(
        path="/manager/recognition",
        name="recognition",
        handler=recognition_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="recognition.title",
        group="system",
        place=21,
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
    Page(
        path="/account/face",
        name="own_face",
        handler=own_face,
        right=SELL,
        surfaces=("cashier", "panel"),
        fragments=("alerts", "clock"),
        group="system",
        under="account",
    ),
)
PROVIDES = ((SIGN_IN_HINTS, _sign_in_hints),)
