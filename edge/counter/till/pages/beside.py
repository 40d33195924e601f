"""Additions of higher capabilities to the till's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from edge.core.services import Service

SIGN_IN_HINTS: Service[Callable[[web.Request], Mapping[str, bool]]] = Service("hints of who signs in")
"""Sign-in methods other than a PIN on the cashier's page, by template variable."""
