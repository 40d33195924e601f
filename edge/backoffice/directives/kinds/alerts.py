"""`alerts`: {"alerts": [{"id": 812, "kind": "low_stock", "raised_at": "2026-11-23T08:00:00.123456Z", "hours": 8}]}:
head office acknowledges an alert, as a user in the shop would.

A directive reaches all boxes of a store, and each box numbers its alerts separately. Kind and time identify the right
alert.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from edge.backoffice.directives.commands import Number
from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.foundation.alerts.commands import AcknowledgeAlert
from edge.foundation.alerts.commands import Kind as AlertKind
from edge.foundation.alerts.queries import Alert, alert_itself

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MindedAlert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert as in `GET /v1/alerts`, to be acknowledged for `hours` (None: the default)."""

    id: Number
    kind: AlertKind
    raised_at: Annotated[datetime, msgspec.Meta(tz=True)]
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 14)] | None = None


class MindedAlerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an `alerts` directive."""

    alerts: tuple[MindedAlert, ...]


def _apply(tx: Transaction, _number: int, alerts: tuple[MindedAlert, ...]) -> Applied:
    changed, unknown = 0, []
    for one in alerts:
        known = alert_itself(tx.db, one.id)
        if known is None or not _is(known, one):
            unknown.append(f"{one.kind} {one.id}")
            continue
        done = attempt(tx, AcknowledgeAlert(one.id, hours=one.hours, via="api"))  # refused if the alert is over
        changed += bool(done and done.events)
    return Applied(changed, tuple(unknown))


def _is(known: Alert, one: MindedAlert) -> bool:
    return known.kind == one.kind and known.first_us == (one.raised_at - _EPOCH) // timedelta(microseconds=1)


ALERTS = Kind("alerts", MindedAlerts, _apply)
