"""Page to subscribe browsers to a shop's push notifications: at head office's address, which they trust.

A box has no trusted address. The page stores nothing and doesn't identify anyone; the box sends with its own key.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sync.hub.api.static_page import add_static_page


def add_push_page(app: web.Application) -> None:
    """Add `/push` and its files under `/push/`."""
    add_static_page(app, Path(__file__).with_name("push"), "push.css", "push.js", "push-worker.js")
