"""Forwards payment providers' webhooks to the payment's store as directives. News of unknown payments waits up to a
week."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from edge.app.head_office.hub_telling import Teller
from edge.backoffice.directives.kinds.payment_news import PAYMENT_NEWS, ToldNews, ToldPayments
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

AT_ONCE = 100
"""News that one turn tells of."""
_DRIVERS = {
    **{"stripe": ("stripe_terminal", "stripe_checkout"), "adyen": ("nexo",), "sim": ("sim", "stripe_checkout")},
    **{"clover": ("clover",), "clover_app": ("clover",), "square": ()},
}
"""By how a provider signs, the drivers whose payments are its own: it is believed of no other's."""
_OWN = " OR ".join(
    f"(n.scheme = '{scheme}' AND p.driver = ANY('{{{','.join(drivers)}}}'))" for scheme, drivers in _DRIVERS.items()
)
_UNTOLD = f"""
    SELECT DISTINCT ON (n.tenant, p.store, n.provider, n.event)
           n.tenant, p.store, n.provider, n.event, n.what, n.amount_minor, n.success, n.reason, n.due, n.ended,
           p.id AS payment, n.reference, n.came_at
    FROM payment_news n JOIN payment p ON p.tenant = n.tenant
         AND ((n.transaction <> '' AND p.id = left(n.transaction, 24))
              OR (n.reference <> '' AND p.reference IN (n.reference, 'tender.' || n.reference)))
         AND (n.scheme = '' OR p.driver = '' OR {_OWN})
         AND n.currency IN ('', p.currency)
    WHERE n.state = 'waiting'
    ORDER BY n.tenant, p.store, n.provider, n.event, n.came_at LIMIT {AT_ONCE}
"""
_TOLD = "UPDATE payment_news SET state = 'told' WHERE tenant = $1 AND provider = $2 AND event = $3"
_OVER = "UPDATE payment_news SET state = 'unknown' WHERE state = 'waiting' AND came_at < now() - interval '7 days'"
_GONE = "DELETE FROM payment_news WHERE state <> 'waiting' AND came_at < now() - interval '60 days'"


class PaymentNewsRelay:
    """See the module. Repeating a directive has no effect."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Send pending news; return the number of directives."""
        pool, told = self._store.pool, 0
        await pool.execute(_OVER)
        await pool.execute(_GONE)
        found = await pool.fetch(_UNTOLD)
        for (tenant, shop), group in groupby(found, itemgetter("tenant", "store")):
            rows = list(group)
            body = msgspec.json.encode(ToldPayments(tuple(_news_of(row) for row in rows)))
            events = "\n".join(f"{row['provider']} {row['event']}" for row in rows)
            request = "payment-news-" + sha256(events.encode()).hexdigest()[:32]
            told += await self._teller.tell(tenant, shop, PAYMENT_NEWS.name, body, request)
            await pool.executemany(_TOLD, [(tenant, row["provider"], row["event"]) for row in rows])
        return told


def _news_of(row: Any) -> ToldNews:
    said = {name: row[name] for name in ("payment", "event", "what", "amount_minor", "success", "reason", "due")}
    named = row["reference"] if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", row["reference"]) else ""
    return msgspec.convert({**said, "end": row["ended"], "reference": named}, ToldNews)
