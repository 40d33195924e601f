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
    "Trials of promotions and prices, with their results.",
    *place(device="Box that runs it."),
    Column("number", "bigint", "Trial number.", "event.trial.number", key=True),
    Column("first_day", "date", "First business day.", "event.trial.first"),
    Column("last_day", "date", "Planned last business day.", "event.trial.last"),
    Column("body", "jsonb", "The whole trial: promotion or prices, weeks, limit and products.", "event.trial"),
    Column("started_at", "timestamptz", "Time it was planned.", "row.at_us"),
    Column("ended_at", "timestamptz", "Time it ended; null: running or planned.", lambda fact: None, null=True),
    Column(
        *("why", "text", "Why it ended: finished, stopped, hurt, changed or gone; empty: still running or planned."),
        lambda fact: "",
    ),
    Column(
        "shortfall_minor", "bigint", "Shortfall against the expected margin by then, in minor units.", lambda fact: 0
    ),
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
        """Project the events in order: a trial ends after it started."""
        for fact in self.facts(key, rows):
            match fact.event:
                case TrialStarted():
                    await connection.execute(_STARTED, *TRIAL.record(fact))
                case TrialEnded(number, why, _, shortfall_minor):
                    of = (key.tenant, key.store, key.device, number)
                    await connection.execute(_ENDED, *of, moment(fact.row.at_us), why, shortfall_minor)
