"""Usage per tenant and reads per person, counted in memory and stored each minute, so that a request needs no extra
statement.

Several processes learn of each other's requests a minute late: a limit may be exceeded meanwhile, but never applies too
early. A crash loses the counts of the last minute.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sync.hub.recurring import repeat
from sync.hub.store import Pool
from sync.hub.tenants import limit_reached, next_day

EVERY_S = 60.0
READS_LIMIT = 10_000
"""Maximum different reads per minute; further ones are counted without a store."""
REQUESTS = "requests"
_USED = "SELECT note_usage($1, $2, $3, $4)"
_READ = "SELECT note_office_read($1, $2, $3, $4, $5, $6)"


class Usage:
    """See the module. `pool` has the role `edge_hub_reader`; `now` is the time in UTC."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._pending: dict[str, int] = {}  # requests by tenant, since the last flush
        self._known: dict[str, tuple[date, int]] = {}
        self._reads: dict[tuple[str, str, datetime, str, str], int] = {}

    async def count(self, tenant: str, most: int | None) -> None:
        """Count a tenant's request, with this daily limit. Raises `NotTaken` at the limit, without counting."""
        now = self._now()
        day = now.date()
        if most is not None and self._known.get(tenant, (None, 0))[0] != day:
            used = await self._pool.fetchval(_USED, tenant, day, REQUESTS, 0)
            if self._known.get(tenant, (None, 0))[0] != day:  # no other request has read it meanwhile
                self._known[tenant] = day, used
        if most is not None:
            used = self._known[tenant][1] + self._pending.get(tenant, 0)
            if used >= most:
                raise limit_reached(REQUESTS, most, used, next_day(now))
        self._pending[tenant] = self._pending.get(tenant, 0) + 1

    def read(self, tenant: str, store: str, who: str, what: str) -> None:
        """Count a read, of one store or ("") of all visible ones."""
        hour = self._now().replace(minute=0, second=0, microsecond=0)
        one = (tenant, store, hour, who, what)
        if one not in self._reads and len(self._reads) >= READS_LIMIT:
            one = (tenant, "", hour, who, what)
        self._reads[one] = self._reads.get(one, 0) + 1

    async def keep(self) -> None:
        """Store counts each minute, until cancelled."""
        await repeat("usage and reads", self.flush, EVERY_S, at_once=False)

    async def flush(self) -> None:
        """Store the counts; if the database is unavailable, they are kept for next time."""
        reads, self._reads = self._reads, {}
        day = self._now().date()
        try:
            for tenant, more in list(self._pending.items()):
                used = await self._pool.fetchval(_USED, tenant, day, REQUESTS, more)
                self._known[tenant] = day, used
                self._pending[tenant] -= more  # only after storing, so that they always count against the limit
                if not self._pending[tenant]:
                    del self._pending[tenant]
            while reads:
                one, times = next(iter(reads.items()))
                await self._pool.execute(_READ, *one, times)
                del reads[one]
        finally:
            for one, times in reads.items():
                self._reads[one] = self._reads.get(one, 0) + times
