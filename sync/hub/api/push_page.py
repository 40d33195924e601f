"""The page on which browsers agree to be told by a shop (web push): at head office's address, which they trust.

A box has no such address. The page keeps nothing, and knows nobody; who sends is the box, by a key of its own.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sync.hub.api.static_page import add_static_page


def add_push_page(app: web.Application) -> None:
    """`/push`, and what belongs to it under `/push/`."""
    add_static_page(app, Path(__file__).with_name("push"), "push.css", "push.js", "push-worker.js")
