"""Serves browsers that view the past: their requests are answered by a past site over a past view (`edge.web.past`)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.core.command_bus import CommandBus
from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.jobs.store import MANAGE
from edge.core.journal.moments import PastMoment, moment_of
from edge.core.journal.past import followers_of_views
from edge.core.journal.past_reads import FindMoment, FindStep, KeepBases, MakeView
from edge.core.journal.projections import FollowerFailed, caught_up
from edge.core.past_bus import PastBus
from edge.core.process.reading_process import NotRead, ReadingProcess, ReadQuestion
from edge.web.actors import asker_of, header, viewer_of
from edge.web.context import SITE, PanelContext
from edge.web.cookies import changes
from edge.web.past import FOLDER, seen_moment, subject_of, types_changing
from edge.web.problem import Problem

T = TypeVar("T")
OpenPast = Callable[[CommandBus, PastMoment], PanelContext]
"""Opens the same site over a view of the past."""
KEPT = 3
"""Number of past sites to keep open."""
BEGIN_S, LOOK_S = 30.0, 0.1
"""How long the process may take to load on a busy machine, and how often to check whether it has loaded."""
VIEW_S = 240.0
"""How long it may take to build a view without a base."""
OF_NOW = frozenset({"/api/v1/grants", "/api/v1/lock", "/api/v1/sign-in", "/api/v1/sign-out"})
"""Paths that always concern the present, even while a past moment is shown."""
FOLLOW_S = 5.0
"""Seconds to wait for asynchronous projections to catch up with the journal."""
BUILDING = (MakeView, KeepBases)
"""Questions that aren't retried in the till's process after they failed. They would fail there, too, and slow it down.
"""
AWAY_S = 900.0
"""Interval of checks for missing snapshots."""


class PastSites:
    """Past views of a site. For the event loop's thread. `process` builds them; if it isn't running, a thread does."""

    def __init__(
        self, site: PanelContext, app: web.Application, open_past: OpenPast, process: ReadingProcess | None
    ) -> None:
        self._site, self._app = site, app
        self._open_past, self._process = open_past, process
        self._apps: OrderedDict[tuple[int, int], web.Application] = OrderedDict()
        self._in_use: dict[tuple[int, int], int] = {}
        self._read_page: tuple[int, str, tuple[str, ...]] = (0, "", ())
        self._reading = asyncio.Event()
        self._lock = asyncio.Lock()
        self._paths = {page.path: page for page in site.declared.pages.values()}

    async def find(self, at_us: int) -> PastMoment:
        return await self.ask(FindMoment(at_us))

    async def step(self, seq: int, forward: bool, about: str, types: tuple[str, ...]) -> PastMoment | None:
        return await self.ask(FindStep(seq, forward, about, types))

    async def ask(self, question: ReadQuestion[T]) -> T:
        """Answer from the process, or in a thread if it isn't running. A thread also answers questions that the process
        can't, such as one with an answer too large to send, unless they are `BUILDING`. Raises `Problem` 503 for those,
        and on timeout."""
        ends_s = asyncio.get_running_loop().time() + BEGIN_S
        while self._process:
            try:
                return await self._process.ask(question, VIEW_S)
            except TimeoutError as error:
                raise Problem(503, "busy") from error
            except NotRead as error:
                is_loading = self._process.is_running and not self._process.pid
                if is_loading and asyncio.get_running_loop().time() < ends_s:
                    await asyncio.sleep(LOOK_S)
                    continue
                if self._process.is_running and isinstance(question, BUILDING):
                    raise Problem(503, "busy") from error
                break
        shop = self._site.shop
        return await asyncio.to_thread(shop.read, lambda db: question.read(db, shop.registry))

    async def keep_bases(self) -> None:
        """Create bases as the journal grows, and the views to which a page's steps lead, while no till is active. Runs
        until cancelled."""
        clock = asyncio.get_running_loop().time
        due_s = clock() + AWAY_S
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await self._reading.wait()
            if self._reading.is_set():
                self._reading.clear()
                await self._prepare_steps()
            while clock() >= due_s and not self._reading.is_set():
                if self._site.shop.till_first.active or not await self._keeps_base():
                    due_s = clock() + AWAY_S

    @asynccontextmanager
    async def answering(self, request: web.Request, endpoint: Endpoint) -> AsyncIterator[None]:
        """Let a manager page's request for the past use the past site. Changes raise `Problem` 409. Pages without
        history redirect to a page that explains this."""
        if "as_of" in request.query and endpoint.path in self._paths:
            raise web.HTTPSeeOther(f"{FOLDER}/go?" + urlencode({"at": request.query["as_of"], "to": request.path_qs}))
        seen = seen_moment(request) if self._looks_back(request, endpoint) else None
        if seen is None:
            yield
            return
        if changes(request):
            raise Problem(409, "past_read_only")
        page = self._paths.get(endpoint.path)
        if page is not None and not page.past:
            raise web.HTTPSeeOther(f"{FOLDER}?" + urlencode({"only_now": page.name}))
        if not _may_look(request, endpoint):  # refused in the present too, so no view is built for it
            yield
            return
        found = await self._past(seen)
        real, request.match_info.current_app = request.match_info.current_app, found
        self._in_use[seen] = self._in_use.get(seen, 0) + 1
        try:
            yield
        finally:
            request.match_info.current_app = real
            self._in_use[seen] -= 1
            self._close_old()
        if page is not None and self._process:
            self._read_page = seen[0], subject_of(request.query), types_changing(page, self._site.shop.registry)
            self._reading.set()

    async def _keeps_base(self) -> bool:
        """Create one missing base. Returns whether more are missing. If the process can't, it is asked again later."""
        with suppress(Problem):
            return await self.ask(KeepBases())
        return False

    async def _prepare_steps(self) -> None:
        """While a page of the past is open, prepare the views its navigation steps lead to."""
        seq, about, types = self._read_page
        for forward in (False, True):
            if self._reading.is_set() or self._site.shop.till_first.active:
                return
            with suppress(Problem):
                found = await self.step(seq, forward, about, types)
                if found:
                    await self.ask(MakeView(found.seq))

    def close(self) -> None:
        """Close all at shutdown."""
        for app in self._apps.values():
            _close(app[SITE])
        self._apps.clear()
        if self._process:
            self._process.close()

    def _looks_back(self, request: web.Request, endpoint: Endpoint) -> bool:
        """Whether the request is for a manager page or fragment that shows the past. Signing in and out concerns the
        present."""
        if endpoint.path.startswith(FOLDER) or not endpoint.path.startswith(("/manager", "/fragments/", "/api/v1/")):
            return False
        if endpoint.path.startswith("/manager"):
            return True
        return endpoint.path not in OF_NOW and header(request, "Surface") == "panel"

    async def _past(self, seen: tuple[int, int]) -> web.Application:
        async with self._lock:
            if seen not in self._apps:
                self._apps[seen] = await self._open(*seen)
            self._apps.move_to_end(seen)
            return self._apps[seen]

    async def _open(self, seq: int, at_us: int) -> web.Application:
        shop = self._site.shop
        if not 0 < seq <= shop.head.seq:
            raise web.HTTPSeeOther(f"{FOLDER}/end")
        with suppress(FollowerFailed, TimeoutError):  # the view itself builds whatever they lack
            async with asyncio.timeout(FOLLOW_S):
                await caught_up(shop, *followers_of_views(shop.registry))
        view = await self.ask(MakeView(seq))
        moment = msgspec.structs.replace(moment_of(shop.reader, seq), at_us=at_us)
        site = self._open_past(PastBus(shop, Path(view), moment), moment)
        app = web.Application()
        app[SITE] = site
        for key in self._app:
            if key is not SITE:
                app[key] = self._app[key]
        return app

    def _close_old(self) -> None:
        for seen in list(self._apps)[:-KEPT]:
            if not self._in_use.get(seen):
                self._in_use.pop(seen, None)
                _close(self._apps.pop(seen)[SITE])


def _may_look(request: web.Request, endpoint: Endpoint) -> bool:
    """Whether the user has the endpoint's right. Public endpoints require a signed-in user or a manager, because the
    cookie alone proves nothing."""
    if endpoint.right != ANYBODY:
        return endpoint.allows(asker_of(request))
    viewer = viewer_of(request)
    return not viewer.anonymous or viewer.may(MANAGE)


def _close(site: PanelContext) -> None:
    site.asker.close()
    site.shop.close()
