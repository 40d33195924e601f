"""Access denials at the web layer and their journal entries."""

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
    """Raised when the caller lacks `right`: answered with 403, and recorded in the journal. `what` was requested ("":
    the address). `code`: an alternative message."""

    def __init__(self, right: Right, what: str = "", code: str = "right_denied") -> None:
        super().__init__(403, code, right=right)
        self.right, self.what = right, what

    def shown_refusal(self, request: web.Request) -> Refused:
        """The refusal shown to the caller."""
        asked = self.what.removeprefix("query ") or request.path[:80]
        return Refused(self.refused.code, {"query": asked, "right": self.right})


async def note_denied(request: web.Request, actor: Actor, right: Right, what: str = "") -> None:
    """Record that `actor` was denied `what` (default: the address).

    Most denials are only counted, so that a flood of them doesn't occupy the writer, which the till needs. The first of
    each kind is recorded at once, and then totals (`Denials`), even without further requests.
    """
    await note_refused(request, actor, {"query": what or address_of(request)[:WHAT_CHARS], "right": right})


async def note_refused(request: web.Request, actor: Actor, values: Mapping[str, str | int]) -> None:
    """Record a refusal whose values name the `command` or `query` and the `right`."""
    site = request.app[SITE]
    denials = site.door.denials
    row = denials.row(actor, values, now_us())
    if row is not None:
        await _note(site, actor, row)
    if denials.waiting and not denials.summing:
        denials.summing = site.live.tasks.start(_sum_up(site), "sums of denials")


async def note_sums(site: PanelContext, now_us: int, early: bool = False) -> None:
    """Record the totals that are due; all of them if `early`, at shutdown."""
    for actor, row in site.door.denials.overdue(now_us, early):
        await _note(site, actor, row)


async def _sum_up(site: PanelContext) -> None:
    """Record totals until none remain."""
    try:
        while site.door.denials.waiting:
            await asyncio.sleep(DENIALS_EVERY_US / 1e6)
            await note_sums(site, now_us())
    finally:
        site.door.denials.summing = False


async def _note(site: PanelContext, actor: Actor, row: RightDenied) -> None:
    if not await site.identity.note_denied(actor, row):
        site.door.denials.take_back(actor, row)  # it couldn't be written: include it in a later row


async def note_stranger(request: web.Request) -> None:
    """Record that an unauthenticated caller requested a program's address."""
    place = request.app[SITE].identity.network(caller_of(request).address)
    await note_denied(request, Actor("stranger", "panel", "", frozenset(), anonymous=True, network=place), "")
