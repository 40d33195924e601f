"""Views of the past: one browser's manager pages show an earlier moment, read-only.

The implementation is provided as a service; without it, only the present can be viewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol, TypeVar

from aiohttp import web

from edge.core.endpoints import Endpoint, Page
from edge.core.journal.moments import PastMoment
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.services import Service
from edge.web.cookies import Cookie
from edge.web.problem import Problem

T = TypeVar("T")
COOKIE = Cookie("past")
"""The moment that a browser views: the journal's row and the time (UTC microseconds). It grants no access: each page
checks the user's current rights."""
SUBJECTS = ("sku", "id", "receipt")
"""URL parameters that identify a page's subject: a step goes to the next fact about it."""
FOLDER = "/manager/past"
"""Path of the page that asks for a moment, and of the addresses that start and end a look back."""


class Pasts(Protocol):
    """Past views of a site."""

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        """Context in which requests of a browser that views the past get the past site. Other requests are
        unaffected."""
        ...

    async def find(self, at_us: int) -> PastMoment:
        """Find the journal's last row at a moment."""
        ...

    async def step(self, seq: int, forward: bool, about: str, types: tuple[str, ...]) -> PastMoment | None:
        """Return the moment after the next or previous row that mentions `about` ("": any) and has one of these event
        types (none: any)."""
        ...

    async def ask(self, question: ReadQuestion[T]) -> T:
        """Ask the process that builds the past. Raises `Problem` 503 on timeout."""
        ...

    async def keep_bases(self) -> None:
        """Create snapshots for past views as the journal grows, until cancelled."""
        ...


class NoPast:
    """Only the present is available."""

    def __init__(self, site: object) -> None:
        pass

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def find(self, at_us: int) -> PastMoment:
        raise Problem(503, "busy")

    async def step(self, seq: int, forward: bool, about: str, types: tuple[str, ...]) -> PastMoment | None:
        raise Problem(503, "busy")

    async def ask(self, question: ReadQuestion[T]) -> T:
        raise Problem(503, "busy")

    async def keep_bases(self) -> None:
        return


PAST: Service[Pasts] = Service("past", NoPast)


def seen_moment(request: web.Request) -> tuple[int, int] | None:
    """Return the row and time that the browser views; None for the present."""
    row, _, at_us = COOKIE.read(request).partition(".")
    return (int(row), int(at_us)) if row.isdecimal() and at_us.isdecimal() else None


def subject_of(query: Mapping[str, str]) -> str:
    """Return the subject of a page with this query; "" if it has none."""
    return next((query[name] for name in SUBJECTS if name in query), "")


def types_changing(page: Page | None, registry: Registry) -> tuple[str, ...]:
    """Return the event types that change a page's content; empty if any type may."""
    shown = [one for one in registry.projectors if page and one.name in page.changed_by]
    return tuple(sorted({event.__name__ for one in shown for event in one.on}))


def look_at(request: web.Request, answer: web.StreamResponse, moment: PastMoment) -> None:
    """Make the browser view a moment from `answer` on."""
    COOKIE.set(request, answer, f"{moment.seq}.{moment.at_us}")
