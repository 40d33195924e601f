"""Deletes temporary data of head office: webhooks, news of payments, delivery reports, and mail of boxes.

Runs in the workers (`edge hub`) and the API, whether or not head office has a mail server or signing key. Any number of
processes share the work, because repeating it has no effect.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.app.head_office.hub_letters import OVER
from sync.hub.recurring import repeat

EVERY_S = 3600.0
HOOK_DAYS, HOOK_BYTES = 30, 1024**3
"""Days to keep webhooks of other tills, and most bytes per till. Beyond that, the oldest are deleted."""
_QUERIES = (
    f"DELETE FROM pos_hook WHERE came_at < now() - interval '{HOOK_DAYS} days'",
    f"""
    DELETE FROM pos_hook h USING (
        SELECT tenant, store, pos, digest, sum(octet_length(sealed)) OVER
            (PARTITION BY tenant, store, pos ORDER BY came_at DESC, digest) AS so_far FROM pos_hook
    ) s WHERE (h.tenant, h.store, h.pos, h.digest) = (s.tenant, s.store, s.pos, s.digest) AND s.so_far > {HOOK_BYTES}
    """,
    "UPDATE payment_news SET state = 'unknown' WHERE state = 'waiting' AND came_at < now() - interval '7 days'",
    "DELETE FROM payment_news WHERE state <> 'waiting' AND came_at < now() - interval '60 days'",
    # A web shop that was answered doesn't repeat its order, so orders wait through a shop's holidays; further ones are
    # refused once a few hundred wait.
    """
    DELETE FROM delivery_report
    WHERE at < now() - CASE WHEN channel = 'orders' THEN interval '60 days' ELSE interval '7 days' END
    """,
    OVER,
    "DELETE FROM office_letter WHERE state NOT IN ('queued', 'sending') AND moved_at < now() - interval '7 days'",
)


async def delete_expired(pool: Any) -> None:
    """Delete everything that has expired."""
    for query in _QUERIES:
        await pool.execute(query)


async def expire(pool: Any, every_s: float = EVERY_S) -> None:
    """Run until cancelled; resumes after Postgres was unavailable."""
    await repeat("deleting what is too old", partial(delete_expired, pool), every_s)
