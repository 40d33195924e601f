"""Web orders over HTTP: channels, and the endpoint for web shops' webhooks."""

from __future__ import annotations

import asyncio

from aiohttp import web

from edge.core.endpoints import ANYBODY, NOTHING, Body, Endpoint
from edge.core.messages import Done
from edge.foundation.access.rights import MANAGE, system
from edge.lib.errors import EdgeError, NeedsHuman
from edge.lib.units.money import exponent
from edge.ordering.web_orders.arrival import deliver, signed_order
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.queries import web_articles, web_channels
from edge.ordering.web_orders.web_order import SIGNED_IN, is_ping, secret_name
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of

BODY_BYTES = 64 * 1024


async def receive_order(request: web.Request) -> web.Response:
    """`POST web-orders/{channel}`: a web shop's webhook, signed with the channel's secret (otherwise 403); 422 if it
    isn't an order, 503 while the secret can't be read. 200: it's accepted, or held for a person; a repeat has no
    effect."""
    site, channel, body = request.app[SITE], request.match_info["channel"], await request.read()
    if is_ping(body):
        return answer_json({})
    signature = next((request.headers[one] for one in SIGNED_IN.values() if one in request.headers), "")
    decimals = exponent(site.services.of(CONFIG).store.currency)
    try:
        secret = await asyncio.to_thread(site.services.of(SECRETS).resolve, f"secret:{secret_name(channel)}")
        order = await site.asker.read(lambda db: signed_order(db, channel, body, signature, secret, decimals))
    except NeedsHuman as error:  # not the sender's fault: the shop repeats it
        raise Problem(503, "busy") from error
    except (EdgeError, PermissionError):
        raise Problem(403, "link_over") from None
    except ValueError:
        raise Problem(422, "web_order_unreadable", channel=channel) from None
    outcome = await deliver(site.shop, channel, order, system())
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


ENDPOINTS = (
    *entity_api.endpoints(
        CHANNELS,
        "web-channels/{id}",
        names=("web_channels_all", "web_channel"),
        read=web_channels,
        right=MANAGE,
        tag="web_orders",
    ),
    *entity_api.endpoints(
        ARTICLES,
        "web-articles/{channel}/{theirs}",
        names=("web_articles_all", "web_article"),
        read=web_articles,
        right=MANAGE,
        tag="web_orders",
    ),
    Endpoint(
        method="POST",
        path="/api/v1/web-orders/{channel:[a-z0-9][a-z0-9_-]{0,39}}",
        handler=receive_order,
        name="web_order_arrived",
        answer=NOTHING,
        right=ANYBODY,
        tag="web_orders",
        body=Body(media="*/*", limit_bytes=BODY_BYTES),  # any media type: WooCommerce's ping is a form
        path_types={"channel": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}},
        statuses=(422,),
    ),
)
