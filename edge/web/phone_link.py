"""What a QR code holds that phones scan which may be outside the shop's network: the address of a path of this box, or
what a capability makes of it."""

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
    """The address of a path of this box for a phone."""
    return request.app[SITE].services.of(PHONE_LINK)(request, path)
