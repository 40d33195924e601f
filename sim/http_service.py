"""Base of the simulated HTTP services on this machine."""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web

HERE = "127.0.0.1"


class HttpService(ABC):
    """An HTTP service at `port` (0: a free one, known after the start); over HTTPS if `tls` is given.

    Use it as an async context manager.
    """

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port, self._tls = port, tls
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def _app(self) -> web.Application: ...

    async def start(self) -> None:
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HERE, self.port, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class ServedApp(HttpService):
    """Serves an application made elsewhere."""

    def __init__(self, app: web.Application, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(port, tls)
        self._made = app

    def _app(self) -> web.Application:
        return self._made


@asynccontextmanager
async def serving(app: web.Application, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on this machine; yields its address."""
    async with ServedApp(app, port) as served:
        yield f"http://{HERE}:{served.port}"
