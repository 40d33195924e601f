"""Webhooks of card payment providers, received for boxes, which have no internet address: stored before they're
answered, and passed to the payment's store (`edge/app/head_office/hub_payment_news.py`).

A webhook is mainly a hint to check with the provider; details that can't be looked up are used as signed. The permitted
senders are in a file of head office (`$EDGE_HUB_WEBHOOKS_FILE`), with restricted access.
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
"""The response Adyen expects."""
_NOTE = "SELECT note_payment_news($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"


class WebhookPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider that may send webhooks for a tenant's payments: its signature scheme, `secrets` (two during a change),
    mode, and the registered address, if that is signed. A Clover app without a secret is being set up: Clover sends a
    code to the address, and issues the secret after it's typed there."""

    tenant: str
    provider: str
    scheme: Scheme
    secrets: tuple[str, ...]
    mode: str = "live"
    url: str = ""

    @property
    def is_set_up_now(self) -> bool:
        """Whether the provider hasn't verified the address yet."""
        return self.scheme == "clover_app" and not self.secrets


Places = Mapping[tuple[str, str], WebhookPlace]
NOWHERE: Places = MappingProxyType({})


class PaymentWebhooks:
    """Receives `POST /v1/payments/webhooks/TENANT/PROVIDER`. Anyone may send, so unsigned webhooks aren't parsed."""

    def __init__(self, door: Door, places: Places = NOWHERE, now_s: Callable[[], float] = time.time) -> None:
        self._door = door
        self._places = places
        self._now_s = now_s
        self._codes: Counter[tuple[str, str]] = Counter()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._take)

    async def _take(self, request: web.Request) -> web.Response:
        most = limits.WEBHOOK_BYTES
        body = await read_body(request, most, f"A webhook has at most {most} bytes.")
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
        """Store the code that a person types at the provider to prove the address is ours. It isn't signed."""
        try:
            code = webhook_news.verification_code(msgspec.json.decode(body))
        except (ValueError, msgspec.DecodeError, RecursionError) as error:
            raise Problem(400, "Not understood", "This isn't a message of this provider.") from error
        self._codes[place.tenant, place.provider] += 1
        if self._codes[place.tenant, place.provider] > limits.WEBHOOK_CODES:
            raise Problem(429, "Too many", "Head office's operator must restart it to receive another code.")
        news = webhook_news.PaymentNews(f"verify-{code}", "verify", reference=code)
        await self._note(place, news, "set_up")

    async def _note(self, place: WebhookPlace, news: webhook_news.PaymentNews, state: str = "waiting") -> None:
        other = news.live is not None and news.live != (place.mode == "live")
        values = (news.event, news.what, news.transaction, news.reference, news.amount_minor, news.success)
        more = (news.reason, news.due, news.end, "other_mode" if other else state, place.scheme, news.currency)
        if await self._door.note(_NOTE, place.tenant, place.provider, *values, *more) is None:
            raise Problem(503, "Too many waiting", "Stores haven't received earlier ones yet. Try again later.")
