"""Forwards webhooks of other tills and accounting systems to the store as a directive, at most one per minute each. A
directive is only a hint: the store then fetches the data."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import msgspec

from edge.app.head_office.hub_telling import Teller
from edge.backoffice.directives.kinds.feed_news import FEED_NEWS, ToldFeed, ToldFeeds
from edge.backoffice.directives.kinds.kind import Kind
from edge.backoffice.directives.kinds.pos_news import POS_NEWS, ToldTill, ToldTills
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

AT_ONCE = 100
"""Tills to forward hints for per turn."""
_UNTOLD = f"""
    SELECT tenant, store, pos, system FROM pos_news n
    WHERE (told_at IS NULL OR (came_at > told_at AND told_at < now() - interval '1 minute'))
          AND EXISTS (SELECT FROM device d WHERE d.tenant = n.tenant AND d.store = n.store)
    ORDER BY tenant, store, pos LIMIT {AT_ONCE}
"""
_TOLD = "UPDATE pos_news SET told_at = now() WHERE (tenant, store, pos) = ($1, $2, $3)"


class PosNewsRelay:
    """Relay of these hints; see the module."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Send pending hints; return the number of directives."""
        told = 0
        found = await self._store.pool.fetch(_UNTOLD)
        for (tenant, shop), group in groupby(found, itemgetter("tenant", "store")):
            rows = list(group)
            # Mark before sending, so that changes arriving meanwhile count as new.
            await self._store.pool.executemany(_TOLD, [(tenant, shop, row["pos"]) for row in rows])
            tills = tuple(ToldTill(row["pos"]) for row in rows if not row["system"])
            systems = tuple(ToldFeed(one) for one in sorted({row["system"] for row in rows} - {""}))
            if tills:
                told += await self._tell(tenant, shop, POS_NEWS, ToldTills(tills))
            if systems:
                told += await self._tell(tenant, shop, FEED_NEWS, ToldFeeds(systems))
        return told

    async def _tell(self, tenant: str, shop: str, kind: Kind, body: msgspec.Struct) -> int:
        return await self._teller.tell(tenant, shop, kind.name, msgspec.json.encode(body), "")
