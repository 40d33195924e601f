"""Content of QR codes for phones that may be outside the shop's network: this box's address, or a capability's
replacement."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from edge.core.services import Service
from edge.web.caller import origin_of
from edge.web.context import SITE


def _plain(request: web.Request, path: str) -> str:
    return origin_of(request) + path


PHONE_LINK: Service[Callable[[web.Request, str], str]] = Service("phone link", lambda site: _plain)


def phone_link(request: web.Request, path: str) -> str:
    """Address of a path of this box for a phone."""
    return request.app[SITE].services.of(PHONE_LINK)(request, path)
