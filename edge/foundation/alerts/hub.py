"""Head office's tables of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.foundation.alerts.alert_texts import title
from edge.foundation.alerts.events import (
    SEVERITIES,
    AlertAcknowledged,
    AlertRaised,
    AlertRepeated,
    AlertResolved,
    AlertUnacknowledged,
    AlertWorsened,
)
from edge.lib.i18n import ENGLISH, LANGUAGES
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import EPOCH, Column, Fact, Index, Table, always, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _json(values: dict[str, str | int]) -> str:
    return msgspec.json.encode(values, order="deterministic").decode()


def _titles(kind: str, values: dict[str, str | int]) -> dict[str, str]:
    return {language: title(language, kind, values) for language in LANGUAGES}


ALERT = Table(
    "alert",
    "Alerts of each store, with their state and who acknowledged them.",
    *place(),
    EPOCH,
    Column("id", "bigint", "Row in the store's journal that raised it.", "row.seq", key=True),
    Column("kind", "text", "Type.", "event.kind"),
    Column("subject", "text", "Product, device or register; empty: not needed.", "event.subject"),
    Column("severity", "text", "critical, high, medium, low or info.", "event.severity"),
    Column("worst", "text", "Highest severity so far.", "event.severity"),
    Column("state", "text", "raised, acknowledged or resolved.", always("raised")),
    Column("count", "bigint", "Number of occurrences.", always(1)),
    Column("title", "text", "Title in English.", lambda fact: title(ENGLISH, fact.event.kind, fact.event.values)),
    Column(
        "titles", "jsonb", "Title by language.", lambda fact: _titles(fact.event.kind, fact.event.values), null=True
    ),
    Column(
        "vals",
        "text",
        "Values for the placeholders of its title, as JSON.",
        lambda fact: _json(fact.event.values),
        hidden=True,
    ),
    Column("raised_at", "timestamptz", "Time it was raised.", "row.at_us"),
    Column("last_at", "timestamptz", "Time of the last occurrence.", "row.at_us"),
    Column("raised_by", "text", "User who raised it; `system` is the appliance.", "row.actor"),
    Column("acked_by", "text", "User who acknowledged it.", null=True),
    Column("acked_until", "timestamptz", "End of the acknowledgement.", null=True),
    Column("ended_at", "timestamptz", "Time it was resolved.", null=True),
    indexes=(
        Index("alert_open", "tenant, raised_at", where="state <> 'resolved'"),
        Index("alert_by_day", "tenant, raised_at, store"),
    ),
)
"""One row per alert. A restored box reuses journal numbers after its backup, so the key includes the epoch."""

_RAISE = ALERT.insert()
_AT = "WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4 AND epoch = (" + (
    "SELECT max(epoch) FROM alert AS known WHERE known.tenant = $1 AND known.store = $2 AND known.device = $3"
    " AND known.id = $4 AND known.epoch <= $5)"
)
_GRAVEST_FIRST = f"'{{{', '.join(SEVERITIES)}}}'::text[]"
_REPEAT = f"UPDATE alert SET count = count + 1, severity = $6, vals = $7, last_at = $8 {_AT}"
_WORSEN = f"""
    UPDATE alert SET count = count + 1, severity = $6, vals = $7, last_at = $8, state = 'raised',
                     worst = CASE WHEN array_position({_GRAVEST_FIRST}, $6) < array_position({_GRAVEST_FIRST}, worst)
                             THEN $6 ELSE worst END,
                     acked_by = NULL, acked_until = NULL {_AT}
"""
_ACKNOWLEDGE = f"UPDATE alert SET state = 'acknowledged', acked_by = $6, acked_until = $7 {_AT}"
_UNACKNOWLEDGE = f"UPDATE alert SET state = 'raised', acked_by = NULL, acked_until = NULL {_AT}"
_RESOLVE = f"UPDATE alert SET state = 'resolved', ended_at = $6 {_AT}"


class AlertTables(TableProjector):
    """Projects alert events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "alerts"
    version = 1
    keeps_orphans = True
    tables = (ALERT,)
    reads = (
        ALERT.read(
            "alerts",
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("severity", "severity"),
            Filter("state", "state"),
            Filter("from", "raised_at", ">="),
            Filter("to", "raised_at", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project,
            *(AlertRaised, AlertRepeated, AlertWorsened, AlertAcknowledged, AlertUnacknowledged, AlertResolved),
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            query, values = _change(fact)
            await connection.execute(query, *values)


def _change(fact: Fact) -> tuple[str, Sequence[Any]]:
    key, row, event = fact.key, fact.row, fact.event
    if isinstance(event, AlertRaised):
        return _RAISE, ALERT.record(fact)
    at = moment(row.at_us)
    where = (key.tenant, key.store, key.device, event.id, row.epoch)
    match event:
        case AlertRepeated():
            return _REPEAT, (*where, event.severity, _json(event.values), at)
        case AlertWorsened():
            return _WORSEN, (*where, event.severity, _json(event.values), at)
        case AlertAcknowledged(again=False):
            return _ACKNOWLEDGE, (*where, row.actor, moment(event.until_us))
        case AlertAcknowledged():
            return f"UPDATE alert SET count = count {_AT}", where
        case AlertUnacknowledged():
            return _UNACKNOWLEDGE, where
        case _:
            return _RESOLVE, (*where, at)
