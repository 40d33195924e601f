"""Alerts from head office to a tenant: expiring licences, and limits about to be reached.

A licence is announced 60, 30 and 7 days before its last day and after it; a limit at 80 % and 100 %, daily limits once
a day. Each is announced once while it lasts. Changes approved by a single owner are announced for a week, and stopped
publications while they're stopped. None of this closes a till.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sync.hub.store import Pool

EVERY_S = 60.0
LICENCE_DAYS = (7, 30, 60)
"""Days before its last day at which a licence is announced."""
QUOTA_PERCENT = (80, 100)
"""Percentages of a limit at which it's announced."""

_LICENCES = """
    SELECT tenant, store AS subject, licence_ends || '/' || coalesce(step::text, 'over') AS mark,
           step IS NULL OR step = $1[1] AS grave, jsonb_build_object('ends', licence_ends) AS said
    FROM (SELECT tenant, store, licence_ends, licence_ends - (now() AT TIME ZONE 'UTC')::date AS days
          FROM store_record WHERE state <> 'closed') AS own,
        LATERAL (SELECT min(at) AS step FROM unnest($1::int[]) AS at WHERE days BETWEEN 0 AND at) AS reached
    WHERE days < 0 OR step IS NOT NULL
"""
_QUOTAS = """
    SELECT tenant, which AS subject, day || most || '/' || step AS mark, step >= 100 AS grave,
           jsonb_build_object('used', used, 'limit', most, 'percent', step) AS said
    FROM used_of_limits() AS counted, unnest($1::int[]) AS step WHERE most > 0 AND used * 100 >= most * step
"""
_STOPPED = """
    SELECT tenant, id AS subject, changed_at::text AS mark, true AS grave,
           jsonb_build_object('title', title, 'reason', reason, 'cause', cause) AS said
    FROM publication WHERE state = 'stopped' AND cardinality($1::int[]) = 0
"""
_RAISE = """
    INSERT INTO office_alert AS known (tenant, kind, subject, mark, grave, said)
    SELECT tenant, $1, subject, mark, grave, said::jsonb
    FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[]) AS so(tenant, subject, mark, grave, said)
    ON CONFLICT (tenant, kind, subject, mark) DO UPDATE
        SET raised_at = excluded.raised_at, ended_at = NULL, said = excluded.said, grave = excluded.grave
        WHERE known.ended_at IS NOT NULL
"""
_END = """
    UPDATE office_alert AS known SET ended_at = now() WHERE ended_at IS NULL AND kind = $1 AND NOT EXISTS (
        SELECT FROM unnest($2::text[], $3::text[], $4::text[]) AS so(tenant, subject, mark)
        WHERE (so.tenant, so.subject, so.mark) = (known.tenant, known.subject, known.mark))
"""
_PASSED = """
    UPDATE office_alert SET ended_at = now()
    WHERE ended_at IS NULL AND kind = 'urgent' AND raised_at < now() - interval '7 days'
"""


async def refresh(connection: Any) -> None:
    """Announce current alerts, and end those that no longer apply. Repeating it changes nothing."""
    await connection.execute("SELECT note_rows()")
    looked_at: tuple[tuple[str, str, tuple[int, ...]], ...] = (
        ("licence", _LICENCES, LICENCE_DAYS),
        ("quota", _QUOTAS, QUOTA_PERCENT),
        ("stopped", _STOPPED, ()),
    )
    for kind, so, steps in looked_at:
        # Read first: on distributed Postgres, tables can't be changed by a subquery the coordinator evaluates.
        found = await connection.fetch(so, list(steps))
        lists = [[row[name] for row in found] for name in ("tenant", "subject", "mark", "grave", "said")]
        await connection.execute(_RAISE, kind, *lists)
        await connection.execute(_END, kind, *lists[:3])
    await connection.execute(_PASSED)


class OfficeAlerts:
    """Checks each minute; `pool` has the role `edge_hub_worker`."""

    def __init__(self, pool: Pool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._monotonic = monotonic
        self._looked = -EVERY_S

    async def turn(self) -> None:
        """Refresh the alerts, unless that was done within the last minute."""
        if self._monotonic() - self._looked < EVERY_S:
            return
        await refresh(self._pool)
        self._looked = self._monotonic()
