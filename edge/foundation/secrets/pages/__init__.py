"""Secrets page: names, and a field to enter one."""

from __future__ import annotations

import asyncio

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.secrets.store import SecretInfo
from edge.foundation.access.rights import MANAGE
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def secrets_page(request: web.Request) -> web.Response:
    """`GET /manager/secrets`: the page; its content requires a PIN."""
    return page(request, "secrets")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/secrets`: existing secrets, and those that config.toml needs but no one entered."""
    site = request.app[SITE]
    found = await asyncio.to_thread(site.services.of(SECRETS).list_secrets)
    known = {one.name for one in found}
    wanted = {one.name: one.where for one in site.services.of(CONFIG).secrets() if one.name}
    lacking = [SecretInfo(name, "", 0, False) for name in sorted(wanted) if name not in known]
    values = {"secrets": (*lacking, *found), "wanted": wanted}
    return html(site.renderer.render("secrets_rows.html", texts_of(request).language, **values))


ENDPOINTS = (fragment("/fragments/secrets", rows, MANAGE),)
PAGES = (
    Page(
        path="/manager/secrets",
        name="secrets",
        group="system",
        place=25,
        handler=secrets_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="secrets.title",
    ),
)
