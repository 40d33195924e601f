"""Manager's page of personalities and agents: where each is used, and files that are invalid."""

from __future__ import annotations

from functools import partial
from typing import get_args

from aiohttp import web

from edge.conversation.assistant.commands import RECORDING_MINUTES
from edge.conversation.assistant.figures import read_chat_figures
from edge.conversation.assistant.recording import recorder_of
from edge.conversation.assistant.roster import SERVED, Agent, read_roster, speaker_at
from edge.conversation.assistant.settings import AssistantSettings, Place, live, settings_of
from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.lib.i18n import words
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.responses import texts_of

PLACES: tuple[Place, ...] = get_args(Place)
_SECTIONS = ("assistant_tool", "copilot_tool")


def tool_name(language: str, place: str, tool: str) -> str:
    """The name of a tool or intent at a place; its id if an older version recorded it."""
    sections = _SECTIONS if place != "copilot" else _SECTIONS[::-1]
    known = words(language)
    return next((known[key] for one in sections if (key := f"{one}.{tool}") in known), tool)


async def speakers(request: web.Request) -> web.Response:
    """`GET /manager/assistant`: the personalities and agents in use, and the questions they may be asked.

    Recorded sentences are visible only with the permission to manage, not to set up.
    """
    site = request.app[SITE]
    ways = live(settings_of(site.config))
    settings: AssistantSettings = await site.asker.read(ways.at)
    roster = read_roster(settings.folder)
    called = partial(tool_name, texts_of(request).language)

    def tools_of(agent: Agent) -> list[str]:
        """The names of the agent's tools, sorted."""
        return sorted({called("copilot" if agent.serves == "manager" else "", one) for one in agent.tools})

    return page(
        request,
        "speakers",
        places=[(place, *speaker_at(settings, place)) for place in PLACES],
        serves=SERVED,
        tool_name=called,
        tools_of=tools_of,
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
