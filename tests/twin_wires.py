"""The cables between two boxes and a witness, to be cut: each way of each of them by itself, and silently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.backoffice.twin.membership import members

Way = tuple[str, str]
"""From whom, to whom."""


class TwinWire:
    """What one machine says to another goes through here: a connection is open in one direction only (`link.py`). While
    it is cut nothing comes out at the other end, and no one is told; what was under way comes late."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._whole = asyncio.Event()
        self._whole.set()
        self.port = 0

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    async def _carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            there, forth = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            back.close()
            return
        try:
            await asyncio.gather(self._relay(here, forth), self._relay(there, back))
        finally:
            for end in (forth, back):
                end.close()

    async def _relay(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while content := await source.read(65_536):
                await self._whole.wait()
                to.write(content)
                await to.drain()
        to.close()


class TwinWires:
    """All of them."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ways = {(one, other): TwinWire(ports[other]) for one in ports for other in ports if one != other}
        self._servers: list[asyncio.Server] = []

    async def start(self, folders: Mapping[str, Path]) -> None:
        """Put them between the machines whose data folders these are, none of which runs yet."""
        self._servers = [await wire.start() for wire in self._ways.values()]
        for name, folder in folders.items():
            known = members.load(folder)
            seen = (
                one if one.name == name else msgspec.structs.replace(one, port=self._ways[name, one.name].port)
                for one in known.all
            )
            members.save(folder, msgspec.structs.replace(known, all=tuple(seen)))

    def cut(self, ways: Iterable[Way]) -> None:
        for way in ways:
            self._ways[way].cut()

    def around(self, name: str) -> list[Way]:
        """All that one machine says and hears."""
        return [way for way in self._ways if name in way]

    @property
    def ways(self) -> list[Way]:
        return list(self._ways)

    def mend(self) -> None:
        for wire in self._ways.values():
            wire.mend()

    def close(self) -> None:
        self.mend()
        for server in self._servers:
            server.close()
