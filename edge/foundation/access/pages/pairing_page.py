"""Page `/pair`: a browser of another machine requests pairing with digits to compare."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Answer, Endpoint
from edge.core.messages import Refused
from edge.foundation.access.identity import ACCESS
from edge.web.actors import PAIRING
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.pairing import ASKING, PAIR, PAIRED
from edge.web.responses import API, answer_json, answer_outcome, texts_of


class PairedAs(msgspec.Struct, frozen=True):
    """How a browser is paired; `register` "": none."""

    kind: str
    register: str


class AsksWith(msgspec.Struct, frozen=True):
    """Four digits to compare."""

    digits: str


class PairingState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether a browser is `paired`, or the digits it `asks` with."""

    paired: PairedAs | None = None
    asks: AsksWith | None = None


async def pairing_page(request: web.Request) -> web.Response:
    """`GET /pair`: the digits to compare, with instructions."""
    asking = request.get(ASKING)
    site, language = request.app[SITE], texts_of(request).language
    return html(site.renderer.render("pair.html", language, digits=asking.digits if asking else ""))


async def ask(request: web.Request) -> web.Response:
    """`POST pairings`: request pairing, or its result; the digits stay while it keeps asking."""
    if pairing := request.get(PAIRING):
        return answer_json(PairingState(paired=PairedAs(pairing.kind, pairing.register)))
    if asking := request.get(ASKING):
        return answer_json(PairingState(asks=AsksWith(asking.digits)))
    label, access = request.headers.get("User-Agent", "")[:60], request.app[SITE].services.of(ACCESS)
    asked = await access.pairings.ask(label, access.network(caller_of(request).address))
    if isinstance(asked, Refused):
        return answer_outcome(asked, texts_of(request))
    value, digits = asked
    answer = answer_json(PairingState(asks=AsksWith(digits)))
    PAIRED.set(request, answer, value)
    return answer


ENDPOINTS = (
    Endpoint(method="GET", path=PAIR, handler=pairing_page, right=ANYBODY),
    Endpoint(
        method="POST",
        path=f"{API}pairings",
        handler=ask,
        name="askForPairing",
        answer=Answer(PairingState),
        right=ANYBODY,
        programs=False,
        statuses=(422,),
    ),
)
