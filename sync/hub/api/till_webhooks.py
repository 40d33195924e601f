"""Webhooks of tills that are not ours, and of accounts systems, at head office, as no box has an address on the
internet. That one came is kept before it is answered, and told to the store that asks (`edge/app/hub_pos_news.py`).

Nothing of a body is read but its signature. It is kept as it came, encrypted (`sync.hook_bodies`), for thirty days: it
may name guests, so it is in no answer and no export, and the till is asked anyway.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

import msgspec
from aiohttp import hdrs, web

from sync.hook_bodies import seal_hook
from sync.hook_signatures import MOMENT_OFF_S, HookRule, Over, Vendor, is_signed
from sync.hub.api import limits
from sync.hub.api.admission import Door
from sync.hub.api.bodies import read_body
from sync.hub.api.payment_webhooks import Places as PaymentPlaces
from sync.hub.api.problems import Problem, too_often
from sync.wire import Name

PATH = "/v1/webhooks/{pos}/{store}"
_NOTE = "SELECT note_pos_news($1, $2, $3, $4, $5, $6)"


ACCOUNTS = frozenset({"quickbooks", "xero"})
"""Kinds that are no tills: the store is told that its connectors of that kind have something new to ask for."""


class TillPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till or accounts system whose webhooks come here: whose it is, as which the store knows it (of QuickBooks and
    Xero any name: all connectors of that kind are asked), and how it signs, as
    `edge/backoffice/other_tills/other_till.py` says it; by `secrets` (two, while one is changed). Square signs the
    `url`. A moment in a header may be `moment_off_min` off, and `burst` webhooks may come at once."""

    tenant: Name
    store: Name
    pos: Name
    kind: Vendor
    secrets: tuple[str, ...] = ()
    url: str = ""
    header: str = ""
    prefix: str = ""
    signature: Over = "vendor"
    encoding: str = "hex"
    moment_header: str = ""
    moment_off_min: Annotated[int, msgspec.Meta(ge=1, le=60)] = MOMENT_OFF_S // 60
    burst: Annotated[int, msgspec.Meta(ge=20, le=5_000)] = limits.TILL_HOOKS_BURST

    @property
    def said(self) -> str:
        """Whose it is, as what is kept of it is bound to."""
        return f"{self.tenant}/{self.store}/{self.pos}"

    @property
    def system(self) -> str:
        """The accounts system that it is; "": it is a till."""
        return self.kind if self.kind in ACCOUNTS else ""

    @property
    def rule(self) -> HookRule:
        written = "base64" if self.encoding == "base64" else "hex"
        said = (self.kind, self.url, self.header, self.prefix, self.signature)
        moment = (self.moment_header, 60 * self.moment_off_min)
        return HookRule(*said, written, *moment)  # type: ignore[arg-type]


class Hooks(NamedTuple):
    """Who may tell head office of what: providers of payments by (tenant, provider), tills by (till, store)."""

    payments: PaymentPlaces = MappingProxyType({})
    tills: Mapping[tuple[str, str], TillPlace] = MappingProxyType({})


NO_HOOKS = Hooks()


class TillWebhooks:
    """`POST /v1/webhooks/TILL/STORE`: from anybody, so what is not signed is not kept."""

    def __init__(
        self,
        door: Door,
        places: Mapping[tuple[str, str], TillPlace],
        now_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door, self._places, self._now_s, self._mono_s = door, places, now_s, mono_s
        self._left: dict[tuple[str, str], tuple[float, float]] = {}  # of places that there are, by when

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", PATH, self._take)

    async def _take(self, request: web.Request) -> web.Response:
        key = (request.match_info["pos"], request.match_info["store"])
        place = self._places.get(key)
        if place is None:
            raise Problem(404, "unknown_hook", "Webhooks of this till aren't accepted here.")
        if request.method != "POST":
            raise web.HTTPMethodNotAllowed(request.method, ("POST",))
        most = limits.TILL_HOOK_BYTES
        body = await read_body(request, most, f"A webhook of a till has at most {most} bytes.")
        self._admit(key, place.burst)
        if not any(place.secrets) or (place.kind == "square" and not place.url):
            raise Problem(
                503, "Not set up", "The signing secret of this till isn't set up yet.", **{hdrs.RETRY_AFTER: "600"}
            )
        names = {name.lower(): value for name, value in request.headers.items()}
        if not is_signed(place.rule, place.secrets, names, body, self._now_s()):
            return web.Response(status=401)
        sealed = seal_hook(place.secrets, place.said, names, body)
        digest = hashlib.sha256(body).hexdigest()
        await self._door.note(_NOTE, place.tenant, place.store, place.pos, digest, sealed, place.system)
        return web.Response()

    def _admit(self, key: tuple[str, str], burst: int) -> None:
        """`Problem` 429: so many came of it lately that no more are looked at."""
        now = self._mono_s()
        left, at = self._left.get(key, (float(burst), now))
        left = min(float(burst), left + (now - at) * limits.TILL_HOOKS_A_SECOND)
        self._left[key] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            raise too_often(1)
