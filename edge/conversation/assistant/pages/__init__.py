"""Conversation pages: for staff on a phone, and in the manager's pages."""

from __future__ import annotations

from aiohttp import web

from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.assistant.pages import called, recording, shopping, socket, speakers
from edge.conversation.assistant.recording import recorder_of
from edge.core.endpoints import ANYBODY, Page
from edge.foundation.access.rights import MANAGE, STOCK
from edge.web.actors import register_of, seat_of
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import LANGUAGE, texts_of


async def chat(request: web.Request) -> web.Response:
    """`GET /chat`: the stock conversation for a phone or till. Requires sign-in."""
    site, language = request.app[SITE], texts_of(request).language
    text = site.renderer.render(
        "chat.html",
        language,
        settings=site.settings,
        register=register_of(request, assumed=True),
        people=site.identity.named_people(seat_of(request)),
        page="chat",
        **heard_here(request),
    )
    answer = html(text)
    if request.query.get("lang") == language:
        LANGUAGE.set(request, answer, language)
    return answer


def heard_here(request: web.Request) -> dict[str, bool]:
    """Return whether the page's register has a microphone, and whether it's being recorded."""
    site, register = request.app[SITE], register_of(request, assumed=True)
    recorded = recorder_of(site, site.config.folder).left_s(register) > 0
    return {"ear": register in ears_of(site).at, "recorded": recorded}


async def manager_chat(request: web.Request) -> web.Response:
    """`GET /manager/chat`: the stock conversation in the manager's pages."""
    return page(request, "stock_chat", **heard_here(request))


PAGES = (
    Page(path="/chat", name="chat", handler=chat, right=ANYBODY),
    Page(
        path="/manager/chat",
        name="stock_chat",
        handler=manager_chat,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="chat.title",
        group="stock",
        place=80,
    ),
    *shopping.PAGES,
    *speakers.PAGES,
)
FRAGMENTS = called.FRAGMENTS
ENDPOINTS = (
    *recording.ENDPOINTS,
    *shopping.ENDPOINTS,
    *socket.ENDPOINTS,
)
