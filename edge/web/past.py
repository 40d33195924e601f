"""The shop as it was: within one browser the manager's pages show an earlier moment, and nothing can be changed there.

Who makes that is put there as a service; without it there is only the present.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol, TypeVar

from aiohttp import web

from edge.core.endpoints import Endpoint
from edge.core.journal.moments import PastMoment
from edge.core.process.reading_process import ReadQuestion
from edge.core.services import Service
from edge.web.cookies import Cookie
from edge.web.problem import Problem

T = TypeVar("T")
COOKIE = Cookie("past")
"""The moment that a browser looks at: the journal's row and the time (UTC microseconds). It opens nothing: the rights
of each page are those of whoever looks, today."""
FOLDER = "/manager/past"
"""The page that asks for a moment, and what begins and ends the look back."""


class Pasts(Protocol):
    """The past of a site."""

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        """Within it a request of a browser that looks back sees the site as it was, and no other request does."""
        ...

    async def find(self, at_us: int) -> PastMoment:
        """How far the journal reached at a moment."""
        ...

    async def step(self, seq: int, forward: bool, about: str) -> PastMoment | None:
        """The moment behind the next row that names `about`, or the one before."""
        ...

    async def ask(self, question: ReadQuestion[T]) -> T:
        """What the process that makes the past answers; `Problem` 503: it takes too long."""
        ...

    async def keep_bases(self) -> None:
        """Make what views begin from, as the journal grows, until cancelled."""
        ...


class NoPast:
    """There is only the present."""

    def __init__(self, site: object) -> None:
        pass

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def find(self, at_us: int) -> PastMoment:
        raise Problem(503, "busy")

    async def step(self, seq: int, forward: bool, about: str) -> PastMoment | None:
        raise Problem(503, "busy")

    async def ask(self, question: ReadQuestion[T]) -> T:
        raise Problem(503, "busy")

    async def keep_bases(self) -> None:
        return


PAST: Service[Pasts] = Service("past", NoPast)


def seen_moment(request: web.Request) -> tuple[int, int] | None:
    """The row and the time that the browser of a request looks at; None: the present."""
    row, _, at_us = COOKIE.read(request).partition(".")
    return (int(row), int(at_us)) if row.isdecimal() and at_us.isdecimal() else None


def look_at(request: web.Request, answer: web.StreamResponse, moment: PastMoment) -> None:
    """From `answer` on the browser looks at a moment."""
    COOKIE.set(request, answer, f"{moment.seq}.{moment.at_us}")
