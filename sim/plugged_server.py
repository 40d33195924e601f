"""A network server with a power plug: pulling it ends every connection."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Self


class PluggedServer(ABC):
    """A server at `port` of this machine (0: a free one, which stays reserved). Use it as an async context manager."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.StreamWriter] = set()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""

    async def __aenter__(self) -> Self:
        await self.replug()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.unplug()

    def unplug(self) -> None:
        """Cut the power."""
        if self._server is not None:
            self._server.close()
            self._server = None
            for stream in self._streams:
                stream.transport.abort()

    async def replug(self) -> None:
        """Switch on, at the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._streams.add(writer)
        try:
            await self._serve(reader, writer)
        finally:
            writer.close()
            self._streams.discard(writer)
