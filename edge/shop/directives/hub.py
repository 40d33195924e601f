"""How the hub turns acknowledgements of directives into what head office reads: what became of each in each box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.directives.events import DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_SET = """
    INSERT INTO directive_outcome (tenant, store, device, version, kind, outcome, changed, unknown, reason, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (tenant, store, device, version) DO UPDATE SET outcome = excluded.outcome, changed = excluded.changed,
        unknown = excluded.unknown, reason = excluded.reason, at = excluded.at
"""

READS = (
    Read(
        name="directives/outcomes",
        source="directive_outcome",
        summary="What became of each directive in each box that has dealt with it.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "The box."),
            Field("version", "integer", "The directive's number in that store."),
            Field("kind", "text", "What it is about."),
            Field("outcome", "text", "applied; refused (not understood); failed or cancelled (what was done stays)."),
            Field("changed", "integer", "How many changes it made."),
            Field("unknown", "text", "What it spoke of and the store does not have, one a line."),
            Field("reason", "text", "Why it was refused, or failed."),
            Field("at", "time", "When, by the box's clock."),
        ),
        key=("store", "device", "version"),
        filters=(Filter("store", "store"), Filter("version", "version"), Filter("outcome", "outcome")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class DirectiveTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "directives"
    version = 1
    tables = ("directive_outcome",)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, DirectiveApplied, DirectiveRefused, DirectiveGivenUp)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order: a box that was recovered deals with a directive again, and the last word counts."""
        records = [
            (key.tenant, key.store, key.device, event.directive, event.kind, *_outcome(event), moment(row.at_us))
            for row, event in self.read(rows)
        ]
        await connection.executemany(_SET, records)


def _outcome(event: DirectiveApplied | DirectiveRefused | DirectiveGivenUp) -> tuple[str, int, str, str]:
    match event:
        case DirectiveApplied():
            return "applied", event.changed, "\n".join(event.unknown), ""
        case DirectiveRefused():
            return "refused", 0, "", event.reason
        case DirectiveGivenUp():
            return "cancelled" if event.cancelled else "failed", event.changed, "", event.reason
