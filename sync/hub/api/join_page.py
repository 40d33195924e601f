"""The page that tells a phone outside a shop's network which Wi-Fi to join, and leads on to the box there.

All it needs stands in the fragment of its address, which browsers keep to themselves: head office is told neither the
shop nor the order. Where the shop wants that, the fragment names it, and the page asks how far the order is
(`order_status.py`), by a digest of what the QR holds.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sync.hub.api.static_page import add_static_page


def add_join_page(app: web.Application) -> None:
    """`/join`, and what belongs to it under `/join/`."""
    add_static_page(app, Path(__file__).with_name("join"), "join.css", "join.js", "order.js", asks=True)
