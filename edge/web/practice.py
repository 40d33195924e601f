"""Training mode: requests of a register in training are answered by another site with a disposable ledger.

The implementation is provided as a service; without it, there is no training mode.
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
    """Training sessions of a site."""

    def answering(self, request: web.Request, endpoint: Endpoint) -> AbstractAsyncContextManager[None]:
        """Context in which a trainee's request sees the training site; other requests are unaffected."""
        ...

    async def do(self, command: Command, actor: Actor) -> Outcome:
        """Execute a device's command on the site of its register."""
        ...

    async def end_left(self) -> None:
        """Clean up sessions interrupted by a restart."""
        ...

    async def watch(self) -> None:
        """End abandoned sessions, until cancelled."""
        ...

    async def stop(self) -> None:
        """End all sessions."""
        ...


class NoPractices:
    """No training mode."""

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
