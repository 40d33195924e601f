"""The manager's page of who speaks: personalities and agents, which of them is where, and files that are none."""

from __future__ import annotations

from typing import get_args

from aiohttp import web

from edge.core.endpoints import Page
from edge.shop.access.rights import MANAGE, SETTINGS
from edge.shop.assistant.commands import RECORDING_MINUTES
from edge.shop.assistant.figures import read_chat_figures
from edge.shop.assistant.recording import recorder_of
from edge.shop.assistant.roster import SERVED, read_roster, speaker_at
from edge.shop.assistant.settings import AssistantSettings, Place, live, settings_of
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page

PLACES: tuple[Place, ...] = get_args(Place)


async def speakers(request: web.Request) -> web.Response:
    """`GET /manager/assistant`: who speaks where, and what they may be asked.

    Whoever only sets things up does not read what was said: recordings are for those who may manage.
    """
    site = request.app[SITE]
    ways = live(settings_of(site.config))
    settings: AssistantSettings = await site.asker.read(ways.at)
    roster = read_roster(settings.folder)
    return page(
        request,
        "speakers",
        places=[(place, *speaker_at(settings, place)) for place in PLACES],
        serves=SERVED,
        roster=roster,
        folder=settings.folder,
        recording=recorder_of(site, site.config.folder) if viewer_of(request).may(MANAGE) else None,
        most=RECORDING_MINUTES,
        figures=await site.asker.read(read_chat_figures),
    )


PAGES = (
    Page(
        path="/manager/assistant",
        name="speakers",
        handler=speakers,
        right=MANAGE,
        also=SETTINGS,
        fragments=("alerts", "clock"),
        menu="speakers.title",
        group="system",
        place=60,
    ),
)
