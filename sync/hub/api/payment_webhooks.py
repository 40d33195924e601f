"""What providers of card payments tell head office, as no box has an address on the internet: kept before it is
answered, and told to the store whose payment it is (`edge/app/hub_payment_news.py`).

It only says that somebody should look; what cannot be looked up is taken from it, since it is signed. Who may tell what
is said in a file of head office's (`$EDGE_HUB_WEBHOOKS_FILE`), which nobody else may read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec
from aiohttp import web

from sync.hub.api import limits, webhook_news
from sync.hub.api.admission import Door
from sync.hub.api.bodies import read_body
from sync.hub.api.problems import Problem
from sync.hub.api.webhook_signatures import Scheme, Signed, is_signed

PATH = "/v1/payments/webhooks/{tenant}/{provider}"
ACCEPTED = "[accepted]"
"""What Adyen wants to hear."""
_NOTE = "SELECT note_payment_news($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"


class WebhookPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider that may tell of a tenant's payments: how it signs, with which `secrets` (two, while one is changed),
    in which mode, and the address as it was set up there, where that is signed as well. An app of Clover's without a
    secret is being set up: Clover says a code to this address first, and gives the secret once that was typed there."""

    tenant: str
    provider: str
    scheme: Scheme
    secrets: tuple[str, ...]
    mode: str = "live"
    url: str = ""

    @property
    def is_set_up_now(self) -> bool:
        """Whether its provider has yet to verify the address."""
        return self.scheme == "clover_app" and not self.secrets


Places = Mapping[tuple[str, str], WebhookPlace]
NOWHERE: Places = MappingProxyType({})


class PaymentWebhooks:
    """`POST /v1/payments/webhooks/TENANT/PROVIDER`: from anybody, so what is not signed is not read."""

    def __init__(self, door: Door, places: Places = NOWHERE, now_s: Callable[[], float] = time.time) -> None:
        self._door = door
        self._places = places
        self._now_s = now_s
        self._codes: Counter[tuple[str, str]] = Counter()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._take)

    async def _take(self, request: web.Request) -> web.Response:
        most = limits.WEBHOOK_BYTES
        body = await read_body(request, most, f"What is told has at most {most} bytes.")
        place = self._places.get((request.match_info["tenant"], request.match_info["provider"]))
        if place is None:
            raise Problem(404, "Not found", "No payment provider is set up here.")
        if place.is_set_up_now:
            await self._keep_code(place, body)
            return web.Response(text="{}", content_type="application/json")
        if not is_signed(place.scheme, place.secrets, Signed(request.headers, body, self._now_s(), place.url)):
            raise Problem(401, "Not signed", "The signature doesn't match.")
        try:
            news = webhook_news.read(place.scheme, msgspec.json.decode(body))
        except (ValueError, msgspec.DecodeError, RecursionError) as error:
            raise Problem(400, "Not understood", "This isn't a message of this provider.") from error
        for one in news:
            await self._note(place, one)
        return web.Response(text=ACCEPTED if place.scheme == "adyen" else "{}", content_type="application/json")

    async def _keep_code(self, place: WebhookPlace, body: bytes) -> None:
        """What a person types at the provider, so that it believes the address to be ours. It is signed by nothing."""
        try:
            code = webhook_news.verification_code(msgspec.json.decode(body))
        except (ValueError, msgspec.DecodeError, RecursionError) as error:
            raise Problem(400, "Not understood", "This isn't a message of this provider.") from error
        self._codes[place.tenant, place.provider] += 1
        if self._codes[place.tenant, place.provider] > limits.WEBHOOK_CODES:
            raise Problem(429, "Too many", "Whoever runs head office starts it again to hear another code.")
        news = webhook_news.PaymentNews(f"verify-{code}", "verify", reference=code)
        await self._note(place, news, "set_up")

    async def _note(self, place: WebhookPlace, news: webhook_news.PaymentNews, state: str = "waiting") -> None:
        other = news.live is not None and news.live != (place.mode == "live")
        values = (news.event, news.what, news.transaction, news.reference, news.amount_minor, news.success)
        more = (news.reason, news.due, news.end, "other_mode" if other else state, place.scheme, news.currency)
        if await self._door.note(_NOTE, place.tenant, place.provider, *values, *more) is None:
            raise Problem(503, "Too many wait", "Stores haven't received earlier ones yet. Try again later.")
