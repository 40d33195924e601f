"""Forwards payment providers' webhooks to the payment's store as directives.

News of a payment that isn't known within a week is shown as unknown. It is still forwarded if its store reports the
payment later, after a long time offline.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from drivers.terminals.provider_units import NoSuchAmount, from_provider
from edge.app.head_office.hub_telling import Teller
from edge.backoffice.directives.kinds.payment_news import PAYMENT_NEWS, ToldNews, ToldPayments
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

AT_ONCE = 100
"""News to forward per turn."""
_DRIVERS = {
    **{"stripe": ("stripe_terminal", "stripe_checkout"), "adyen": ("nexo",), "sim": ("sim", "stripe_checkout")},
    **{"clover": ("clover",), "clover_app": ("clover",), "square": ()},
}
"""Drivers by signature scheme. News signed by a provider is used only for payments of its own drivers."""
_OWN = " OR ".join(
    f"(n.scheme = '{scheme}' AND p.driver = ANY('{{{','.join(drivers)}}}'))" for scheme, drivers in _DRIVERS.items()
)
_STATE = "%state%"
_UNTOLD = f"""
    SELECT DISTINCT ON (n.tenant, p.store, n.provider, n.event)
           n.tenant, p.store, n.provider, n.event, n.what, n.amount_minor, n.success, n.reason, n.due, n.ended,
           p.id AS payment, n.reference, n.scheme, p.currency, n.came_at
    FROM payment_news n JOIN payment p ON p.tenant = n.tenant
         AND ((n.transaction <> '' AND p.id = left(n.transaction, 24))
              OR (n.reference <> '' AND p.reference IN (n.reference, 'tender.' || n.reference)))
         AND (n.scheme = '' OR p.driver = '' OR {_OWN})
         AND n.currency IN ('', p.currency)
    WHERE n.state = '{_STATE}'
    ORDER BY n.tenant, p.store, n.provider, n.event, n.came_at LIMIT {AT_ONCE}
"""
_TOLD = "UPDATE payment_news SET state = 'told' WHERE tenant = $1 AND provider = $2 AND event = $3"
_WAITING, _UNKNOWN = (_UNTOLD.replace(_STATE, state) for state in ("waiting", "unknown"))
AGAIN_S = 3600.0
"""Interval of retries for news of unknown payments."""


class PaymentNewsRelay:
    """Relay of payment news; see the module. Repeating a directive has no effect."""

    def __init__(self, store: Store, broker: BrokerConfig, mono_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._mono_s, self._again_s = mono_s, float("-inf")
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Send pending news; return the number of directives."""
        pool, told = self._store.pool, 0
        found = await pool.fetch(_WAITING)
        if self._mono_s() - self._again_s >= AGAIN_S:
            self._again_s = self._mono_s()
            found += await pool.fetch(_UNKNOWN)
        for (tenant, shop), group in groupby(found, itemgetter("tenant", "store")):
            rows = list(group)
            body = msgspec.json.encode(ToldPayments(tuple(_news_of(row) for row in rows)))
            events = "\n".join(f"{row['provider']} {row['event']}" for row in rows)
            request = "payment-news-" + sha256(events.encode()).hexdigest()[:32]
            told += await self._teller.tell(tenant, shop, PAYMENT_NEWS.name, body, request)
            await pool.executemany(_TOLD, [(tenant, row["provider"], row["event"]) for row in rows])
        return told


def _news_of(row: Any) -> ToldNews:
    said = {name: row[name] for name in ("payment", "event", "what", "success", "reason", "due")}
    minor = row["amount_minor"]
    if row["scheme"] in ("stripe", "adyen"):
        with suppress(NoSuchAmount):
            minor = from_provider(row["scheme"], minor, row["currency"])
    named = row["reference"] if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", row["reference"]) else ""
    return msgspec.convert({**said, "amount_minor": minor, "end": row["ended"], "reference": named}, ToldNews)
