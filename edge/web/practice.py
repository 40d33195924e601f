"""Practice: at a register at which somebody learns, another site answers, over a ledger that is thrown away.

Who does that is put there as a service; without it nobody practises.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from aiohttp import web

from edge.core.endpoints import Endpoint
from edge.core.messages import Actor, Command, Outcome
from edge.core.services import Service
from edge.web.context import PanelContext


class Practices(Protocol):
    """The practices of a site."""

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        """Within it a request of somebody who practises sees the site of the practice, and no other request does."""
        ...

    async def do(self, command: Command, actor: Actor) -> Outcome:
        """A command of a device at a register, done where its register is."""
        ...

    async def end_left(self) -> None:
        """End what was cut off by a restart."""
        ...

    async def watch(self) -> None:
        """End those whose person is gone, until cancelled."""
        ...

    async def stop(self) -> None:
        """End all of them."""
        ...


class NoPractices:
    """Nobody practises."""

    def __init__(self, site: PanelContext) -> None:
        self._site = site

    async def do(self, command: Command, actor: Actor) -> Outcome:
        return await self._site.shop.do(command, actor)

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def end_left(self) -> None:
        return

    async def watch(self) -> None:
        return

    async def stop(self) -> None:
        return


PRACTICES: Service[Practices] = Service("practices", NoPractices)
