"""Decide whether a rollout continues, from the health of the stores that received it.

Each store is compared with itself over the same length of time: errors since with errors before, and sales with those
at the same hours a week ago. In the first ring, one worse store stops the rollout; in later ones two, or one in twenty.
An unreadable or stopped journal stops it in any ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec

from sync.hub.causes import Cause

SILENT_AFTER = timedelta(minutes=30)
"""Time without sales after which a store counts as silent; before that, it may only lack customers."""
SOLD_LEAST = 5
"""Minimum sales a week ago. With fewer, an absence of sales means nothing."""
WORSE_LEAST = 2
WORSE_PERCENT = 5
WELL_PERCENT = 95
"""Percentage of a ring's reached boxes that must work well with a release; if fewer do, a person has to decide."""

FIGURES = """
    SELECT store, wave AS ring, now() - sent_at AS since,
        (SELECT count(*) FROM alert AS one WHERE one.tenant = p.tenant AND one.store = p.store AND raised_at >= sent_at
            AND (severity = 'critical' OR kind = 'prices_held')) AS alerts,
        (SELECT count(*) FROM alert AS one WHERE one.tenant = p.tenant AND one.store = p.store AND raised_at < sent_at
            AND raised_at >= sent_at - (now() - sent_at)
            AND (severity = 'critical' OR kind = 'prices_held')) AS alerts_before,
        (SELECT count(*) FROM device AS one WHERE one.tenant = p.tenant AND one.store = p.store AND barred = ''
            AND stopped_at >= sent_at) AS stopped,
        (SELECT count(*) FROM quarantine AS one WHERE one.tenant = p.tenant AND one.store = p.store AND at >= sent_at)
            AS unread,
        (SELECT count(*) FROM sale AS one WHERE one.tenant = p.tenant AND one.store = p.store AND at >= sent_at
            AND business_date >= (sent_at - interval '1 day')::date) AS sold,
        (SELECT count(*) FROM sale AS one WHERE one.tenant = p.tenant AND one.store = p.store
            AND at >= sent_at - interval '7 days' AND at < now() - interval '7 days'
            AND business_date BETWEEN (sent_at - interval '8 days')::date AND (now() - interval '6 days')::date
        ) AS sold_before
    FROM publication_store AS p
    WHERE tenant = $1 AND id = $2 AND state IN ('sent', 'applied') AND sent_at > now() - $3::interval
"""
"""Reads the `Figures` of stores that received a publication ($1, $2), not older than $3."""
SIZES = "SELECT wave, count(*) AS n FROM publication_store WHERE tenant = $1 AND id = $2 GROUP BY wave ORDER BY wave"
"""Number of stores per wave."""


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The number of worse stores that stops a ring after the first: the larger of a minimum and a percentage of it."""

    least: Annotated[int, msgspec.Meta(ge=1, le=100)] = WORSE_LEAST
    percent: Annotated[int, msgspec.Meta(ge=0, le=50)] = WORSE_PERCENT


USUAL = Gate()


class Figures(msgspec.Struct, frozen=True):
    """A store's figures `since` it received the publication.

    They are severe alerts, stopped journals and unreadable rows since then; alerts in the same time before; sales since
    then, and at the same hours a week ago.
    """

    store: str
    ring: int
    since: timedelta
    alerts: int = 0
    alerts_before: int = 0
    stopped: int = 0
    unread: int = 0
    sold: int = 0
    sold_before: int = 0

    @property
    def worse(self) -> Cause | None:
        """The first cause that got worse; None if none did."""
        if self.stopped or self.unread:
            return Cause("journal", {"stopped": self.stopped, "unread": self.unread})
        if self.alerts > self.alerts_before:
            return Cause("alerts", {"alerts": self.alerts, "before": self.alerts_before})
        if self.since >= SILENT_AFTER and not self.sold and self.sold_before >= SOLD_LEAST:
            return Cause("sales", {"before": self.sold_before})
        return None


class Halt(msgspec.Struct, frozen=True):
    """A halt of a rollout: its reason, and the stores that got worse with each one's cause."""

    cause: Cause
    stores: tuple[tuple[str, Cause], ...]


def halt_of(found: Iterable[Figures], sizes: Sequence[int], gate: Gate = USUAL) -> Halt | None:
    """Decide from the stores' figures whether to halt a rollout; None: it continues. `sizes`: stores per ring."""
    worse = [(one, cause) for one in found if (cause := one.worse)]
    data = [(one, cause) for one, cause in worse if one.stopped or one.unread]
    if data:
        return _halt(data)
    for ring, size in enumerate(sizes):
        here = [(one, cause) for one, cause in worse if one.ring == ring]
        if here and len(here) >= most_worse(ring, size, gate):
            return _halt(here)
    return None


def most_worse(ring: int, size: int, gate: Gate = USUAL) -> int:
    """The number of worse stores that stops a ring of this size."""
    return 1 if ring == 0 else max(gate.least, -(-size * gate.percent // 100))


def too_few_well(well: int, failed: int) -> Cause | None:
    """Return the reason why a fully reached ring waits for a person; None if enough boxes work well."""
    reached = well + failed
    if not reached or 100 * well >= WELL_PERCENT * reached:
        return None
    return Cause("few_well", {"well": well, "reached": reached, "least": WELL_PERCENT})


def _halt(worse: Sequence[tuple[Figures, Cause]]) -> Halt:
    first, cause = worse[0]
    return Halt(cause.of(first.store, len(worse) - 1), tuple((one.store, why) for one, why in worse))
