"""Page of the design system: colours, typography, cards, figures, forms, messages."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE
from edge.web.pages.shell import page

COLOURS = ("ground", "sheet", "shade", "edge", "soft", "ink", "green", "red", "amber", "blue")
LETTERS = ("xs", "s", "m", "l", "xl", "xxl")
SPACES = (1, 2, 3, 4, 5, 6)


async def design(request: web.Request) -> web.Response:
    """`GET /manager/design`: every component, in light and dark mode."""
    return page(request, "design", colours=COLOURS, letters=LETTERS, spaces=SPACES)


PAGES = (
    Page(
        path="/manager/design",
        name="design",
        group="system",
        handler=design,
        right=MANAGE,
        fragments=("alerts", "clock"),
        under="technical",
    ),
)
