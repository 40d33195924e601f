"""What is refused at the door for want of a right, and how the journal hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from edge.core.journal.rows import RightDenied
from edge.core.limits import DENIALS_EVERY_US
from edge.core.messages import Actor, Refused, Right
from edge.web.caller import caller_of
from edge.web.context import SITE, PanelContext, address_of, now_us
from edge.web.problem import Problem

WHAT_CHARS = 100


class Denied(Problem):
    """Whoever asks lacks `right`: 403, and a line in the journal. `what` they asked for; "": the address. `code`: of
    another sentence than the usual one."""

    def __init__(self, right: Right, what: str = "", code: str = "right_denied") -> None:
        super().__init__(403, code, right=right)
        self.right, self.what = right, what

    def told(self, request: web.Request) -> Refused:
        """What they are told."""
        asked = self.what.removeprefix("query ") or request.path[:80]
        return Refused(self.refused.code, {"query": asked, "right": self.right})


async def note_denied(request: web.Request, actor: Actor, right: Right, what: str = "") -> None:
    """Have it written down that `actor` was denied `what` (the address that was asked).

    Most are only counted here, so that a flood of them does not come to the writer, which the till waits for; each
    first of a kind goes there, and then the sum of those since (`Denials`), also where nothing follows.
    """
    await note_refused(request, actor, {"query": what or address_of(request)[:WHAT_CHARS], "right": right})


async def note_refused(request: web.Request, actor: Actor, values: Mapping[str, str | int]) -> None:
    """The same of a refusal with these values, which say the `command` or `query` and the `right`."""
    site = request.app[SITE]
    denials = site.door.denials
    row = denials.row(actor, values, now_us())
    if row is not None:
        await _note(site, actor, row)
    if denials.waiting and not denials.summing:
        denials.summing = site.live.tasks.start(_sum_up(site), "sums of denials")


async def note_sums(site: PanelContext, now_us: int, early: bool = False) -> None:
    """Have the sums written down whose time has come; all of them, if `early`: nobody is served any more."""
    for actor, row in site.door.denials.overdue(now_us, early):
        await _note(site, actor, row)


async def _sum_up(site: PanelContext) -> None:
    """Until there is nothing more to say."""
    try:
        while site.door.denials.waiting:
            await asyncio.sleep(DENIALS_EVERY_US / 1e6)
            await note_sums(site, now_us())
    finally:
        site.door.denials.summing = False


async def _note(site: PanelContext, actor: Actor, row: RightDenied) -> None:
    if not await site.identity.note_denied(actor, row):
        site.door.denials.take_back(actor, row)  # it could not be written: the journal is told later


async def note_stranger(request: web.Request) -> None:
    """Have it written down that somebody who is let in nowhere asked a program's address."""
    place = request.app[SITE].identity.network(caller_of(request).address)
    await note_denied(request, Actor("stranger", "panel", "", frozenset(), anonymous=True, network=place), "")
