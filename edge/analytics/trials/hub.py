"""Head office's table of each store's trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.analytics.trials.events import TrialEnded, TrialStarted
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

TRIAL = Table(
    "trial",
    "Trials of promotions and prices in each store, and how they ended.",
    *place(device="The box that runs it."),
    Column("number", "bigint", "The trial's number.", "event.trial.number", key=True),
    Column("first_day", "date", "Its first business day.", "event.trial.first"),
    Column("last_day", "date", "Its last business day, as planned.", "event.trial.last"),
    Column("body", "jsonb", "All of it: the promotion or prices, weeks, limit and products.", "event.trial"),
    Column("started_at", "timestamptz", "When it was planned.", "row.at_us"),
    Column("ended_at", "timestamptz", "When it ended; null: it runs or is planned.", lambda fact: None, null=True),
    Column(
        *("why", "text", "How it ended: finished, stopped, hurt, changed or gone; empty: it hasn't."), lambda fact: ""
    ),
    Column("shortfall_minor", "bigint", "How much less than expected was earned until then.", lambda fact: 0),
)
_STARTED = TRIAL.upsert()
_ENDED = """
    UPDATE trial SET ended_at = $5, why = $6, shortfall_minor = $7
    WHERE tenant = $1 AND store = $2 AND device = $3 AND number = $4
"""


class TrialTables(TableProjector):
    """Projects trial events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "trials"
    version = 1
    tables = (TRIAL,)
    reads = (TRIAL.read("trials", Filter("store", "store")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, TrialStarted, TrialEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In order: a trial ends after it started."""
        for fact in self.facts(key, rows):
            match fact.event:
                case TrialStarted():
                    await connection.execute(_STARTED, *TRIAL.record(fact))
                case TrialEnded(number, why, _, shortfall_minor):
                    of = (key.tenant, key.store, key.device, number)
                    await connection.execute(_ENDED, *of, moment(fact.row.at_us), why, shortfall_minor)
