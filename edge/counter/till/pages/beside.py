"""What capabilities above the till add to its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from edge.core.services import Service

SIGN_IN_HINTS: Service[Callable[[web.Request], Mapping[str, bool]]] = Service("hints of who signs in")
"""By which other means than a PIN the cashier's page may know who signs in, as its template calls them."""
