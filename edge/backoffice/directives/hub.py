"""Project acknowledgements of directives in the hub: the result in each box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.backoffice.directives.events import BoxKeyMade, DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _outcome(fact: Fact) -> str:
    match fact.event:
        case DirectiveApplied():
            return "applied"
        case DirectiveGivenUp(cancelled=cancelled):
            return "cancelled" if cancelled else "failed"
        case _:
            return "refused"


def _change_count(fact: Fact) -> int:
    return 0 if isinstance(fact.event, DirectiveRefused) else int(fact.event.changed)


def _unknown(fact: Fact) -> str:
    return "\n".join(fact.event.unknown) if isinstance(fact.event, DirectiveApplied) else ""


def _reason(fact: Fact) -> str:
    return "" if isinstance(fact.event, DirectiveApplied) else str(fact.event.reason)


OUTCOME = Table(
    "directive_outcome",
    "Outcome of each directive on each box.",
    *place(device="The box."),
    Column("version", "bigint", "Directive number in the store.", "event.directive", key=True),
    Column("kind", "text", "Type.", "event.kind"),
    Column(
        *("outcome", "text", "applied, refused (not understood), failed or cancelled (changes already made stay)."),
        _outcome,
    ),
    Column("changed", "bigint", "Number of changes made.", _change_count),
    Column("unknown", "text", "Items the store doesn't have, one per line.", _unknown),
    Column("reason", "text", "Reason it was refused or failed.", _reason),
    Column("at", "timestamptz", "Time on the box's clock.", "row.at_us"),
)
BOX_KEY = Table(
    "box_key",
    "Public key of each box, used to encrypt data for it; `edge check` on the box shows the same key.",
    *place(device="The box."),
    Column("public", "text", "X25519, hexadecimal.", "event.public"),
    Column("at", "timestamptz", "Time the box created it.", "row.at_us"),
)
_SET = OUTCOME.upsert("outcome", "changed", "unknown", "reason", "at")
_SET_KEY = BOX_KEY.upsert("public", "at")


class DirectiveTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "directives"
    version = 1
    tables = (OUTCOME, BOX_KEY)
    reads = (
        OUTCOME.read(
            "directives/outcomes", Filter("store", "store"), Filter("version", "version"), Filter("outcome", "outcome")
        ),
        BOX_KEY.read("devices/keys", Filter("store", "store")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, DirectiveApplied, DirectiveRefused, DirectiveGivenUp, BoxKeyMade)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order: a recovered box may process a directive again, and the last result counts."""
        facts = self.facts(key, rows)
        keys = [BOX_KEY.record(fact) for fact in facts if isinstance(fact.event, BoxKeyMade)]
        outcomes = [OUTCOME.record(fact) for fact in facts if not isinstance(fact.event, BoxKeyMade)]
        await connection.executemany(_SET, outcomes)
        await connection.executemany(_SET_KEY, keys)
