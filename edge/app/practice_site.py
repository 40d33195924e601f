"""Serves registers in training: their requests are answered by a separate site over the training ledger
(`edge.web.practice.Practices`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from aiohttp import web

from edge.core.command_bus import CommandBus
from edge.core.endpoints import Endpoint
from edge.core.journal.past_reads import MakeView
from edge.core.messages import Actor, Command, Done, Outcome
from edge.core.process.parts import TaskSet
from edge.counter.till.commands import EndTraining, StartTraining
from edge.counter.till.events import TrainingStarted
from edge.counter.till.practice.training import read_trainings
from edge.counter.till.practice.yesterday import (
    CUSTOMERS_PLAYED,
    PlayedCustomers,
    Yesterday,
    find_noon,
    read_customers,
)
from edge.counter.till.service.training.practice import Practice, left_papers
from edge.foundation.access.identity import ACCESS, IdentityProvider
from edge.foundation.access.rights import SELL, system
from edge.runtime.config import CONFIG
from edge.web.actors import KEY, header, is_console_token, manages, surface_of
from edge.web.context import SITE, PanelContext
from edge.web.past import PAST

OpenSite = Callable[[CommandBus, str, str], PanelContext]
"""Opens the same site over a training ledger, for a register with another name in that ledger."""
LOOKED_AT_S = 2.0
"""How often to check that the user in training is still signed in."""
TASKS_OF_ONE = 3
_ALSO = frozenset(
    {"/api/v1/commands/{name}", "/api/v1/queries/{name}", "/api/v1/sign-in", "/api/v1/sign-out", "/api/v1/grants"}
)
"""Rights that a till in training needs in addition to selling."""


class TrainingSite(msgspec.Struct):
    """A training session and its site."""

    practice: Practice
    site: PanelContext
    access: IdentityProvider
    app: web.Application
    person: str
    tasks: TaskSet


class Trainings:
    """Training sessions of a site. For the event loop's thread."""

    def __init__(self, site: PanelContext, app: web.Application, open_site: OpenSite) -> None:
        self._site = site
        self._app = app
        self._open_site = open_site
        self._of: dict[str, TrainingSite] = {}
        self._began: dict[str, tuple[str, str, bool]] = {}
        self._lock = asyncio.Lock()
        site.shop.listen(self._record_start)

    async def end_left(self) -> None:
        """End sessions interrupted by a restart, because no user is signed in after it."""
        for left in read_trainings(self._site.shop.reader):
            papers = await asyncio.to_thread(left_papers, self._site.services.of(CONFIG), left.register)
            await self._say_ended(left.register, papers)

    async def watch(self) -> None:
        """End sessions whose user has signed out, until cancelled."""
        while True:
            await asyncio.sleep(LOOKED_AT_S)
            for register in list(self._of):
                await self.end_if_signed_out(register)

    async def stop(self) -> None:
        """End all sessions at shutdown."""
        for register in list(self._of):
            await self._end(register)

    @asynccontextmanager
    async def answering(self, request: web.Request, endpoint: Endpoint) -> AsyncIterator[None]:
        """Let a request of a till in training use the training site. Other requests are unaffected."""
        register = self._register_of(request, endpoint)
        found = await self._training(register) if register else None
        if found is None:
            yield
            for begun in list(self._began):
                await self._training(begun)
            return
        real, request.match_info.current_app = request.match_info.current_app, found.app
        try:
            yield
        finally:
            request.match_info.current_app = real
        await self.end_if_signed_out(register)

    async def do(self, command: Command, actor: Actor) -> Outcome:
        """Execute a device's command on its register's site."""
        found = await self._training(actor.register)
        if found is None:
            return await self._site.shop.do(command, actor)
        inside = found.access.sessions.actor(found.practice.register, actor.surface)
        return await found.practice.shop.do(command, inside)

    async def end_if_signed_out(self, register: str) -> None:
        """End the training session with its user's session."""
        found = self._of.get(register)
        if found and found.access.sessions.user(found.practice.register) != found.person:
            await self._end(register)

    def _record_start(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and any(isinstance(event, TrainingStarted) for event in outcome.events):
            if outcome.repeated:
                return
            sessions = self._site.services.of(ACCESS).sessions
            session = next((one for one in sessions.all() if one.register == actor.register), None)
            yesterday = isinstance(command, StartTraining) and command.yesterday
            self._began[actor.register] = (actor.name, session.seat if session else "", yesterday)

    def _register_of(self, request: web.Request, endpoint: Endpoint) -> str:
        """Return the register in training that a till's request is for; "" for all other requests."""
        if not self._of and not self._began:
            return ""
        if endpoint.right != SELL and endpoint.path not in _ALSO:
            return ""
        if request.match_info.get("name") == StartTraining.__name__:
            return ""  # a retry with the same key is answered where the first request was handled
        if KEY in request or is_console_token(request) or surface_of(request) != "cashier":
            return ""
        if manages(request) is not None:
            return ""
        named = header(request, "Register") or request.query.get("register", "")
        inside = {found.practice.register: register for register, found in self._of.items()}
        register = inside.get(named, named) or self._site.config.registers[0]
        return register if register in self._of or register in self._began else ""

    async def _training(self, register: str) -> TrainingSite | None:
        """Return the training session at a register, created by the first request after training begins."""
        async with self._lock:
            if began := self._began.pop(register, None):
                try:
                    self._of[register] = await self._open(register, *began)
                except BaseException:
                    await self._say_ended(register, 0)
                    raise
                self._site.live.send_away(register)
        return self._of.get(register)

    async def _open(self, register: str, person: str, seat: str, from_yesterday: bool) -> TrainingSite:
        yesterday = await self._yesterday() if from_yesterday else None
        practice = await Practice.open(self._site.shop, self._site.services.of(CONFIG), register, yesterday)
        site = self._open_site(practice.shop, register, practice.register)
        site.services.put(
            CUSTOMERS_PLAYED, PlayedCustomers(practice.register, yesterday.customers if yesterday else ())
        )
        self._site.services.of(ACCESS).sessions.sign_out(register)
        access = site.services.of(ACCESS)
        access.sessions.sign_in(practice.register, person, seat)
        app = web.Application()
        app[SITE] = site
        for key in self._app:
            if key is not SITE:
                app[key] = self._app[key]
        tasks = TaskSet(TASKS_OF_ONE)
        tasks.start(practice.print(), f"papers of {practice.register}")
        tasks.start(site.live.follow(), f"pages of {practice.register}")
        return TrainingSite(practice, site, access, app, person, tasks)

    async def _yesterday(self) -> Yesterday | None:
        """Return the last day with sales, at noon; None if it no longer exists."""
        shop, config = self._site.shop, self._site.services.of(CONFIG)
        today = config.business_date(shop.now_us())
        noon = await asyncio.to_thread(shop.read, lambda db: find_noon(db, config.store.zone, today))
        if noon is None:
            return None
        past = self._site.services.of(PAST)
        found = await past.find(noon[1])
        view = await past.ask(MakeView(found.seq))
        customers = await asyncio.to_thread(shop.read, lambda db: read_customers(db, shop.registry, *noon))
        return Yesterday(noon[1], found.seq, Path(view), customers)

    async def _end(self, register: str) -> None:
        found = self._of.pop(register, None)
        if found is None:
            return
        papers = found.practice.papers()
        await found.site.live.stop()
        await found.tasks.stop()
        found.site.asker.close()
        await found.access.sessions.stop()
        await found.practice.close()
        await self._say_ended(register, papers)

    async def _say_ended(self, register: str, papers: int) -> None:
        await self._site.shop.do(EndTraining(papers), msgspec.structs.replace(system(), register=register))
