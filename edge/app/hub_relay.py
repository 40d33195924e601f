"""Head office tells stores of what others have sent them, and of what came of it: each once, as directives.

It runs where directives are signed (`edge hub api`): boxes that know head office's key believe no others.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import structlog

from edge.shop.directives.kinds.shipments import SHIPMENTS, Shipment, Shipments
from edge.shop.transfers.commands import AnnounceTransfer, SentGoods, SettleTransfer
from sync.hub.publishing import give_hint
from sync.hub.store import Store, is_passing
from sync.mqtt import BrokerConfig

_log = structlog.get_logger(__name__)

EVERY_S = 5.0
AT_ONCE = 50
"""Transfers that are told of in one turn; the rest waits for the next."""
UNKNOWN_STORE = "head office knows no store of this name"
_UNTOLD = """
    SELECT s.tenant, s.id, s.store, s.to_store, s.note,
           EXISTS (SELECT 1 FROM device d WHERE d.tenant = s.tenant AND d.store = s.to_store) AS known
    FROM transfer_sent s WHERE s.n = 0 AND NOT EXISTS (
        SELECT 1 FROM transfer_told t
        WHERE t.tenant = s.tenant AND t.store = s.store AND t.id = s.id AND t.what = 'announced')
    ORDER BY s.at LIMIT $1
"""
_LINES = """
    SELECT sku, quantity, boxes, lot, expiry, value_milli FROM transfer_sent
    WHERE tenant = $1 AND id = $2 AND store = $3 ORDER BY n
"""
_UNSETTLED = """
    SELECT s.tenant, s.id, s.store, s.to_store, c.store AS at_store, c.device, c.refused, c.note
    FROM transfer_sent s JOIN transfer_came c ON c.tenant = s.tenant AND c.id = s.id AND c.n = s.n
    WHERE s.n = 0 AND NOT EXISTS (
        SELECT 1 FROM transfer_told t
        WHERE t.tenant = s.tenant AND t.store = s.store AND t.id = s.id AND t.what = 'settled')
    ORDER BY c.at LIMIT $1
"""
_GOT = "SELECT got FROM transfer_came WHERE tenant = $1 AND id = $2 AND store = $3 AND device = $4 ORDER BY n"
_TOLD = "INSERT INTO transfer_told (tenant, store, id, what) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"


class TransferRelay:
    """See the module."""

    def __init__(self, store: Store, broker: BrokerConfig, every_s: float = EVERY_S) -> None:
        self._store = store
        self._broker = broker
        self._every_s = every_s

    async def run(self) -> None:
        """Until cancelled. Where Postgres is gone for a while, it goes on when that is back."""
        while True:
            try:
                await self.turn()
            except Exception as error:
                if not is_passing(error):
                    raise
                _log.warning("transfers between stores wait for Postgres", why=str(error))
            await asyncio.sleep(self._every_s)

    async def turn(self) -> int:
        """Tell what is not told yet; how many directives that were."""
        told = 0
        for row in await self._store.pool.fetch(_UNTOLD, AT_ONCE):
            tenant, id, sender, receiver, note, known = row
            if known:
                goods = tuple(SentGoods(*line) for line in await self._store.pool.fetch(_LINES, tenant, id, sender))
                announced = Shipment(announced=AnnounceTransfer(id, sender, goods, note))
                told += await self._tell(tenant, receiver, announced, f"transfer-{id}-announced")
            else:
                settled = Shipment(settled=SettleTransfer(id, refused=True, note=UNKNOWN_STORE))
                told += await self._tell(tenant, sender, settled, f"transfer-{id}-settled")
            await self._store.pool.execute(_TOLD, tenant, sender, id, "announced")
        for row in await self._store.pool.fetch(_UNSETTLED, AT_ONCE):
            told += await self._settle(*row)
        return told

    async def _settle(
        self, tenant: str, id: str, sender: str, receiver: str, at: str, device: str, refused: bool, note: str
    ) -> int:
        """Both stores: the other boxes of the one that took it in have it on their lists, too."""
        got = await self._store.pool.fetch(_GOT, tenant, id, at, device)
        settled = Shipment(settled=SettleTransfer(id, tuple(one for (one,) in got), refused, note))
        for shop in (sender, receiver):
            await self._tell(tenant, shop, settled, f"transfer-{id}-settled")
        await self._store.pool.execute(_TOLD, tenant, sender, id, "settled")
        return 2

    async def _tell(self, tenant: str, shop: str, shipment: Shipment, request: str) -> int:
        body: Any = msgspec.json.encode(Shipments((shipment,)))
        version = await self._store.publish(tenant, shop, SHIPMENTS.name, body, request)
        await give_hint(self._store, self._broker, tenant, shop, version)
        return 1
