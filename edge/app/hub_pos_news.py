"""What tills that are not ours tell head office goes to the store that asks them, as a directive: once a minute for
each till, however often it tells something. It hints, and the store's own question says what was sold."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import msgspec

from edge.app.hub_telling import Teller
from edge.shop.directives.kinds.pos_news import POS_NEWS, ToldTill, ToldTills
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

AT_ONCE = 100
"""Tills that one turn tells of."""
_UNTOLD = f"""
    SELECT tenant, store, pos FROM pos_news n
    WHERE (told_at IS NULL OR (came_at > told_at AND told_at < now() - interval '1 minute'))
          AND EXISTS (SELECT FROM device d WHERE d.tenant = n.tenant AND d.store = n.store)
    ORDER BY tenant, store, pos LIMIT {AT_ONCE}
"""
_TOLD = "UPDATE pos_news SET told_at = now() WHERE (tenant, store, pos) = ($1, $2, $3)"


class PosNewsRelay:
    """See the module."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Tell what is not told yet; how many directives that were."""
        told = 0
        found = await self._store.pool.fetch(_UNTOLD)
        for (tenant, shop), group in groupby(found, itemgetter("tenant", "store")):
            rows = list(group)
            # Before it is told: what comes meanwhile is news again.
            await self._store.pool.executemany(_TOLD, [(tenant, shop, row["pos"]) for row in rows])
            body = msgspec.json.encode(ToldTills(tuple(ToldTill(row["pos"]) for row in rows)))
            told += await self._teller.tell(tenant, shop, POS_NEWS.name, body, "")
        return told
