"""A phone as a scanner: a page that reads codes with its camera, and the endpoint that receives them.

Anyone with the pairing secret (from the configuration) can scan at that till and do nothing else. The secret is in the
first address opened and is exchanged there for a cookie. After that it's in no address, and so in no history, log or
bookmark.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated, Protocol

import msgspec
from aiohttp import web

from drivers.roles import DeviceError
from drivers.scanners.decoded import DecodedScan
from edge.core.endpoints import ANYBODY, Body, Endpoint
from edge.core.services import Service
from edge.counter.till.pages.scan_feedback import Verdicts
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.practice.training import read_trainings
from edge.web.context import SITE
from edge.web.cookies import Cookie
from edge.web.limits import PICTURE_BYTES
from edge.web.pairing import OpenTo
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_within
from edge.web.responses import answer_json, texts_of


class Phone(Protocol):
    """The methods of `drivers.scanners.phone.PhoneScanner` that the panel uses."""

    pass_value: str

    def is_paired(self, pairing: str) -> bool: ...
    def is_let_in(self, value: str) -> bool: ...
    def scan(self, data: bytes, symbology: str | None = None, id: str = "") -> None: ...
    async def read(self, picture: bytes) -> list[DecodedScan]: ...


class Paired:
    """A phone, its register, and the results of its scans."""

    def __init__(self, phone: Phone, register: str) -> None:
        self.phone = phone
        self.register = register
        self.verdicts = Verdicts()


PATH = "/scan"
OPEN_TO = (OpenTo(below=(f"{PATH}/",)),)
LET_IN = Cookie("scan", max_age_s=400 * 24 * 3600, by_link=True)
"""The cookie of a scanning phone, kept as long as browsers allow."""
PHONES: Service[Sequence[Paired]] = Service("phones", lambda site: ())


class Read(msgspec.Struct, forbid_unknown_fields=True):
    """A code as exchanged with the page: `symbology` as in drivers.roles.Scan, or empty."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    symbology: Annotated[str, msgspec.Meta(pattern="^([a-z]{4}|\\][A-Za-z][0-9A-Za-z])?$(?!\\n)")] = ""


class Scanned(Read):
    """A scan by the page. A repeated `id` means the same scan."""

    id: Annotated[str, msgspec.Meta(max_length=36)] = ""


async def enter(request: web.Request) -> web.Response:
    """`GET /scan/{pairing}`: exchange the secret for a cookie and redirect to an address without it."""
    for paired in request.app[SITE].services.of(PHONES):
        if paired.phone.is_paired(request.match_info["pairing"]):
            to = f"{PATH}?{request.query_string}" if request.query_string else PATH
            answer = web.Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})
            LET_IN.set(request, answer, paired.phone.pass_value)
            return answer
    raise web.HTTPNotFound


async def page(request: web.Request) -> web.Response:
    """`GET /scan`: the phone's scanning page."""
    register = _require_pairing(request).register
    site, texts = request.app[SITE], texts_of(request)
    practised = any(one.register == register for one in read_trainings(site.shop.reader))
    html = site.renderer.render("phone.html", texts.language, settings=site.settings, practised=practised)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def scan(request: web.Request) -> web.Response:
    """`POST /scan`: report a scanned code; returns the till's feedback, or 503 if a retry may help."""
    paired = _require_pairing(request)
    before = request.app[SITE].services.of(TILLS).counters[paired.register].basket
    try:
        scanned = msgspec.json.decode(await request.read(), type=Scanned)
        id = scanned.id or str(uuid.uuid4())
        paired.verdicts.expect(id, before)
        paired.phone.scan(scanned.text.encode(), scanned.symbology or None, id)
    except msgspec.MsgspecError as error:
        raise body_wrong(error) from error
    except DeviceError as error:
        raise Problem(503, "phone_not_now") from error
    return answer_json(await paired.verdicts.of(id, scanned.text, texts_of(request)))


async def read(request: web.Request) -> web.Response:
    """`POST /scan/picture`: decode the codes in a picture, without scanning them yet."""
    phone = _require_pairing(request).phone
    picture = await body_within(request, PICTURE_BYTES)
    try:
        codes = await phone.read(picture)
    except DeviceError as error:
        raise Problem(503, "phone_not_now") from error
    return answer_json([Read(code.data.decode("utf-8", "replace"), code.symbology or "") for code in codes])


def _require_pairing(request: web.Request) -> Paired:
    value = LET_IN.read(request)
    for paired in request.app[SITE].services.of(PHONES):
        if value and paired.phone.is_let_in(value):
            return paired
    raise web.HTTPNotFound


ENDPOINTS = (
    # Open to anyone with the pairing secret, which the handlers check.
    Endpoint(method="GET", path=f"{PATH}/{{pairing}}", handler=enter, right=ANYBODY),
    Endpoint(method="GET", path=PATH, handler=page, right=ANYBODY),
    Endpoint(method="POST", path=PATH, handler=scan, right=ANYBODY, body=Body(Scanned)),
    Endpoint(
        method="POST",
        path=f"{PATH}/picture",
        handler=read,
        right=ANYBODY,
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_BYTES),
    ),
)
