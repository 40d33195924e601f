"""A shop text over HTTP: place and dates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Body, Endpoint
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.foundation.settings.commands import SetText
from edge.foundation.settings.queries import read_texts
from edge.foundation.settings.texts import Place, Sentence
from edge.lib.i18n import Language
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of


class TextBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show a text at a place from the day it `begins` (default: now) to the day it `ends` (default: unlimited)."""

    place: Place
    texts: Annotated[dict[Language, Sentence], msgspec.Meta(min_length=1)]
    begins: date | None = None
    ends: date | None = None


async def set_text(request: web.Request) -> web.Response:
    """`POST texts`: a new text, with dates in the shop's time zone."""
    site, new = request.app[SITE], await body_of(request, TextBody)
    zone = ZoneInfo(site.settings.zone)
    known = {text.id for text in await site.asker.read(read_texts)}
    id = next(id for number in range(1, len(known) + 2) if (id := f"t{number}") not in known)
    ends = new.ends + timedelta(days=1) if new.ends else None
    command = SetText(id, new.place, new.texts, _midnight_us(new.begins, zone), _midnight_us(ends, zone))
    return answer_outcome(await site.shop.do(command, actor_of(request)), texts_of(request))


def _midnight_us(day: date | None, zone: ZoneInfo) -> int | None:
    return int(datetime.combine(day, time(), zone).timestamp() * 1_000_000) if day else None


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/texts",
        handler=set_text,
        name="setText",
        answer=DONE,
        right=MANAGE,
        also=SETTINGS,
        body=Body(TextBody),
        statuses=(422,),
    ),
)
