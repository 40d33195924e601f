"""Page for phones outside a shop's network: it names the Wi-Fi to join, and leads to the box.

Its data is in the address's fragment, which browsers don't send: head office learns neither the shop nor the order. If
the shop enables it, the fragment names the order, and the page asks for its status (`order_status.py`) by a digest of
the QR code's secret.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sync.hub.api.static_page import add_static_page


def add_join_page(app: web.Application) -> None:
    """Add `/join` and its files under `/join/`."""
    add_static_page(app, Path(__file__).with_name("join"), "join.css", "join.js", "order.js", asks=True)
