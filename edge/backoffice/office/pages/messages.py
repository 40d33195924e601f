"""Page of message channels: their requirements, state, and a test."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.analytics.notify.recipients import ChannelState, read_channels
from edge.core.endpoints import Page, fragment
from edge.foundation.access.rights import MANAGE
from edge.runtime import configuration
from edge.runtime.config import CONFIG
from edge.runtime.editable_keys import CHANNELS
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def messages_page(request: web.Request) -> web.Response:
    """`GET /manager/messages`: the page; its content needs a PIN."""
    return page(request, "messages")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/messages`: the channels with their configuration and state, without secrets."""
    site = request.app[SITE]
    running = site.services.of(CONFIG)
    filed = configuration.config_in_file(running)
    ways = {way.name: way for way in await site.asker.read(read_channels)}
    channels: list[dict[str, Any]] = []
    for channel in CHANNELS:
        keys = [
            (one, configuration.value_of(filed, one.key), configuration.is_said(filed, one.key)) for one in channel.keys
        ]
        way = ways.get(channel.name, ChannelState(channel.name))
        channels.append({"name": channel.name, "way": way, "fields": keys, "said": any(said for _, _, said in keys)})
    values = {
        "channels": channels,
        "restart": configuration.differs(running),
        "file": str(running.file),
        "offered": {
            "printer": [one.name for one in filed.devices if one.role == "receipt_printer"],
            "speaker": [one.name for one in filed.devices if one.role == "speaker"],
        },
    }
    return html(site.renderer.render("messages_rows.html", texts_of(request).language, **values))


ENDPOINTS = (fragment("/fragments/messages", rows, MANAGE),)
PAGES = (
    Page(
        path="/manager/messages",
        name="messages",
        group="system",
        place=18,
        handler=messages_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="office.messages",
    ),
)
