"""Stock at the end of business days, for API clients: a range, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any

import msgspec

from edge.backoffice.unified_reads.paging import (
    SKIP_MOST,
    Limit,
    Text,
    UnifiedPage,
    UnifiedRow,
    UnifiedSource,
    count,
    page,
)
from edge.backoffice.unified_reads.queries import STOCK_CHANGED, stock_row
from edge.core.messages import Moment, Number, Refusal
from edge.core.storage.database import Connection

DAYS_MOST = 366
"""Maximum days per query; a longer range is refused."""
Day = Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")]
STOCK_OF_DAY = UnifiedSource(
    "r.sku, r.location, coalesce(r.there, 0), coalesce(r.promised, 0)",
    """(SELECT * FROM (
        SELECT s.sku, l.location, d.day,
            (SELECT on_hand FROM stock_day t WHERE t.sku = s.sku AND t.location = l.location
                AND t.business_date <= d.day ORDER BY t.business_date DESC LIMIT 1) AS there,
            (SELECT reserved FROM stock_promised_day p WHERE p.sku = s.sku AND p.location = l.location
                AND p.business_date <= d.day ORDER BY p.business_date DESC LIMIT 1) AS promised
        FROM (SELECT ? AS day) d, stock s, (SELECT 'main' AS location UNION SELECT id FROM stock_location) l
    ) WHERE coalesce(there, promised) IS NOT NULL) r""",
    "r.sku || '/' || r.location",
    changed=STOCK_CHANGED.format(moved="AND m.business_date <= r.day", promised="AND p.business_date <= r.day"),
)


def _history_row(row: tuple[Any, ...], day: str) -> UnifiedRow:
    return {**stock_row(row), "date": day}


def _days(from_date: str, to_date: str, after: str) -> Iterator[str]:
    """The days from the cursor on. Raises `Refusal` if they're invalid or too many."""
    try:
        first = date.fromisoformat(from_date)
        last = date.fromisoformat(to_date) if to_date else first
    except ValueError:
        raise Refusal("days_wrong", {"most": DAYS_MOST}) from None
    if not 0 <= (last - first).days < DAYS_MOST:
        raise Refusal("days_wrong", {"most": DAYS_MOST})
    for n in range((last - first).days + 1):
        day = (first + timedelta(n)).isoformat()
        if day >= after.partition("/")[0]:
            yield day


def unified_inventory_history(
    db: Connection,
    from_date: Day,
    to_date: Day = "",
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    sku: Text = "",
    location: Text = "",
) -> UnifiedPage:
    """Stock of each product at each location at the end of each business day: of `from_date` only, or through
    `to_date`, 366 days at most.

    Raises `days_wrong` for invalid or too many days. `updated_since`: only days whose stock may have changed since; a
    clock that was ahead may add earlier days.
    """
    asked = {"r.sku = ?": sku, "r.location = ?": location}
    left, items = min(skip, SKIP_MOST), list[UnifiedRow]()
    for day in _days(from_date, to_date, after):
        source = msgspec.structs.replace(STOCK_OF_DAY, values=(day,))
        _, _, behind = after.partition("/") if after.startswith(day) else ("", "", "")
        if left and (passed := min(left, count(db, source, behind, updated_since, asked))) < left:
            left -= passed
            continue
        room = limit - len(items)
        if not room:
            return UnifiedPage(items, f"{day}/")
        found = page(db, source, partial(_history_row, day=day), left, room, behind, updated_since, asked)
        items += found.items
        left = 0
        if found.next:
            return UnifiedPage(items, f"{day}/{found.next}")
    return UnifiedPage(items, "")
