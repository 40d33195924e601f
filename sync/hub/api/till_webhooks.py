"""Webhooks of third-party tills and accounting systems, received for boxes, which have no internet address.

They're stored before they're answered, and passed to their store on request (`edge/app/head_office/hub_pos_news.py`).
Only the signature of a body is checked. It's stored encrypted (`sync.hook_bodies`) for thirty days. It may name guests,
so no response or export includes it, and the store fetches the data from the till anyway.
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
from sync.hub.api.buckets import Buckets
from sync.hub.api.payment_webhooks import Places as PaymentPlaces
from sync.hub.api.problems import Problem, too_often
from sync.wire import Name

PATH = "/v1/webhooks/{pos}/{store}"
_NOTE = "SELECT note_pos_news($1, $2, $3, $4, $5, $6)"


ACCOUNTS = frozenset({"quickbooks", "xero"})
"""Kinds of systems that aren't tills: the store is notified of news for its connectors of that kind."""


class TillPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till or accounting system with webhooks: its owner, its id in the store (for QuickBooks and Xero any name, as
    all connectors of that kind are contacted), and its signature as in `edge/backoffice/other_tills/other_till.py`;
    `secrets`: two during a change. Square signs the `url`. The time in a header may be `moment_off_min` off, and
    `burst` webhooks may arrive at once."""

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
    def owner_name(self) -> str:
        """The owner, to which stored webhooks are bound."""
        return f"{self.tenant}/{self.store}/{self.pos}"

    @property
    def system(self) -> str:
        """The accounting system; "" for a till."""
        return self.kind if self.kind in ACCOUNTS else ""

    @property
    def rule(self) -> HookRule:
        written = "base64" if self.encoding == "base64" else "hex"
        said = (self.kind, self.url, self.header, self.prefix, self.signature)
        moment = (self.moment_header, 60 * self.moment_off_min)
        return HookRule(*said, written, *moment)  # type: ignore[arg-type]


class Hooks(NamedTuple):
    """Permitted senders: payment providers by (tenant, provider), tills by (till, store)."""

    payments: PaymentPlaces = MappingProxyType({})
    tills: Mapping[tuple[str, str], TillPlace] = MappingProxyType({})


NO_HOOKS = Hooks()


class TillWebhooks:
    """Receives `POST /v1/webhooks/TILL/STORE`. Anyone may send, so unsigned webhooks aren't stored."""

    def __init__(
        self,
        door: Door,
        places: Mapping[tuple[str, str], TillPlace],
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._door, self._places, self._now_s = door, places, now_s
        self._rates: Buckets[tuple[str, str]] = Buckets(limits.TILL_HOOKS_A_SECOND, len(places) + 1, time.monotonic)

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
        if wait_s := self._rates.take(key, place.burst):
            raise too_often(wait_s)
        if not any(place.secrets) or (place.kind == "square" and not place.url):
            raise Problem(
                503, "Not set up", "The signing secret of this till isn't set up yet.", **{hdrs.RETRY_AFTER: "600"}
            )
        names = {name.lower(): value for name, value in request.headers.items()}
        if not is_signed(place.rule, place.secrets, names, body, self._now_s()):
            return web.Response(status=401)
        sealed = seal_hook(place.secrets, place.owner_name, names, body)
        digest = hashlib.sha256(body).hexdigest()
        await self._door.note(_NOTE, place.tenant, place.store, place.pos, digest, sealed, place.system)
        return web.Response()
