"""How the hub turns the events of alerts into rows of Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from edge.shop.alerts.events import (
    AlertAcknowledged,
    AlertRaised,
    AlertRepeated,
    AlertResolved,
    AlertUnacknowledged,
    AlertWorsened,
)
from edge.shop.alerts.sentences import title
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_RAISE = """
    INSERT INTO alert (tenant, store, device, epoch, id, kind, subject, severity, worst, state, count, title, vals,
                       raised_at, last_at, raised_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 'raised', 1, $9, $10, $11, $11, $12)
"""
_AT = "WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4 AND epoch = (" + (
    "SELECT max(epoch) FROM alert AS known WHERE known.tenant = $1 AND known.store = $2 AND known.device = $3"
    " AND known.id = $4 AND known.epoch <= $5)"
)
_REPEAT = f"UPDATE alert SET count = count + 1, severity = $6, vals = $7, last_at = $8 {_AT}"
_WORSEN = f"""
    UPDATE alert SET count = count + 1, severity = $6, worst = $6, vals = $7, last_at = $8, state = 'raised',
                     acked_by = NULL, acked_until = NULL {_AT}
"""
_ACKNOWLEDGE = f"UPDATE alert SET state = 'acknowledged', acked_by = $6, acked_until = $7 {_AT}"
_UNACKNOWLEDGE = f"UPDATE alert SET state = 'raised', acked_by = NULL, acked_until = NULL {_AT}"
_RESOLVE = f"UPDATE alert SET state = 'resolved', ended_at = $6 {_AT}"

READS = (
    Read(
        name="alerts",
        source="alert",
        summary="What needs or needed a person in each store, who sees to it, and since when.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("epoch", "integer", "The epoch of its journal: a box that was restored begins one, and counts on."),
            Field("id", "integer", "The row of the store's journal in which it was raised."),
            Field("kind", "text", "What it is about."),
            Field("subject", "text", "Of which product, device or register; empty where there is one alone."),
            Field("severity", "text", "critical, high, medium, low or info."),
            Field("worst", "text", "The gravest it has been."),
            Field("state", "text", "raised, acknowledged or resolved."),
            Field("count", "integer", "How often it was said."),
            Field("title", "text", "In words, in English."),
            Field("raised_at", "time", "Since when."),
            Field("last_at", "time", "When it was said last."),
            Field("raised_by", "text", "Who said it; `system` is the appliance."),
            Field("acked_by", "text", "Who sees to it."),
            Field("acked_until", "time", "Until when."),
            Field("ended_at", "time", "When it was over."),
        ),
        key=("store", "device", "epoch", "id"),
        filters=(
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("severity", "severity"),
            Filter("state", "state"),
            Filter("from", "raised_at", ">="),
            Filter("to", "raised_at", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class AlertTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "alerts"
    version = 1
    tables = ("alert",)
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project,
            *(AlertRaised, AlertRepeated, AlertWorsened, AlertAcknowledged, AlertUnacknowledged, AlertResolved),
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for row, event in self.read(rows):
            query, values = _change(key, row, event)
            await connection.execute(query, *values)


def _change(key: Key, row: Row, event: Any) -> tuple[str, tuple[Any, ...]]:
    place, at = (key.tenant, key.store, key.device), _when(row)
    if isinstance(event, AlertRaised):
        said = (event.kind, event.subject, event.severity, title("en", event.kind, event.values), _json(event.values))
        return _RAISE, (*place, row.epoch, row.seq, *said, at, row.actor)
    where = (*place, event.id, row.epoch)
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


def _when(row: Row) -> datetime:
    return moment(row.at_us)


def _json(values: dict[str, str | int]) -> str:
    return msgspec.json.encode(values, order="deterministic").decode()
