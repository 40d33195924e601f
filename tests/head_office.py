"""Head office for tests of what it makes of a shop's facts: its database and projections, without a broker between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import astuple

from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from sync import row_packing, wire
from sync.hub.model import Key
from sync.hub.projection_runner import ProjectionRunner
from sync.hub.row_verifier import open_rows
from sync.hub.store import Store
from sync.wire import PROTOCOL, Epoch, Hello

CREDIT = 10_000
_THROUGH = "SELECT through FROM device WHERE (tenant, store, device) = ($1, $2, $3)"


class HeadOffice:
    """`up` brings it what a shop's journal has; `project` makes tables of that."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._runner = ProjectionRunner(store, hub.projectors())

    async def up(self, key: Key, shop: CommandBus, project: bool = True) -> None:
        """All that it does not have yet, as one block."""
        through = await self.store.pool.fetchval(_THROUGH, *astuple(key))
        rows = read_rows(shop.reader, (through or 0) + 1, CREDIT)
        if through is None:
            epochs = (Epoch(rows[0].epoch, 1, 0, 0, wire.origin(*astuple(key))),)
            head = rows[-1]
            place = (key.tenant, key.store, key.device)
            hello = Hello(PROTOCOL, *place, head.epoch, head.seq, head.hash, epochs, number=1)
            await self.store.hello(key, hello, CREDIT)
        if rows:
            await self.store.rows(key, [open_rows(row_packing.pack(rows[-1].epoch, rows))], CREDIT)
        if project:
            await self.project(key)

    async def project(self, key: Key) -> None:
        while await self._runner._step(key):
            pass


@asynccontextmanager
async def head_office(dsn: str) -> AsyncIterator[HeadOffice]:
    async with hub.open_hub(dsn) as store:
        yield HeadOffice(store)
